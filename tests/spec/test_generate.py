"""The generator: reproducible output, errors with a reason, and no code injection by a document."""

import ast
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools import generate as generator
from tools.generate import GENERATED, GenerateError, generate, main
from tools.openapi.corrections import CORRECTIONS
from tools.openapi.document import OPENAPI_JSON, dump, parse

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DOCUMENT = parse(OPENAPI_JSON.read_bytes(), name=OPENAPI_JSON.name)
TEXT = {"type": "string"}
ARRAY = {"type": "array", "items": TEXT}
USER, PLAYLIST, TRACK, ME = ({"$ref": f"#/components/schemas/{name}"} for name in ("User", "Playlist", "Track", "Me"))
ANSWER = {
    "200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Track"}}}}
}
ELSEWHERE = """
import sys
import tomllib
from pathlib import Path
from tools.openapi.document import OPENAPI_JSON, parse
from tools.generate import generate
generate(parse(OPENAPI_JSON.read_bytes(), name="it"), Path(sys.argv[1]))
"""


def test_a_mistake_in_the_list_of_present_fields_is_a_failure(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("tools.codegen.template_data.PRESENT_FIELDS", tmp_path / "present_fields.toml")
    for text, said in (
        ("[Track\n", "cannot be read (Expected ']'"),
        ("[Track]\nfield = []\n", "Track has no list of fields"),
    ):
        (tmp_path / "present_fields.toml").write_text(text, encoding="utf-8")

        assert main(["--check"]) == 2
        assert f"present_fields.toml: {said}" in capsys.readouterr().err


def tree(folder):
    """Return the files of a folder by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def changed(*changes):
    """Return the document with changes: a function, or a path and its operation."""
    document = copy.deepcopy(DOCUMENT)
    for change in changes:
        change(document)
    return document


def with_property(schema, name, value):
    def change(document):
        document["components"]["schemas"][schema]["properties"][name] = value

    return change


def with_operation(path, *, parameters=(), **more):
    def change(document):
        document["paths"][path] = {
            "get": {
                "tags": ["tracks"],
                "parameters": parameters and list(parameters),
                "responses": copy.deepcopy(ANSWER),
                **more,
            }
        }

    return change


def with_schema(name, schema):
    def change(document):
        document["components"]["schemas"][name] = schema

    return change


def in_query(name, **more):
    return {"in": "query", "name": name, "schema": TEXT, **more}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated") / "soundcloud_api"
    generate(DOCUMENT, folder)
    return folder


def test_the_committed_files_are_up_to_date(made):
    assert tree(GENERATED) == tree(made)
    assert len(tree(made)) > 100
    assert tree(made)["py.typed"] == b""


def test_the_same_tree_again(made, tmp_path):
    generate(copy.deepcopy(DOCUMENT), tmp_path / "soundcloud_api")

    assert tree(tmp_path / "soundcloud_api") == tree(made)


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_the_same_tree_in_another_process(made, tmp_path, seed):
    folder = tmp_path / "soundcloud_api"
    command = [sys.executable, "-c", ELSEWHERE, str(folder)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, timeout=60)

    assert tree(folder) == tree(made)


def test_the_same_tree_from_a_document_in_another_order(made, tmp_path):
    def turned(value):
        if isinstance(value, dict):
            return {name: turned(value[name]) for name in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    generate(turned(DOCUMENT), tmp_path / "soundcloud_api")

    assert tree(tmp_path / "soundcloud_api") == tree(made)


def test_no_file_does_input_or_output(made):
    imports = {
        name.partition(".")[0]
        for path in made.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }

    assert (
        imports
        == {
            "__future__",
            "attrs",
            "attr",
            "collections",
            "contextvars",
            "copy",
            "datetime",
            "enum",
            "functools",
            "html",
            "importlib",  # for pydantic, when pydantic asks
            "json",
            "msgspec",
            "os",
            "re",
            "sys",
            "threading",
            "types",
            "typing",
        }
        & imports
    )
    assert {"attrs", "msgspec"} < imports


@pytest.fixture
def checked_out(made, tmp_path, monkeypatch):
    """A copy of generated/ for the command line."""
    folder = tmp_path / "soundcloud_api"
    shutil.copytree(made, folder)
    monkeypatch.setattr(generator, "GENERATED", folder)
    return folder


@pytest.mark.parametrize(
    "what", ["different: models/track.py", "missing: models/track.py", "not generated: models/mine.py"]
)
def test_a_check_finds_a_difference(checked_out, capsys, what):
    path = checked_out / what.partition(": ")[2]
    if what.startswith("missing"):
        path.unlink()
    else:
        path.write_text((path.read_text(encoding="utf-8") if path.exists() else "") + "# by hand\n", encoding="utf-8")
    before = tree(checked_out)

    assert main(["--check"]) == 1
    printed = capsys.readouterr()
    assert [line for line in printed.out.splitlines() if not line.startswith(" ")] == [what]
    assert printed.err == "run `make openapi-generate` and commit the result\n"
    assert tree(checked_out) == before
    assert ("# by hand" in printed.out) == what.startswith("different")


def test_generating_puts_everything_right(made, checked_out, capsys):
    (checked_out / "models/track.py").write_text("# by hand\n", encoding="utf-8")
    (checked_out / "models/mine.py").write_text("", encoding="utf-8")
    (checked_out / "models/user.py").unlink()

    assert main([]) == 0
    assert tree(checked_out) == tree(made)
    assert main(["--check"]) == 0
    assert "generated/soundcloud_api is up to date" in capsys.readouterr().out


def test_a_check_without_a_tree(checked_out, capsys):
    shutil.rmtree(checked_out)

    assert main(["--check"]) == 1
    assert "missing: models/track.py\n" in capsys.readouterr().out
    assert not checked_out.exists()


def test_a_new_operation_becomes_a_function(tmp_path):
    where = {"in": "path", "name": "kind", "required": True, "schema": TEXT}
    parameters = [where, in_query("top[from]"), in_query("genre", required=True)]
    folder = tmp_path / "soundcloud_api"
    generate(changed(with_operation("/charts/{kind}", parameters=parameters, deprecated=True)), folder)
    (function,) = (
        node
        for node in ast.parse((folder / "api/tracks/get_charts_kind.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    )

    assert ast.unparse(function.args) == "kind: str, *, genre: str, top_from: str | None=None"
    assert ast.unparse(function.returns) == "Operation[Track]"
    assert [ast.literal_eval(argument) for argument in function.body[-1].value.args[:3]] == [
        "get_charts_kind",
        "GET",
        "/charts/{kind}",
    ]
    assert "'top[from]': top_from" in ast.unparse(function)
    assert "get_charts_kind" in (folder / "api/tracks/__init__.py").read_text(encoding="utf-8")
    assert '"get_charts_kind", "GET", "/charts/{kind}", "tracks", True' in (folder / "operations.py").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("format_", ["date", "date-time", "uuid"])
def test_dates_and_uuids_are_strings(tmp_path, format_):
    value = TEXT | {"format": format_}
    where = {"in": "path", "name": "day", "required": True, "schema": value}
    parameters = [where, in_query("since", schema=value)]
    folder = tmp_path / "soundcloud_api"
    fields = [with_property(name, "moment", value) for name in ("Track", "TrackDataRequest", "TrackMetadataRequest")]
    generate(changed(with_operation("/charts/{day}", parameters=parameters), *fields), folder)

    assert "day: str,\n    *,\n    since: str | None = None," in (folder / "api/tracks/get_charts_day.py").read_text(
        "utf-8"
    )
    assert "moment: str | None = None\n" in (folder / "models/track.py").read_text("utf-8")
    assert "moment: str | UnsetType = UNSET\n" in (folder / "models/track_data_request.py").read_text("utf-8")


def without_user_nullable(document):
    def strip(node):
        if isinstance(node, dict):
            node.pop("nullable", None)
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            strip(inner)

    strip(document["components"]["schemas"])


REFUSED = {
    "stale correction": (without_user_nullable, r"components > schemas > \*\* > nullable.* does not match"),
    "warning": (with_property("Track", "odd", {"type": "array"}), "(?s)the generator warned.*Track"),
    "raw": (with_property("Track", "raw", TEXT), "Track has a field 'raw', .* rename it with the rule rename_field"),
    "extra": (with_property("User", "extra", TEXT), "User has a field 'extra', .* rename it with the rule rename_field"),
    "private": (with_property("User", "_source", TEXT), "User has a field '_source', .* rename it with the rule rename_field"),
    "dash": (with_property("Me", "first-name", TEXT), "Me has a field 'first-name', .* rename it with the rule rename_field"),
    "keyword": (with_property("Me", "class", TEXT), "Me has a field 'class', .*rename_field"),
    "a field that hides a method": (with_property("User", "from_dict", TEXT), "User has a field 'from_dict', .*rename_field"),
    "a field called self": (with_property("User", "self", TEXT), "User has a field 'self', .*rename_field"),
    "a field with the name of a type": (with_property("User", "int", TEXT), "User has a field 'int', .*rename_field"),
    "a field called self in a request": (with_property("TrackMetadataRequest", "self", TEXT), "'self', .*rename_field"),
    "keyword in a JSON body": (with_property("TrackMetadataRequest", "class", TEXT), "'class', .*rename_field"),
    "a list of several models": (
        with_property("Track", "zz", {"type": "array", "items": {"oneOf": [USER, PLAYLIST]}}),
        "Track.zz is a list of several models.* rule replace",
    ),
    "clashing enum values": (
        with_property("Track", "odd", {"type": "string", "enum": ["a-b", "a_b"]}),
        "schemas > Track > properties > odd: the values 'a-b' and 'a_b' would both be called A_B: .*rename_enum_value",
    ),
    "an array in a query": (
        with_operation("/a", parameters=[in_query("ids", schema=ARRAY)]),
        "GET /a: the parameter 'ids' is an array or an object, .* rule replace",
    ),
    "an array with pipes": (
        with_operation("/a", parameters=[in_query("ids", schema=ARRAY, style="pipeDelimited", explode=False)]),
        "GET /a: the parameter 'ids' has the style pipeDelimited",
    ),
    "an inline deepObject": (
        with_operation("/a", parameters=[in_query("o", schema={"type": "object"}, style="deepObject")]),
        "GET /a: the parameter 'o' has the style deepObject.* rule flatten_deep_object",
    ),
    "a parameter with content": (
        with_operation("/a", parameters=[{"in": "query", "name": "q", "content": {"application/json": {"schema": TEXT}}}]),
        "GET /a: the parameter 'q' has no schema",
    ),
    "parameters: null": (with_operation("/a", parameters=None), "GET /a has parameters: null"),
    "a server of an operation": (
        with_operation("/a", servers=[{"url": "https://upload.example"}]),
        "GET /a has servers of its own .https://upload.example.*rule remove",
    ),
    "a method of OpenAPI 3.2": (
        lambda document: document["paths"]["/me"].update(query={"responses": {}}),
        "/me has 'query'.*rule remove",
    ),
    "keyword in a query": (with_operation("/a", parameters=[in_query("from")]), "'from' cannot be .*rename_field"),
    "one name for two parameters": (with_operation("/a", parameters=[in_query("a[b]"), in_query("a_b")]), "a_b"),
    "one id for two operations": (with_operation("/me-feed"), "called get_me_feed; remove .* rule remove"),
    "one name for two fields of a form": (with_property("TrackDataRequest", "other[title]", TEXT), "title"),
    "a field of a form that hides a method": (with_property("TrackDataRequest", "track[fields]", TEXT), "fields"),
    "a parameter that would not be sent": (with_operation("/a", parameters=[in_query("X") | {"in": "header"}]), "X"),
    "a base class that refers to its subclass": (
        with_property("User", "zz", ME),
        "User refers to Me, .*x-base.* rule replace",
    ),
    "a tag that is a keyword": (with_operation("/a", tags=["class"]), "GET /a needs a tag that is an identifier"),
    "a path that leaves the API": (with_operation("/../../x"), "the path '/../../x' has unexpected"),
    "a path that is not ASCII": (with_operation("/événements"), "the path '/événements' has .* rule remove"),
    "a path parameter with another name": (
        with_operation("/users/{urn}/x", parameters=[{"$ref": "#/components/parameters/user_urn"}]),
        "GET /users/{urn}/x has path parameters with other names than its path .user_urn.: .* rule replace",
    ),
    "no tag": (with_operation("/a", tags=[]), "tag"),
    "a name that the templates use": (with_schema("Model", {"type": "object", "properties": {"a": TEXT}}), "Model.*rename_schema"),
    "another form on the wire": (with_property("Track", "odd", TEXT | {"x-wire-type": "seconds"}), "seconds"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_invalid_documents_are_refused(made, checked_out, tmp_path, monkeypatch, capsys, change, message):
    path = tmp_path / "openapi.json"
    path.write_bytes(dump(changed(change)))
    monkeypatch.setattr(generator, "OPENAPI_JSON", path)

    assert main([]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("failed: ")
    assert re.search(message, printed)
    assert tree(checked_out) == tree(made)


def test_the_rules_that_these_messages_name_help(tmp_path):
    user = {"$ref": "#/components/parameters/user_urn"}
    document = changed(
        *map(with_operation, ("/me-feed", "/événements")), with_operation("/users/{urn}/x", parameters=[user])
    )
    text = CORRECTIONS.read_text(encoding="utf-8")
    for lines in (
        'rule = "remove"\nwhere = ["paths", "/me-feed"]',
        'rule = "remove"\nwhere = ["paths", "/événements"]',
        'rule = "replace"\nwhere = ["paths", "/users/{urn}/x", "get", "parameters", "*"]\n'
        'value = { in = "path", name = "urn", required = true, schema = { type = "string" } }',
    ):
        text += f'\n[[correction]]\n{lines}\nwhy = "a"\nlink = "b"\n'
    (tmp_path / "corrections.toml").write_text(text, encoding="utf-8")
    generate(document, tmp_path / "soundcloud_api", corrections=tmp_path / "corrections.toml")

    function = (tmp_path / "soundcloud_api" / "api" / "tracks" / "get_users_urn_x.py").read_text(encoding="utf-8")
    assert "def get_users_urn_x(\n    urn: str,\n)" in function


def test_a_refusal_is_an_error_of_its_own(tmp_path):
    with pytest.raises(GenerateError, match="Track has a field 'raw'"):
        generate(changed(with_property("Track", "raw", TEXT)), tmp_path / "soundcloud_api")


CYCLES = {
    "two models": ("User", "zz", TRACK, {"zz": {"title": "A", "user": {"zz": {"title": "B"}}}}, ["zz", "user", "zz"]),
    "in a list": (
        "Track",
        "zz",
        {"type": "array", "items": PLAYLIST},
        {"zz": [{"tracks": [{"title": "B"}]}]},
        ["zz", 0, "tracks", 0],
    ),
    "by kind": (
        "Track",
        "zz",
        {"oneOf": [USER, PLAYLIST]},
        {"zz": {"kind": "playlist", "tracks": [{"title": "B"}]}},
        ["zz", "tracks", 0],
    ),
    "itself": ("Track", "zz", TRACK, {"zz": {"zz": {"title": "B"}}}, ["zz", "zz"]),
}
DECODE = """
import json, sys
import soundcloud_api.models as models
from soundcloud_api.types import decode_json
from pydantic import TypeAdapter
cls = getattr(models, sys.argv[1])
content = sys.argv[2].encode()
for keep_raw in (True, False):
    found = decode_json(content, cls, keep_raw=keep_raw)
    for key in json.loads(sys.argv[3]):
        found = found[key] if isinstance(key, int) else getattr(found, key)
    assert (found.title if hasattr(found, "title") else found.username) == "B", found
    assert not keep_raw or found.raw.get("title", found.raw.get("username")) == "B"
lenient = cls.from_dict(json.loads(content))
assert TypeAdapter(cls).json_schema()
print(json.dumps(lenient.to_dict(), sort_keys=True))
"""


def decoded(folder, cls, received, keys):
    command = [sys.executable, "-c", DECODE, cls, json.dumps(received), json.dumps(keys)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(folder.parent)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def pinned(value, **present):
    """Return an object of a response with the fields that SoundCloud always sends."""
    if isinstance(value, list):
        return [pinned(item) for item in value]
    if not isinstance(value, dict):
        return value
    date = "2026/01/01 00:00:00 +0000"
    always = tomllib.loads((ROOT / "tools/present_fields.toml").read_text(encoding="utf-8"))
    samples = {name: "x" for table in always.values() for name in table["fields"]}
    samples |= dict.fromkeys(("created_at", "last_modified"), date) | dict.fromkeys(("duration", "track_count"), 1)
    samples |= dict.fromkeys(("commentable", "downloadable", "streamable"), True) | {"kind": "track"}
    del samples["collection"], samples["user"]
    return samples | {"user": {**samples}} | {name: pinned(item) for name, item in value.items()}


@pytest.mark.parametrize(("owner", "field", "schema", "received", "keys"), CYCLES.values(), ids=CYCLES.keys())
def test_models_may_refer_to_each_other(tmp_path, owner, field, schema, received, keys):
    folder = tmp_path / "soundcloud_api"
    generate(changed(with_property(owner, field, schema)), folder)

    assert field in decoded(folder, owner, pinned(received) | {"kind": owner.lower()}, keys)


def test_names_can_be_changed_by_corrections(tmp_path):
    folder = tmp_path / "soundcloud_api"
    schemas = ["components", "schemas"]
    added = [
        {"rule": "rename_field", "where": [*schemas, "Track"], "name": "class", "to": "class_"},
        {"rule": "rename_field", "where": [*schemas, "Track"], "name": "a-b", "to": "a_b"},
        {"rule": "rename_field", "where": ["paths", "/a", "get", "parameters", "0"], "to": "from_"},
        {"rule": "rename_schema", "name": "Model", "to": "CarModel"},
        {"rule": "rename_enum_value", "where": [*schemas, "Mood"], "value": "a_b", "to": "A_UNDERSCORE_B"},
    ]
    corrections = with_corrections(tmp_path, *added)
    document = changed(
        with_property("Track", "class", TEXT),
        with_property("Track", "a-b", TEXT),
        with_operation("/a", parameters=[in_query("from")]),
        with_schema("Model", {"type": "object", "properties": {"a": TEXT}}),
        with_property("Track", "model", {"$ref": "#/components/schemas/Model"}),
        with_schema("Mood", {"type": "string", "enum": ["a-b", "a_b"]}),
        with_property("Track", "mood", {"$ref": "#/components/schemas/Mood"}),
    )

    generate(document, folder, corrections=corrections)

    received = {"class": "c", "a-b": "d", "model": {"a": "e"}, "mood": "a_b", "title": "B"}
    assert decoded(folder, "Track", pinned(received), []).items() >= {"class": "c", "a-b": "d", "mood": "a_b"}.items()
    assert '"from": from_' in (folder / "api/tracks/get_a.py").read_text(encoding="utf-8")
    assert 'A_UNDERSCORE_B = "a_b"' in (folder / "models/mood.py").read_text(encoding="utf-8")
    assert "class CarModel(Model)" in (folder / "models/car_model.py").read_text(encoding="utf-8")


def toml(value):
    return json.dumps(value).replace('": ', '" = ') if isinstance(value, dict) else json.dumps(value)


def with_corrections(tmp_path, *added):
    """Return a file with the corrections of this project, and others."""
    text = "".join(
        "\n[[correction]]\n"
        + "".join(f"{key} = {toml(value)}\n" for key, value in {**entry, "why": "", "link": ""}.items())
        for entry in added
    )
    corrections = tmp_path / "corrections.toml"
    corrections.write_text(generator.CORRECTIONS.read_text(encoding="utf-8") + text, encoding="utf-8")
    return corrections


SENT = """
import json, msgspec
from soundcloud_api.models import TrackMetadata, TrackMetadataRequest
from soundcloud_api.types import json_content
track = TrackMetadata(title="a")
bodies = [TrackMetadataRequest(track=track, class_="b"), TrackMetadataRequest(track=track), track, None, {"class_": 1}]
print(json.dumps([json.loads(msgspec.json.encode(json_content(body))) for body in bodies]))
"""


def test_a_renamed_field_of_a_json_body_is_sent_by_its_own_name(tmp_path):
    folder, schemas = tmp_path / "soundcloud_api", ["components", "schemas"]
    rename = {"rule": "rename_field", "where": [*schemas, "TrackMetadataRequest"], "name": "class", "to": "class_"}
    generate(
        changed(with_property("TrackMetadataRequest", "class", TEXT)),
        folder,
        corrections=with_corrections(tmp_path, rename),
    )
    environment = {**os.environ, "PYTHONPATH": str(folder.parent)}
    done = subprocess.run([sys.executable, "-c", SENT], env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        {"track": {"title": "a"}, "class": "b"},
        {"track": {"title": "a"}},
        {"title": "a"},
        None,
        {"class_": 1},
    ]


def test_a_base_class_may_not_refer_to_its_subclass_unless_corrected(tmp_path):
    document = changed(with_property("User", "zz", ME))
    replace = {
        "rule": "replace",
        "where": ["components", "schemas", "User", "properties", "zz"],
        "value": {"$ref": "#/components/schemas/User"},
    }

    with pytest.raises(GenerateError, match=r"User refers to Me, .*x-base.* rule replace"):
        generate(document, tmp_path / "soundcloud_api")
    generate(document, tmp_path / "soundcloud_api", corrections=with_corrections(tmp_path, replace))

    assert "zz: User | None = None" in (tmp_path / "soundcloud_api/models/user.py").read_text(encoding="utf-8")


def test_an_inline_list_is_sent_with_commas(tmp_path):
    folder = tmp_path / "soundcloud_api"
    inline = {**in_query("ids"), "schema": ARRAY, "explode": False}
    generate(changed(with_operation("/a", parameters=[inline])), folder)

    assert "ids: str | None = None" in (folder / "api/tracks/get_a.py").read_text(encoding="utf-8")


def test_code_that_cannot_be_imported_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tools.codegen.template_data._USED_IN_CLASSES", frozenset())

    with pytest.raises(GenerateError, match=r"cannot be imported: soundcloud_api\.models\.comment: TypeError"):
        generate(changed(with_property("User", "int", TEXT)), tmp_path / "soundcloud_api")
    assert not (tmp_path / "soundcloud_api").exists()


EVIL = "EVIL.strike()"
HARMFUL = {
    "path, quotes": with_operation(f'/a"""+{EVIL}+"""'),
    "path, line": with_operation(f'/a"""\n{EVIL}\n"""'),
    "path, newline": with_operation(f"/a\n{EVIL}"),
    "path, backslash": with_operation(f"/a\\\n{EVIL}"),
    "query": with_operation("/a", parameters=[in_query(f'a"]: {EVIL}, #\n')]),
    "query, newline": with_operation("/a", parameters=[in_query(f"a\n{EVIL}")]),
    "tag": with_operation("/a", tags=[f'a"""\n{EVIL}\n"""']),
    "tag, table": with_operation("/a", tags=[f'a", {EVIL}, "']),
    "enum": with_property("Track", "mood", {"type": "string", "enum": [f'a"\n{EVIL}', f'b\\"+{EVIL}+"']}),
    "schema": with_schema(f'A"""\n{EVIL}', {"type": "object", "properties": {"a": TEXT}}),
    "wire": with_property(
        "Track", "odd", {"type": "string", "x-wire-type": f"timestamp if {EVIL} else read_timestamp"}
    ),
    "field": with_property("Track", f"a: {EVIL}\nb", TEXT),
    "form": with_property("TrackDataRequest", f'track[a"]: {EVIL}\n]', TEXT),
    "title": with_property("Track", "odd", {"type": "object", "title": f'X"""\n{EVIL}', "properties": {"a": TEXT}}),
    "default": with_property("Track", "odd", {"type": "string", "default": f'"+{EVIL}+"'}),
    "const": with_property("Track", "odd", {"const": f'"\n{EVIL}'}),
    "description": with_property("Track", "odd", {"type": "string", "description": f'"""\n{EVIL}'}),
    "media type": with_operation("/a", requestBody={"content": {f'application/json; a="""{EVIL}': {"schema": TEXT}}}),
    "format": with_property("Track", "odd", {"type": "string", "format": f'date"""\n{EVIL}'}),
}


@pytest.mark.parametrize("change", HARMFUL.values(), ids=HARMFUL.keys())
def test_a_document_cannot_inject_code(tmp_path, change):
    folder = tmp_path / "soundcloud_api"
    document = json.loads(json.dumps(changed(change)))
    try:
        generate(document, folder)
    except GenerateError as error:
        refused = str(error)
    else:
        refused = None
    names = {
        path.relative_to(folder).as_posix()
        for path in ([] if refused else folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Name) and node.id == "EVIL")
        or (isinstance(node, ast.Attribute) and node.attr == "strike")
    }

    assert names == set()
    assert refused or {path.name for path in folder.iterdir()} == {path.name for path in GENERATED.iterdir()} - {
        "__pycache__"
    }
