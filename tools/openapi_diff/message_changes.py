"""Compares parameters, request bodies, responses and their media types."""

from collections.abc import Iterator
from typing import Any

from tools.openapi.interface import canonical, is_mapping
from tools.openapi.operation_index import resolved
from tools.openapi.schema_text import describe, mapping, value_text
from tools.openapi_diff.schema_changes import Difference, SchemaComparison, changed_key, deprecation, requiredness

_STYLES = {"query": "form", "cookie": "form"}


class MessageComparison:
    """Compares the messages of two documents; `schemas` compares their schemas."""

    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self._old = old
        self._new = new
        self.schemas = SchemaComparison(old, new)

    def parameters(self, old: Any, new: Any) -> Iterator[Difference]:
        """Compare two parameters or two headers."""
        old, new = self._followed(old, new)
        for key in ("in", "name"):
            if canonical(old.get(key)) != canonical(new.get(key)) and key in old and key in new:
                # The name of a path parameter is part of the path, where it is reported.
                if key == "name" and old.get("in") == new.get("in") == "path":
                    continue
                yield Difference("", "renamed" if key == "name" else "moved", str(old[key]), str(new[key]), True, True)
        yield from requiredness(old.get("required") is True, new.get("required") is True, "")
        yield from deprecation(old, new, "")
        if canonical(old.get("in")) == canonical(new.get("in")):
            yield from _serialisation(old, new)
        if {"schema", "content"} == {*old, *new} & {"schema", "content"} and ("content" in old) != ("content" in new):
            yield Difference("", "format changed", _written(old), _written(new), True, True)
        else:
            yield from self.schemas.differences(old.get("schema"), new.get("schema"))
            yield from self._content(old, new)
        known = {"in", "name", "required", "deprecated", "style", "explode", "schema", "content", "$ref"}
        for key in sorted((old.keys() | new.keys()) - known):
            yield from changed_key(old, new, key, "")

    def bodies(self, old: Any, new: Any) -> Iterator[Difference]:
        """Compare the request bodies of two operations; None means no body."""
        if _same_component(old, new):
            return
        before, after = self._followed(old, new)
        if old is None and new is not None:
            required = after.get("required") is True
            yield Difference("request body", "request body added", None, _media_types(after), required)
        elif new is None and old is not None:
            yield Difference("request body", "request body removed", _media_types(before), None, True)
        else:
            for difference in self.body(before, after):
                yield difference.under("request body")

    def body(self, old: Any, new: Any) -> Iterator[Difference]:
        """Compare two request bodies."""
        old, new = self._followed(old, new)
        yield from requiredness(old.get("required") is True, new.get("required") is True, "")
        yield from self._content(old, new)
        for key in sorted((old.keys() | new.keys()) - {"required", "content", "$ref"}):
            yield from changed_key(old, new, key, "")

    def responses(self, old: Any, new: Any) -> Iterator[Difference]:
        """Compare the responses of two operations, by status."""
        before, after = mapping(old), mapping(new)
        for status in sorted(before.keys() | after.keys()):
            where = f"response {status}"
            # A removed success breaks callers; a removed error does not.
            success = not status.startswith(("4", "5"))
            if status.startswith("x-"):
                yield from changed_key(before, after, status, "")
            elif status not in after:
                yield Difference(
                    where, "response removed", self._summary(self._old, before[status]), None, success, success
                )
            elif status not in before:
                yield Difference(where, "response added", None, self._summary(self._new, after[status]))
            elif not _same_component(before[status], after[status]):
                for difference in self.response(before[status], after[status]):
                    yield difference.under(where)

    def response(self, old: Any, new: Any) -> Iterator[Difference]:
        """Compare two responses."""
        old, new = self._followed(old, new)
        yield from self._content(old, new)
        before, after = mapping(old.get("headers")), mapping(new.get("headers"))
        for name in sorted(before.keys() | after.keys()):
            where = f"header {name}"
            if name not in after:
                yield Difference(where, "header removed", _header(self._old, before[name]), None, breaks_response=True)
            elif name not in before:
                yield Difference(where, "header added", None, _header(self._new, after[name]))
            elif not _same_component(before[name], after[name]):
                for difference in self.parameters(before[name], after[name]):
                    yield difference.under(where)
        for key in sorted((old.keys() | new.keys()) - {"content", "headers", "description", "$ref"}):
            yield from changed_key(old, new, key, "")

    def _content(self, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
        before, after = mapping(old.get("content")), mapping(new.get("content"))
        gone = [name for name in sorted(before) if name not in after]
        pairs = {name: name for name in before if name in after}
        for name in sorted(after.keys() - before.keys()):
            # `application/json` and `application/json; charset=utf-8` are the same media type.
            same = next((other for other in gone if _base(other) == _base(name)), None)
            if same is None:
                yield Difference(name, "media type added", None, _schema(after[name]))
            else:
                gone.remove(same)
                pairs[same] = name
                yield Difference(name, "media type changed", same, name)
        for name in gone:
            yield Difference(name, "media type removed", _schema(before[name]), None, True, True)
        for name, other in sorted(pairs.items()):
            one, two = mapping(before[name]), mapping(after[other])
            for difference in self.schemas.differences(one.get("schema"), two.get("schema")):
                yield difference.under(other)
            for key in sorted((one.keys() | two.keys()) - {"schema"}):
                yield from changed_key(one, two, key, other)

    def _followed(self, old: Any, new: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return resolved(self._old, old)[1], resolved(self._new, new)[1]

    def _summary(self, document: dict[str, Any], response: Any) -> str:
        reference, value = resolved(document, response)
        return reference.rpartition("/")[2] if reference else _media_types(value) or "no body"


def _serialisation(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    """Compare the serialisation of a parameter, with OpenAPI's defaults for missing keys."""
    sides: list[dict[str, Any]] = []
    for side in (old, new):
        style = side.get("style", _STYLES.get(str(side.get("in")), "simple"))
        sides.append({"style": style, "explode": side.get("explode", style == "form")})
    changed = [key for key in ("style", "explode") if canonical(sides[0][key]) != canonical(sides[1][key])]
    if changed:
        before, after = (", ".join(f"{key} {value_text(side[key])}" for key in changed) for side in sides)
        yield Difference("", "format changed", before, after, True)


def _written(parameter: dict[str, Any]) -> str:
    """Return how the value of a parameter is written."""
    content = mapping(parameter.get("content"))
    return f"content {', '.join(sorted(content))}" if content else f"schema {describe(parameter.get('schema'))}"


def _same_component(old: Any, new: Any) -> bool:
    """Return whether both are the same reference; the component is compared elsewhere."""
    return is_mapping(old) and is_mapping(new) and "$ref" in old and canonical(old) == canonical(new)


def _base(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _media_types(message: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {_schema(value)}" for name, value in sorted(mapping(message.get("content")).items()))


def _schema(media_type: Any) -> str:
    return describe(mapping(media_type).get("schema", {}))


def _header(document: dict[str, Any], header: Any) -> str:
    return describe(resolved(document, header)[1].get("schema", {}))
