"""An option of the sandbox's command line, for `python -m soundcloud.sandbox` and for `soundcloud sandbox`."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# The colons of an IPv6 address are followed by no port.
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+", re.ASCII)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s#]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class CommandOption:
    """An option: its name in Python, its section of the help, and the help text.

    `parse` converts the argument, or raises a ValueError that says what is wrong; an option without `parse` is a flag.
    """

    name: str
    section: str
    help: str
    metavar: str | None = None
    parse: Callable[[str], Any] | None = str
    default: Any = None

    @property
    def flag(self) -> str:
        """The option as it is typed."""
        return f"--{self.name.replace('_', '-')}"


def parse_integer(argument: str) -> int:
    """Convert an argument to an integer."""
    try:
        return int(argument)
    except ValueError:
        raise ValueError(f"{argument!r} is not an integer") from None


def parse_switch(argument: str) -> bool:
    """Convert `on` or `off` to a boolean."""
    if argument not in {"on", "off"}:
        raise ValueError(f"{argument!r} is neither on nor off")
    return argument == "on"


def parse_number(argument: str) -> float:
    """Convert an argument to a finite number."""
    try:
        number = float(argument)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{argument!r} is not a number")
    return number


def integer_between(lowest: int, highest: int | None = None) -> Callable[[str], int]:
    """Return a function that converts an argument to an integer within limits, both included."""
    limits = f"{lowest:,} or more" if highest is None else f"{lowest:,} to {highest:,}"

    def parse(argument: str) -> int:
        number = parse_integer(argument)
        if number < lowest or (highest is not None and number > highest):
            raise ValueError(f"{argument!r} is out of range: use {limits}")
        return number

    return parse


def parse_text(argument: str) -> str:
    """Check that an argument is not empty."""
    if not argument.strip():
        raise ValueError("it is empty")
    return argument


def parse_host(argument: str) -> str:
    """Check the name of a host in URLs, or an IP address."""
    if not _HOST.fullmatch(argument):
        raise ValueError(f"{argument!r} is not the name of a host: use one such as sandbox.local, without a scheme")
    return argument


def parse_uri(argument: str) -> str:
    """Check that an argument is a URI with a scheme."""
    if not _URI.fullmatch(argument):
        raise ValueError(f"{argument!r} is not a URI: use one such as http://127.0.0.1:8765/callback")
    return argument
