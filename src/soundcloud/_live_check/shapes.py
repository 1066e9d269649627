"""The shape of a response: names, types and counts of its fields, without any value."""

import re
from collections import Counter
from functools import lru_cache
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import attrs

import soundcloud_api.models
from soundcloud_api.types import Model

KINDS = frozenset({"comment", "playlist", "system-playlist", "track", "user", "web-profile"})
"""The kinds of objects whose fields are counted over all responses."""

OTHER_NAME = "(another name)"
_MAX_DEPTH, _MAX_ITEMS = 10, 50
_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}", re.ASCII)
_TIMESTAMP = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \+0000", re.ASCII)
_ISO_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*", re.ASCII)
_URN = re.compile(r"soundcloud:([a-z-]{1,30}):[A-Za-z0-9_.~:-]+", re.ASCII)
_URN_KINDS = frozenset(
    {"comments", "playlists", "spam-warnings", "system-playlists", "tracks", "users", "web-profiles"}
)
# The values of these fields are words of SoundCloud's, not of a user's.
_ENUMERATIONS = frozenset({"access", "embeddable_by", "kind", "license", "playlist_type", "sharing", "type"})
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9:_-]{0,40}", re.ASCII)
_PATH_WORDS = {
    *("activities", "all", "comments", "connections", "download", "favoriters", "favorites", "feed"),
    *("followers", "followings", "likes", "me", "own", "playlists", "preview", "recently-played", "related"),
    *("reposters", "reposts", "resolve", "stream", "streams", "system-playlists", "tracks", "users"),
    *("web-profiles"),
}


@attrs.define
class Field:
    """A field of the objects at one place: how often it is present, null, or empty (0, false, "" or []), and its types."""

    present: int = 0
    null: int = 0
    empty: int = 0
    types: Counter[str] = attrs.field(factory=Counter[str])
    forms: set[str] = attrs.field(factory=set[str])

    def count(self, value: Any, form: str) -> None:
        """Count a value; `form` is what kind of string it is, or empty."""
        self.present += 1
        self.types[json_type(value)] += 1
        if value is None:
            self.null += 1
        elif value in (0, "", []):
            self.empty += 1
        if form:
            self.forms.add(form)

    def to_json(self) -> list[Any]:
        """Return the field for `from_json`."""
        return [self.present, self.null, self.empty, dict(self.types), sorted(self.forms)]

    @classmethod
    def from_json(cls, value: list[Any]) -> "Field":
        """Create a field from the result of `to_json`."""
        present, null, empty, types, forms = value
        return cls(present, null, empty, Counter(types), set(forms))

    def add(self, other: "Field") -> None:
        """Add the counts of another field."""
        self.present += other.present
        self.null += other.null
        self.empty += other.empty
        self.types += other.types
        self.forms |= other.forms


@attrs.define
class Objects:
    """The values at one place of a response: how many are of which type, and the fields of those that are objects."""

    types: Counter[str] = attrs.field(factory=Counter[str])
    fields: dict[str, Field] = attrs.field(factory=dict[str, Field])

    @property
    def count(self) -> int:
        """The number of objects."""
        return self.types["object"]

    def to_json(self) -> list[Any]:
        """Return the objects for `from_json`."""
        return [dict(self.types), {name: field.to_json() for name, field in self.fields.items()}]

    @classmethod
    def from_json(cls, value: list[Any]) -> "Objects":
        """Create objects from the result of `to_json`."""
        types, fields = value
        return cls(Counter(types), {name: Field.from_json(field) for name, field in fields.items()})

    def add(self, other: "Objects") -> None:
        """Add the counts of other objects."""
        self.types += other.types
        for name, field in other.fields.items():
            self.fields.setdefault(name, Field()).add(field)


@attrs.define
class Shape:
    """The shape of one response.

    Attributes:
        places: The values by place, such as `$.collection[]{track}.user{user}`: the kind of an object is in braces.
        kinds: The objects by kind, such as `track`, wherever they are.
    """

    places: dict[str, Objects] = attrs.field(factory=dict[str, Objects])
    kinds: dict[str, Objects] = attrs.field(factory=dict[str, Objects])

    def to_json(self) -> list[Any]:
        """Return the shape for `from_json`."""
        return [{name: each.to_json() for name, each in part.items()} for part in (self.places, self.kinds)]

    @classmethod
    def from_json(cls, value: list[Any]) -> "Shape":
        """Create a shape from the result of `to_json`."""
        places, kinds = ({name: Objects.from_json(each) for name, each in part.items()} for part in value)
        return cls(places, kinds)


@attrs.frozen
class Observer:
    """Reduces responses to shapes.

    Attributes:
        api: The origin of the API.
        media: The origin of pictures and audio if it is not SoundCloud's: that of a sandbox.
        hidden: Words of the account, in lower case: a field that no model has is reported without its name if it contains one.
    """

    api: str
    media: str = ""
    hidden: frozenset[str] = frozenset()

    def shape(self, value: Any, label: str | None = None) -> Shape:
        """Return the shape of a JSON value.

        Args:
            value: The value.
            label: The kind of the outermost object; by default that which its field `kind` names.
        """
        shape = Shape()
        self._observe(shape, "$", value, 0, label)
        return shape

    def _observe(self, shape: Shape, place: str, value: Any, depth: int, label: str | None = None) -> None:
        objects = shape.places.setdefault(place, Objects())
        objects.types[json_type(value)] += 1
        if depth > _MAX_DEPTH:
            return
        if isinstance(value, list):
            for item in cast("list[Any]", value)[:_MAX_ITEMS]:
                self._observe(shape, f"{place}[]", item, depth + 1)
        elif isinstance(value, dict):
            fields = cast("dict[str, Any]", value)
            kind = label or (fields["kind"] if fields.get("kind") in KINDS else None)
            counted = [objects]
            if kind is not None:
                place = f"{place}{{{kind}}}"
                counted = [shape.places.setdefault(place, Objects())]
                counted[0].types["object"] += 1
                counted.append(shape.kinds.setdefault(kind, Objects()))
                counted[-1].types["object"] += 1
            for name, inner in fields.items():
                shown = self._name(name)
                form = self._form(shown, inner) if isinstance(inner, str) else ""
                for each in counted:
                    field = each.fields.get(shown)
                    if field is None:
                        field = each.fields[shown] = Field()
                    field.count(inner, form)
                if isinstance(inner, dict | list):
                    self._observe(shape, f"{place}.{shown}", inner, depth + 1)

    def _name(self, name: str) -> str:
        if name in _known_names():
            return name
        if not _NAME.fullmatch(name) or any(word in name for word in self.hidden):
            return OTHER_NAME
        return name

    def _form(self, name: str, text: str) -> str:
        """Return what kind of string it is; only words of enumerations are shown."""
        if not text:
            return '""'
        if name in _ENUMERATIONS and _WORD.fullmatch(text):
            return f'"{text}"'
        if _TIMESTAMP.fullmatch(text):
            return "Y/M/D H:M:S +0000"
        if _ISO_TIMESTAMP.fullmatch(text):
            return "ISO 8601"
        if _URN.fullmatch(text):
            return _segment(text)
        if text.startswith(("http://", "https://")):
            return self._url_form(text)
        return "text"

    def _url_form(self, text: str) -> str:
        try:
            parts = urlsplit(text)
            host, origin = parts.hostname or "", f"{parts.scheme}://{parts.netloc}"
        except ValueError:
            return "another URL"
        if host in {"soundcloud.com", "www.soundcloud.com"}:
            return "soundcloud.com/.."
        if origin == self.media or host.endswith(".sndcdn.com"):
            return "CDN/.."
        if origin.removeprefix("http://").removeprefix("https://") != urlsplit(self.api).netloc:
            return "another URL"
        path = "/".join(_segment(unquote(part)) for part in parts.path.split("/") if part)
        names = ",".join(sorted({name for name, _ in parse_qsl(parts.query) if _NAME.fullmatch(name)}))
        return f"API/{path}{'?' if names else ''}{names}"


@lru_cache(maxsize=1)
def _known_names() -> frozenset[str]:
    """Return the names of the fields of all models."""
    models = [getattr(soundcloud_api.models, name) for name in soundcloud_api.models.__all__]
    known = [each for each in models if isinstance(each, type) and issubclass(each, Model)]
    return frozenset(field for each in known for field in attrs.fields_dict(cast("Any", each)))


def _segment(text: str) -> str:
    found = _URN.fullmatch(text)
    if found is not None:
        return f"sc:{found[1]}:N" if found[1] in _URN_KINDS else "sc:.."
    return "N" if text.isdigit() else text if text in _PATH_WORDS else ".."


def name_of(place: str, field: str) -> str:
    """Return the name of a field: by the kind of its object, such as `track.title`, else by its place."""
    start, brace, rest = place.rpartition("{")
    kind, _, inner = rest.partition("}")
    return f"{kind}{inner}.{field}" if brace and start else f"{place}.{field}"


def json_type(value: Any) -> str:
    """Return the JSON type of a value."""
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
