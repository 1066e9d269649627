"""Strings and bytes that do not show themselves in a `repr`, so that a traceback with local variables shows no secret."""

from typing import Any

from soundcloud.errors import InvalidInputError


class Secret(str):
    """A string whose `repr` is masked."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __getitem__(self, index: Any) -> str:
        return Secret(super().__getitem__(index))  # rich and reprlib show a slice of a long string


class SecretBytes(bytes):
    """Bytes whose `repr` is masked, for what is written to a socket."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "b'***'"

    def __getitem__(self, index: Any) -> Any:
        return masked(super().__getitem__(index))


SecretBytes.__name__ = "bytes"  # error messages name the type of a wrong argument


def masked(value: Any) -> Any:
    """Return a string or bytes with a masked `repr`, so that no frame of a traceback shows them; any other value as it is."""
    if isinstance(value, str):
        return Secret(value)
    return SecretBytes(value) if isinstance(value, bytes) else value


def as_secret(token: str | None) -> str | None:
    """Check an access token, if there is one, and mask its `repr`."""
    if token is None:
        return None
    if isinstance(token, str) and token:  # pyright: ignore[reportUnnecessaryIsInstance]
        return Secret(token)
    what = "is empty" if token == "" else f"is of type {type(token).__name__}"
    del token  # so that the frame of this error does not hold it
    raise InvalidInputError(f"token= {what}: pass an access token, or leave it out to use the client's own")
