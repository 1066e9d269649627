"""What models and operations are made of.

Made from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
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
"""Anything that JSON can hold."""

QueryValue: TypeAlias = str | int | float | bool | None
"""A value of the query; None is not sent."""

if TYPE_CHECKING:
    Nested: TypeAlias = Mapping[str, Any]
    """The fields that hold models: the model, `list[model]`, or a mapping of models by `kind`."""

    Wire: TypeAlias = Mapping[str, Callable[[Any], Any]]
    """The fields that have another form on the wire, and what reads it."""

    Timestamp = datetime
    Milliseconds = int
else:
    Nested = Wire = Mapping
    # What the decoder meets on the wire. Models read it into the type above when they are made: an order of magnitude faster
    # than a hook of the decoder for each value.
    Timestamp = str
    Milliseconds = int | float | str

# As they stand in an address, and in an address that is the value of another one's query.
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
    """Hide the secret tokens of share links, and the signatures of links to sound, in a text.

    Args:
        text: Any text, a URL for example.

    Returns:
        The text with `***` in the place of each of them.
    """
    return _SECRETS.sub(r"\1***", text) if "s-" in text or "secret_token" in text or "ignature" in text else text


def read_timestamp(value: str) -> datetime:
    """Read a moment as SoundCloud writes it.

    Args:
        value: `2019/01/15 15:40:49 +0000`, or any ISO 8601 form.

    Returns:
        An aware datetime; UTC where the text names no offset.

    Raises:
        ValueError: The text is no moment.
        AttributeError: The value is no text.
    """
    if value.endswith(" +0000"):  # as SoundCloud writes it: there are hundreds of them in a page
        return datetime.fromisoformat(f"{value[:-6].replace('/', '-')}Z")
    moment = datetime.fromisoformat(value.replace("/", "-").replace(" +", "+").replace(" -", "-"))
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def read_milliseconds(value: str | float) -> int:
    """Read a number of milliseconds that may come as a text.

    Args:
        value: `4960`, `4960.0`, `"4960"` or `"4960.5"`.

    Returns:
        Whole milliseconds.

    Raises:
        ValueError: The text is no number, or not a finite one.
        TypeError: The value is neither a text nor a number.
    """
    if isinstance(value, bool):
        raise TypeError("a truth value is no number")
    try:
        return int(float(value))
    except OverflowError:
        raise ValueError("an infinite number") from None


def read_json(content: bytes) -> Any:
    """Read JSON as plain values, with what no strict reader takes: halves of characters, numbers out of all bounds.

    Args:
        content: The bytes.

    Returns:
        The value.

    Raises:
        ValueError: It is no JSON.
    """
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            return json.loads(content.decode("utf-8"), parse_int=_read_integer)
        except RecursionError:
            raise ValueError("this is nested too deeply") from None


def _read_integer(text: str) -> int | str:
    return int(text) if len(text) < 1000 else text


_ANALYSIS = threading.Lock()


@lru_cache(maxsize=256)
def decoder_of(cls: Any) -> msgspec.json.Decoder[Any]:
    """The decoder of a type, made once.

    msgspec analyses a type when it first meets it, and two threads that do so at once crash the interpreter. Whatever decodes or
    converts to a type therefore asks for its decoder first.

    Args:
        cls: A model, or a list of one.

    Returns:
        The decoder.
    """
    with _ANALYSIS:
        return msgspec.json.Decoder(cls)


class OpenEnum(StrEnum):
    """Text of which some values are known; any other value makes a member that belongs to no name."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member


class Source:
    """The bytes that a response was decoded from, to be read again when something beyond the models is wanted."""

    __slots__ = ("_data", "content")

    def __init__(self, content: bytes) -> None:
        """Keep the bytes; nothing is parsed until `data` is asked for."""
        self.content = content

    @property
    def data(self) -> Any:
        """The response as plain JSON values, parsed at the first call."""
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
    """An object that the API sends. Equality compares the documented fields; `raw` and `extra` hold what came beyond."""

    __slots__ = ("_source",)

    _nested: ClassVar[Nested] = {}
    _wire: ClassVar[Wire] = {}

    _source: Any

    @property
    def raw(self) -> dict[str, Any]:
        """The object exactly as it came, as plain JSON values; empty for a model that was not decoded from a response."""
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
        """What the response held for this object beyond the documented fields."""
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
    """Remember where an object came from.

    Args:
        model: The object.
        source: The `Source`, or a pair of where its owner came from and the key there.
        within: Whether the objects that it holds are told as well.
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
    """Read an object into the model that its `kind` names; one of another kind stays as it came.

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
        """The fields that were given, by the names that are sent; booleans as `true` and `false`."""
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
    """A query for `repr`, without the secret of a share link."""
    return repr({name: "***" if name == "secret_token" else value for name, value in query.items()})


@attrs.frozen
class Operation(Generic[T_co]):
    """One request, described: what to send and how to read the response. Send it with `client.send(operation)`.

    Args:
        id: The operation's id, made of method and path.
        method: The HTTP method.
        path_template: The path with its parameters in braces.
        responses: The type of the response by status; None for a response without one.
        path: The path's values.
        query: The query's values; None is not sent.
        body: A JSON body or a multipart form.
    """

    id: str
    method: str
    path_template: str
    responses: Mapping[int, Any]
    path: Mapping[str, str] = attrs.field(factory=dict[str, str], kw_only=True)
    query: Mapping[str, QueryValue] = attrs.field(factory=dict[str, QueryValue], kw_only=True, repr=_query_text)
    body: RequestModel | FormModel | None = attrs.field(default=None, kw_only=True)
