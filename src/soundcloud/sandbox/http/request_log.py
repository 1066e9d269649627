"""What was asked of the sandbox: requests, without their secrets, and questions about them that a test can ask."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl, urlencode

from soundcloud.sandbox.errors import WrongSettingError

DEFAULT_SIZE = 10_000
Origin: TypeAlias = Literal["api", "sign-in", "sound"]
"""Which of the sandbox's three origins a request went to."""

_NEAREST = 3
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request that the sandbox was sent. Tokens and secrets are `***`.

    Attributes:
        method: The HTTP method.
        path: The path, percent-decoded.
        query: Values of the query; of a repeated one the last.
        headers: Headers, names in lower case; of a repeated one the last.
        body: The JSON value, or the fields of a form, a file as its name and size; a text that says how large it is where it is
            neither; None for none.
        operation: The id of the operation, such as `get_tracks_track_urn`; None beyond the API.
        status: The status of the reply; None where there was none.
        user: The permalink of the person whose token came along; None for an app's token and for none.
        faults: What was done to it on purpose: `latency`, `expire_tokens`, and kinds of errors, of drift and of odd pages.
        duration: How long it took, in seconds.
        origin: `api`, `sign-in` or `sound`.
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

    def to_json(self) -> dict[str, Any]:
        """Write it as plain JSON values."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __str__(self) -> str:
        target = _line(self.method, self.path, self.query)
        notes = f" ({', '.join(self.faults)})" if self.faults else ""
        return f"{target} -> {self.status or 'no reply'}{notes}"


class RecordedRequests(list[RecordedRequest]):
    """Requests in the order in which they were answered: a list as it was at one moment, which answers questions.

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
        """Pick the requests that fit everything that is given.

        Args:
            method: The HTTP method.
            path: The path; `*` stands for anything.
            operation: The id of the operation.
            query: Values that the query has among others; `*` stands for anything.
            status: The status of the reply.
            user: The permalink of the person.
            fault: A fault that the request met.
            origin: `api`, `sign-in` or `sound`.

        Returns:
            Those requests, in the same order.
        """
        wanted = {"operation": operation, "status": status, "user": user, "origin": origin}
        plain = {name: value for name, value in wanted.items() if value is not None}
        expected = _Expected.of(method, path, query)
        return RecordedRequests(
            request
            for request in self
            if expected.fits(request)
            and (fault is None or fault in request.faults)
            and all(getattr(request, name) == value for name, value in plain.items())
        )

    def assert_requested(
        self, method: str, path: str, *, times: int | None = None, query: Mapping[str, str] | None = None
    ) -> None:
        """Check that something was requested.

        Args:
            method: The HTTP method.
            path: The path; `*` stands for anything.
            times: How often; None is once or more.
            query: Values that the query has among others.

        Raises:
            AssertionError: It was not, or not as often; the message shows what came instead, the nearest first.
        """
        expected = _Expected.of(method, path, query)
        found = [request for request in self if expected.fits(request)]
        if found if times is None else len(found) == times:
            return
        wanted = "at least once" if times is None else _often(times)
        heading = f"expected {wanted}, came {_often(len(found))}:"
        others = expected.nearest(request for request in self if request not in found)
        shown = found[:_LONGEST] if found and times is not None else others[:_NEAREST]
        lines = [heading, f"- {expected}", *(f"+ {request}" for request in shown)]
        further = _further(len(self) - len(shown)) if self else ["  nothing was requested"]
        raise AssertionError("\n".join([*lines, *further]))

    def expect(self, requests: Sequence[str], *, any_order: bool = False) -> None:
        """Check that exactly these requests came.

        Args:
            requests: Lines such as `GET /me` or `GET /tracks?q=lofi`. In the path and in values `*` stands for anything; the query
                may have further values.
            any_order: Whether the order does not matter, as among threads.

        Raises:
            AssertionError: Others came; the message shows the two lists as a diff, before it the nearest miss.
            ValueError: A line is no method and path.
        """
        expected = [_Expected.read(text) for text in requests]
        pairs = _align_any(expected, self) if any_order else _align(expected, self)
        missing = [wanted for wanted, came in pairs if wanted is not None and came is None]
        surplus = [came for wanted, came in pairs if wanted is None and came is not None]
        if not missing and not surplus:
            return
        lines = ["the requests are not those that were expected"]
        near = [
            (wanted.closeness(came), index, wanted, came) for index, wanted in enumerate(missing) for came in surplus
        ]
        if near:
            _, _, wanted, came = max(near, key=lambda item: (item[0], -item[1]))
            lines += ["the nearest miss:", f"- {wanted}", f"+ {came}"]
        lines.append("all of them:")
        for line, request in pairs[:_LONGEST]:
            mark = "-" if request is None else "+" if line is None else " "
            lines.append(f"{mark} {line if request is None else request}")
        raise AssertionError("\n".join([*lines, *_further(len(pairs) - _LONGEST)]))


class RequestLog:
    """Keeps the last requests. Any thread may write and read.

    Args:
        size: How many.

    Raises:
        WrongSettingError: It is less than 0.
    """

    def __init__(self, size: int) -> None:
        if size < 0:
            raise WrongSettingError("journal_size", f"give 0 or more, not {size!r}")
        self._requests: deque[RecordedRequest] = deque(maxlen=size)
        self._lock = Lock()

    def add(self, request: RecordedRequest) -> None:
        """Write a request down; the oldest goes where there are too many."""
        with self._lock:
            self._requests.append(request)

    def read(self) -> RecordedRequests:
        """Copy what there is."""
        with self._lock:
            return RecordedRequests(self._requests)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._requests.clear()


@dataclass(frozen=True, slots=True)
class _Expected:
    """A request that somebody waits for."""

    method: str | None
    path: str | None
    query: Mapping[str, str]

    @classmethod
    def of(cls, method: str | None, path: str | None, query: Mapping[str, str] | None) -> "_Expected":
        # A query that was left in the path is meant as one.
        path, mark, rest = (path or "").partition("?")
        read = dict(parse_qsl(rest, keep_blank_values=True)) if mark else {}
        return cls(method and method.upper(), path or None, {**read, **(query or {})})

    @classmethod
    def read(cls, text: str) -> "_Expected":
        method, _, target = text.strip().partition(" ")
        if not method.isalpha() or not target.strip().startswith(("/", "*")):
            raise ValueError(f"{text!r} is no request such as 'GET /tracks?q=lofi'")
        return cls.of(method, target.strip(), None)

    def fits(self, request: RecordedRequest) -> bool:
        return (
            self.method in {None, request.method}
            and (self.path is None or _fits(self.path, request.path))
            and all(
                name in request.query and _fits(str(value), request.query[name]) for name, value in self.query.items()
            )
        )

    def closeness(self, request: RecordedRequest) -> float:
        """How near a request is that does not fit: the path counts most."""
        same_path = _fits(self.path or "*", request.path)
        path = 1.0 if same_path else SequenceMatcher(None, self.path or "", request.path).ratio()
        values = [_fits(str(value), request.query.get(name, "")) for name, value in self.query.items()]
        query = sum(values) / len(values) if values else 1.0
        return 4 * path + 2 * (self.method == request.method) + query

    def nearest(self, requests: Iterable[RecordedRequest]) -> list[RecordedRequest]:
        return sorted(requests, key=self.closeness, reverse=True)

    def __str__(self) -> str:
        return _line(self.method or "*", self.path or "*", self.query)


_Pairs: TypeAlias = list[tuple[_Expected | None, RecordedRequest | None]]


def _align(expected: Sequence[_Expected], came: Sequence[RecordedRequest]) -> _Pairs:
    """Pair what was expected with what came, in order, so that as many as can be fit."""
    rows, columns = len(expected), len(came)
    # best[i][j]: how many pairs the rest of both can make, from i and j on.
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            paired = best[i + 1][j + 1] + 1 if expected[i].fits(came[j]) else 0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: _Pairs = []
    i = j = 0
    while i < rows and j < columns:
        if expected[i].fits(came[j]) and best[i][j] == best[i + 1][j + 1] + 1:
            pairs.append((expected[i], came[j]))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            pairs.append((expected[i], None))
            i += 1
        else:
            pairs.append((None, came[j]))
            j += 1
    return [*pairs, *((wanted, None) for wanted in expected[i:]), *((None, request) for request in came[j:])]


def _align_any(expected: Sequence[_Expected], came: Sequence[RecordedRequest]) -> _Pairs:
    """Pair what was expected with what came, whatever the order, so that as many as can be fit."""
    fitting = [[at for at, request in enumerate(came) if wanted.fits(request)] for wanted in expected]
    partner: dict[int, int] = {}

    def pair(index: int, tried: set[int]) -> bool:
        """Find a request for one line; another line gives its own up where it finds a further one."""
        for at in fitting[index]:
            if at not in tried:
                tried.add(at)
                if at not in partner or pair(partner[at], tried):
                    partner[at] = index
                    return True
        return False

    for index in range(len(expected)):
        pair(index, set())
    found = {index: came[at] for at, index in partner.items()}
    surplus = [request for at, request in enumerate(came) if at not in partner]
    return [*((wanted, found.get(index)) for index, wanted in enumerate(expected)), *((None, item) for item in surplus)]


def _fits(pattern: str, text: str) -> bool:
    # Brackets are part of names such as created_at[from], not sets of letters.
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _line(method: str, path: str, query: Mapping[str, str]) -> str:
    return f"{method} {path}" + (f"?{urlencode(query, safe='*:/,[]')}" if query else "")


def _often(times: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(times, f"{times} times")


def _further(count: int) -> list[str]:
    return [f"  and {count} other request{'s' if count > 1 else ''}"] if count > 0 else []
