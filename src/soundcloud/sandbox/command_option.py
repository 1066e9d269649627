"""An option of the sandbox's command line, for `python -m soundcloud.sandbox` and for `soundcloud sandbox`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


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
    """Convert an argument to a number."""
    try:
        return float(argument)
    except ValueError:
        raise ValueError(f"{argument!r} is not a number") from None
