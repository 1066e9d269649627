"""Fault injection on the command line: options and their conversion to settings."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from typing import Any

from soundcloud.sandbox.errors import WrongSettingError
from soundcloud.sandbox.faults.settings import DRIFT_KINDS, FLAKY_KINDS, Faults


def _setting(name: str, parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return the type of an option; it validates the setting, so that the parser's error names the option."""

    def check(argument: str) -> Any:
        try:
            value = parse(argument)
            Faults.from_json({name: value})
        except WrongSettingError as error:
            raise ArgumentTypeError(str(error)) from None
        except ValueError:
            raise ArgumentTypeError(f"{argument!r} is malformed: see the examples in --help") from None
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


def _kinds(known: tuple[str, ...]) -> Callable[[str], object]:
    return lambda argument: list(known) if argument == "all" else [kind.strip() for kind in argument.split(",")]


# The options of settings: the function that parses the argument, its placeholder and the help.
_OPTIONS: dict[str, tuple[Callable[[str], object], str, str]] = {
    "latency": (_parse_latency, "SECONDS", "delay of each request: 0.2, or a range such as 0.1-0.5"),
    "error_rate": (
        _parse_error_rate,
        "RATE",
        "share of failing requests: 0.1 for all kinds together, or timeout_text=0.1,reset_before=0.05",
    ),
    "rate_limit": (
        _parse_rate_limit,
        "N/SECONDS",
        "rate limit, such as 30/10; 30/10/rate_limited_text sends another format of 429",
    ),
    "drift": (_kinds(DRIFT_KINDS), "KINDS", "change responses: null,removed_field, or all"),
    "flaky_pages": (_kinds(FLAKY_KINDS), "KINDS", "send malformed pages: repeated_href,short_page, or all"),
}


def add_fault_options(parser: ArgumentParser) -> None:
    """Add the options to a parser."""
    group = parser.add_argument_group("fault injection", "docs/sandbox-faults.md lists the kinds")
    for name, (parse, metavar, text) in _OPTIONS.items():
        option = f"--{name.replace('_', '-')}"
        group.add_argument(option, type=_setting(name, parse), metavar=metavar, help=text)
    group.add_argument("--fault-seed", type=int, default=0, metavar="N", help="seed of the random faults (%(default)s)")
    group.add_argument("--open-control", action="store_true", help="let other machines use the control API below /-/")


def read_faults(options: Namespace) -> Faults:
    """Return the settings of a command line."""
    given = {name: getattr(options, name) for name in _OPTIONS if getattr(options, name) is not None}
    return Faults.from_json({**given, "seed": options.fault_seed})
