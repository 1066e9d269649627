"""Decodes the bytes of a response into models, in two tiers.

The first tier is msgspec straight into the models. If a response does not fit, the second tier keeps every field that fits, leaves
a malformed one as it was received, and reports what differs. A response without data (HTML, an error object) is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast, get_args, get_type_hints
from urllib.parse import urlsplit

import attrs
import msgspec

from soundcloud._protocol.error_mapping import unexpected_response_error
from soundcloud._protocol.http.messages import Response
from soundcloud_api.imports import lazy_module
from soundcloud_api.models import Found
from soundcloud_api.types import Source, convert, decode_json, place, read_json

if TYPE_CHECKING:
    from soundcloud import events
else:
    events = lazy_module("soundcloud.events")

MAXIMUM_DRIFTS = 100


class Drifts(list["events.Drift"]):
    """The differences found in a response: the first 100, and their total number."""

    total = 0

    def add(self, path: str, expected: str, value: object) -> None:
        """Add a difference."""
        self.total += 1
        if len(self) < MAXIMUM_DRIFTS:
            self.append(events.Drift(path, expected, _json_type(value)))


@lru_cache(maxsize=256)
def _field_names(cls: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(cls))


def decode(response: Response, responses: Mapping[int, Any], drifts: Drifts, *, keep_raw: bool = True) -> Any:
    """Decode a response with a status below 400, and add its differences from the document to `drifts`.

    `responses` has the type of the response by status: None for an empty body, Any for plain JSON values. With `keep_raw` the
    models keep the bytes of the response, for `Model.raw`.

    Raises:
        UnexpectedResponseError: The response is not data of this API.
    """
    cls = responses.get(response.status, _missing)
    if cls is _missing:
        cls = next((cls for cls in responses.values() if cls is not None), None)
    content = response.content
    if cls is Found:
        return _found(response)
    if 300 <= response.status < 400:
        where = host_of(response.headers.get("location", ""))
        raise unexpected_response_error(
            response, f"HTTP {response.status}: an unexpected redirect{where}; it was not followed"
        )
    if cls is bytes:
        return content
    if not content or content.isspace():
        if cls is None or None in responses.values():
            return None
        raise unexpected_response_error(response, f"HTTP {response.status} without a body: a {_name(cls)} was expected")
    if cls is None:
        _refuse_error_object(response)
        return None
    if cls is Any:
        return _plain(response)
    try:
        value = decode_json(content, _shape(cls, content), keep_raw=keep_raw)
    except (msgspec.DecodeError, ValueError, TypeError, OverflowError, RecursionError):
        return _decode_malformed(response, cls, drifts, keep_raw)
    if value.__class__ is list:
        return cls(collection=value) if _is_page(cls) else value
    if _is_empty(value):
        _refuse_error_object(response)
    return value


_missing = object()
_MISSING: Any = object()  # the value of a field that was not received


@lru_cache(maxsize=512)
def _expected_type(cls: Any, name: str) -> str:
    """Return the JSON type of a field that SoundCloud always sends, in the words of msgspec."""
    expected = cls._nested.get(name)
    if expected is not None:
        return "array" if _item(expected) is not None else "object"
    if name in cls._wire:
        return str(cls._wire[name].__name__.removeprefix("read_"))
    return {bool: "bool", int: "int", str: "str"}.get(get_type_hints(cls)[name], "object")


def host_of(location: str) -> str:
    """Return the host of a redirect as part of a sentence, or an empty string."""
    try:
        host = urlsplit(location).hostname
    except ValueError:
        return ""
    return f" to {host[:100]}" if host else ""


def _name(cls: Any) -> str:
    return getattr(_item(cls) or cls, "__name__", str(cls))


def _item(cls: Any) -> Any:
    """Return the T of `list[T]`, or None."""
    return get_args(cls)[0] if get_args(cls) else None


def _is_page(cls: Any) -> bool:
    return isinstance(cls, type) and "collection" in getattr(cls, "_nested", {})


def _shape(cls: Any, content: bytes) -> Any:
    """Return the type to decode: a list if a bare array was received in place of a page object."""
    if _is_page(cls) and content.lstrip()[:1] == b"[":
        return cls._nested["collection"]
    return cls


def _is_empty(value: Any) -> bool:
    # An error object has the fields `link` and `status` too. An object with fields that SoundCloud always sends has them here.
    return not value._present and all(
        getattr(value, name) is None for name in _field_names(value.__class__) if name not in {"link", "status"}
    )


def _found(response: Response) -> Found:
    """Decode a redirect that is a result: the header and the body name the location."""
    location = response.headers.get("location")
    try:
        found: Found = Found.from_dict(read_json(response.content))
    except (ValueError, TypeError, AttributeError):
        found = Found()
    found.location = location or found.location
    if not found.location:
        raise unexpected_response_error(response, f"HTTP {response.status} without a location")
    return found


def _refuse_error_object(response: Response) -> None:
    """Raise if a success is not one: HTML, or an error object with status 200."""
    content = response.content.lstrip()
    if content[:1] == b"<":
        raise unexpected_response_error(response, f"HTTP {response.status}, but the response is an HTML page")
    try:
        data = read_json(content)
    except ValueError:
        return
    if isinstance(data, dict) and _is_error_object(cast("dict[str, Any]", data)):
        raise unexpected_response_error(response, f"HTTP {response.status}, but the response is an error object")


def _is_error_object(data: dict[str, Any]) -> bool:
    return bool(
        ("code" in data and ("message" in data or "errors" in data))
        or isinstance(data.get("error"), str)
        or (data.get("errors") and not data.keys() - {"errors", "error", "status", "link"})
    )


def _plain(response: Response) -> Any:
    """Return the JSON as it was received, for the type `Any`."""
    _refuse_error_object(response)
    try:
        return read_json(response.content)
    except ValueError:
        raise unexpected_response_error(response, f"HTTP {response.status}, but the response is not JSON") from None


def _decode_malformed(response: Response, cls: Any, drifts: Drifts, keep_raw: bool) -> Any:
    """Decode a malformed response: the second tier."""
    try:
        data: Any = read_json(response.content)
    except ValueError:
        _refuse_error_object(response)
        raise unexpected_response_error(response, f"HTTP {response.status}, but the response is not JSON") from None
    if isinstance(data, dict) and _is_error_object(cast("dict[str, Any]", data)):
        raise unexpected_response_error(response, f"HTTP {response.status}, but the response is an error object")
    source = Source(response.content) if keep_raw else None
    item = _item(cls)
    if _is_page(cls) and isinstance(data, list):
        return cls(collection=_items(cast("list[Any]", data), _item(cls._nested["collection"]), "$", source, drifts))
    if item is not None and isinstance(data, list):
        return _items(cast("list[Any]", data), item, "$", source, drifts)
    if (
        item is not None
        and isinstance(data, dict)
        and isinstance(inner := cast("dict[str, Any]", data).get("collection"), list)
    ):
        drifts.add("$", "array", cast("Any", data))
        return _items(cast("list[Any]", inner), item, "$.collection", [source, "collection"], drifts)
    if item is not None or not isinstance(data, dict):
        kind = _json_type(cast("object", data))
        raise unexpected_response_error(
            response, f"HTTP {response.status}, but the response is of type {kind} where a {_name(cls)} was expected"
        )
    model = _model(cast("dict[str, Any]", data), cls, "$", drifts)
    place(model, source)
    return model


def _items(values: list[Any], cls: Any, path: str, around: Any, drifts: Drifts) -> list[Any]:
    """Decode the objects of an array. Other values are left out, so that callers get models only; `raw` still has them."""
    items: list[Any] = []
    for index, value in enumerate(values):
        if isinstance(value, dict) and not hasattr(cls, "_nested"):
            items.append(value)
        elif isinstance(value, dict):
            model = _model(cast("dict[str, Any]", value), cls, f"{path}[{index}]", drifts)
            place(model, around, index)
            items.append(model)
        else:
            drifts.add(f"{path}[{index}]", "object", value)
    return items


def _model(data: dict[str, Any], cls: Any, path: str, drifts: Drifts) -> Any:
    """Decode one object: at once if it fits, else field by field."""
    with suppress(msgspec.ValidationError, RecursionError):
        return convert(data, cls)
    fits = dict(data)
    apart: dict[str, Any] = {}
    around: list[Any] = [None, None]
    for name in cls._present:
        if fits.get(name) is None:
            drifts.add(f"{path}.{name}", _expected_type(cls, name), fits.get(name, _MISSING))
    for name, kinds in cls._nested.items():
        if fits.get(name) is not None:
            apart[name] = _within(fits.pop(name), kinds, f"{path}.{name}", around, name, drifts)
    for name, read_wire in cls._wire.items():
        if fits.get(name) is not None:
            value = apart[name] = fits.pop(name)
            try:
                apart[name] = read_wire(value)
            except (ValueError, TypeError, AttributeError, OverflowError):
                drifts.add(f"{path}.{name}", read_wire.__name__.removeprefix("read_"), value)
    while True:
        try:
            model = convert(fits, cls, lenient=True)
            break
        except msgspec.ValidationError as error:
            expected, name = _mismatch(str(error), fits)
        if name in cls._present:
            expected = expected.removesuffix(" | null")
        apart[name] = fits.pop(name)
        drifts.add(f"{path}.{name}", expected, apart[name])
    for name, value in apart.items():
        setattr(model, name, value)
    # The parts of the object refer to the place that it has from now on.
    model._place = around
    return model


def _within(value: Any, expected: Any, path: str, around: list[Any], name: str, drifts: Drifts) -> Any:
    """Decode a field that holds a model, a list of models, or a model chosen by its `kind`."""
    item = _item(expected)
    if item is not None:
        if isinstance(value, list):
            return _items(cast("list[Any]", value), item, path, [around, name], drifts)
    elif isinstance(value, dict):
        data = cast("dict[str, Any]", value)
        cls = expected
        if isinstance(expected, Mapping):
            cls = cast("Mapping[str, Any]", expected).get(str(data.get("kind")))
        if cls is None:
            return data
        model = _model(data, cls, path, drifts)
        place(model, around, name)
        return model
    what = "array" if item is not None else "object" if isinstance(expected, Mapping) else _name(expected)
    drifts.add(path, what, cast("object", value))
    return value


def _mismatch(message: str, fields: dict[str, Any]) -> tuple[str, str]:
    """Return the expected type and the field from a message of msgspec: `Expected X, got Y - at $.field...`."""
    text, _, place = message.rpartition(" - at `$.")
    name = place.rstrip("`").split(".")[0].split("[")[0]
    expected = text.removeprefix("Expected ").split(", got")[0].replace("`", "")
    if name in fields:
        return expected, name
    # The message names no field: drop the last one, so that the loop always ends.
    return expected or message, next(reversed(fields))


def _json_type(value: object) -> str:
    if value is _MISSING:
        return "missing"
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
