"""The faults on the command line: flags, and the settings that they make."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from typing import Any

from soundcloud.sandbox.errors import WrongSettingError
from soundcloud.sandbox.faults.settings import DRIFT_KINDS, FLAKY_KINDS, Faults


def add_fault_flags(parser: ArgumentParser) -> None:
    """Add the flags to a parser.

    Args:
        parser: The parser.
    """
    group = parser.add_argument_group("failing on purpose", "docs/sandbox-faults.md lists the kinds")
    group.add_argument(
        "--latency",
        type=_setting("latency", _read_latency),
        metavar="SECONDS",
        help="wait: 0.2, or 0.1-0.5 to draw from",
    )
    group.add_argument(
        "--error-rate",
        type=_setting("error_rate", _read_error_rate),
        metavar="RATE",
        help="fail: 0.1 for all kinds together, or timeout_text=0.1,reset_before=0.05",
    )
    group.add_argument(
        "--rate-limit",
        type=_setting("rate_limit", _read_rate_limit),
        metavar="N/SECONDS",
        help="answer 429 beyond: 30/10, or 30/10/rate_limited_text for another form",
    )
    group.add_argument(
        "--drift",
        type=_setting("drift", _kinds(DRIFT_KINDS)),
        metavar="KINDS",
        help="change replies: null,removed_field, or all",
    )
    group.add_argument(
        "--flaky-pages",
        type=_setting("flaky_pages", _kinds(FLAKY_KINDS)),
        metavar="KINDS",
        help="send odd pages: repeated_href,short_page, or all",
    )
    group.add_argument("--fault-seed", type=int, default=0, metavar="N", help="what chance is made from (%(default)s)")
    group.add_argument("--open-control", action="store_true", help="let other machines use the addresses below /-/ too")


def faults_of(options: Namespace) -> Faults:
    """Make the settings that a command line asks for.

    Args:
        options: What the parser read.

    Returns:
        The settings.
    """
    names = ("latency", "error_rate", "rate_limit", "drift", "flaky_pages")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    return Faults.from_json({**given, "seed": options.fault_seed})


def _setting(name: str, read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make the reader of a flag: it checks the setting by itself, so that the parser can name the flag."""

    def check(text: str) -> Any:
        try:
            value = read(text)
            Faults.from_json({name: value})
        except WrongSettingError as problem:
            raise ArgumentTypeError(str(problem)) from None
        except ValueError:
            raise ArgumentTypeError(f"{text!r} cannot be read; --help shows examples") from None
        return value

    return check


def _read_latency(text: str) -> object:
    lower, dash, upper = text.partition("-")
    return [float(lower), float(upper)] if dash else float(text)


def _read_error_rate(text: str) -> object:
    if "=" not in text:
        return float(text)
    pairs = [pair.partition("=") for pair in text.split(",")]
    return {kind.strip(): float(rate) for kind, _, rate in pairs}


def _read_rate_limit(text: str) -> object:
    requests, seconds, *kind = text.split("/")
    limit: dict[str, object] = {"requests": int(requests), "seconds": float(seconds)}
    if kind:
        (limit["kind"],) = kind
    return limit


def _kinds(known: tuple[str, ...]) -> Callable[[str], object]:
    return lambda text: list(known) if text == "all" else [kind.strip() for kind in text.split(",")]
