"""Sends the requests of a live check, one at a time, and keeps the shapes of the responses; it can be resumed."""

# It needs single responses of any status, which the namespaces do not offer.
# pyright: reportPrivateUsage=false

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import attrs

from soundcloud import SoundCloudClient
from soundcloud._atomic_file import replace_file
from soundcloud._live_check.plan import Check, Values
from soundcloud._live_check.shapes import Observer, Shape
from soundcloud._protocol.decoding import Drifts, decode
from soundcloud._protocol.error_mapping import error_from_response
from soundcloud._protocol.http.messages import Response, build_request
from soundcloud.errors import (
    ConnectionFailedError,
    EdgeError,
    GatewayError,
    QuotaExceededError,
    RateLimitError,
    SoundCloudError,
    SpamWarningError,
    SubscriptionRequiredError,
    UnexpectedResponseError,
)
from soundcloud_api.types import Operation, read_json

INVENTED = "x-sandbox-invented"
"""The header with which a sandbox marks what it has invented."""

UNANSWERED = frozenset(
    each.__name__ for each in (ConnectionFailedError, EdgeError, GatewayError, *ConnectionFailedError.__subclasses__())
)
"""The errors that do not come from the API itself; such a request is sent again by a later run."""

_VERSION = 1
_MAX_FAILURES = 3
_SHOWN_HEADERS = ("cache-control", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
_IDENTITY = ("username", "permalink", "full_name", "first_name", "last_name")
_WORD = re.compile(r"[a-z0-9]{3,}")


@attrs.frozen
class Result:
    """What a live check keeps of one response; no value of the response.

    Attributes:
        id: The id of the check.
        status: The status; None without a response.
        error: The class of the error that the client would raise, or empty.
        body: The form of the body: `json`, `html`, `text` or `empty`.
        media_type: The media type without parameters.
        headers: The names of the headers, with the values of those that say nothing about the account.
        drifts: The differences from the models: place, expected type, received type, and how often.
        shape: The shape of the body.
        invented: The parts of a sandbox's response that are invented.
        skipped: Why the request was not sent, or empty.
    """

    id: str
    status: int | None = None
    error: str = ""
    body: str = "empty"
    media_type: str = ""
    headers: dict[str, str] = attrs.field(factory=dict[str, str])
    drifts: list[tuple[str, str, str, int]] = attrs.field(factory=list[tuple[str, str, str, int]])
    shape: Shape = attrs.field(factory=Shape)
    invented: str = ""
    skipped: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the result for `from_json`."""
        return {**attrs.asdict(self, recurse=False), "shape": self.shape.to_json()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Result":
        """Create a result from the result of `to_json`."""
        drifts = [
            (str(place), str(expected), str(actual), int(count)) for place, expected, actual, count in value["drifts"]
        ]
        fields: dict[str, Any] = {**value, "shape": Shape.from_json(value["shape"]), "drifts": drifts}
        return cls(**fields)


class StoppedError(Exception):
    """The live check stopped early; a later run with the same progress file continues.

    Attributes:
        seconds: Seconds after which to continue, if SoundCloud named them.
    """

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


@attrs.define
class Progress:
    """What a run has done so far, in a file that only its owner can read.

    Attributes:
        path: The file, or None to keep nothing.
        host: The origin of the API.
        results: The results by the id of the check.
        values: What later requests need.
        hidden: Words of the account that must not be in a report.
        created: The objects that were created and not deleted: the collection and the URN.
    """

    path: Path | None
    host: str
    results: dict[str, Result] = attrs.field(factory=dict[str, Result])
    values: Values = attrs.field(factory=dict[str, str])
    hidden: list[str] = attrs.field(factory=list[str])
    created: list[tuple[str, str]] = attrs.field(factory=list[tuple[str, str]])
    _lines: dict[str, str] = attrs.field(factory=dict[str, str], init=False)

    @classmethod
    def load(cls, path: Path | None, host: str) -> "Progress":
        """Read the progress of an earlier run with the same host; start anew if there is none.

        Raises:
            ValueError: The file is not the progress of a live check, or of one with another host.
        """
        if path is None or not path.exists():
            return cls(path, host)
        try:
            head, *lines = path.read_text(encoding="utf-8").split("\n")
            data = json.loads(head)
            if data["version"] != _VERSION or data["host"] != host:
                raise ValueError
            results = {each.id: each for each in map(Result.from_json, map(json.loads, lines))}
            created = [(str(kind), str(urn)) for kind, urn in data["created"]]
            return cls(path, host, results, data["values"], data["hidden"], created)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ValueError(f"{path} is not the progress of a live check of {host}: delete it to start anew") from None

    def keep(self, result: Result) -> None:
        """Keep the result of a check, in place of an earlier one."""
        self.results[result.id] = result
        self._lines.pop(result.id, None)

    def save(self) -> None:
        """Write the file: a line of JSON about the run, then one for each result."""
        if self.path is None:
            return
        for name, result in self.results.items():
            if name not in self._lines:
                self._lines[name] = json.dumps(result.to_json())
        names = ("host", "values", "hidden", "created")
        head = json.dumps({"version": _VERSION} | {name: getattr(self, name) for name in names})
        replace_file(self.path, "\n".join([head, *(self._lines[name] for name in self.results)]).encode())

    def delete(self) -> None:
        """Delete the file, unless there is something left to delete at SoundCloud."""
        if self.path is not None and not self.created:
            self.path.unlink(missing_ok=True)


class Runner:
    """Runs the checks of a plan.

    Args:
        client: The client; its retries are not used.
        progress: What an earlier run has done.
        media: The origin of a sandbox's pictures; empty for SoundCloud.
        pause: Seconds between two requests.
        max_wait: The longest time in seconds to wait after a 429 that names one; above it, the run stops.
        sleep: Waits; for tests.
        report: Receives each result with the number of the check.
    """

    def __init__(
        self,
        client: SoundCloudClient,
        progress: Progress,
        *,
        media: str = "",
        pause: float = 1.0,
        max_wait: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
        report: Callable[[int, Result], object] | None = None,
    ) -> None:
        self._pipeline = client._pipeline  # noqa: SLF001 - the namespaces offer no single responses
        self._progress, self._media = progress, media
        self._pause, self._max_wait, self._sleep = pause, max_wait, sleep
        self._report = report
        self._failures = 0
        self._wall = False
        self._sent = 0

    def run(self, plan: Sequence[Check]) -> list[Result]:
        """Run the checks that have no result yet, and return all results in the order of the plan.

        What the checks create is deleted at the end, also if the run stops early.

        Raises:
            StoppedError: A limit was reached, or SoundCloud does not answer.
        """
        results: dict[str, Result] = {}
        self._forget_writes(plan)
        try:
            for number, check in enumerate(plan, 1):
                known = self._progress.results.get(check.id)
                result = results[check.id] = known if known is not None else self._run(check)
                if self._report is not None:
                    self._report(number, result)
        finally:
            self.delete_created()
        return [results[check.id] for check in plan]

    def _forget_writes(self, plan: Sequence[Check]) -> None:
        """Start the writes anew if they are incomplete: what they created has been deleted."""
        writes = [check for check in plan if check.kind == "write"]
        if any(check.id not in self._progress.results for check in writes):
            for check in writes:
                self._progress.results.pop(check.id, None)
                for name in check.needs:
                    self._progress.values.pop(name, None)

    def delete_created(self) -> None:
        """Delete what this run or an earlier one has created; what cannot be deleted stays in the progress."""
        for kind, urn in list(self._progress.created):
            try:
                response = self._fetch_path("DELETE", f"/{kind}/{urn}")
            except SoundCloudError:
                continue
            if response.status < 400 or response.status == 404:
                self._progress.created.remove((kind, urn))
        self._progress.save()

    def _run(self, check: Check) -> Result:
        reason = self._reason_to_skip(check)
        if reason:
            return Result(check.id, skipped=reason)
        result, data = self._send(check)
        if result.status is None or (result.error in UNANSWERED and check.kind != "error"):
            self._failures += 1
            if self._failures >= _MAX_FAILURES:
                raise StoppedError(f"{_MAX_FAILURES} requests in a row had no answer of the API ({result.error})")
            return result  # not kept: a later run sends it again
        self._failures = 0
        self._learn(check, result, data)
        self._progress.keep(result)
        self._progress.save()
        return result

    def _reason_to_skip(self, check: Check) -> str:
        if check.kind == "write" and self._wall and not check.deletes:
            return "the app needs a subscription to write"
        if check.path.startswith("/me") and check.kind != "error" and self._status_of("get_me") == 401:
            return "it needs a user token"
        missing = [name for name in check.needs if name not in self._progress.values]
        return f"there is no {' and no '.join(missing)}" if missing else ""

    def _status_of(self, check_id: str) -> int | None:
        result = self._progress.results.get(check_id)
        return None if result is None else result.status

    def _learn(self, check: Check, result: Result, data: Any) -> None:
        """Take what later requests need from a response."""
        progress = self._progress
        if result.error == SubscriptionRequiredError.__name__ and check.kind == "write":
            self._wall = True
        if result.status is None or result.status >= 400:
            return
        progress.values |= check.keep(data)
        urn = cast("dict[str, Any]", data).get("urn") if isinstance(data, dict) else None
        if check.creates and isinstance(urn, str):
            progress.created.append((check.creates, urn))
        if check.deletes:
            gone = progress.values.pop(check.deletes, None)
            progress.created = [(kind, each) for kind, each in progress.created if each != gone]

    def _hide(self, me: Any) -> None:
        """Keep the words of the names of the account out of the report."""
        if isinstance(me, dict):
            names = [cast("dict[str, Any]", me).get(name) for name in _IDENTITY]
            found = {word for name in names if isinstance(name, str) for word in _WORD.findall(name.lower())}
            self._progress.hidden = sorted(found)

    def _send(self, check: Check) -> tuple[Result, Any]:
        """Send the request, again after a short limit, and reduce the response."""
        operation = check.build(self._progress.values)
        request = build_request(operation, self._pipeline.base_url, check.token)
        waited = False
        while True:
            self._wait_between()
            try:
                response = self._pipeline.fetch(request)
            except (ConnectionFailedError, UnexpectedResponseError) as failure:
                return Result(check.id, error=type(failure).__name__), None
            error = error_from_response(response, request=request) if response.status >= 400 else None
            if not isinstance(error, RateLimitError):
                return self._reduce(check, operation.responses, response, error)
            if isinstance(error, SpamWarningError):
                raise StoppedError("SoundCloud takes the requests for spam: do not run the check again today")
            seconds = error.retry_after
            if waited or isinstance(error, QuotaExceededError) or seconds is None or seconds > self._max_wait:
                raise StoppedError("a rate limit of SoundCloud is reached", seconds)
            self._sleep(seconds)
            waited = True

    def _wait_between(self) -> None:
        if self._sent and self._pause:
            self._sleep(self._pause)
        self._sent += 1

    def _reduce(
        self, check: Check, responses: Any, response: Response, error: SoundCloudError | None
    ) -> tuple[Result, Any]:
        """Return the result of a response, and its decoded body."""
        data, body = _read(response.content)
        if check.id == "get_me":
            self._hide(data)
        drifts = Drifts()
        if error is None:
            try:
                decode(response, responses, drifts)
            except SoundCloudError as unexpected:
                error = unexpected
        label = "error" if response.status >= 400 else check.label
        observer = Observer(self._pipeline.base_url, self._media, frozenset(self._progress.hidden))
        counted = Counter((_place(drift.path), drift.expected, drift.actual) for drift in drifts)
        shown = {name: response.headers[name] for name in _SHOWN_HEADERS if name in response.headers}
        result = Result(
            check.id,
            response.status,
            "" if error is None else type(error).__name__,
            body,
            response.headers.get("content-type", "").partition(";")[0].strip().lower(),
            dict.fromkeys(sorted(response.headers.keys() - {INVENTED}), "") | shown,
            [(*key, count) for key, count in sorted(counted.items())],
            observer.shape(data, label) if body == "json" else Shape(),
            response.headers.get(INVENTED, ""),
        )
        return result, data

    def _fetch_path(self, method: str, path: str) -> Response:
        self._wait_between()
        operation = Operation[None](method, method, path, {200: None})
        return self._pipeline.fetch(build_request(operation, self._pipeline.base_url, None))


def _read(content: bytes) -> tuple[Any, str]:
    """Return the JSON of a body and the form of the body."""
    text = content.strip()
    if not text:
        return None, "empty"
    try:
        return read_json(text), "json"
    except ValueError:
        return None, "html" if text[:1] == b"<" else "text"


def _place(path: str) -> str:
    """Return the path of a drift without the indexes of arrays."""
    return re.sub(r"\[\d+\]", "[]", path)
