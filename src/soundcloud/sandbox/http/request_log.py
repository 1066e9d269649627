"""The request log: recorded requests without secrets, with filters and assertions for tests."""

from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl, urlencode

from soundcloud.sandbox.errors import WrongSettingError
from soundcloud.sandbox.http.recorded_body import RecordedBody

DEFAULT_SIZE = 10_000
Origin: TypeAlias = Literal["api", "sign-in", "sound"]  # the origin of a request; `sound` is the media host

# All undecoded responses together; the oldest ones are dropped.
_MAXIMUM_BYTES = 16_777_216
# Lines in an assertion's message: similar requests, and a whole list.
_MAXIMUM_SIMILAR = 3
_MAXIMUM_LINES = 100


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request that the sandbox received. Tokens and secrets are `***`.

    Attributes:
        method: The HTTP method.
        path: The path, percent-decoded.
        query: Values of the query; the last one of a repeated name.
        headers: Headers with lower-case names; the last one of a repeated name.
        body: A JSON value, the fields of a form (a file as its name and size), a description of the size for any other body;
            None for an empty body.
        operation: The id of the operation, such as `get_tracks_track_urn`; None for requests to the other two origins.
        status: The status of the response; None without one.
        user: The permalink of the token's user; None for an app token or no token.
        faults: The injected faults: `latency`, `expire_tokens`, and kinds of errors, drift and malformed pages.
        duration: Duration in seconds.
        origin: `api`, `sign-in` or `sound`.
        id: A number that increases with each request.
        time: The time when the request began, such as `2026-01-15T15:40:49.120Z`.
        response_headers: Headers of the response with lower-case names.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    operation: str | None
    status: int | None
    user: str | None
    faults: tuple[str, ...]
    duration: float
    origin: Origin
    id: int = 0
    time: str = ""
    response_headers: Mapping[str, str] = field(default_factory=dict[str, str])
    recorded_response: RecordedBody | None = field(default=None, repr=False, compare=False)

    @property
    def response_body(self) -> Any:
        """The JSON value or the plain text of the response; a description of any other one; None for an empty body."""
        return None if self.recorded_response is None else self.recorded_response.read()

    def summary(self) -> dict[str, Any]:
        """Return the request as a JSON object without headers and bodies."""
        return {name: getattr(self, name) for name in SUMMARY_FIELDS}

    def to_json(self) -> dict[str, Any]:
        """Return the request as a JSON object."""
        return {**self.summary(), **{name: getattr(self, name) for name in _DETAIL_FIELDS}}

    def __str__(self) -> str:
        target = _format_line(self.method, self.path, self.query)
        faults = f" ({', '.join(self.faults)})" if self.faults else ""
        return f"{target} -> {self.status or 'no response'}{faults}"


SUMMARY_FIELDS = (
    *("id", "time", "method", "path", "query", "operation", "status", "user", "faults", "duration", "origin"),
)  # the fields of `RecordedRequest.summary`
_DETAIL_FIELDS = ("headers", "body", "response_headers", "response_body")


class RecordedRequests(list[RecordedRequest]):
    """A snapshot of the request log, in the order of the responses.

    Example:
        >>> sandbox.requests.assert_requested("POST", "/likes/tracks/*", times=1)
        >>> sandbox.requests.matching(method="GET").expect(["GET /me", "GET /tracks?q=lofi"])
    """

    def matching(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        operation: str | None = None,
        query: Mapping[str, str] | None = None,
        status: int | None = None,
        user: str | None = None,
        fault: str | None = None,
        origin: Origin | None = None,
    ) -> "RecordedRequests":
        """Return the requests that match all given arguments, in the same order.

        Args:
            method: The HTTP method.
            path: The path; `*` matches anything.
            operation: The id of the operation.
            query: Values that the query must have; `*` matches anything, further values are allowed.
            status: The status of the response.
            user: The permalink of the user.
            fault: An injected fault.
            origin: `api`, `sign-in` or `sound`.
        """
        filters = {"operation": operation, "status": status, "user": user, "origin": origin}
        given = {name: value for name, value in filters.items() if value is not None}
        expected = _ExpectedRequest.create(method, path, query)
        return RecordedRequests(
            request
            for request in self
            if expected.matches(request)
            and (fault is None or fault in request.faults)
            and all(getattr(request, name) == value for name, value in given.items())
        )

    def assert_requested(
        self, method: str, path: str, *, times: int | None = None, query: Mapping[str, str] | None = None
    ) -> None:
        """Check that a request was received.

        Args:
            method: The HTTP method.
            path: The path; `*` matches anything.
            times: The exact number of requests; None for one or more.
            query: Values that the query must have; further values are allowed.

        Raises:
            AssertionError: The number of requests differs; the message shows the matching or the most similar requests.
        """
        expected = _ExpectedRequest.create(method, path, query)
        found = [request for request in self if expected.matches(request)]
        if found if times is None else len(found) == times:
            return
        wanted = "at least once" if times is None else _format_count(times)
        heading = f"expected {wanted}, received {_format_count(len(found))}:"
        similar = sorted((request for request in self if request not in found), key=expected.similarity, reverse=True)
        shown = found[:_MAXIMUM_LINES] if found and times is not None else similar[:_MAXIMUM_SIMILAR]
        lines = [heading, f"- {expected}", *(f"+ {request}" for request in shown)]
        rest = _format_rest(len(self) - len(shown)) if self else ["  no requests were received"]
        raise AssertionError("\n".join([*lines, *rest]))

    def expect(self, requests: Sequence[str], *, any_order: bool = False) -> None:
        """Check that exactly these requests were received.

        Args:
            requests: Lines such as `GET /me` or `GET /tracks?q=lofi`. `*` matches anything in the path and in values; the query
                may have further values.
            any_order: Whether to ignore the order, for requests of several threads.

        Raises:
            AssertionError: The requests differ; the message has the closest mismatch and a diff.
            ValueError: A line is not a method and a path.
        """
        expected = [_ExpectedRequest.parse(line) for line in requests]
        pairs = _match_any_order(expected, self) if any_order else _align(expected, self)
        missing = [wanted for wanted, received in pairs if wanted is not None and received is None]
        surplus = [received for wanted, received in pairs if wanted is None and received is not None]
        if not missing and not surplus:
            return
        lines = ["the requests differ from the expected ones"]
        if missing and surplus:
            mismatches = [(wanted, received) for wanted in missing for received in surplus]
            wanted, received = max(mismatches, key=lambda pair: pair[0].similarity(pair[1]))
            lines += ["the closest mismatch:", f"- {wanted}", f"+ {received}"]
        lines.append("all requests:")
        for pattern, request in pairs[:_MAXIMUM_LINES]:
            mark = "-" if request is None else "+" if pattern is None else " "
            lines.append(f"{mark} {request or pattern}")
        raise AssertionError("\n".join([*lines, *_format_rest(len(pairs) - _MAXIMUM_LINES)]))


class RequestLog:
    """The last requests. Thread-safe."""

    def __init__(self, size: int) -> None:
        if size < 0:
            raise WrongSettingError("request_log_size", f"give 0 or more, not {size!r}")
        self._requests: deque[RecordedRequest] = deque()
        self._size, self._last_id, self._bytes = size, 0, 0
        self._bodies: deque[tuple[RecordedBody, int]] = deque()
        self._listeners: list[Callable[[], object]] = []
        self._lock = Lock()
        self.generation, self.is_closed = 0, False

    def next_id(self) -> int:
        """Return the id of a new request."""
        with self._lock:
            self._last_id += 1
            return self._last_id

    def add(self, request: RecordedRequest) -> None:
        """Add a request; the oldest is dropped if the log is full."""
        with self._lock:
            self._requests.append(request)
            if len(self._requests) > self._size:
                self._requests.popleft()
            self._keep_response(request.recorded_response)
        self._notify()

    def _keep_response(self, body: RecordedBody | None) -> None:
        if body is None or not body.kept_bytes:
            return
        self._bodies.append((body, body.kept_bytes))
        self._bytes += body.kept_bytes
        while self._bytes > _MAXIMUM_BYTES or len(self._bodies) > self._size:
            dropped, size = self._bodies.popleft()
            dropped.drop()
            self._bytes -= size

    def after(self, last_id: int) -> list[RecordedRequest]:
        """Return the requests that were added after the one with an id, oldest first."""
        with self._lock:
            newer: list[RecordedRequest] = []
            for request in reversed(self._requests):
                if request.id <= last_id:
                    break
                newer.append(request)
        return newer[::-1]

    def find(self, request_id: int) -> RecordedRequest | None:
        """Return the request with an id; None if it is not kept."""
        with self._lock:
            return next((request for request in self._requests if request.id == request_id), None)

    @contextmanager
    def listening(self, listener: Callable[[], object]) -> Generator[None, None, None]:
        """Call a function after each change, in the thread that made it."""
        with self._lock:
            self._listeners.append(listener)
        try:
            yield
        finally:
            with self._lock:
                self._listeners.remove(listener)

    def close(self) -> None:
        """Tell the listeners that no request will follow."""
        self.is_closed = True
        self._notify()

    def _notify(self) -> None:
        for listener in [*self._listeners]:
            listener()

    def read(self) -> RecordedRequests:
        """Return a copy of the log."""
        with self._lock:
            return RecordedRequests(self._requests)

    def clear(self) -> None:
        """Remove all requests."""
        with self._lock:
            self._requests.clear()
            self._bodies.clear()
            self._bytes = 0
            self.generation += 1
        self._notify()


@dataclass(frozen=True, slots=True)
class _ExpectedRequest:
    """A pattern of a request."""

    method: str | None
    path: str | None
    query: Mapping[str, str]

    @classmethod
    def create(cls, method: str | None, path: str | None, query: Mapping[str, str] | None) -> "_ExpectedRequest":
        path, _, in_path = (path or "").partition("?")
        fields = dict(parse_qsl(in_path, keep_blank_values=True))
        return cls(method and method.upper(), path or None, {**fields, **(query or {})})

    @classmethod
    def parse(cls, line: str) -> "_ExpectedRequest":
        method, _, target = line.strip().partition(" ")
        if not method.isalpha() or not target.strip().startswith(("/", "*")):
            raise ValueError(f"{line!r} is not a request such as 'GET /tracks?q=lofi'")
        return cls.create(method, target.strip(), None)

    def matches(self, request: RecordedRequest) -> bool:
        return (
            self.method in {None, request.method}
            and (self.path is None or _matches(self.path, request.path))
            and all(
                name in request.query and _matches(str(value), request.query[name])
                for name, value in self.query.items()
            )
        )

    def similarity(self, request: RecordedRequest) -> float:
        """Return a score from 0 to 7; the path has the most weight."""
        same_path = _matches(self.path or "*", request.path)
        path = 1.0 if same_path else SequenceMatcher(None, self.path or "", request.path).ratio()
        values = [_matches(str(value), request.query.get(name, "")) for name, value in self.query.items()]
        query = sum(values) / len(values) if values else 1.0
        return 4 * path + 2 * (self.method == request.method) + query

    def __str__(self) -> str:
        return _format_line(self.method or "*", self.path or "*", self.query)


_Pairs: TypeAlias = list[tuple[_ExpectedRequest | None, RecordedRequest | None]]


def _align(expected: Sequence[_ExpectedRequest], received: Sequence[RecordedRequest]) -> _Pairs:
    """Pair expected and received requests in order (longest common subsequence)."""
    rows, columns = len(expected), len(received)
    # best[i][j]: the maximum number of pairs in expected[i:] and received[j:].
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            paired = best[i + 1][j + 1] + 1 if expected[i].matches(received[j]) else 0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: _Pairs = []
    i = j = 0
    while i < rows and j < columns:
        if expected[i].matches(received[j]) and best[i][j] == best[i + 1][j + 1] + 1:
            pairs.append((expected[i], received[j]))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            pairs.append((expected[i], None))
            i += 1
        else:
            pairs.append((None, received[j]))
            j += 1
    return [*pairs, *((wanted, None) for wanted in expected[i:]), *((None, request) for request in received[j:])]


def _match_any_order(expected: Sequence[_ExpectedRequest], received: Sequence[RecordedRequest]) -> _Pairs:
    """Pair expected and received requests in any order (maximum bipartite matching by augmenting paths)."""
    candidates = [[at for at, request in enumerate(received) if wanted.matches(request)] for wanted in expected]
    partner: dict[int, int] = {}

    def pair(index: int, tried: set[int]) -> bool:
        """Find a request for one line; move another line to another request if needed."""
        for at in candidates[index]:
            if at not in tried:
                tried.add(at)
                if at not in partner or pair(partner[at], tried):
                    partner[at] = index
                    return True
        return False

    for index in range(len(expected)):
        pair(index, set())
    found = {index: received[at] for at, index in partner.items()}
    surplus = [request for at, request in enumerate(received) if at not in partner]
    return [*((wanted, found.get(index)) for index, wanted in enumerate(expected)), *((None, item) for item in surplus)]


def _matches(pattern: str, value: str) -> bool:
    # Brackets are literal, as in created_at[from].
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _format_line(method: str, path: str, query: Mapping[str, str]) -> str:
    return f"{method} {path}" + (f"?{urlencode(query, safe='*:/,[]')}" if query else "")


def _format_count(times: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(times, f"{times} times")


def _format_rest(count: int) -> list[str]:
    return [f"  and {count} other request{'s' if count > 1 else ''}"] if count > 0 else []
