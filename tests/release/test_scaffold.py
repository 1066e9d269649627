"""The scaffold in throw-away copies of the project: new operations, and announced ones that the document has now."""

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.announced_to_documented import mentions
from tools.coverage_report.announced import announced_records
from tools.openapi.document import OPENAPI_JSON

ROOT = Path(__file__).parents[2]
JSON = "application/json; charset=utf-8"
OPERATIONS = (
    "get_system_mixes_urn",
    "get_me_likes_system_mixes",
    "get_users_user_urn_likes_system_mixes",
    "post_detach",
    "post_tracks_track_urn_remarks",
    "put_tracks_track_urn_remarks_remark_urn",
    "post_tracks_track_urn_lyrics",
    "delete_tracks_track_urn_remarks_remark_urn",
)
RENAMED = """
[[correction]]
rule = "rename_field"
where = ["paths", "/tracks/charts/{number}", "get", "parameters", "*"]
when = { name = "from" }
to = "start"
why = "A keyword of Python."
link = "https://docs.python.org/3/reference/lexical_analysis.html#keywords"
"""
LEFT_OUT = shutil.ignore_patterns(
    ".*_cache", ".git", ".venv", ".hypothesis", "__pycache__", "build", "dist", "node_modules"
)

pytestmark = pytest.mark.slow


def reference(kind, name):
    return {"$ref": f"#/components/{kind}/{name}"}


def document():
    """Return the document with mixes, like stations, and /detach, like /disconnect."""
    found = json.loads(OPENAPI_JSON.read_text(encoding="utf-8"))
    text = {"type": "string"}
    station = {"urn": text, "title": text, "tracks": {"type": "array", "items": reference("schemas", "Track")}}
    stations = {"collection": {"type": "array", "items": reference("schemas", "SystemMix")}, "next_href": text}
    for name, fields in (("SystemMix", station), ("SystemMixs", stations)):
        found["components"]["schemas"][name] = {"type": "object", "properties": fields}
        content = {JSON: {"schema": reference("schemas", name)}}
        found["components"]["responses"][name] = {"description": "", "content": content}
    errors = {"401": reference("responses", "Unauthorized"), "404": reference("responses", "NotFound")}
    page = [reference("parameters", "limit"), reference("parameters", "linked_partitioning")]
    user = reference("parameters", "user_urn")
    urn = {"in": "path", "name": "urn", "required": True, "schema": text}
    for path, method, tag, parameters, response in (
        ("/system-mixes/{urn}", "get", "playlists", [urn], "SystemMix"),
        ("/me/likes/system-mixes", "get", "me", page, "SystemMixs"),
        ("/users/{user_urn}/likes/system-mixes", "get", "users", [user, *page], "SystemMixs"),
        ("/detach", "post", "oauth", [], None),
    ):
        success = reference("responses", response) if response else {"description": ""}
        value = {"tags": [tag], "parameters": copy.deepcopy(parameters), "responses": {"200": success, **errors}}
        found["paths"][path] = {method: value}
    found["paths"] |= with_bodies(found["components"]["schemas"])
    return found


def with_bodies(schemas):
    """Return paths of operations with JSON bodies and a form, whose fields clash with names of arguments and samples."""
    text, mood = {"type": "string"}, {"type": "string", "enum": ["calm", "wild"]}
    fields = {
        "title": text,
        "type": reference("schemas", "Mood"),
        "place": {"type": "integer"},
        "words": {"type": "array", "items": text},
        "is_pinned": {"type": "boolean", "nullable": True},
    }
    file = {"lyrics[sheet]": {"type": "string", "format": "binary"}, "lyrics[language]": text, "lyrics[tempo]": text}
    schemas |= {
        "Mood": mood,
        "Remark": {"type": "object", "properties": {"urn": text, "title": text}},
        "RemarkMetadata": {"type": "object", "properties": fields, "required": ["title", "type"]},
        "RemarkRequest": {"type": "object", "properties": {"remark": reference("schemas", "RemarkMetadata")}},
        "RemarkChange": {"type": "object", "properties": copy.deepcopy(fields)},
        "LyricsForm": {"type": "object", "properties": file, "required": ["lyrics[sheet]"]},
    }
    track = reference("parameters", "track_urn")
    remark = {"in": "path", "name": "remark_urn", "required": True, "schema": text}
    success = {"description": "", "content": {JSON: {"schema": reference("schemas", "Remark")}}}

    def operation(body, media_type="application/json", status="200"):
        content = {"content": {media_type: {"schema": reference("schemas", body)}}}
        return {"tags": ["tracks"], "requestBody": content, "responses": {status: success}}

    delete = {"tags": ["tracks"], "responses": {"200": {"description": ""}}}
    one = {"put": operation("RemarkChange"), "delete": delete}
    return {
        "/tracks/{track_urn}/remarks": {"parameters": [track], "post": operation("RemarkRequest", status="201")},
        "/tracks/{track_urn}/remarks/{remark_urn}": {"parameters": [track, remark], **one},
        "/tracks/{track_urn}/lyrics": {"parameters": [track], "post": operation("LyricsForm", "multipart/form-data")},
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scaffold") / "project"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT, symlinks=True)
    source = folder.parent / "document.json"
    source.write_text(json.dumps(document()), encoding="utf-8")
    assert run(folder, "tools.sync_spec", "--source", str(source)).returncode == 0
    result = run(folder, "tools.scaffold", *OPERATIONS)
    assert result.returncode == 0, result.stderr
    assert "scaffold: wrote src/soundcloud/_async/namespaces/auth.py" in result.stdout
    return folder


def run(folder, module, *arguments):
    path = os.pathsep.join(str(folder / name) for name in ("src", "generated", "."))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [
        ("tools.coverage", "--fail-under", "100"),
        ("tools.generate", "--check"),
        ("tools.codegen.unasync", "--check"),
        ("tools.docs_site.generated_pages", "--check"),
        ("ruff", "check", "--no-cache", "src", "tests"),
        ("ruff", "format", "--check", "--no-cache", "src", "tests"),
        ("mypy", "--no-incremental"),
    ],
    ids=" ".join,
)
def test_what_is_generated_and_formatted_is_up_to_date(project, command):
    result = run(project, *command)

    assert result.returncode == 0, result.stdout + result.stderr


def test_the_four_operations_have_everything(project):
    report = json.loads(run(project, "tools.coverage", "--format", "json").stdout)
    records = {record["id"]: record for record in report["records"]}

    assert report["missing"] == []
    for operation in OPERATIONS:
        columns = ("sync", "async", "generated", "sandbox", "cassette", "documentation")
        assert {column: records[operation][column] for column in columns} == dict.fromkeys(columns, True)


def test_their_tests_pass(project):
    tests = (
        "tests/spec/test_contract.py",
        "tests/spec/test_coverage.py",
        "tests/sandbox/http",
        "tests/docs/test_docs.py",
        "tests/docs/test_readme.py",
    )
    tests += (
        "tests/docs/test_docstrings.py",
        "tests/client/_sync/test_cassettes.py",
        "tests/typing/test_public_api.py",
    )
    kinds = "system_mix or detach or remark or lyrics or field or readme"
    chosen = f"{kinds} or token_table or samples or left_over or documented or everything or public_api"
    result = run(project, "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "-k", chosen, *tests)

    assert result.returncode == 0, result.stdout[-3000:]
    assert int(result.stdout.strip().splitlines()[-1].split(" passed")[0].split()[-1]) > 50


@pytest.fixture(scope="module")
def caught_up(tmp_path_factory):
    """Return a copy of the project whose document has stations and /disconnect, after the scaffold."""
    tree = tmp_path_factory.mktemp("announced") / "project"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT, symlinks=True)
    found = json.loads(OPENAPI_JSON.read_text(encoding="utf-8"))
    text = {"type": "string"}
    fields = {"urn": text, "title": text, "tracks": {"type": "array", "items": reference("schemas", "Track")}}
    found["components"]["schemas"]["SystemPlaylist"] = {"type": "object", "properties": fields}
    success = {"description": "", "content": {JSON: {"schema": reference("schemas", "SystemPlaylist")}}}
    errors = {"401": reference("responses", "Unauthorized"), "404": reference("responses", "NotFound")}
    urn = {"in": "path", "name": "playlist_urn", "required": True, "schema": text}
    get = {"tags": ["playlists"], "parameters": [urn], "responses": {"200": success, **errors}}
    found["paths"]["/system-playlists/{playlist_urn}"] = {"get": get}
    found["paths"]["/disconnect"] = {"post": {"tags": ["oauth"], "responses": {"200": {"description": ""}}}}
    source = tree.parent / "document.json"
    source.write_text(json.dumps(found), encoding="utf-8")
    assert run(tree, "tools.sync_spec", "--source", str(source)).returncode == 0
    said = run(tree, "tools.coverage").stdout
    assert (
        "playlists.get_station sends it already, as announced; run make scaffold OPERATION=get_system_playlists_urn\n"
        in said
    )
    assert "Stub for" not in said
    return tree, run(tree, "tools.scaffold", "get_system_playlists_urn", "post_disconnect")


def test_an_announced_operation_becomes_a_documented_one(caught_up):
    tree, result = caught_up
    report = json.loads(run(tree, "tools.coverage", "--format", "json").stdout)
    records = {record["id"]: record for record in report["records"]}

    assert result.returncode == 0, result.stderr
    assert (
        "scaffold: removed from what is announced: "
        "get_system_playlists_urn, likes_of_stations, resolve_of_discover_links, post_disconnect\n"
    ) in result.stdout
    assert report["missing"] == report["announced_and_documented"] == []
    assert records["get_system_playlists_playlist_urn"]["methods"] == ["playlists.get_station"]
    assert records["post_disconnect"]["methods"] == ["auth.disconnect"]
    for operation in ("get_system_playlists_playlist_urn", "post_disconnect"):
        assert (records[operation]["sandbox"], records[operation]["documentation"]) == (True, True)
    assert "get_me_likes_system_playlists" in {entry["id"] for entry in report["announced"]}


def test_each_place_that_names_an_entry_is_listed(tmp_path):
    entry = next(entry for entry in announced_records({}) if entry.title.endswith("/{urn}"))
    lines = (
        f"`{entry.title}` is new.",
        f"Send {entry.title}.",
        f"{entry.title}/tracks_{entry.id}",
        f"({entry.id})",
        "none",
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("\n".join(lines), encoding="utf-8")

    assert list(mentions(tmp_path, [entry])) == [f"docs/a.md:{number}: {lines[number - 1]}" for number in (1, 2, 3, 4)]


def test_its_tests_pass_too(caught_up):
    tree, _ = caught_up
    tests = (
        "tests/spec/test_contract.py",
        "tests/client/_sync/test_announced.py",
        "tests/client/_sync/test_cassettes.py",
        "tests/sandbox/handlers/test_stations.py",
        "tests/sandbox/http",
        "tests/live_check",
    )
    chosen = "station or disconnect or left_over or table or announced or known or plan"
    result = run(tree, "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "-k", chosen, *tests)

    assert result.returncode == 0, result.stdout[-3000:]


def test_an_operation_that_cannot_be_written_is_named(project):
    there, unknown = run(project, "tools.scaffold", "get_me"), run(project, "tools.scaffold", "get_moon")

    assert (there.returncode, unknown.returncode) == (2, 2)
    unchanged = "scaffold: nothing was changed\n"
    assert there.stderr == f"scaffold: get_me has a method already: me.get_me\n{unchanged}"
    assert unknown.stderr == f"scaffold: get_moon: not in the document; operations without a method: none\n{unchanged}"


@pytest.fixture(scope="module")
def unusual(tmp_path_factory):
    """Return a copy of the project whose document deletes a comment, has a range of statuses, and needs a new namespace.

    One operation has a number in its path, inline enums, and a parameter that a correction renames.
    """
    tree = tmp_path_factory.mktemp("unusual") / "project"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT, symlinks=True)
    found = json.loads(OPENAPI_JSON.read_text(encoding="utf-8"))
    comment, event = (
        {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}
        for name in ("comment_urn", "event_urn")
    )
    number = {"in": "path", "name": "number", "required": True, "schema": {"type": "integer"}}
    moods = {"type": "string", "enum": ["calm", "wild"]}
    queries = [
        {"in": "query", "name": "from", "schema": {"type": "string"}},
        {"in": "query", "name": "kind", "required": True, "schema": moods},
        {"in": "query", "name": "mood", "schema": moods},
    ]
    user = {"description": "", "content": {JSON: {"schema": reference("schemas", "User")}}}
    for path, method, tag, parameters, responses in (
        (
            "/tracks/{track_urn}/comments/{comment_urn}",
            "delete",
            "tracks",
            [reference("parameters", "track_urn"), comment],
            {"200": {"description": ""}},
        ),
        ("/users/{user_urn}/double", "get", "users", [reference("parameters", "user_urn")], {"2XX": user}),
        ("/me/reset", "post", "me", [], {"default": {"description": ""}}),
        ("/events/{event_urn}", "get", "events", [event], {"200": user}),
        ("/tracks/charts/{number}", "get", "tracks", [number, *queries], {"200": user}),
    ):
        value = {"tags": [tag], "parameters": parameters, "responses": responses}
        found["paths"][path] = {method: value}
    source = tree.parent / "document.json"
    source.write_text(json.dumps(found), encoding="utf-8")
    with (tree / "tools" / "corrections.toml").open("a", encoding="utf-8") as corrections:
        corrections.write(RENAMED)
    assert run(tree, "tools.sync_spec", "--source", str(source)).returncode == 0
    return tree


def contents(tree):
    ignored = {"__pycache__", ".ruff_cache"}
    return {path: path.read_bytes() for path in tree.rglob("*") if path.is_file() and not ignored & {*path.parts}}


def test_all_missing_files_of_a_new_namespace_are_named_before_anything_is_written(unusual):
    before = contents(unusual)
    result = run(unusual, "tools.scaffold", "get_events_event_urn")

    assert result.returncode == 2
    assert result.stderr == (
        "scaffold: get_events_event_urn: these are missing:\n"
        "  src/soundcloud/_async/namespaces/events.py, with class AsyncEventsNamespace(\n"
        '  src/soundcloud/registry.py, with "events"\n'
        "  src/soundcloud/_async/client.py, with def events(\n"
        "  tests/typing/async_surface.py, with def events(client\n"
        "  tests/typing/sync_surface.py, with def events(client\n"
        "  src/soundcloud/sandbox/handlers/events.py\n"
        "  docs/events.md\n"
        "  docs/navigation.toml, with events.md\n"
        "Create them, run `make sync-client`, and run `make scaffold` again\n"
        "scaffold: nothing was changed\n"
    )
    assert contents(unusual) == before


def test_a_scaffold_whose_last_step_fails_changes_nothing(unusual):
    step = unusual / "tests" / "typing" / "api_dump.py"
    text = step.read_text(encoding="utf-8")
    step.write_text("raise SystemExit('no dump')\n", encoding="utf-8")
    before = contents(unusual)
    result = run(unusual, "tools.scaffold", "get_users_user_urn_double")
    after = contents(unusual)
    step.write_text(text, encoding="utf-8")

    assert result.returncode == 2
    assert "`python -m tests.typing.api_dump` failed:\nno dump\nscaffold: nothing was changed\n" in result.stderr
    assert after == before


def test_unusual_operations_can_be_scaffolded(unusual):
    operations = (
        "delete_tracks_track_urn_comments_comment_urn",
        "get_users_user_urn_double",
        "post_me_reset",
        "get_tracks_charts_number",
    )
    result = run(unusual, "tools.scaffold", *operations)
    tests = ("tests/client/_sync/test_cassettes.py", "tests/docs/test_docs.py", "tests/spec/test_contract.py")
    chosen = "comment or double or reset or charts or tracks.md or people.md or me.md"
    passed = run(unusual, "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "-k", chosen, *tests)

    types = run(unusual, "mypy", "--no-incremental")
    report = json.loads(run(unusual, "tools.coverage", "--format", "json").stdout)

    assert result.returncode == 0, result.stderr
    assert passed.returncode == 0, passed.stdout[-3000:]
    assert types.returncode == 0, types.stdout
    assert [record["id"] for record in report["records"] if record["unsent"]] == []
