"""Checks of settings that several modules take."""

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from soundcloud._protocol.printable import replace_surrogates
from soundcloud.errors import InvalidInputError

T = TypeVar("T")


def check_type(name: str, value: Any, kind: type[T], example: str) -> T:
    """Return a setting of the right type; a wrong one would fail only at the first request that needs it."""
    if not isinstance(value, kind):
        article = "an" if kind.__name__.startswith("A") else "a"
        raise InvalidInputError(f"{name}={value!r}: pass {article} {kind.__name__}, for example {example}")
    return value


def check_string(name: str, value: Any, *, none: bool = True) -> Any:
    """Return a string, or None where `none` allows it. The error does not show the value: it may be a secret."""
    if not isinstance(value, str) and not (none and value is None):
        raise InvalidInputError(f"{name} is of type {type(value).__name__}: pass a string")
    if value is not None and not value.isascii() and replace_surrogates(value) != value:
        raise InvalidInputError(f"{name} holds half a surrogate pair, which cannot be sent")
    return value


def check_strings(name: str, values: Any, noun: str) -> list[str]:
    """Return a list of strings, each once; a single string is not a list."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidInputError(f"{name}={values!r}: pass a list of {noun}")
    strings = list(cast("Iterable[Any]", values))
    for value in strings:
        if not isinstance(value, str):
            raise InvalidInputError(f"{name} holds a value of type {type(value).__name__}: pass a list of {noun}")
    return list(dict.fromkeys(strings))


def check_callable(name: str, value: Any, *, none: bool = True) -> Any:
    """Return a callable, or None where `none` allows it."""
    if not callable(value) and not (none and value is None):
        raise InvalidInputError(f"{name}={value!r}: pass a function")
    return value
