"""The base classes and helpers of models and operations.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

# pyright: reportPrivateUsage=false

import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextvars import ContextVar
from copy import copy
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from os import PathLike
from typing import (
    TYPE_CHECKING,
    Any,
    BinaryIO,
    ClassVar,
    Generic,
    Self,
    TypeAlias,
    TypeVar,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
import msgspec
from msgspec import UNSET, UnsetType

from .imports import lazy_module

if TYPE_CHECKING:
    import html
else:
    html = lazy_module("html")

__all__ = [
    "REQUIRED",
    "TIMESTAMPS",
    "UNSET",
    "File",
    "FormModel",
    "JsonValue",
    "Model",
    "Nested",
    "OpenEnum",
    "Operation",
    "QueryValue",
    "RequestModel",
    "json_content",
    "Source",
    "UnsetType",
    "Wire",
    "by_kind",
    "cached_timestamp",
    "convert",
    "decode_json",
    "html_link",
    "html_table",
    "model",
    "place",
    "present",
    "read_json",
    "read_milliseconds",
    "read_timestamp",
    "redact",
    "without_share_secret",
]

M = TypeVar("M", bound="Model")
T_co = TypeVar("T_co", covariant=True)

JsonValue: TypeAlias = "str | int | float | bool | None | list[JsonValue] | dict[str, JsonValue]"
"""Any JSON value."""

QueryValue: TypeAlias = str | int | float | bool | None
"""The value of a query parameter; None is not sent."""

Nested: TypeAlias = Mapping[str, Any]
"""The fields that hold models: a model, `list[model]`, or a mapping of models by `kind`."""

Wire: TypeAlias = Mapping[str, Callable[[Any], Any]]
"""The fields with another type in the JSON of a response, and the functions that convert it."""

# In a URL, and in a percent-encoded URL that is a query value of another one.
_SECRETS = re.compile(r"((?:[Ss]ecret_[Tt]oken|[Ss]ignature)(?:=|%3[Dd])|(?:/|%2[Ff])s-)[^&#/?\s\"']+")
_SECRET_IN_PATH = re.compile(r"^(https?://[^/]+/[^/]+/(?:sets/[^/]+|(?!sets/)[^/]+))/s-[^/]+")
_KEPT = r"\1"
_ENCODED_SECRET = re.compile(r"(?:%3F|%26)secret_token%3D[^%&]*|(?<=[^%])%2Fs-[^%&]+", re.IGNORECASE)
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

_CARD = (
    "title",
    "username",
    "full_name",
    "body",
    "user",
    "origin",
    "type",
    "city",
    "duration",
    "genre",
    "track_count",
    "followers_count",
    "playback_count",
    "favoritings_count",
    "sharing",
    "created_at",
    "urn",
)
"""The fields of an object that a notebook shows."""
_SHOWN = 12
"""How many fields are shown of an object that has none of these."""
_TEXT = 100
"""The number of characters of a value that is shown."""


def redact(text: str) -> str:
    """Hide the secret tokens and signatures of the URLs in a string.

    Args:
        text: Any string, for example a URL.

    Returns:
        The string with `***` instead of each secret.
    """
    return _SECRETS.sub(r"\1***", text) if "s-" in text or "ecret_" in text or "ignature" in text else text


def without_share_secret(url: str) -> str:
    """Return a URL without the secret of a share link.

    The secret is the last part of a path such as `/ada/night/s-1a2b` or `/ada/sets/nights/s-1a2b`, or the parameter `secret_token`,
    also in a URL that is a parameter of another one.

    Args:
        url: Any URL.
    """
    lower = url.lower()
    if "/s-" not in lower and "secret_token" not in lower and "%2fs-" not in lower:
        return url
    address, mark, fragment = url.partition("#")
    path, question, query = address.partition("?")
    kept = [_ENCODED_SECRET.sub("", part) for part in query.split("&") if not part.lower().startswith("secret_token=")]
    return f"{_SECRET_IN_PATH.sub(_KEPT, path)}{question if kept else ''}{'&'.join(kept)}{mark}{fragment}"


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
    text = value.replace("/", "-")
    try:  # a page has hundreds, and nearly all are in UTC
        moment = datetime.fromisoformat(text.replace(" +", "+"))
    except ValueError:
        moment = datetime.fromisoformat(text.replace(" -", "-"))
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


TIMESTAMPS: dict[str, datetime] = {}
"""The timestamps that were parsed last: those of a user are repeated in each of the user's tracks."""
_MAX_TIMESTAMPS = 4_096


def cached_timestamp(text: str | None) -> datetime | None:
    """Parse a timestamp, unless it is one of the last ones; return None for None."""
    if text is None:
        return None
    moment = TIMESTAMPS.get(text)
    if moment is None:
        if len(TIMESTAMPS) >= _MAX_TIMESTAMPS:
            TIMESTAMPS.clear()
        moment = TIMESTAMPS[text] = read_timestamp(text)
    return moment


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


_analysis = threading.RLock()


def _renew_lock() -> None:
    global _analysis  # noqa: PLW0603
    _analysis = threading.RLock()


if hasattr(os, "register_at_fork"):  # another thread may hold the lock when the process forks
    os.register_at_fork(after_in_child=_renew_lock)


def decode_json(content: bytes, cls: Any, *, keep_raw: bool = True) -> Any:
    """Decode JSON to a model, or to a list of models.

    Args:
        content: The bytes.
        cls: A model, `list[model]`, or another type that msgspec knows.
        keep_raw: Whether the models know the JSON that they were decoded from.

    Raises:
        msgspec.DecodeError: The content is not JSON, or does not fit.
        ValueError: A field is missing that SoundCloud always sends, or a date cannot be parsed.
    """
    value = _decoder_of(cls).decode(content)
    if value.__class__ is list:
        item = get_args(cls)[0]
        if not hasattr(item, "_finish"):
            return value
        if not keep_raw:
            item._finish_bare(value)
            return value
        source = Source(content)
        for index, each in enumerate(value):
            each._place = [source, index]
        item._finish(value)
    elif hasattr(cls, "_finish"):
        if keep_raw:
            value._place = [Source(content), None]
            cls._finish([value])
        else:
            cls._finish_bare([value])
    return value


def convert(value: Any, cls: type[M], *, lenient: bool = False) -> M:
    """Convert plain JSON values to a model.

    Args:
        value: The JSON values.
        cls: A model.
        lenient: Whether fields that SoundCloud always sends may be missing or null.

    Raises:
        msgspec.ValidationError: The values do not fit the model.
    """
    wire: Any = cls
    model: Any = msgspec.convert(value, _analysed(wire, lenient))
    model._place = [None, None]
    try:
        if lenient:
            cls._complete([model], keep_raw=True, lenient=True)
        else:
            cls._finish([model])
    except (ValueError, TypeError, OverflowError) as error:
        raise msgspec.ValidationError(str(error)) from None
    return cast("M", model)


@lru_cache(maxsize=512)
def _decoder_of(cls: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(_analysed(cls, lenient=False))


_Known: TypeAlias = dict[tuple[type[Any], bool], Any]
_wire_models: _Known = {}


@lru_cache(maxsize=512)
def _analysed(cls: Any, lenient: bool) -> Any:  # noqa: FBT001 - lru_cache
    """Return the type that msgspec converts to, in place of a model or a list of models.

    msgspec analyses a type at its first use, and crashes the interpreter if two threads do so at once.
    """
    with _analysis:
        known = dict(_wire_models)
        wire = _wire_type(cls, lenient=lenient, known=known)
        msgspec.json.Decoder(wire)
        _wire_models.update(known)  # now that they are complete, whatever interrupts or forks
        return wire


_described: ContextVar[frozenset[str]] = ContextVar("_described", default=frozenset())
"""The models whose pydantic schema is being created."""

_WIRE_TYPES: dict[Any, Any] = {read_timestamp: str, read_milliseconds: int | float | str}


def _wire_type(cls: Any, *, lenient: bool, known: _Known) -> Any:
    if get_origin(cls) is list:
        item: Any = _wire_type(get_args(cls)[0], lenient=lenient, known=known)
        return list[item]
    if not (isinstance(cls, type) and issubclass(cls, Model)):
        return cast("Any", cls)
    return known.get((cls, lenient)) or _wire_model(cls, lenient=lenient, known=known)


def _wire_model(cls: type[Any], *, lenient: bool, known: _Known) -> Any:
    """Return the class that msgspec decodes to in place of a model: with the same slots, but the names and types of the JSON.

    An object has this class for a moment only: `_finish` makes it an object of the model, as the last step, because a class with a
    `__getattr__` is slower to read. It is a function of many objects, because one call from msgspec for each object would take a
    third of the time. The wire class has no `__getattr__`, because msgspec looks for each
    optional field that was not received. Each field has a default: msgspec finds keys fastest if it keeps the order of the fields,
    and it moves those without a default to the front. If `lenient`, fields that SoundCloud always sends may be missing or null.
    """
    types = dict[str, Any]()
    renamed = cls._json_names
    namespace = {
        "__slots__": cls.__dict__["__slots__"],
        "__annotations__": types,
        "__attrs_attrs__": tuple(
            field.evolve(default=None, name=renamed.get(field.name, field.name)) for field in attrs.fields(cls)
        ),
        "_model": cls,
    }
    if cls.__bases__ != (Model,):  # the base has a `__getattr__`, which would hide that a field is missing
        namespace["__getattr__"] = object.__getattribute__
    created = known[cls, lenient] = type(
        cls.__name__, cls.__bases__, namespace
    )  # before its fields, which may refer to it
    for name, wire_name in renamed.items():
        setattr(created, wire_name, getattr(created, name))
    hints = get_type_hints(cls)
    for field in attrs.fields(cls):
        name = field.name
        expected = cls._nested.get(name)
        if name in cls._wire:
            hint = _WIRE_TYPES[cls._wire[name]]
        elif isinstance(expected, Mapping):
            hint = Any  # msgspec cannot decode a union of two classes; `by_kind` does
        elif expected is not None:
            hint = _wire_type(expected, lenient=lenient, known=known)
        else:
            hint = hints[name]
        hint = hint if name in cls._present and not lenient else hint | None if hint is not Any else Any
        types[renamed.get(name, name)] = hint
    return created


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
            try:
                self._data: Any = read_json(self.content)
            except UnicodeDecodeError:
                # The models do not decode the strings of undocumented fields, so these may be invalid.
                self._data = read_json(self.content.decode("utf-8", "replace").encode())
            return self._data

    def __getstate__(self) -> bytes:
        return self.content

    def __setstate__(self, content: bytes) -> None:
        self.content = content


def place(model: Any, source: Any, key: str | int | None = None) -> None:
    """Tell a decoded model where it stands in its response.

    Args:
        model: The model.
        source: The `Source`, or the place of its owner.
        key: Its key in the owner; None if it is the whole response.
    """
    model._place[:] = source, key


_NOTHING: Any = object()
REQUIRED: Any = object()
"""In `Model._present`: the field has no neutral value, so that reading it without one raises an AttributeError."""


def present() -> Any:
    """Declare a field that SoundCloud always sends; it may be left out when a model is created by hand."""
    return attrs.field()


def _missing(self: Any, name: str) -> Any:
    """Return the value of a field that SoundCloud did not send: the `__getattr__` of models."""
    cls = cast("Any", type(self))
    neutral = cls._present.get(name, self)
    if neutral is self:
        hint = f": it is not documented, read .extra[{name!r}]" if name[0] != "_" and name in self.raw else ""
        raise AttributeError(f"{cls.__name__} has no attribute {name!r}{hint}", name=name, obj=self)
    if neutral is REQUIRED:
        raise AttributeError(
            f"this {cls.__name__} has no {name}, although SoundCloud always sends it; .raw has what was received",
            name=name,
            obj=self,
        )
    return cast("Any", [] if neutral == [] else neutral)


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=())
def model(cls: type[M]) -> type[M]:
    """Make an attrs class with slots of a model; `Model` has the methods."""
    define: Any = attrs.define(
        init=False, repr=False, eq=False, getstate_setstate=False, kw_only=True, weakref_slot=False
    )
    defined = define(cls)
    defined.__getattr__ = _missing  # hidden from type checkers, which would allow any name
    return cast("type[M]", defined)


class Model:
    """An object of a response.

    Equality compares the documented fields; objects with a URN are hashed by it. `raw` and `extra` hold the fields that are not
    documented. Objects can be pickled and copied; a copy keeps this object's part of the response only.
    """

    __slots__ = ("__weakref__", "_place")

    _nested: ClassVar[Nested] = {}
    _wire: ClassVar[Wire] = {}
    _present: ClassVar[Mapping[str, Any]] = {}
    """The fields that SoundCloud always sends, with the value that stands for a missing one."""

    _json_names: ClassVar[Mapping[str, str]] = {}
    """The fields with another name in the JSON, and that name."""

    _kind: ClassVar[str | None] = None
    """The `kind` of the objects, if SoundCloud always sends it."""

    _place: list[Any]
    """The place in the response: the place of the owner and the key there, or the `Source` and None."""

    if TYPE_CHECKING:
        __attrs_attrs__: ClassVar[Any]
    else:

        def __init__(self, /, **fields):
            cls = type(self)
            for field in attrs.fields(cls):
                name = field.name
                value = fields.pop(name, None)
                if value is not None or name not in cls._present:
                    setattr(self, name, value)
            if fields:
                raise TypeError(f"{cls.__name__} has no field {next(iter(fields))!r}; see attrs.fields({cls.__name__})")

    @property
    def raw(self) -> dict[str, Any]:
        """The object as plain JSON values, exactly as it was received.

        It is empty if the object was not decoded from a response, or by a client with `keep_raw=False`.
        """
        place: Any = getattr(self, "_place", None)
        keys: list[str | int] = []
        while place.__class__ is list:
            place, key = cast("list[Any]", place)
            if key is not None:
                keys.append(key)
        if place is None:
            return {}
        data = place.data
        for key in reversed(keys):
            data = data[key]
        return cast("dict[str, Any]", data)

    @property
    def extra(self) -> dict[str, Any]:
        """The fields of the response that are not documented."""
        known = {self._json_names.get(field.name, field.name) for field in attrs.fields(cast("Any", type(self)))}
        return {name: value for name, value in self.raw.items() if name not in known}

    def detach(self) -> Self:
        """Release the rest of the response: keep this object's own JSON only, a copy of it.

        Objects of one page share its bytes, so that an object that is kept keeps the whole page in memory.

        Returns:
            The object itself.

        Example:
            >>> kept = [track.detach() for track in page.collection if track.genre == "Ambient"]
        """
        place = getattr(self, "_place", None)
        if place is not None and (raw := self.raw):
            place[:] = Source(json.dumps(raw).encode()), None
        return self

    def to_dict(self, *, flat: bool = False, secrets: bool = False) -> dict[str, Any]:
        """Return the documented fields as plain JSON values, with the changes that were made to attributes.

        Args:
            flat: Whether the fields of nested objects become fields of this one, such as `user_username`; default False. Lists
                stay lists, and a field of the object itself takes precedence: `user_urn` of a playlist.
            secrets: Whether URLs keep the secret of a share link; default False.

        Returns:
            The fields by name; timestamps as ISO 8601 strings. A field that is missing although SoundCloud always sends it is left out.
            `from_dict` reads the result, but not that of `flat=True`.

        Example:
            >>> import json
            >>> json.dumps(track.to_dict())
        """
        values: dict[str, Any] = {}
        for name, value in self._values().items():
            name = self._json_names.get(name, name)
            plain = _to_plain(value, flat, secrets)
            if flat and isinstance(value, Model):
                values = {f"{name}_{key}": item for key, item in plain.items()} | values
            else:
                values[name] = plain
        return values

    def to_json(self, *, flat: bool = False, secrets: bool = False, indent: int | None = None) -> str:
        """Return the documented fields as a JSON string; see `to_dict`.

        Args:
            flat: Whether the fields of nested objects become fields of this one; default False.
            secrets: Whether URLs keep the secret of a share link; default False.
            indent: The number of spaces for each level; default one line.
        """
        return json.dumps(self.to_dict(flat=flat, secrets=secrets), indent=indent)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Create an object from plain JSON values: from `to_dict()`, from `raw`, or from a response of SoundCloud.

        Args:
            data: The fields. Unknown ones are available in `raw` and `extra`.

        Raises:
            ValueError: A field has the wrong type.

        Example:
            >>> Track.from_dict({"urn": "soundcloud:tracks:1", "title": "Night"}).title
            'Night'
        """
        if not isinstance(data, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(
                f"no {cls.__name__} can be created from {type(data).__name__}: pass a dict, such as json.loads(text)"
            )
        kind = data.get("kind")
        if kind is not None and cls._kind is not None and cls._kind != kind:
            raise ValueError(f"no {cls.__name__} can be created from an object of kind {kind!r}")
        base: Any = next(each for each in cls.__mro__ if "__attrs_attrs__" in each.__dict__)
        try:
            created = convert(dict(data), base, lenient=True)
            created._place[0] = Source(json.dumps(data, default=dict).encode())
        except (msgspec.ValidationError, TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"no {cls.__name__} can be created from this: {error}") from None
        if base is not cls:  # a subclass of a program
            other = cls.__new__(cls)
            _restore(other, created._values())
            other._place = created._place
            return other
        return cast("Self", created)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Tell pydantic how to validate and serialise: by `from_dict` and `to_dict`, so without the secrets of share links."""
        schema = import_module("pydantic_core.core_schema")  # pydantic is imported, or it would not ask
        hints = get_type_hints(cls)
        needed = {name for name, neutral in cls._present.items() if neutral is REQUIRED}
        ref = f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"
        if ref in (described := _described.get()):  # a model that refers to itself, directly or by others
            return schema.definition_reference_schema(ref)
        reset = _described.set(described | {ref})
        try:
            types = {
                cls._json_names.get(name, name): handler.generate_schema(hints[name])
                for name in attrs.fields_dict(cast("Any", cls))
            }
        finally:
            _described.reset(reset)
        if cls._kind is not None:
            types["kind"] = schema.literal_schema([cls._kind])
        fields = {name: schema.typed_dict_field(each, required=name in needed) for name, each in types.items()}

        def validate(value: Any, _: Any) -> Any:
            if isinstance(value, cls):
                return value
            created = cls.from_dict(value)
            for name in sorted(needed):
                if _received(created, name) is _NOTHING:
                    raise ValueError(f"this {cls.__name__} has no {name}")
            return created

        def serialise(value: Any, info: Any) -> Any:
            # Of a subclass, such as Me in the place of User, the fields of the declared class only.
            values = {name: item for name, item in value.to_dict().items() if name in types}
            return _select(values, info.include, info.exclude, without_none=info.exclude_none)

        return schema.no_info_wrap_validator_function(
            validate,
            schema.typed_dict_schema(fields, cls_name=cls.__name__),
            serialization=schema.plain_serializer_function_ser_schema(serialise, info_arg=True),
            ref=ref,
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        """Return the JSON schema of the model, in which the fields that SoundCloud always sends are required of a response."""
        described = handler(schema)
        target = handler.resolve_ref_schema(described)
        target |= {"title": cls.__name__}
        if handler.mode == "serialization" and cls._present:
            target["required"] = sorted(cls._present)
        return described

    def _values(self) -> dict[str, Any]:
        """Return the fields that have a value."""
        values: dict[str, Any] = {}
        for field in attrs.fields(cast("Any", type(self))):
            value = _received(self, field.name)
            if value is not _NOTHING:
                values[field.name] = value
        return values

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self._values() == cast("Model", other)._values()

    def __hash__(self) -> int:
        urn: Any = getattr(self, "urn", None)
        if urn is None:
            raise TypeError(f"this {type(self).__name__} cannot be hashed: it has no urn")
        return hash(urn)

    def __repr__(self) -> str:
        values = {name: value for name, value in self._values().items() if value is not None}
        names = [name for name in _IDENTITY if name in values] or list(values)[:_SHOWN]
        return f"{type(self).__name__}({', '.join(f'{name}={_short_repr(values[name])}' for name in names)})"

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        """Yield the fields that have a value, without the secrets of share links; rich calls this instead of `__repr__`."""
        for name, value in self._values().items():
            if value is not None:
                yield (
                    name,
                    value if isinstance(value, Model | datetime) else _to_plain(value, flat=False, secrets=False),
                )

    def _repr_html_(self) -> str:
        """Return a table for a notebook: no secrets, nothing that the browser must load."""
        cells = _cells_of(self)
        rows = "".join(
            f'<tr><th style="text-align: left">{html.escape(name.replace("_", " "))}</th>{cell}</tr>'
            for name, cell in cells.items()
        )
        return f"<table><caption>{type(self).__name__}</caption><tbody>{rows}</tbody></table>"

    def __replace__(self, **changes: Any) -> Self:
        """Return a copy with other values of some fields, as `copy.replace` does from Python 3.13 on."""
        other = copy(self)
        for name, value in changes.items():
            if name not in attrs.fields_dict(cast("Any", type(self))):
                raise TypeError(f"{type(self).__name__} has no field {name!r}")
            setattr(other, name, value)
        return other

    def __getstate__(self) -> tuple[dict[str, Any], bytes | None, dict[str, Any]]:
        raw = self.raw
        return _state_of(self), json.dumps(raw).encode() if raw else None, getattr(self, "__dict__", {})

    def __setstate__(self, state: tuple[dict[str, Any], bytes | None, dict[str, Any]]) -> None:
        values, content, own = state
        for name, value in own.items():  # of a subclass of a program
            setattr(self, name, value)
        _restore(self, values)
        if content is not None:
            self._place[:] = Source(content), None

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        """Complete objects that msgspec has decoded: their classes, their dates and unions, and the places of their parts.

        The generated models have faster ones.
        """
        cls._complete(items, keep_raw=True)

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        """Complete objects that are decoded without their JSON."""
        cls._complete(items, keep_raw=False)

    @classmethod
    def _complete(cls, items: list[Any], *, keep_raw: bool, lenient: bool = False) -> None:
        """Complete objects of any model; if `lenient`, fields that are missing although SoundCloud always sends them are deleted."""
        for item in items:
            missing = [name for name in cls._present if getattr(item, name) is None]
            if missing and not lenient:
                raise ValueError("a field is missing that SoundCloud always sends")
            place = item._place if keep_raw else None
            for name, read in cls._wire.items():
                if (value := getattr(item, name)) is not None:
                    try:
                        setattr(item, name, read(value))
                    except (ValueError, TypeError, OverflowError) as error:
                        raise ValueError(f"{error} - at `$.{name}`") from None
            for name, expected in cls._nested.items():
                value = getattr(item, name)
                if isinstance(expected, Mapping) and value is not None:
                    value = by_kind(value, cast("Mapping[str, Any]", expected), lenient=lenient)
                    setattr(item, name, value)
                    if keep_raw and isinstance(value, Model):
                        value._place[:] = place, name
                    continue
                parts = cast("list[Any]", value if isinstance(value, list) else [] if value is None else [value])
                if not parts or not isinstance(parts[0], Model):
                    continue
                if keep_raw:
                    within = [place, name]
                    for index, part in enumerate(parts):
                        part._place = [within, index] if parts is value else within
                own = cast("Any", type(parts[0]))._model
                if lenient:
                    own._complete(parts, keep_raw=keep_raw, lenient=True)
                else:
                    (own._finish if keep_raw else own._finish_bare)(parts)
            item.__class__ = cls
            for name in missing:
                delattr(item, name)


def _received(owner: Model, name: str) -> Any:
    """Return the value of a field without the neutral values of `__getattr__`, or _NOTHING."""
    try:
        return object.__getattribute__(owner, name)
    except AttributeError:
        return _NOTHING


def _short_repr(value: Any) -> str:
    text = redact(repr(value))
    return text if len(text) <= _TEXT else f"{text[: _TEXT - 3]}..."


def html_link(owner: Any, text: str) -> str:
    """Return a text as HTML, as a link to the page of an object if it has one on soundcloud.com.

    Args:
        owner: A model.
        text: The text.
    """
    url: Any = getattr(owner, "permalink_url", None)
    if not isinstance(url, str) or not url.startswith("https://soundcloud.com/"):
        return html.escape(text)
    address = html.escape(without_share_secret(url))
    return f'<a href="{address}" target="_blank" rel="noopener">{html.escape(text)}</a>'


def html_table(items: Sequence[Any], *, more: bool = False) -> str:
    """Return a table of objects for a notebook; see `Model._repr_html_`.

    Args:
        items: Models, or other values.
        more: Whether more objects follow.
    """
    rows = [
        _cells_of(item) if isinstance(item, Model) else {"value": _cell(html.escape(_short_repr(item)))}
        for item in items
    ]
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f'<th style="text-align: left">{html.escape(name.replace("_", " "))}</th>' for name in names)
    body = "".join(f"<tr>{''.join(row.get(name, '<td></td>') for name in names)}</tr>" for row in rows)
    count = f"{len(items)} items{', and more pages' if more else ''}"
    return f"<table><caption>{count}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells_of(owner: Model) -> dict[str, str]:
    values = {
        name: value
        for name, value in owner._values().items()
        if value is not None and value != "" and not isinstance(value, list)
    }
    names = [name for name in _CARD if name in values] or [name for name in values if name != "kind"][:_SHOWN]
    return {name: _cell(_html_of(owner, name, values[name])) for name in names}


def _cell(content: str) -> str:
    return f'<td style="text-align: left">{content}</td>'


def _html_of(owner: Model, name: str, value: Any) -> str:
    if isinstance(value, Model):
        return html_link(value, str(getattr(value, "username", None) or getattr(value, "title", None) or repr(value)))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC" if value.tzinfo is UTC else html.escape(str(value))
    if name == "duration" and value.__class__ is int:
        minutes, seconds = divmod(value // 1000, 60)
        return f"{minutes}:{seconds:02}"
    text = redact(str(value)).encode("utf-8", "replace").decode()
    text = text if len(text) <= _TEXT else f"{text[: _TEXT - 3]}..."
    return html_link(owner, text) if name in {"title", "username"} else html.escape(text)


def _to_plain(value: Any, flat: bool, secrets: bool) -> Any:  # noqa: FBT001
    """Convert the value of a field to plain JSON values."""
    if isinstance(value, Model):
        return value.to_dict(flat=flat, secrets=secrets)
    if isinstance(value, list):
        return [_to_plain(item, flat, secrets) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {name: _to_plain(item, flat, secrets) for name, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, str):
        is_url = value.startswith(("https://", "http://"))
        return str(value) if secrets or not is_url else without_share_secret(value)
    return value


def _select(values: Any, include: Any, exclude: Any, *, without_none: bool) -> Any:
    """Apply the `include`, `exclude` and `exclude_none` of pydantic to plain values."""
    if not isinstance(values, dict | list):
        return values
    items: Any = (
        enumerate(cast("list[Any]", values)) if isinstance(values, list) else cast("dict[str, Any]", values).items()
    )
    chosen: dict[Any, Any] = {}
    for key, value in items:
        wanted, unwanted = _choice(include, key), _choice(exclude, key)
        if (include is not None and wanted is None) or unwanted is True or (without_none and value is None):
            continue
        inner = None if wanted is True else wanted
        chosen[key] = _select(value, inner, unwanted, without_none=without_none)
    return list(chosen.values()) if isinstance(values, list) else chosen


def _choice(choices: Any, key: str | int) -> Any:
    """Return True if a key is chosen as a whole, the choices within it, or None."""
    if isinstance(choices, Set):
        return True if key in choices or "__all__" in choices else None
    if isinstance(choices, Mapping):
        found = cast("Mapping[Any, Any]", choices)
        choice = found.get(key, found.get("__all__"))
        return True if choice is ... else choice
    return None


def _state_of(owner: Model) -> dict[str, Any]:
    """Return the values for a pickle. A part of the object in the same response is a pair of its class and its values."""
    place = getattr(owner, "_place", None)

    def plain(value: Any) -> Any:
        if isinstance(value, Model) and place is not None:
            around: Any = getattr(value, "_place", [None])[0]
            if around is place or (around.__class__ is list and around[0] is place):
                return type(value), _state_of(value), value._place[1]
        return [plain(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value

    return {name: plain(value) for name, value in owner._values().items() if value is not None}


def _restore(owner: Model, values: dict[str, Any]) -> None:
    owner._place = place = [None, None]

    def model_of(value: Any, around: Any) -> Any:
        if value.__class__ is not tuple:
            return value
        cls, state, key = value
        part = cls.__new__(cls)
        _restore(part, state)
        part._place[:] = around, key
        return part

    for name, value in values.items():
        if value.__class__ is list:
            within = [place, name]
            value = [model_of(item, within) for item in value]
        setattr(owner, name, model_of(value, place))
    for field in attrs.fields(cast("Any", type(owner))):
        if field.name not in values and field.name not in owner._present:
            setattr(owner, field.name, None)


def by_kind(value: Any, kinds: Mapping[str, type[Model]], *, lenient: bool = False) -> Any:
    """Convert an object to the model of its `kind`; an unknown kind is returned as it is.

    Args:
        value: The object as plain JSON values.
        kinds: The models, by kind.
        lenient: See `convert`.

    Returns:
        The model, or the value itself.

    Raises:
        ValueError: The value is not an object.
        msgspec.ValidationError: The object does not fit its model.
    """
    if not isinstance(value, dict):
        raise ValueError("the value is not an object")
    data = cast("dict[str, Any]", value)
    cls = kinds.get(str(data.get("kind")))
    return data if cls is None else convert(data, cls, lenient=lenient)


class RequestModel:
    """A JSON body."""

    __slots__ = ()

    _json_names: ClassVar[Mapping[str, str]] = {}


def json_content(body: Any) -> Any:
    """Return a JSON body as it is encoded: as it is, or as dicts if an attribute has another name in JSON."""
    return _as_dicts(body) if _has_other_names(body) else body


def _has_other_names(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_other_names, cast("list[Any]", value)))
    if not isinstance(value, RequestModel):
        return False
    return bool(value._json_names) or any(map(_has_other_names, _fields_that_are_set(value).values()))


def _as_dicts(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_dicts(item) for item in cast("list[Any]", value)]
    if not isinstance(value, RequestModel):
        return value
    names = value._json_names
    return {names.get(name, name): _as_dicts(item) for name, item in _fields_that_are_set(value).items()}


def _fields_that_are_set(value: RequestModel) -> dict[str, Any]:
    found = {field.name: getattr(value, field.name) for field in attrs.fields(cast("Any", type(value)))}
    return {name: item for name, item in found.items() if item is not UNSET}


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
