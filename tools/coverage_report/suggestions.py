"""Suggests the namespace and the name of an operation's method, by the conventions of the facade."""

import keyword
import re
from collections.abc import Collection
from dataclasses import dataclass

from tools.openapi.document import operation_id

_PLURALS = {"series": "series", "news": "news"}
_COLLECTIONS = frozenset({"playlists", "tracks", "users"})
_RELATIONS = {"followings": "follow", "likes": "like", "reposts": "repost"}
_WORDS = {"favoriters": "likes", "reposters": "reposts"}
_TAGS = {"oauth": "auth"}
_QUALIFIERS = frozenset({"all"})
_VERBS = {"PUT": "update", "PATCH": "update", "DELETE": "delete", "POST": "create"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A namespace (`users`), the name of a method (`get_likes_playlists`) and the first line of its docstring."""

    namespace: str
    method: str
    summary: str

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
    name, summary = _method(method, segments, namespace)
    if not name.isidentifier() or keyword.iskeyword(name) or f"{namespace}.{name}" in taken:
        name = operation_id(method, path)
    return Suggestion(namespace, name, summary)


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


def _method(method: str, segments: list[str], namespace: str) -> tuple[str, str]:
    """Return the name and the summary.

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
        return words[-1], f"Find {_text(words[-1:])}."
    if of_one and words and method in {"POST", "PUT", "DELETE"}:
        relation = _relation(method, segments, words)
        if relation is not None:
            return relation
    own = bool(words) and words[0] == namespace
    rest = [_WORDS.get(word, word) for word in (words[1:] if own else words)]
    item = own and len(segments) > 1 and is_parameter(segments[1])
    if not rest:
        return _of_namespace(method, namespace, item or of_one)
    owner = f" of {_one(singular(namespace))}" if item and namespace in _COLLECTIONS else ""
    if method == "POST" and not own and len(segments) == 1:
        return rest[0], f"{_text(rest).capitalize()}."
    if of_one:
        rest = [*rest[:-1], singular(rest[-1])]
    if method == "GET":
        return f"get_{'_'.join(rest)}", _reading(rest, namespace, owner, of_one=of_one)
    if method == "POST":
        rest = [*rest[:-1], singular(rest[-1])]
    verb = "set" if method in {"PUT", "PATCH"} and not of_one else _VERBS.get(method, method.lower())
    object_text = f"the {_text(rest)}" if owner and method != "POST" else _one(_text(rest))
    to = owner.replace(" of ", " for ") if method == "POST" else owner
    return f"{verb}_{'_'.join(rest)}", f"{verb.capitalize()} {object_text}{to}."


def _relation(method: str, segments: list[str], words: list[str]) -> tuple[str, str] | None:
    prefix = "un" if method == "DELETE" else ""
    if words[0] in _RELATIONS and len(words) > 1:
        verb, thing = _RELATIONS[words[0]], singular(words[-1])
        return f"{prefix}{verb}_{thing}", f"{prefix}{verb} {_one(thing)}.".capitalize()
    if words[-1] in _RELATIONS and len(segments) > 2:
        verb = _RELATIONS[words[-1]]
        return f"{prefix}{verb}", f"{prefix}{verb} {_one(snake(segments[-1]).removesuffix('_urn'))}.".capitalize()
    return None


def _reading(words: list[str], namespace: str, owner: str, *, of_one: bool) -> str:
    text, mine = _text(words), namespace == "me"
    if len(words) == 2 and words[0] in {"likes", "reposts"} and (mine or owner):
        user, ending = ("you", "") if mine else (owner.removeprefix(" of "), "s")
        return f"List the {_text(words[1:])} that {user} {words[0][:-1]}{ending}."
    verb = "Get" if of_one or words[-1] == singular(words[-1]) else "List"
    article = "your " if mine else "the " if owner or of_one else ""
    return f"{verb} {article}{text}{owner}."


def _of_namespace(method: str, namespace: str, item: bool) -> tuple[str, str]:
    if method == "GET":
        name = singular(namespace) if item else namespace
        return f"get_{name}", f"Get {_owner(name) if item or name == 'me' else _text([name])}."
    verb = _VERBS.get(method, method.lower())
    return verb, f"{verb.capitalize()} {_owner(singular(namespace))}."


def _owner(namespace: str) -> str:
    return "the signed-in user" if namespace == "me" else _one(namespace)


def _text(words: list[str]) -> str:
    return " ".join(words).replace("_", " ")


def _one(thing: str) -> str:
    text = thing.replace("_", " ")
    return f"{'an' if text[:1] in 'aeio' else 'a'} {text}"
