"""The coverage report: `tools.coverage`."""

import copy
import html
import json
import re
import sys
import types
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

import soundcloud.registry
from soundcloud._protocol.announced.entries import ENTRIES
from soundcloud.registry import ANNOUNCED, Implementation, implementations, methods_by_announcement
from soundcloud_api.models import SortOrder
from soundcloud_api.types import Operation
from tools.coverage import main
from tools.coverage_report import arguments
from tools.coverage_report.evidence import matcher
from tools.coverage_report.report import FORMATS
from tools.openapi.document import OPENAPI_JSON, load, operation_ids, parse
from tools.openapi.operation_index import operations, path_items

ALBUMS = "/users/{user_urn}/likes/albums"
ALBUMS_ID = "get_users_user_urn_likes_albums"
MALICIOUS = '/genres/<script>alert("1")</script>|`{genre}'

Document = dict
Run = Callable[..., tuple[int, str, str]]


COUNT = len(operation_ids(parse(OPENAPI_JSON.read_bytes(), name=OPENAPI_JSON.name)))
"""The number of documented operations."""


def share(part: int, total: int) -> float:
    """Return a percentage as the report rounds it."""
    return int(1000 * part / total) / 10


@pytest.fixture(scope="module")
def openapi() -> Document:
    return load(str(OPENAPI_JSON))


@pytest.fixture
def document(openapi: Document) -> Document:
    """Return a copy of SoundCloud's document."""
    return copy.deepcopy(openapi)


@pytest.fixture(autouse=True)
def sandbox(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """Replace the sandbox by one that handles one operation."""
    module = types.SimpleNamespace(handled_operations=lambda: frozenset({"get_me"}))
    monkeypatch.setitem(sys.modules, "soundcloud.sandbox", module)
    return module


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command on a document, in an empty project, and return its status and both outputs."""

    def run_(document: Document, *arguments: str) -> tuple[int, str, str]:
        path = tmp_path / "document.json"
        path.write_text(json.dumps(document))
        status = main(["--document", str(path), *arguments], root=tmp_path)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run_


def report(run: Run, document: Document) -> dict:
    status, out, err = run(document, "--format", "json")
    assert (status, err) == (0, "")
    return json.loads(out)


def record(run: Run, document: Document, id_: str) -> dict:
    return next(entry for entry in report(run, document)["records"] if entry["id"] == id_)


def with_albums(document: Document) -> Document:
    playlists = document["paths"]["/users/{user_urn}/likes/playlists"]
    document["paths"][ALBUMS] = copy.deepcopy(playlists)
    return document


def half_implemented(monkeypatch: pytest.MonkeyPatch, **sides: bool) -> None:
    """Make `me.get_me` a method of one client only."""
    entries = [entry for entry in implementations() if entry.operation != "get_me"]
    entries.append(Implementation("me", "get_me", "get_me", (), **sides))
    monkeypatch.setattr(soundcloud.registry, "implementations", lambda: entries)


def test_everything_in_the_document_is_in_the_facade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--fail-under", "100", "--format", "json"], root=tmp_path) == 0
    found = json.loads(capsys.readouterr().out)

    assert (found["operations"], found["implemented"], found["percent"]) == (COUNT, COUNT, 100.0)
    assert (found["missing"], found["unknown"]) == ([], [])
    assert found["document"] == "tools/openapi.json"


def test_keys_of_the_json_report(run: Run, document: Document) -> None:
    found = report(run, with_albums(document))
    entries = {entry["id"]: entry for entry in found["records"]}

    assert {"operations", "implemented", "missing", "unknown", "beyond", "deprecated", "percent", "records"} <= set(
        found
    )
    assert len(found["records"]) == found["operations"] == COUNT + 1
    assert found["records"] == sorted(found["records"], key=lambda entry: entry["path"])
    assert found["percent"] == share(COUNT, COUNT + 1)
    assert entries["get_tracks"] == {
        "id": "get_tracks",
        "method": "GET",
        "path": "/tracks",
        "tag": "search",
        "deprecated": False,
        "generated": True,
        "methods": ["search.tracks", "tracks.get_tracks"],
        "sync": True,
        "async": True,
        "sandbox": False,
        "cassette": False,
        "documentation": False,
        "parameters": 14,
        "unsent": [],
    }
    assert entries["get_me"]["sandbox"] is True
    assert set(entries[ALBUMS_ID]) == {*entries["get_tracks"], "suggestion"}


def test_an_operation_without_a_method_is_missing_and_named(run: Run, document: Document) -> None:
    found = report(run, with_albums(document))
    entry = next(entry for entry in found["records"] if entry["id"] == ALBUMS_ID)

    assert found["missing"] == [ALBUMS_ID]
    assert (entry["methods"], entry["sync"], entry["async"], entry["generated"]) == ([], False, False, False)
    assert entry["suggestion"]["name"] == "users.get_likes_albums"
    compile(entry["suggestion"]["stub"], ALBUMS_ID, "exec")
    assert entry["suggestion"]["stub"].endswith(
        '''\
class AsyncUsersNamespace(AsyncNamespace):
    @implements("get_users_user_urn_likes_albums")
    def get_likes_albums(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPage[Playlist]:
        """Get likes albums.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> async for item in client.users.get_likes_albums(948745750):
            ...     print(item)
        """
        operation = get_users_user_urn_likes_albums(
            to_urn(user, "users"), limit=check_limit(limit), linked_partitioning=True
        )
        return self._pipeline.page(operation, token, options, max_items)
'''
    )


def test_an_operation_that_is_gone_is_unknown(run: Run, document: Document) -> None:
    del document["paths"]["/tracks/{track_urn}/preview"]
    found = report(run, document)

    assert found["unknown"] == ["get_tracks_track_urn_preview"]
    assert found["unknown_methods"] == {"get_tracks_track_urn_preview": ["tracks.get_preview"]}
    assert (found["operations"], found["percent"], found["missing"]) == (COUNT - 1, 100.0, [])


def test_a_renamed_operation_may_keep_the_name_of_its_method(run: Run, document: Document) -> None:
    document["paths"]["/tracks/{id}/preview"] = document["paths"].pop("/tracks/{track_urn}/preview")

    assert record(run, document, "get_tracks_id_preview")["suggestion"]["name"] == "tracks.get_preview"


def test_deprecated_operations_are_listed(run: Run, document: Document) -> None:
    before = report(run, document)["deprecated"]
    document["paths"]["/me"]["get"]["deprecated"] = True
    found = report(run, document)

    assert set(found["deprecated"]) - set(before) == {"get_me"}
    assert next(entry for entry in found["records"] if entry["id"] == "get_me")["deprecated"] is True


def test_extra_parameters_and_requests_are_listed(run: Run, document: Document) -> None:
    beyond = {entry["name"]: entry for entry in report(run, document)["beyond"]}

    assert beyond["me.get_connections"] == {
        "name": "me.get_connections",
        "sends": ["GET /me/connections"],
        "operation": False,
    }
    assert beyond["users.get_likes_tracks"]["sends"] == ["cursor"]


@pytest.mark.parametrize(("sync", "asynchronous", "said"), [(True, False, "sync only"), (False, True, "async only")])
def test_a_method_of_one_client_does_not_count(
    run: Run, document: Document, monkeypatch: pytest.MonkeyPatch, sync: bool, asynchronous: bool, said: str
) -> None:
    half_implemented(monkeypatch, sync=sync, asynchronous=asynchronous)
    found = report(run, document)
    entry = next(entry for entry in found["records"] if entry["id"] == "get_me")

    assert (found["missing"], found["implemented"]) == (["get_me"], COUNT - 1)
    assert (entry["methods"], entry["sync"], entry["async"]) == (["me.get_me"], sync, asynchronous)
    for format_ in ("text", "markdown", "html"):
        assert said in run(document, "--format", format_)[1]


def test_the_exit_status_follows_the_share(run: Run, document: Document) -> None:
    with_albums(document)

    assert run(document)[0] == 0
    assert run(document, "--fail-under", "98")[0] == 0
    status, out, err = run(document, "--fail-under", "99.5")
    assert (status, err) == (
        1,
        f"coverage: {COUNT} of {COUNT + 1} operations are in the facade, {share(COUNT, COUNT + 1)} %; "
        "--fail-under asks for 99.5 %\n",
    )
    assert "users.get_likes_albums" in out


@pytest.mark.parametrize("share", ["-1", "101", "nan", "many"])
def test_an_invalid_percentage_is_refused(run: Run, document: Document, share: str) -> None:
    with pytest.raises(SystemExit) as caught:
        run(document, "--fail-under", share)

    assert caught.value.code == 2


@pytest.mark.parametrize("content", ["", "<html>", "{", '{"openapi": "3.0.4", "paths": {}}', "[1]", "a: [", "\xff"])
def test_an_unreadable_document_is_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content, encoding="latin-1")

    assert main(["--document", str(path)], root=tmp_path) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert re.fullmatch(rf"coverage: {re.escape(str(path))}: .+\n", printed.err)


def test_a_document_that_is_not_there_is_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--document", str(tmp_path / "none.json")], root=tmp_path) == 2
    assert "none.json: cannot be read" in capsys.readouterr().err


def test_a_document_without_operations_is_one_message(run: Run, document: Document) -> None:
    document["paths"] = {"/me": {"parameters": []}}
    status, out, err = run(document)

    assert (status, out) == (2, "")
    assert "no operations in it" in err


def test_a_facade_that_cannot_be_imported_is_one_message(
    run: Run, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "soundcloud.registry", None)
    status, out, err = run(document)

    assert (status, out) == (2, "")
    assert err.startswith("coverage: the facade cannot be imported (")
    assert err.count("\n") == 1


def test_a_yaml_document_gives_the_same_report(run: Run, document: Document, tmp_path: Path) -> None:
    from ruamel.yaml import YAML

    expected = report(run, document)
    path = tmp_path / "document.yaml"
    with path.open("w") as file:
        YAML(typ="safe").dump(document, file)
    assert main(["--document", str(path), "--format", "json", "--output", str(tmp_path / "out")], root=tmp_path) == 0
    found = json.loads((tmp_path / "out").read_text())

    assert {**expected, "document": str(path)} == found


@pytest.mark.parametrize("format_", FORMATS)
def test_a_report_is_written_where_asked(run: Run, document: Document, tmp_path: Path, format_: str) -> None:
    printed = run(document, "--format", format_)[1]
    path = tmp_path / "report"
    status, out, err = run(document, "--format", format_, "--output", str(path))

    assert (status, out, err) == (0, "", f"coverage: wrote {path}\n")
    assert path.read_text(encoding="utf-8") == printed


def test_a_report_that_cannot_be_written_is_one_message(run: Run, document: Document, tmp_path: Path) -> None:
    status, out, err = run(document, "--output", str(tmp_path / "no" / "such" / "report"))

    assert (status, out) == (2, "")
    assert "cannot be written (No such file or directory)" in err


def test_text_lists_missing_unknown_deprecated_and_extra(run: Run, document: Document) -> None:
    del document["paths"]["/tracks/{track_urn}/preview"]
    out = run(with_albums(document))[1]

    assert out.startswith(f"{COUNT} operations in ")
    assert re.search(rf"^  facade +#+\. +{share(COUNT - 1, COUNT)} %  {COUNT - 1} of {COUNT}$", out, re.MULTILINE)
    assert f"\nMissing in the facade (1)\n  GET {ALBUMS} -> write users.get_likes_albums\n" in out
    assert "\nUnknown to the document (1)\n  get_tracks_track_urn_preview, implemented by tracks.get_preview\n" in out
    assert "\n  GET /me/activities\n" in out
    assert "\n  me.get_connections: GET /me/connections (no operation of the document)\n" in out
    assert '\n        @implements("get_users_user_urn_likes_albums")\n' in out
    table = [line for line in out.splitlines() if re.match(r"(GET|POST|PUT|DELETE) ", line)]
    assert len(table) == COUNT
    assert max(map(len, table)) <= 120


def test_markdown_keeps_its_tables(run: Run, document: Document) -> None:
    document["paths"][MALICIOUS] = {"get": {"responses": {"200": {"description": ""}}}}
    out = run(document, "--format", "markdown")[1]
    rows = [line for line in out.splitlines() if line.startswith("|")]

    assert f"| facade | {share(COUNT, COUNT + 1)} % | {COUNT} of {COUNT + 1} |" in rows
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows[:7]} == {4}
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows[7:]} == {7}
    assert "```python\n# src/soundcloud/_async/namespaces/genres.py\n" in out


class Page(HTMLParser):
    """The tags and table rows of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr" and "data-words" in dict(attrs):
            self.rows.append(dict(attrs)["id"])


def test_html_is_one_page_without_external_files(run: Run, document: Document) -> None:
    out = run(with_albums(document), "--format", "html")[1]
    page = Page(out)

    assert out.startswith("<!doctype html>")
    assert [tag for tag, attributes in page.tags if "src" in attributes or tag in {"img", "iframe"}] == []
    assert [attributes["href"] for tag, attributes in page.tags if tag == "link"] == ["data:,"]
    assert "http://" not in out
    assert out.count("https://") == out.count('<a href="https://developers.soundcloud.com/')  # links load nothing
    assert "@import" not in out
    assert len(page.rows) == COUNT + 1
    links = {str(value["href"]) for tag, value in page.tags if tag == "a"}
    assert {f"#{row}" for row in page.rows} == {link for link in links if link.startswith("#")}
    assert "prefers-color-scheme: dark" in out
    assert "users.get_likes_albums" in out


def test_html_escapes_the_document(run: Run, document: Document) -> None:
    plain = Page(run(document, "--format", "html")[1])
    document["paths"][MALICIOUS] = {"get": {"tags": ["<b>"], "responses": {"200": {"description": ""}}}}
    out = run(document, "--format", "html")[1]

    assert MALICIOUS not in out
    assert html.escape(MALICIOUS, quote=False).replace('"', "&#34;") in out
    for tag in ("script", "b"):
        assert sum(name == tag for name, _ in Page(out).tags) == sum(name == tag for name, _ in plain.tags)


def test_text_escapes_control_characters(run: Run, document: Document) -> None:
    document["paths"]["/me/\x1b[2J\n"] = {"get": {"responses": {"200": {"description": ""}}}}
    out = run(document)[1]

    assert "\x1b" not in out
    assert "GET    /me/\\x1b[2J\\n " in out


def test_a_sandbox_that_cannot_be_imported_is_unknown(
    run: Run, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "soundcloud.sandbox", None)
    found = report(run, document)

    assert found["columns"]["sandbox"] == {"count": None, "percent": None}
    assert {entry["sandbox"] for entry in found["records"]} == {None}
    assert [note for note in found["notes"] if note.startswith("soundcloud.sandbox cannot be used: ")] != []
    assert re.search(r"^  sandbox +\?+  unknown", run(document)[1], re.MULTILINE)
    assert "unknown" in run(document, "--format", "html")[1]


def test_a_sandbox_without_the_list_is_unknown(run: Run, document: Document, sandbox: types.SimpleNamespace) -> None:
    del sandbox.handled_operations

    (note,) = report(run, document)["notes"]
    assert note.startswith("soundcloud.sandbox cannot be used: ")
    assert "handled_operations" in note


def test_unknown_operations_of_the_sandbox_are_noted(
    run: Run, document: Document, sandbox: types.SimpleNamespace
) -> None:
    sandbox.handled_operations = lambda: frozenset({"get_me", "get_nothing"})

    assert report(run, document)["notes"] == ["the sandbox handles what the document lacks: get_nothing"]


def test_cassettes_are_matched_by_method_and_path(run: Run, document: Document, tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "cassettes" / "deep"
    folder.mkdir(parents=True)
    (folder / "one.yaml").write_text(
        "interactions:\n"
        "- request: {method: GET, uri: 'https://api.soundcloud.com/tracks/soundcloud%3Atracks%3A1?x=/me'}\n"
        "  response: {body: {string: !!binary AP8=}}\n"
        "- request: {method: DELETE, uri: 'http://127.0.0.1:8080/me/followings/5'}\n"
        "version: 1\n"
    )
    (folder / "bad.yaml").write_text("{")
    found = report(run, document)

    assert {entry["id"] for entry in found["records"] if entry["cassette"]} == {
        "get_tracks_track_urn",
        "delete_me_followings_user_urn",
    }
    assert [note.partition(":")[0] for note in found["notes"]] == ["deep/bad.yaml cannot be read"]


@pytest.mark.parametrize(
    ("method", "uri", "expected"),
    [
        ("GET", "https://api.soundcloud.com/me/followings/tracks?limit=1", "get_me_followings_tracks"),
        ("GET", "https://api.soundcloud.com/me/followings/soundcloud:users:1", "get_me_followings_user_urn"),
        ("GET", "https://api.soundcloud.com/users/1/likes/tracks", "get_users_user_urn_likes_tracks"),
        ("get", "https://api.soundcloud.com/v1/users/1/", "get_users_user_urn"),
        ("GET", "https://api.soundcloud.com/users", "get_users"),
        ("PATCH", "https://api.soundcloud.com/users", None),
        ("GET", "https://api.soundcloud.com/users//likes/tracks", None),
        ("POST", "https://secure.soundcloud.com/oauth/token", None),
        ("GET", "http://[", None),
    ],
)
def test_the_most_specific_template_wins(openapi: Document, method: str, uri: str, expected: str | None) -> None:
    found = [operation for path, item in path_items(openapi).items() for operation in operations(path, item).values()]

    assert matcher(found, ["/v1"])(method, uri) == expected


def test_documentation_is_code_that_runs(run: Run, document: Document, tmp_path: Path) -> None:
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    (tmp_path / "README.md").write_text(
        "`client.me.get_me()`\n```python\nclient.tracks.get_track(1), tracks.get_streams_twice, mytracks.upload\n```\n"
    )
    (tmp_path / "docs" / "deep" / "page.md").write_text(
        "```python\nclient.map(client.users.get_user, found)\n```\n"
        "```python no-run\nclient.me.get_feed()\n```\n```text\nclient.me.get_tracks()\n```\nsearch.tracks\n"
    )
    (tmp_path / "docs" / "coverage.md").write_text(run(document, "--format", "markdown")[1])

    assert {entry["id"] for entry in report(run, document)["records"] if entry["documentation"]} == {
        "get_tracks_track_urn",
        "get_users_user_urn",
    }


def test_two_new_operations_get_two_names(run: Run, document: Document) -> None:
    response = {"responses": {"200": {"description": ""}}}
    document["paths"]["/genres/{genre}"] = {"get": response}
    document["paths"]["/genres/{genre}/{mood}"] = {"get": response}
    names = [entry["suggestion"]["name"] for entry in report(run, document)["records"] if "suggestion" in entry]

    assert len(set(names)) == len(names) == 2


def test_a_new_parameter_is_not_sent_and_has_a_stub(run: Run, document: Document) -> None:
    order = {"in": "query", "name": "order", "schema": {"type": "integer"}}
    document["paths"]["/me/followers"]["get"]["parameters"].append(order)

    status, text, _ = run(document)
    _, markdown, _ = run(document, "--format", "markdown")
    found = report(run, document)

    assert status == 0
    assert found["parameters"]["sent"] == found["parameters"]["documented"] - 1 > 150
    assert "Not sent by the facade (1)\n  GET /me/followers: parameter order, of me.get_followers\n" in text
    assert (
        "Stub for the parameter order of GET /me/followers\n\n"
        "    # src/soundcloud/_async/namespaces/me.py, get_followers: the argument, and its line in the docstring\n"
        "            order: int | None = None,\n"
    ) in text
    assert "**Not sent** `GET /me/followers`: the parameter `order`; add to `me.get_followers`:" in markdown
    assert "            order=order,\n```" in markdown


def test_a_new_field_of_a_request_is_not_sent(run: Run, document: Document) -> None:
    fields = document["components"]["schemas"]["TrackMetadataRequest"]["properties"]["track"]["properties"]
    fields["mood"] = {"type": "string"}

    entry = record(run, document, "put_tracks_track_urn")

    assert [(part["kind"], part["name"]) for part in entry["unsent"]] == [("field", "mood")]
    assert "mood: str | UnsetType = UNSET," in entry["unsent"][0]["stub"]


def test_the_stubs_of_fields_have_the_types_of_the_generated_body(run: Run, document: Document, monkeypatch) -> None:
    known = arguments._arguments
    monkeypatch.setattr(arguments, "_arguments", lambda name: known(name) - {"body", "sharing"})
    stubs = {
        (id_, part["name"]): part["stub"].splitlines()
        for id_ in ("post_tracks_track_urn_comments", "post_playlists", "put_playlists_playlist_urn")
        for part in record(run, document, id_)["unsent"]
    }

    assert stubs["post_tracks_track_urn_comments", "body"][1] == "        body: str,"
    assert stubs["post_playlists", "sharing"][1:4] == [
        "from soundcloud_api.models import Sharing",
        "        sharing: Sharing | str | None = None,",
        "            sharing: The `sharing` of the request: `private`, `public`.",
    ]
    assert (
        stubs["post_playlists", "sharing"][-1] == "            sharing=UNSET if sharing is None else Sharing(sharing),"
    )
    assert "        sharing: Sharing | str | UnsetType" in stubs["put_playlists_playlist_urn", "sharing"][2]


def test_a_renamed_parameter_is_an_argument_of_the_generated_function(
    run: Run, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get_me_followers(*, order: SortOrder, limit: int | None = None, start: int | None = None):
        query = {"limit": limit, "offset": start, "from": start, "order": order}
        return Operation("get_me_followers", "GET", "/me/followers", {}, query=query)

    monkeypatch.setattr("soundcloud_api.api.me.get_me_followers", get_me_followers)
    parameters = document["paths"]["/me/followers"]["get"]["parameters"]
    parameters += [{"in": "query", "name": name, "schema": {"type": "string"}} for name in ("from", "order")]
    stubs = {part["name"]: part["stub"] for part in record(run, document, "get_me_followers")["unsent"]}
    monkeypatch.setattr(arguments, "_passed", lambda: {"get_me_followers": {"start", "limit", "linked_partitioning"}})
    left = [part["name"] for part in record(run, document, "get_me_followers")["unsent"]]

    assert "        start: int | None = None,\n" in stubs["from"]
    assert stubs["from"].endswith("            start=start,")
    assert "        order: SortOrder | str,\n" in stubs["order"]
    assert stubs["order"].endswith("            order=SortOrder(order),")
    assert left == ["order"]


def test_everything_in_the_document_is_sent(run: Run, document: Document) -> None:
    found = report(run, document)

    assert [entry["id"] for entry in found["records"] if entry["unsent"]] == []
    assert found["parameters"]["sent"] == found["parameters"]["documented"]


def test_announced_operations_are_counted_apart(run: Run, document: Document) -> None:
    status, out, _ = run(document)
    found = report(run, document)
    announced = {entry["id"]: entry for entry in found["announced"]}

    assert status == 0
    assert (
        f"The facade has {found['implemented']} of {found['operations']} documented, {len(announced)} announced." in out
    )
    assert {id_: entry["methods"] for id_, entry in announced.items()} == methods_by_announcement()
    assert all(
        entry["source"].startswith("https://") and entry["date"] and entry["certainty"] and entry["unknown"]
        for entry in announced.values()
    )
    assert [id_ for id_, entry in announced.items() if entry["documented"]] == found["announced_and_documented"] == []


def test_an_announced_entry_is_named_when_the_document_has_it(run: Run, document: Document) -> None:
    paths, schemas = document["paths"], document["components"]["schemas"]
    response = {"responses": {"200": {"description": "OK"}}}
    paths["/system-playlists/{playlist_urn}"] = {"get": response}
    paths["/disconnect"] = {"post": response}
    paths["/me/playlists"]["post"] = response
    schemas["User"]["properties"]["station_urn"] = {"type": "string"}
    schemas["TrackDataRequest"]["properties"]["metadata_artist"] = {"type": "string"}
    _, out, _ = run(document)
    found = report(run, document)
    places = {entry["id"]: entry["documented"] for entry in found["announced"] if entry["documented"]}

    expected = {
        "get_system_playlists_urn": "GET /system-playlists/{playlist_urn}",
        "likes_of_stations": "GET /system-playlists/{playlist_urn}",
        "resolve_of_discover_links": "GET /system-playlists/{playlist_urn}",
        "station_urn": "User.station_urn",
        "post_disconnect": "POST /disconnect",
        "metadata_artist": "TrackDataRequest.metadata_artist",
        "post_me_playlists": "POST /me/playlists",
    }
    expected = {entry.id: expected[entry.id] for entry in ANNOUNCED if entry.id in expected}
    assert places == expected
    assert found["announced_and_documented"] == list(places)
    assert f"documented, {len(ANNOUNCED) - len(expected)} announced." in out
    assert f"Announced and now documented: the entry goes ({len(expected)})" in out
    for id_ in expected:
        advice = "" if ENTRIES[id_].along else f"; run make scaffold OPERATION={id_}"
        assert f"  {id_}: the document has {expected[id_]}{advice}\n" in out
    for format_ in ("markdown", "html"):
        assert "the entry goes" in run(document, "--format", format_)[1]


def test_the_page_links_each_operation_to_the_explorer(tmp_path):
    page = tmp_path / "coverage.html"

    assert main(["--format", "html", "--output", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    link = "https://developers.soundcloud.com/docs/api/explorer/open-api#/"
    assert f'href="{link}tracks/put_tracks__track_urn_"' in text
    assert text.count(f'href="{link}') == len(operation_ids(load(str(OPENAPI_JSON))))
