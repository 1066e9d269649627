"""The suggested names and stubs of missing methods."""

import ast
import builtins

import pytest

from soundcloud.registry import implementations, methods_by_operation
from soundcloud_api.models import SortOrder
from soundcloud_api.operations import OPERATIONS
from soundcloud_api.types import Operation as Request
from tools.coverage_report.stubs import stub
from tools.coverage_report.suggestions import suggest
from tools.openapi.document import OPENAPI_JSON, load
from tools.openapi.operation_index import Operation, operations, path_items


def test_the_suggestions_are_the_names_that_were_chosen() -> None:
    namespaces = {entry.namespace for entry in implementations()}
    chosen = methods_by_operation()
    suggested = {
        info.id: suggest(info.method, info.path, info.tag, namespaces=namespaces).name for info in OPERATIONS.values()
    }

    assert {id_: name for id_, name in suggested.items() if name not in chosen[id_]} == {
        "get_resolve": "resolve.get_resolve",
        "post_tracks": "tracks.create",
    }
    assert suggested.keys() == set(chosen)


@pytest.mark.parametrize(
    ("method", "path", "tag", "name"),
    [
        ("POST", "/likes/albums/{album_urn}", "likes", "likes.like_album"),
        ("DELETE", "/reposts/albums/{album_urn}", "reposts", "reposts.unrepost_album"),
        ("GET", "/albums", "search", "search.albums"),
        ("GET", "/users/{user_urn}/top-tracks", "users", "users.get_top_tracks"),
        ("GET", "/genres", "miscellaneous", "genres.get_genres"),
        ("GET", "/genres/{genre_id}", "genres", "genres.get_genre"),
        ("DELETE", "/tracks/{track_urn}/comments/{comment_urn}", "tracks", "tracks.delete_comment"),
        ("PUT", "/playlists/{playlist_urn}/artwork", "playlists", "playlists.set_artwork"),
        ("GET", "/tracks/{track_urn}/likes", "tracks", "tracks.get_tracks_track_urn_likes"),
        ("GET", "/class", "search", "search.get_class"),
        ("GET", "/", "", "miscellaneous.get_miscellaneous"),
        ("GET", "/1/{x}", "", "miscellaneous.get_1"),
        ("POST", "/{anything}", "2", "miscellaneous.create"),
    ],
)
def test_suggestions_for_new_operations(method: str, path: str, tag: str, name: str) -> None:
    entries = implementations()
    found = suggest(
        method, path, tag, namespaces={entry.namespace for entry in entries}, taken={entry.name for entry in entries}
    )

    assert found.name == name


def names_in(stub_: str) -> tuple[set[str], set[str]]:
    """Return the names that a stub uses, and those that it defines."""
    tree = ast.parse(stub_)
    nodes = list(ast.walk(tree))
    read = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    had = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    had |= {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    had |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return read, had | set(dir(builtins))


def test_stubs_are_valid_for_every_operation() -> None:
    openapi = load(str(OPENAPI_JSON))
    namespaces = {entry.namespace for entry in implementations()}
    for path, item in path_items(openapi).items():
        for operation in operations(path, item).values():
            info = OPERATIONS[operation.name]
            suggestion = suggest(info.method, info.path, info.tag, namespaces=namespaces)
            text = stub(openapi, operation, info.tag, suggestion)
            compile(text, info.id, "exec")
            read, had = names_in(text)

            assert read <= had, text
            assert f'@implements("{info.id}")' in text
            assert f"def {suggestion.method}(" in text
            assert max(map(len, text.splitlines())) <= 120


def test_stubs_have_the_types_of_the_generated_function(monkeypatch: pytest.MonkeyPatch) -> None:
    def get_charts_number(number: int, *, kind: SortOrder, mood: SortOrder | None = None, start: str | None = None):
        query = {"kind": kind, "mood": mood, "from": start}
        return Request("get_charts_number", "GET", "/charts/{number}", {}, path={"number": str(number)}, query=query)

    monkeypatch.setattr("soundcloud_api.api.tracks.get_charts_number", get_charts_number, raising=False)
    names = ("kind", "mood", "from")
    value = {"parameters": [{"in": "query", "name": name, "schema": {"type": "string"}} for name in names]}
    operation = Operation("GET", "/charts/{number}", value, {})
    suggestion = suggest("GET", operation.path, "tracks", namespaces={"tracks"})
    tree = ast.parse(stub({}, operation, "tracks", suggestion))
    (function,) = (node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef))

    assert ast.unparse(function.args).startswith(
        "self, number: int, *, kind: SortOrder | str, start: str | None=None, mood: SortOrder | str | None=None, token"
    )
    assert ast.unparse(function.body[1]) == (
        "operation = get_charts_number(number, start=start, kind=SortOrder(kind), "
        "mood=None if mood is None else SortOrder(mood))"
    )


def test_stubs_are_valid_for_strange_parameters() -> None:
    strange = ["class", "token", "self", "1st", "a b", "é", "x[y]", "limit", "body"]
    value = {
        "tags": ["<b>"],
        "parameters": [{"in": "query", "name": name, "required": name == "limit", "schema": {}} for name in strange],
        "requestBody": {"content": {"text/plain": {"schema": {"type": "string"}}}},
        "responses": {"302": {"description": ""}},
    }
    operation = Operation("POST", '/genres/<script>"\\/"""{class}/{}/{class}', value, {})
    suggestion = suggest("POST", operation.path, "<b>", namespaces=())
    text = stub({}, operation, "<b>", suggestion)
    compile(text, "strange", "exec")
    read, had = names_in(text)

    assert read <= had
