"""How the sandbox shall fail: the settings, checked, and their form as JSON.

The kinds of errors, what is sent, and whether the request was carried out before:

| kind | status | what comes | carried out |
| --- | --- | --- | --- |
| `rate_limited_gateway` | 429 | `{"error": "Rate Limit Exceeded"}`, from the gateway | no |
| `rate_limited_text` | 429 | `Please slow down.`, plain text | no |
| `rate_limited_reset_time` | 429 | an object that names the limit and `reset_time`, without code or message | no |
| `rate_limited_object` | 429 | the usual error object with `error_code` | no |
| `spam_warning` | 429 | an error object with `spam_warning_urn`; on likes and comments only | no |
| `blocked_html` | 403 | CloudFront's page | no |
| `bad_gateway_html` | 502 | CloudFront's page | no |
| `unavailable_html` | 503 | CloudFront's page | no |
| `timeout_html` | 504 | CloudFront's page | no |
| `not_found_text` | 404 | `404 page not found`, though it exists | no |
| `unavailable_text` | 503 | `upstream connect error...` | no |
| `timeout_text` | 504 | `upstream request timeout` | no |
| `empty_500` | 500 | nothing | no |
| `error_object_500` | 500 | the usual error object | no |
| `error_object_200` | 200 | an error object, with a status of success | no |
| `forbidden_gateway` | 403 | `{"error": "Access to this API has been disallowed"}` | no |
| `subscription_wall` | 403 | an error object that asks for a subscription | no |
| `redirect_loop` | 302 | a redirect to an address that redirects to itself | no |
| `reset_before` | none | the connection is reset before the reply | no |
| `reset_during` | its own | the connection is reset in the middle of the reply | yes |
| `truncated` | its own | the reply ends before its `Content-Length` | yes |
| `slow_body` | its own | the reply drips in, over `slow_seconds` | yes |
| `broken_gzip` | its own | the reply says that it is gzip, and cannot be unpacked | yes |

The last four need a reply with a body; to another one they do nothing.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, cast, get_args

from soundcloud.sandbox.errors import WrongSettingError

RateLimitKind: TypeAlias = Literal[
    "rate_limited_gateway", "rate_limited_text", "rate_limited_reset_time", "rate_limited_object"
]
"""A form in which SoundCloud says 429."""

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
    "redirect_loop",
    "reset_before",
    "reset_during",
    "truncated",
    "slow_body",
    "broken_gzip",
]
"""A way in which a request fails; the table above says what each sends."""

DriftKind: TypeAlias = Literal["unknown_field", "unknown_enum_value", "null", "changed_type", "removed_field"]
"""A way in which a reply differs from the document."""

FlakyKind: TypeAlias = Literal["empty_page_with_next", "repeated_href", "foreign_host", "short_page"]
"""A way in which a page of a list is odd."""

RATE_LIMIT_KINDS: tuple[RateLimitKind, ...] = get_args(RateLimitKind)
ERROR_KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)
DRIFT_KINDS: tuple[DriftKind, ...] = get_args(DriftKind)
FLAKY_KINDS: tuple[FlakyKind, ...] = get_args(FlakyKind)

_LONGEST_SECONDS = 3600.0
_PATTERN = re.compile(r"([A-Z]+ )?[/*][^\s?\[\]]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in so many seconds, then 429 until the time is over.

    The window opens with the first request after the one before it ended, as SoundCloud's does.

    Args:
        requests: How many are answered, 1 or more.
        seconds: How long the window is, above 0 and at most a day.
        kind: The form of the 429.

    Raises:
        WrongSettingError: A value is none of these.
    """

    requests: int
    seconds: float
    kind: RateLimitKind = "rate_limited_reset_time"

    def __post_init__(self) -> None:
        _check_whole("rate_limit.requests", self.requests, lowest=1)
        _check_number("rate_limit.seconds", self.seconds, highest=86_400)
        if self.seconds == 0:
            raise WrongSettingError("rate_limit.seconds", "give more than 0")
        _check_kinds("rate_limit.kind", (self.kind,), RATE_LIMIT_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How the sandbox shall fail. Without arguments it does not.

    Args:
        latency: How long every request waits before anything else, in seconds, at most 3600; two numbers are a range to draw from.
        error_rate: How large a share of the requests fails: for each kind a number from 0 to 1, together at most 1; or one number,
            shared evenly by all kinds that fit the request. The table at the top of this module lists the kinds.
        rate_limit: How many requests are answered in which time.
        expire_tokens: With every so many-th request all access tokens expire, before it is answered.
        drift: What differs in replies. In a reply that is chosen, each kind that is named here is done once, somewhere.
        drift_rate: How large a share of the replies drifts, 0 to 1.
        flaky_pages: What is odd about pages; a page that is chosen gets one of these kinds.
        flaky_rate: How large a share of the pages is odd, 0 to 1.
        paths: Which requests all this is limited to: patterns such as `/tracks/*` or `POST /likes/*`; `*` is anything.
            Without any it is every request to the API. With them a request to the sign-in host and to the host that serves sound is
            meant as well, where a pattern fits: `/oauth/token` is the token endpoint.
        seed: What chance is made from: the same requests in the same order meet the same faults.
        times: How many faults there are at most; None is without end. Latency is not counted, everything else is.
        slow_seconds: How long a reply takes that is a `slow_body`, at most 3600.

    Raises:
        WrongSettingError: A setting is wrong; its `setting` says which.

    Example:
        >>> Faults(error_rate={"unavailable_text": 0.2, "reset_before": 0.1}, paths="/tracks/*", times=3)
        >>> Faults(latency=(0.05, 0.4), rate_limit=RateLimit(30, 10), drift={"null", "unknown_field"}, seed=4)
    """

    latency: float | tuple[float, float] = 0.0
    error_rate: float | Mapping[ErrorKind, float] = 0.0
    rate_limit: RateLimit | None = None
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
        self._put("latency", _checked_latency(self.latency))
        self._put("error_rate", _checked_error_rate(self.error_rate))
        _check_rate_limit(self.rate_limit)
        if self.expire_tokens is not None:
            _check_whole("expire_tokens", self.expire_tokens, lowest=1)
        self._put("drift", _check_kinds("drift", self.drift, DRIFT_KINDS))
        self._put("flaky_pages", _check_kinds("flaky_pages", self.flaky_pages, FLAKY_KINDS))
        _check_number("drift_rate", self.drift_rate, highest=1)
        _check_number("flaky_rate", self.flaky_rate, highest=1)
        self._put("paths", _checked_paths(self.paths))
        _check_whole("seed", self.seed)
        if self.times is not None:
            _check_whole("times", self.times, lowest=0)
        _check_number("slow_seconds", self.slow_seconds, highest=_LONGEST_SECONDS)

    def _put(self, name: str, value: object) -> None:
        # The class is frozen for everybody else.
        object.__setattr__(self, name, value)

    @property
    def any(self) -> bool:
        """Whether anything is set that could happen."""
        rates = self.error_rate.values() if isinstance(self.error_rate, Mapping) else (self.error_rate,)
        odd = (self.drift and self.drift_rate) or (self.flaky_pages and self.flaky_rate)
        return bool(self.latency or max(rates, default=0) or self.rate_limit or self.expire_tokens or odd)

    @classmethod
    def from_json(cls, value: object) -> "Faults":
        """Read settings that came as JSON.

        Args:
            value: An object whose names are those of the arguments; what is absent has its default.

        Returns:
            The settings.

        Raises:
            WrongSettingError: A setting is wrong or unknown.
        """
        settings = _object("faults", value, [field.name for field in fields(cls)])
        limit = settings.get("rate_limit")
        if limit is not None:
            names = [field.name for field in fields(RateLimit)]
            settings["rate_limit"] = _made_rate_limit(_object("rate_limit", limit, names))
        return cls(**settings)

    def to_json(self) -> dict[str, Any]:
        """Write the settings as plain JSON values, each one, as `from_json` reads them."""
        limit = self.rate_limit
        written = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        if limit is not None:
            written["rate_limit"] = {"requests": limit.requests, "seconds": limit.seconds, "kind": limit.kind}
        return written


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(cast("tuple[object, ...]", value))
    return dict(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else value


def _made_rate_limit(settings: dict[str, Any]) -> RateLimit:
    for name in ("requests", "seconds"):
        if name not in settings:
            raise WrongSettingError(f"rate_limit.{name}", "is missing")
    return RateLimit(**settings)


def _object(setting: str, value: object, names: Collection[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WrongSettingError(setting, "give an object")
    settings = cast("dict[str, Any]", value)
    for name in settings:
        if name not in names:
            place = name if setting == "faults" else f"{setting}.{name}"
            raise WrongSettingError(place, f"is no setting; there are {', '.join(names)}")
    return dict(settings)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check_number(setting: str, value: object, *, highest: float) -> None:
    if not _is_number(value) or not 0 <= cast("float", value) <= highest:
        raise WrongSettingError(setting, f"give a number from 0 to {highest:g}, not {value!r}")


def _check_whole(setting: str, value: object, *, lowest: int | None = None) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or (lowest is not None and value < lowest):
        least = "" if lowest is None else f", {lowest} or more"
        raise WrongSettingError(setting, f"give a whole number{least}, not {value!r}")


def _check_kinds(setting: str, value: object, known: tuple[str, ...]) -> tuple[str, ...]:
    """Check a set of kinds, or one; the order is that of the list of kinds, so that a run repeats."""
    if isinstance(value, Mapping):
        raise WrongSettingError(setting, "give kinds alone; one rate is for all of them")
    if isinstance(value, str) or not isinstance(value, Iterable):
        value = (value,)
    given = list(cast("Iterable[object]", value))
    for kind in given:
        if kind not in known:
            raise WrongSettingError(setting, f"{kind!r} is no kind; there are {', '.join(known)}")
    return tuple(kind for kind in known if kind in given)


def _checked_latency(value: object) -> float | tuple[float, float]:
    if not isinstance(value, list | tuple):
        _check_number("latency", value, highest=_LONGEST_SECONDS)
        return cast("float", value)
    both = cast("list[float]", value)
    for number in both:
        _check_number("latency", number, highest=_LONGEST_SECONDS)
    if len(both) != 2 or both[0] > both[1]:
        raise WrongSettingError("latency", f"give seconds, or two numbers, the lower one first, not {value!r}")
    return (both[0], both[1])


def _checked_error_rate(value: object) -> float | Mapping[ErrorKind, float]:
    if not isinstance(value, Mapping):
        _check_number("error_rate", value, highest=1)
        return cast("float", value)
    rates = cast("Mapping[object, object]", value)
    _check_kinds("error_rate", [*rates], ERROR_KINDS)
    for kind, rate in rates.items():
        _check_number(f"error_rate.{kind}", rate, highest=1)
    by_kind: dict[ErrorKind, float] = {kind: cast("float", rates[kind]) for kind in ERROR_KINDS if kind in rates}
    # Ten times a tenth is a little more than one.
    if sum(by_kind.values()) > 1 + 1e-9:
        raise WrongSettingError("error_rate", "all kinds together are more than 1; each is a share of the requests")
    return MappingProxyType(by_kind)


def _check_rate_limit(value: object) -> None:
    if value is not None and not isinstance(value, RateLimit):
        raise WrongSettingError("rate_limit", f"give a RateLimit or None, not {value!r}")


def _checked_paths(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = (value,)
    if not isinstance(value, Iterable):
        raise WrongSettingError("paths", f"give patterns, not {value!r}")
    patterns = list(cast("Iterable[object]", value))
    for pattern in patterns:
        if not isinstance(pattern, str) or not _PATTERN.fullmatch(pattern):
            raise WrongSettingError("paths", f"{pattern!r} is no pattern such as '/tracks/*' or 'POST /likes/*'")
    return tuple(cast("list[str]", patterns))
