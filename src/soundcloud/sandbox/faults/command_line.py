"""Fault injection on the command line: options and their conversion to settings."""

from collections.abc import Callable, Mapping
from typing import Any

from soundcloud.sandbox.command_option import CommandOption, parse_integer
from soundcloud.sandbox.errors import WrongSettingError
from soundcloud.sandbox.faults.settings import DRIFT_KINDS, FLAKY_KINDS, Faults


def _setting(name: str, parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return the type of an option; it validates the setting, so that the parser's error names the option."""

    def check(argument: str) -> Any:
        try:
            value = parse(argument)
            Faults.from_json({name: value})
        except WrongSettingError as error:
            raise ValueError(str(error)) from None
        except ValueError:
            raise ValueError(f"{argument!r} is malformed: see the examples in --help") from None
        return value

    return check


def _parse_latency(argument: str) -> object:
    lower, dash, upper = argument.partition("-")
    return [float(lower), float(upper)] if dash else float(argument)


def _parse_error_rate(argument: str) -> object:
    if "=" not in argument:
        return float(argument)
    pairs = [pair.partition("=") for pair in argument.split(",")]
    return {kind.strip(): float(rate) for kind, _, rate in pairs}


def _parse_rate_limit(argument: str) -> object:
    requests, seconds, *kind = argument.split("/")
    limit: dict[str, object] = {"requests": int(requests), "seconds": float(seconds)}
    if kind:
        (limit["kind"],) = kind
    return limit


def _split(argument: str) -> object:
    return [part.strip() for part in argument.split(",")]


def _kinds(known: tuple[str, ...]) -> Callable[[str], object]:
    return lambda argument: list(known) if argument == "all" else _split(argument)


SECTION = "Fault injection"
# The options of settings: the function that parses the argument, its placeholder and the help.
_OPTIONS: dict[str, tuple[Callable[[str], object], str, str]] = {
    "latency": (_parse_latency, "SECONDS", "Delay of each request: 0.2, or a range such as 0.1-0.5."),
    "error_rate": (
        _parse_error_rate,
        "RATE",
        "Share of failing requests, such as 0.1; or the share of each kind of error: timeout_text=0.1,reset_before=0.05.",
    ),
    "rate_limit": (
        _parse_rate_limit,
        "N/SECONDS",
        "Rate limit: 30/10 allows 30 requests in 10 seconds; 30/10/rate_limited_text also sets the kind of the 429 response.",
    ),
    "expire_tokens": (int, "N", "Expire all access tokens before each N-th request."),
    "drift": (_kinds(DRIFT_KINDS), "KINDS", "Kinds of changes in responses, such as null,removed_field; or all."),
    "drift_rate": (float, "RATE", "Share of responses that --drift changes; default 1."),
    "flaky_pages": (
        _kinds(FLAKY_KINDS),
        "KINDS",
        "Kinds of malformed pages, such as repeated_href,short_page; or all.",
    ),
    "flaky_rate": (float, "RATE", "Share of pages that --flaky-pages affects; default 1."),
    "paths": (_split, "PATTERNS", "Requests that the faults apply to, such as /tracks/*,/me; default all of the API."),
    "times": (int, "N", "Maximum number of faults; unlimited by default."),
    "slow_seconds": (float, "SECONDS", "Duration of a slow_body response; default 3."),
}

FAULT_OPTIONS = (
    *(
        CommandOption(name, SECTION, text, metavar=metavar, parse=_setting(name, parse))
        for name, (parse, metavar, text) in _OPTIONS.items()
    ),
    CommandOption(
        "fault_seed", SECTION, "Seed of the random faults; default 0.", metavar="N", parse=parse_integer, default=0
    ),
    CommandOption("open_control", SECTION, "Let other machines use the control API below /-/.", parse=None),
)
"""The options of fault injection; docs/sandbox-faults.md lists the kinds."""


def read_faults(options: Mapping[str, Any]) -> Faults:
    """Return the settings of a command line."""
    given = {name: options[name] for name in _OPTIONS if options[name] is not None}
    return Faults.from_json({**given, "seed": options["fault_seed"]})
