"""The base classes and helpers of models and operations.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from os import PathLike
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Generic, Self, TypeAlias, TypeVar, cast

import attrs
import msgspec
from msgspec import UNSET, UnsetType

__all__ = [
    "UNSET",
    "File",
    "FormModel",
    "JsonValue",
    "Milliseconds",
    "Model",
    "OpenEnum",
    "Operation",
    "QueryValue",
    "RequestModel",
    "Nested",
    "Source",
    "Timestamp",
    "UnsetType",
    "Wire",
    "by_kind",
    "decoder_of",
    "link",
    "read_json",
    "read_milliseconds",
    "read_timestamp",
    "redact",
]

T_co = TypeVar("T_co", covariant=True)

JsonValue: TypeAlias = "str | int | float | bool | None | list[JsonValue] | dict[str, JsonValue]"
"""Any JSON value."""

QueryValue: TypeAlias = str | int | float | bool | None
"""The value of a query parameter; None is not sent."""

if TYPE_CHECKING:
    Nested: TypeAlias = Mapping[str, Any]
    """The fields that hold models: a model, `list[model]`, or a mapping of models by `kind`."""

    Wire: TypeAlias = Mapping[str, Callable[[Any], Any]]
    """The fields with another type on the wire, and the functions that convert it."""

    Timestamp = datetime
    Milliseconds = int
else:
    Nested = Wire = Mapping
    # The types on the wire. Models convert them in __attrs_post_init__, which is ten times faster than a decoder hook per value.
    Timestamp = str
    Milliseconds = int | float | str

# In a URL, and in a percent-encoded URL that is a query value of another one.
_SECRETS = re.compile(r"((?:secret_token|[Ss]ignature)(?:=|%3[Dd])|(?:/|%2[Ff])s-)[^&#/?\s\"']+")
_IDENTITY = (
    "urn",
    "title",
    "username",
    "name",
    "type",
    "service",
    "origin",
    "body",
    "code",
    "message",
    "status",
    "location",
    "next_href",
)


def redact(text: str) -> str:
    """Hide the secret tokens and signatures of the URLs in a string.

    Args:
        text: Any string, for example a URL.

    Returns:
        The string with `***` instead of each secret.
    """
    return _SECRETS.sub(r"\1***", text) if "s-" in text or "secret_token" in text or "ignature" in text else text


def read_timestamp(value: str) -> datetime:
    """Parse one of SoundCloud's timestamps.

    Args:
        value: `2019/01/15 15:40:49 +0000`, or any ISO 8601 form.

    Returns:
        An aware datetime; UTC if the string has no offset.

    Raises:
        ValueError: The string is not a timestamp.
        AttributeError: The value is not a string.
    """
    if value.endswith(" +0000"):  # SoundCloud's usual format: a fast path, because a page has hundreds
        return datetime.fromisoformat(f"{value[:-6].replace('/', '-')}Z")
    moment = datetime.fromisoformat(value.replace("/", "-").replace(" +", "+").replace(" -", "-"))
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def read_milliseconds(value: str | float) -> int:
    """Convert a number of milliseconds that may be a string.

    Args:
        value: `4960`, `4960.0`, `"4960"` or `"4960.5"`.

    Returns:
        Whole milliseconds.

    Raises:
        ValueError: The value is not a finite number.
        TypeError: The value is neither a string nor a number.
    """
    if isinstance(value, bool):
        raise TypeError("a boolean is not a number of milliseconds")
    try:
        return int(float(value))
    except OverflowError:
        raise ValueError("the number of milliseconds is infinite") from None


def read_json(content: bytes) -> Any:
    """Parse JSON, including lone surrogates and huge numbers, which a strict parser rejects.

    Args:
        content: The bytes.

    Returns:
        Plain JSON values.

    Raises:
        ValueError: The content is not JSON.
    """
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            return json.loads(content.decode("utf-8"), parse_int=_read_integer)
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None


def _read_integer(text: str) -> int | str:
    return int(text) if len(text) < 1000 else text


_ANALYSIS = threading.Lock()


@lru_cache(maxsize=256)
def decoder_of(cls: Any) -> msgspec.json.Decoder[Any]:
    """Return the decoder of a type, which is created once.

    msgspec analyses a type at its first use, and crashes the interpreter if two threads do so at once. So call this function before
    decoding or converting to a type.

    Args:
        cls: A model, or a list of models.

    Returns:
        The decoder.
    """
    with _ANALYSIS:
        return msgspec.json.Decoder(cls)


class OpenEnum(StrEnum):
    """A string enum that accepts unknown values: they become members without a name."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    def __reduce_ex__(
        self, protocol: object
    ) -> Any:  # Python 3.11.0 to 3.11.3 pickle by name, which an unknown value lacks
        return type(self), (str(self),)


class Source:
    """The body of a response, for `Model.raw` and `Model.extra`."""

    __slots__ = ("_data", "content")

    def __init__(self, content: bytes) -> None:
        """Keep the bytes, which `data` parses at its first use."""
        self.content = content

    @property
    def data(self) -> Any:
        """The body as plain JSON values, parsed at the first use."""
        try:
            return self._data
        except AttributeError:
            self._data: Any = read_json(self.content)
            return self._data

    def __getstate__(self) -> bytes:
        return self.content

    def __setstate__(self, content: bytes) -> None:
        self.content = content


class Model:
    """An object of a response. Equality compares the documented fields; `raw` and `extra` hold the others."""

    __slots__ = ("_source",)

    _nested: ClassVar[Nested] = {}
    _wire: ClassVar[Wire] = {}

    _source: Any

    @property
    def raw(self) -> dict[str, Any]:
        """The object as plain JSON values, exactly as it was received; empty if it was not decoded from a response."""
        source: Any = getattr(self, "_source", None)
        keys: list[str | int] = []
        while isinstance(source, tuple):
            source, key = cast("tuple[Any, str | int]", source)
            keys.append(key)
        if source is None:
            return {}
        data = source.data
        for key in reversed(keys):
            data = data[key]
        return cast("dict[str, Any]", data)

    @property
    def extra(self) -> dict[str, Any]:
        """The fields of the response that are not documented."""
        known = {field.name for field in attrs.fields(cast("Any", type(self)))}
        return {name: value for name, value in self.raw.items() if name not in known}

    def __repr__(self) -> str:
        shown: list[str] = []
        for name in _IDENTITY:
            value = getattr(self, name, None)
            if value is not None:
                shown.append(f"{name}={redact(repr(value))}")
        return f"{type(self).__name__}({', '.join(shown)})"


def link(model: Any, source: Any, *, within: bool = True) -> None:
    """Set the source of a model, which `Model.raw` reads.

    Args:
        model: The model.
        source: The `Source`, or a pair of its owner's source and its key there.
        within: Whether to set the source of the models that it holds too.
    """
    model._source = source
    if not within:
        return
    for name in model._nested:
        value: Any = getattr(model, name)
        if value is None:
            continue
        if value.__class__ is list:
            owner = (source, name)
            for index, item in enumerate(value):
                if isinstance(item, Model):
                    link(item, (owner, index))
        elif isinstance(value, Model):
            link(value, (source, name))


def by_kind(value: dict[str, Any], kinds: Mapping[str, type[Model]]) -> Any:
    """Convert an object to the model of its `kind`; an unknown kind is returned as it is.

    Args:
        value: The object as plain JSON values.
        kinds: The models, by kind.

    Returns:
        The model, or the value itself.

    Raises:
        msgspec.ValidationError: The object does not fit its model.
    """
    model: Any = kinds.get(str(value.get("kind")))
    if model is None:
        return value
    decoder_of(model)
    return msgspec.convert(value, model)


class RequestModel:
    """A JSON body."""

    __slots__ = ()


@attrs.frozen
class File:
    """A file of a multipart form.

    Args:
        content: The bytes, a binary file, or a path to one.
        filename: The name to send.
        media_type: The media type to send.
    """

    content: "bytes | BinaryIO | PathLike[str]" = attrs.field(repr=False)
    filename: str = "file"
    media_type: str = "application/octet-stream"


class FormModel:
    """A multipart form."""

    __slots__ = ()

    _wire_names: ClassVar[Mapping[str, str]] = {}

    def fields(self) -> dict[str, "str | File"]:
        """Return the fields that are set, by their names on the wire; booleans as `true` and `false`."""
        given: dict[str, str | File] = {}
        for name, wire_name in self._wire_names.items():
            value: Any = getattr(self, name)
            if value is UNSET:
                continue
            if isinstance(value, bool):
                value = "true" if value else "false"
            given[wire_name] = value if isinstance(value, File) else str(value)
        return given


def _query_text(query: Mapping[str, QueryValue]) -> str:
    """Format a query for `repr`, without the secret token of a share link."""
    return repr({name: "***" if name == "secret_token" else value for name, value in query.items()})


@attrs.frozen
class Operation(Generic[T_co]):
    """A request and the types of its responses. Send it with `client.send(operation)`.

    Args:
        id: The operation's id, derived from method and path.
        method: The HTTP method.
        path_template: The path with its parameters in braces.
        responses: The type of the response by status; None for a response without a body.
        path: The values of the path parameters.
        query: The query parameters; None is not sent.
        body: A JSON body or a multipart form.
    """

    id: str
    method: str
    path_template: str
    responses: Mapping[int, Any]
    path: Mapping[str, str] = attrs.field(factory=dict[str, str], kw_only=True)
    query: Mapping[str, QueryValue] = attrs.field(factory=dict[str, QueryValue], kw_only=True, repr=_query_text)
    body: RequestModel | FormModel | None = attrs.field(default=None, kw_only=True)
