"""Settings of the fault injection: validation, and conversion to and from JSON.

The kinds of errors, with the response, and whether the operation is executed:

| kind | status | response | executed |
| --- | --- | --- | --- |
| `rate_limited_gateway` | 429 | `{"error": "Rate Limit Exceeded"}`, from the API gateway | no |
| `rate_limited_text` | 429 | `Please slow down.`, plain text | no |
| `rate_limited_reset_time` | 429 | an object that names the limit and `reset_time`, without code or message | no |
| `rate_limited_object` | 429 | the usual error object with `error_code` | no |
| `spam_warning` | 429 | an error object with `spam_warning_urn`; on likes and comments only | no |
| `blocked_html` | 403 | CloudFront's page | no |
| `bad_gateway_html` | 502 | CloudFront's page | no |
| `unavailable_html` | 503 | CloudFront's page | no |
| `timeout_html` | 504 | CloudFront's page | no |
| `not_found_text` | 404 | `404 page not found`, although the resource exists | no |
| `unavailable_text` | 503 | `upstream connect error...` | no |
| `timeout_text` | 504 | `upstream request timeout` | no |
| `empty_500` | 500 | an empty body | no |
| `error_object_500` | 500 | the usual error object | no |
| `error_object_200` | 200 | an error object, with a successful status | no |
| `forbidden_gateway` | 403 | `{"error": "Access to this API has been disallowed"}` | no |
| `subscription_wall` | 403 | an error object that asks for a subscription | no |
| `unverified_email` | 401 | a line break, plain text; on uploads only | no |
| `redirect_loop` | 302 | a redirect to a URL that redirects to itself | no |
| `reset_before` | none | the connection is reset before the response | no |
| `reset_during` | unchanged | the connection is reset in the middle of the response | yes |
| `truncated` | unchanged | the response ends before its `Content-Length` | yes |
| `slow_body` | unchanged | the response takes `slow_seconds` | yes |
| `broken_gzip` | unchanged | the response has `Content-Encoding: gzip` and cannot be decompressed | yes |

The last four need a response with a body; other responses are sent unchanged.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, cast, get_args

from soundcloud.sandbox.errors import WrongSettingError

RateLimitKind: TypeAlias = Literal[
    "rate_limited_gateway", "rate_limited_text", "rate_limited_reset_time", "rate_limited_object"
]
"""A format of SoundCloud's 429 responses."""

ErrorKind: TypeAlias = Literal[
    RateLimitKind,
    "spam_warning",
    "blocked_html",
    "bad_gateway_html",
    "unavailable_html",
    "timeout_html",
    "not_found_text",
    "unavailable_text",
    "timeout_text",
    "empty_500",
    "error_object_500",
    "error_object_200",
    "forbidden_gateway",
    "subscription_wall",
    "unverified_email",
    "redirect_loop",
    "reset_before",
    "reset_during",
    "truncated",
    "slow_body",
    "broken_gzip",
]
"""A kind of error; the table above describes each."""

DriftKind: TypeAlias = Literal["unknown_field", "unknown_enum_value", "null", "changed_type", "removed_field"]
"""A way in which a response differs from the document."""

FlakyKind: TypeAlias = Literal["empty_page_with_next", "repeated_href", "foreign_host", "short_page"]
"""A way in which a page of a list is malformed."""

RATE_LIMIT_KINDS: tuple[RateLimitKind, ...] = get_args(RateLimitKind)
ERROR_KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)
DRIFT_KINDS: tuple[DriftKind, ...] = get_args(DriftKind)
FLAKY_KINDS: tuple[FlakyKind, ...] = get_args(FlakyKind)

_MAXIMUM_SECONDS = 3600.0
_PATTERN = re.compile(r"([A-Z]+ )?[/*][^\s?\[\]{}]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class RateLimitFault:
    """A rate limit with a fixed window: further requests are answered with 429 until the window ends.

    A window begins with the first request after the previous window, as SoundCloud's do.

    Args:
        requests: Number of requests per window; 1 or more.
        seconds: Length of the window; above 0, at most 86,400.
        kind: The format of the 429 response.

    Raises:
        WrongSettingError: A value is out of range.
    """

    requests: int
    seconds: float
    kind: RateLimitKind = "rate_limited_reset_time"

    def __post_init__(self) -> None:
        _check_integer("rate_limit.requests", self.requests, lowest=1)
        _check_number("rate_limit.seconds", self.seconds, highest=86_400)
        if self.seconds == 0:
            raise WrongSettingError("rate_limit.seconds", "give a number above 0")
        _check_kinds("rate_limit.kind", (self.kind,), RATE_LIMIT_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The faults that a sandbox injects. By default there are none.

    Args:
        latency: Delay of each request in seconds, at most 3600; or two numbers, between which it is random.
        error_rate: Share of the requests that fail, 0 to 1: a number per kind, together at most 1, or one number for all kinds
            that fit the request. The table of this module lists the kinds.
        rate_limit: The rate limit; None for no limit.
        expire_tokens: Expire all access tokens before each n-th request.
        drift: Changes of responses. A selected response gets each of these kinds once, at a random field.
        drift_rate: Share of the responses that drift, 0 to 1; default 1.
        flaky_pages: Malformed pages. A selected page gets one of these kinds.
        flaky_rate: Share of the pages that are malformed, 0 to 1; default 1.
        paths: Requests to which the faults apply: patterns such as `/tracks/*` or `POST /likes/*`, where `*` matches anything.
            Default: all requests to the API. A pattern also matches requests to the sign-in and media hosts, such as
            `/oauth/token`.
        seed: Seed of the random selection: the same requests in the same order get the same faults.
        times: Maximum number of faults, latency not counted; None for no maximum.
        slow_seconds: Duration of a `slow_body` response, at most 3600; default 3.

    Raises:
        WrongSettingError: A setting is invalid; `setting` has its name.

    Example:
        >>> Faults(error_rate={"unavailable_text": 0.2, "reset_before": 0.1}, paths="/tracks/*", times=3)
        >>> Faults(latency=(0.05, 0.4), rate_limit=RateLimitFault(30, 10), drift={"null", "unknown_field"}, seed=4)
    """

    latency: float | tuple[float, float] = 0.0
    error_rate: float | Mapping[ErrorKind, float] = 0.0
    rate_limit: RateLimitFault | None = None
    expire_tokens: int | None = None
    drift: Collection[DriftKind] | DriftKind = ()
    drift_rate: float = 1.0
    flaky_pages: Collection[FlakyKind] | FlakyKind = ()
    flaky_rate: float = 1.0
    paths: Collection[str] | str = ()
    seed: int = 0
    times: int | None = None
    slow_seconds: float = 3.0

    def __post_init__(self) -> None:
        self._set("latency", _check_latency(self.latency))
        self._set("error_rate", _check_error_rate(self.error_rate))
        _check_rate_limit(self.rate_limit)
        if self.expire_tokens is not None:
            _check_integer("expire_tokens", self.expire_tokens, lowest=1)
        self._set("drift", _check_kinds("drift", self.drift, DRIFT_KINDS))
        self._set("flaky_pages", _check_kinds("flaky_pages", self.flaky_pages, FLAKY_KINDS))
        _check_number("drift_rate", self.drift_rate, highest=1)
        _check_number("flaky_rate", self.flaky_rate, highest=1)
        self._set("paths", _check_paths(self.paths))
        _check_integer("seed", self.seed)
        if self.times is not None:
            _check_integer("times", self.times, lowest=0)
        _check_number("slow_seconds", self.slow_seconds, highest=_MAXIMUM_SECONDS)

    def _set(self, name: str, value: object) -> None:
        # The class is frozen; only __post_init__ replaces values by their checked form.
        object.__setattr__(self, name, value)

    @property
    def any(self) -> bool:
        """Whether any fault can occur."""
        rates = self.error_rate.values() if isinstance(self.error_rate, Mapping) else (self.error_rate,)
        changed = (self.drift and self.drift_rate) or (self.flaky_pages and self.flaky_rate)
        return bool(self.latency or max(rates, default=0) or self.rate_limit or self.expire_tokens or changed)

    @classmethod
    def from_json(cls, value: object) -> "Faults":
        """Create settings from a JSON value.

        Args:
            value: An object with the names of the arguments; a missing one gets its default.

        Returns:
            The settings.

        Raises:
            WrongSettingError: A setting is invalid or unknown.
        """
        settings = _check_object("faults", value, [field.name for field in fields(cls)])
        limit = settings.get("rate_limit")
        if limit is not None:
            names = [field.name for field in fields(RateLimitFault)]
            given = _check_object("rate_limit", limit, names)
            for name in ("requests", "seconds"):
                if name not in given:
                    raise WrongSettingError(f"rate_limit.{name}", "is missing")
            settings["rate_limit"] = RateLimitFault(**given)
        return cls(**settings)

    def to_json(self) -> dict[str, Any]:
        """Return all settings as a JSON object for `from_json`."""
        limit = self.rate_limit
        settings = {field.name: _to_json(getattr(self, field.name)) for field in fields(self)}
        if limit is not None:
            settings["rate_limit"] = {"requests": limit.requests, "seconds": limit.seconds, "kind": limit.kind}
        return settings


def _to_json(value: object) -> object:
    if isinstance(value, tuple):
        return list(cast("tuple[object, ...]", value))
    return dict(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else value


def _check_object(setting: str, value: object, names: Collection[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WrongSettingError(setting, f"give a JSON object, not {type(value).__name__}")
    settings = cast("dict[str, Any]", value)
    for name in settings:
        if name not in names:
            place = name if setting == "faults" else f"{setting}.{name}"
            raise WrongSettingError(place, f"unknown setting: use {', '.join(names)}")
    return dict(settings)


def _check_number(setting: str, value: object, *, highest: float) -> None:
    # NaN is not in the range either.
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= highest:
        raise WrongSettingError(setting, f"give a number from 0 to {highest:g}, not {value!r}")


def _check_integer(setting: str, value: object, *, lowest: int | None = None) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or (lowest is not None and value < lowest):
        least = "" if lowest is None else f", {lowest} or more"
        raise WrongSettingError(setting, f"give a whole number{least}, not {value!r}")


def _check_kinds(setting: str, value: object, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the given kinds in the order of `known`, so that the seeded selection does not depend on their order."""
    if isinstance(value, Mapping):
        raise WrongSettingError(setting, "give a list of kinds; they share one rate")
    if isinstance(value, str) or not isinstance(value, Iterable):
        value = (value,)
    given = list(cast("Iterable[object]", value))
    for kind in given:
        if kind not in known:
            raise WrongSettingError(setting, f"{kind!r} is not a kind: use {', '.join(known)}")
    return tuple(kind for kind in known if kind in given)


def _check_latency(value: object) -> float | tuple[float, float]:
    if not isinstance(value, list | tuple):
        _check_number("latency", value, highest=_MAXIMUM_SECONDS)
        return cast("float", value)
    both = cast("list[float]", value)
    for number in both:
        _check_number("latency", number, highest=_MAXIMUM_SECONDS)
    if len(both) != 2 or both[0] > both[1]:
        raise WrongSettingError("latency", f"give seconds, or two numbers with the lower one first, not {value!r}")
    return (both[0], both[1])


def _check_error_rate(value: object) -> float | Mapping[ErrorKind, float]:
    if not isinstance(value, Mapping):
        _check_number("error_rate", value, highest=1)
        return cast("float", value)
    rates = cast("Mapping[object, object]", value)
    _check_kinds("error_rate", [*rates], ERROR_KINDS)
    for kind, rate in rates.items():
        _check_number(f"error_rate.{kind}", rate, highest=1)
    by_kind: dict[ErrorKind, float] = {kind: cast("float", rates[kind]) for kind in ERROR_KINDS if kind in rates}
    # Floating-point sums of rates can be slightly above 1.
    if sum(by_kind.values()) > 1 + 1e-9:
        raise WrongSettingError("error_rate", "the rates of all kinds together are more than 1")
    return MappingProxyType(by_kind)


def _check_rate_limit(value: object) -> None:
    if value is not None and not isinstance(value, RateLimitFault):
        raise WrongSettingError("rate_limit", f"give a RateLimitFault or None, not {value!r}")


def _check_paths(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = (value,)
    if not isinstance(value, Iterable):
        raise WrongSettingError("paths", f"give patterns, not {value!r}")
    patterns = list(cast("Iterable[object]", value))
    for pattern in patterns:
        if not isinstance(pattern, str) or not _PATTERN.fullmatch(pattern):
            raise WrongSettingError("paths", f"{pattern!r} is not a pattern such as '/tracks/*' or 'POST /likes/*'")
    return tuple(cast("list[str]", patterns))
