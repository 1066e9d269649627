"""Suggests the namespace and the name of an operation's method, by the conventions of the facade."""

import keyword
import re
from collections.abc import Collection
from dataclasses import dataclass

from tools.openapi.document import operation_id

_PLURALS = {"series": "series", "news": "news"}
_RELATIONS = {"followings": "follow", "likes": "like", "reposts": "repost"}
_WORDS = {"favoriters": "likes", "reposters": "reposts"}
_TAGS = {"oauth": "auth"}
_QUALIFIERS = frozenset({"all"})
_VERBS = {"PUT": "update", "PATCH": "update", "DELETE": "delete", "POST": "create"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A namespace (`users`) and the name of a method (`get_likes_playlists`)."""

    namespace: str
    method: str

    @property
    def name(self) -> str:
        """Namespace and method: `users.get_likes_playlists`."""
        return f"{self.namespace}.{self.method}"


def suggest(
    method: str, path: str, tag: str, *, namespaces: Collection[str], taken: Collection[str] = ()
) -> Suggestion:
    """Suggest a namespace and a method that is not in `taken` for an operation."""
    segments = [segment for segment in path.split("/") if segment]
    first = snake(segments[0]) if segments and not is_parameter(segments[0]) else ""
    namespace = _namespace(method, segments, first, tag, namespaces)
    name = _method(method, segments, namespace)
    if not name.isidentifier() or keyword.iskeyword(name) or f"{namespace}.{name}" in taken:
        name = operation_id(method, path)
    return Suggestion(namespace, name)


def snake(text: str) -> str:
    """Return a segment of a path in snake_case: `recently-played` becomes `recently_played`."""
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()).strip("_")


def singular(word: str) -> str:
    """Return the singular of a word: `playlist` of `playlists`, `story` of `stories`."""
    if word in _PLURALS:
        return _PLURALS[word]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word


def is_parameter(segment: str) -> bool:
    """Return whether a segment of a path template is a parameter."""
    return segment.startswith("{") and segment.endswith("}")


def _namespace(method: str, segments: list[str], first: str, tag: str, namespaces: Collection[str]) -> str:
    tag = _TAGS.get(snake(tag), snake(tag))
    if tag == "search" and method == "GET":
        return tag
    if first in namespaces or not tag.isidentifier():
        return first if first.isidentifier() and not keyword.iskeyword(first) else "miscellaneous"
    if tag in namespaces or not segments:
        return tag
    return first if first.isidentifier() and not keyword.iskeyword(first) else tag


def _method(method: str, segments: list[str], namespace: str) -> str:
    """Return the name of the method.

    The cases, with `...` for fixed segments and `{}` for a parameter at the end:
        search      GET /tracks                     tracks
        relation    POST, DELETE /likes/tracks/{}   like_track, unlike_track
                    PUT, DELETE .../followings/{}   follow, unfollow
        item        GET, PUT, DELETE /tracks/{}     get_track, update, delete
        part        GET .../likes/tracks            get_likes_tracks
                    GET .../followings/{}           get_following
                    POST .../comments               create_comment
                    PUT, DELETE .../storefront      set_storefront, delete_storefront
                    PUT, DELETE .../comments/{}     update_comment, delete_comment
        collection  POST /playlists                 create
        action      POST /sign-out                  sign_out
    """
    words = [snake(segment) for segment in segments if not is_parameter(segment)]
    words = [word for word in words if word and word not in _QUALIFIERS]
    of_one = bool(segments) and is_parameter(segments[-1])
    if namespace == "search" and method == "GET" and words:
        return words[-1]
    if of_one and words and method in {"POST", "PUT", "DELETE"}:
        prefix = "un" if method == "DELETE" else ""
        if words[0] in _RELATIONS and len(words) > 1:
            return f"{prefix}{_RELATIONS[words[0]]}_{singular(words[-1])}"
        if words[-1] in _RELATIONS and len(segments) > 2:
            return f"{prefix}{_RELATIONS[words[-1]]}"
    own = bool(words) and words[0] == namespace
    rest = [_WORDS.get(word, word) for word in (words[1:] if own else words)]
    verb = _VERBS.get(method, method.lower())
    if not rest:
        item = of_one or (own and len(segments) > 1 and is_parameter(segments[1]))
        return verb if method != "GET" else f"get_{singular(namespace) if item else namespace}"
    if method == "POST" and not own and len(segments) == 1:
        return rest[0]
    if of_one or method == "POST":
        rest = [*rest[:-1], singular(rest[-1])]
    elif method in {"PUT", "PATCH"}:
        verb = "set"
    return f"{verb}_{'_'.join(rest)}"
