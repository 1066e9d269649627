"""Reading, fetching, normalising and naming: `tools.openapi.document`."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.openapi.document import (
    MAX_BYTES,
    OPENAPI_JSON,
    DocumentError,
    dump,
    fetch,
    load,
    normalise,
    operation_id,
    operation_ids,
    parse,
)

Answer = Callable[[BaseHTTPRequestHandler], None]

YAML = """\
openapi: 3.0.4
info:
  title: Small
  description: A small one.
  version: 1.0.0
  contact: {name: Someone}
paths:
  /tracks/{track_urn}:
    get:
      summary: Returns a track.
      parameters:
        - $ref: '#/components/parameters/track_urn'
        - in: query
          name: description
          description: What it is about.
          example: 2018-01-01
          schema: {type: string, default: 2018-01-01}
      responses:
        200:
          description: Success.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Track'}
              examples:
                one: {$ref: '#/components/examples/Track'}
components:
  parameters:
    track_urn: {in: path, name: track_urn, required: true, schema: {type: string}}
  schemas:
    Track:
      title: A track!
      type: object
      description: A track.
      required: [title, example]
      properties:
        title: {type: string, title: Its title, example: Lofi}
        description: {type: string, description: Its description}
        example: {type: string}
        summary: {type: string}
        sharing: {type: string, enum: [public, private], default: public}
        created_at: {type: string, format: date-time, example: 2018-01-01T12:00:00Z}
  examples:
    Track: {value: {title: Lofi, created_at: 2018-01-01}}
"""


def small(text: str = YAML) -> dict:
    return parse(text.encode(), name="small.yaml")


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Answer], str]]:
    """Start local servers with one response each, and return their URLs."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, *arguments: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def response(content: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


# --- parse


def test_timestamps_and_numeric_keys_stay_text() -> None:
    document = small()

    operation = document["paths"]["/tracks/{track_urn}"]["get"]
    assert list(operation["responses"]) == ["200"]
    assert operation["parameters"][1]["schema"]["default"] == "2018-01-01"
    assert document["components"]["examples"]["Track"]["value"]["created_at"] == "2018-01-01"


def test_json_and_yaml_editions_give_the_same_bytes() -> None:
    as_json = json.dumps(small()).encode()

    assert dump(normalise(small())) == dump(normalise(parse(as_json, name="small.json")))


def test_a_byte_order_mark_is_ignored() -> None:
    assert small() == parse(b"\xef\xbb\xbf" + YAML.encode(), name="small.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("'null'", "null"),
        ('"1"', "1"),
        ("!!str 1", "1"),
        ("1", 1),
        ("-7", -7),
        ("010", 10),
        ("0o10", 8),
        ("0xff", 255),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        ("2019/01/15 15:40:49 +0000", "2019/01/15 15:40:49 +0000"),
        ("2019-01-15", "2019-01-15"),
        ("2019-01-15T15:40:49Z", "2019-01-15T15:40:49Z"),
        ("|\n  a\n  b", "a\nb\n"),
        ("[1, {a: b}]", [1, {"a": "b"}]),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    document = parse(f"openapi: 3.0.0\npaths: {{/me: {{}}}}\nx-value: {text}\n".encode(), name="d")

    assert value == document["x-value"]
    assert type(value) is type(document["x-value"])


def test_aliases_are_written_out_and_merge_keys_obeyed() -> None:
    text = HEAD + "x-a: &a {b: [1], c: 1}\nx-d: *a\nx-e: {<<: *a, c: 2}\nx-f: {<<: [*a, *a]}\n"

    document = parse(text.encode(), name="d")

    assert document["x-d"] == {"b": [1], "c": 1}
    assert document["x-e"] == {"b": [1], "c": 2}
    assert document["x-f"] == {"b": [1], "c": 1}
    assert document["x-a"]["b"] is not document["x-d"]["b"]


HEAD = "openapi: 3.0.0\npaths: {/me: {}}\n"
BOMB = (
    HEAD
    + "x-0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    + "".join(f"x-{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 9))
)
ALIAS_TOWER = HEAD + "x-0: &x0 [1]\n" + "".join(f"x-{n}: &x{n} [*x{n - 1}]\n" for n in range(1, 200))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"\n  <html>", "HTML"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b" " * (MAX_BYTES + 1), "larger than"),
        (b'{"openapi": "3.0.0", "paths": {"/me"', "invalid or incomplete JSON"),
        (b'{"openapi": "3.0.0", "openapi": "3.0.0"}', "key 'openapi' occurs twice"),
        (b'{"openapi": "3.0.0", "paths": {"/me": {}}, "x": 1e999}', "number that JSON cannot write"),
        (b'{"openapi": "3.0.0", "paths": {"/me": {}}, "x": NaN}', "number that JSON cannot write"),
        (b'{"openapi": "3.0.0", "paths": {"/me": {}}, "x": "\\ud800"}', "lone surrogate"),
        (b'{"openapi": "3.0.0", "paths": {"/me": {}}, "x": ' + b"1" * 5000 + b"}", "invalid or incomplete JSON"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"openapi": "3.0.0", "paths": {"/me": {}}, "x": ' + b"[" * 101 + b"]" * 101 + b"}", "nested deeper"),
        (b"openapi: [3", "invalid or incomplete YAML"),
        (b"openapi: 3.0.0\nopenapi: 3.0.0\n", "key 'openapi' occurs twice, the second time at line 2"),
        (b"200: a\n'200': b\n", "key '200' occurs twice"),
        (b"? [a]\n: b\n", "a key that is not text"),
        (b"a: *b\n", "undefined alias 'b'"),
        (b"a: &a [*a]\n", "nested deeper"),
        (b"a: &a [*a, *a, *a]\n", "nested deeper"),
        (b"a: !!binary aGk=\n", "tag tag:yaml.org,2002:binary"),
        (b"a: !!set {b}\n", "tag tag:yaml.org,2002:set"),
        (b"a: {<<: 1}\n", "merge key"),
        (b"a: 1\n---\nb: 1\n", "found another document"),
        (b"a: " + b"[" * 5000, "nested deeper"),
        (BOMB.encode(), "more than 500000 values"),
        (ALIAS_TOWER.encode(), "nested deeper"),
        (b"just text", "a str at the top"),
        (b"[1]", "an array at the top"),
        (b"a: 1\n", "not OpenAPI 3.x"),
        (b"swagger: '2.0'\npaths: {/me: {}}\n", "it says swagger 2.0"),
        (b"openapi: 3.0\npaths: {/me: {}}\n", "not OpenAPI 3.x (it says openapi: 3.0)"),
        (b"openapi: 3.0.0\n", "no paths"),
        (b"openapi: 3.0.0\npaths: {}\n", "no paths"),
        (b"openapi: 3.0.0\npaths: []\n", "no paths"),
        (b"openapi: 3.0.0\npaths: {/me: {get: {}}}\n", "GET /me has no responses"),
        (YAML.partition("  schemas:")[0].encode(), "refers to #/components/schemas/Track, which is not in it"),
    ],
)
def test_an_invalid_document_is_one_clear_error(content: bytes, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(content, name="the-source")

    assert str(caught.value).startswith("the-source: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_parse_fails_only_with_its_own_error(content: bytes) -> None:
    with contextlib.suppress(DocumentError):
        parse(content, name="x")


@pytest.mark.parametrize("edition", ["yaml", "json"])
def test_a_document_cut_off_in_the_middle_is_refused(edition: str) -> None:
    # Some cuts leave valid YAML. What is then missing shows: references to nothing, operations without responses.
    text = YAML if edition == "yaml" else json.dumps(small())
    end = text.index("Track:", text.index("schemas:")) if edition == "yaml" else len(text)
    for length in range(end):
        with pytest.raises(DocumentError):
            small(text[:length])


# --- normalise


def test_prose_is_dropped_and_names_are_kept() -> None:
    document = normalise(small())

    track = document["components"]["schemas"]["Track"]
    operation = document["paths"]["/tracks/{track_urn}"]["get"]
    assert {"type", "required", "properties"} == set(track)
    assert {"title", "description", "example", "summary", "sharing", "created_at"} == set(track["properties"])
    assert {"type": "string"} == track["properties"]["title"] == track["properties"]["description"]
    assert track["properties"]["created_at"] == {"type": "string", "format": "date-time"}
    assert {"parameters", "responses"} == set(operation)
    assert operation["parameters"][0] == {
        "in": "query",
        "name": "description",
        "schema": {"type": "string", "default": "2018-01-01"},
    }
    assert operation["responses"]["200"]["description"] == ""
    assert {"schema"} == set(operation["responses"]["200"]["content"]["application/json"])
    assert document["info"] == {"title": "Small", "version": "1.0.0"}
    assert "examples" not in document["components"]


def test_components_and_paths_may_be_called_like_prose() -> None:
    names = ("description", "title", "example", "examples", "summary", "externalDocs", "$ref")
    document = {
        "components": {
            kind: {name: {"description": "prose", "x-kept": 1} for name in names}
            for kind in ("schemas", "parameters", "responses", "headers", "requestBodies", "links", "securitySchemes")
        },
        "paths": {"/me": {"get": {"responses": {"description": {"headers": {"example": {"example": 1}}}}}}},
    }

    components = normalise(document)["components"]

    assert [list(names)] * 7 == [list(kind) for kind in components.values()]
    assert components["schemas"]["example"] == {"x-kept": 1}
    assert components["responses"]["title"] == {"x-kept": 1, "description": ""}
    assert (normalise(document)["paths"]["/me"]["get"]["responses"]["description"]) == {
        "description": "",
        "headers": {"example": {}},
    }


def test_the_prose_beside_a_reference_is_dropped() -> None:
    reference = {"$ref": "#/components/x", "summary": "prose", "description": "prose"}
    parameter = {"in": "query", "name": "q", "summary": "kept", "description": "prose"}
    response = {"description": "prose", "summary": "kept"}
    operation = {"parameters": [reference, parameter], "responses": {"200": reference, "404": response}}

    kept = normalise({"paths": {"/me": {"get": operation}}})["paths"]["/me"]["get"]

    assert kept["parameters"] == [{"in": "query", "name": "q", "summary": "kept"}, {"$ref": "#/components/x"}]
    assert kept["responses"] == {"200": {"$ref": "#/components/x"}, "404": {"description": "", "summary": "kept"}}


def test_extensions_beside_names_are_kept() -> None:
    extension = {"description": "kept", "summary": "kept"}
    document = {"paths": {"x-a": extension, "/me": {"get": {"responses": {"x-b": extension}}}}}

    assert normalise(document) == document


def test_the_parameters_of_a_path_are_sorted_without_prose() -> None:
    first, second = ({"in": "query", "name": name} for name in "ab")
    path = normalise({"paths": {"/me": {"parameters": [second, first | {"description": "prose"}]}}})["paths"]["/me"]

    assert path["parameters"] == [first, second]


def test_the_interface_is_kept() -> None:
    schema = {
        "type": "string",
        "format": "date-time",
        "default": "a",
        "nullable": True,
        "deprecated": True,
        "minLength": 1,
        "pattern": "a",
        "readOnly": True,
        "x-anything": {"description": "kept"},
    }
    document = {
        "servers": [{"url": "https://api.example", "description": "prose"}],
        "security": [{"b": []}, {"a": []}],
        "tags": [{"name": "b", "description": "prose"}, {"name": "a", "externalDocs": {"url": "u"}}],
        "components": {
            "schemas": {"S": schema},
            "securitySchemes": {
                "a": {
                    "type": "oauth2",
                    "description": "prose",
                    "flows": {"implicit": {"authorizationUrl": "u", "scopes": {"me": "prose"}}},
                }
            },
        },
    }

    kept = normalise(document)

    assert schema == kept["components"]["schemas"]["S"]
    assert kept["servers"] == [{"url": "https://api.example"}]
    assert kept["security"] == [{"b": []}, {"a": []}]
    assert kept["tags"] == [{"name": "b"}, {"name": "a"}]
    assert (kept["components"]["securitySchemes"]["a"]) == {
        "type": "oauth2",
        "flows": {"implicit": {"authorizationUrl": "u", "scopes": {"me": ""}}},
    }


def test_order_that_means_nothing_is_canonical_and_other_order_stays() -> None:
    by_name = {"in": "query", "name": "b"}
    schema = {
        "required": ["b", "a"],
        "enum": [10, 9, None, "b", "a", True, 0, 1.5],
        "oneOf": [{"type": "string"}, {"type": "array"}],
    }
    document = {
        "paths": {"/me": {"get": {"parameters": [{"$ref": "#/z"}, by_name, {"in": "path", "name": "z"}]}}},
        "components": {"schemas": {"S": schema}},
    }

    kept = normalise(document)

    assert [{"in": "path", "name": "z"}, by_name, {"$ref": "#/z"}] == kept["paths"]["/me"]["get"]["parameters"]
    assert kept["components"]["schemas"]["S"]["required"] == ["a", "b"]
    assert kept["components"]["schemas"]["S"]["enum"] == [None, True, 0, 1.5, 9, 10, "a", "b"]
    assert kept["components"]["schemas"]["S"]["oneOf"] == schema["oneOf"]


def test_normalising_does_not_touch_its_argument() -> None:
    document = small()
    before = json.dumps(document)

    normalise(document)

    assert before == json.dumps(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "paths",
                    "components",
                    "schemas",
                    "get",
                    "properties",
                    "description",
                    "title",
                    "$ref",
                    "responses",
                    "allOf",
                    "items",
                    "required",
                    "enum",
                    "parameters",
                    "examples",
                    "flows",
                    "scopes",
                    "x-a",
                    "content",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["paths", "components", "info", "tags", "servers", "security"]), JSON))
def test_normalising_anything_is_idempotent(document: dict) -> None:
    once = normalise(document)

    assert dump(once) == dump(normalise(once))


def test_the_document_at_hand_is_normalised() -> None:
    content = OPENAPI_JSON.read_bytes()

    assert content == dump(normalise(parse(content, name="openapi.json")))
    assert b'"example' not in content


# --- dump, operation ids


def test_dump_is_sorted_indented_utf8_with_a_newline() -> None:
    assert '{\n  "a": "ü",\n  "b": 1\n}\n'.encode() == dump({"b": 1, "a": "ü"})


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("get", "/tracks/{track_urn}", "get_tracks_track_urn"),
        ("PUT", "/me/recently-played/{Id}/", "put_me_recently_played_id"),
        ("get", "/", "get"),
    ],
)
def test_operation_id(method: str, path: str, name: str) -> None:
    assert name == operation_id(method, path)


def test_operation_ids_name_every_operation_once() -> None:
    document = parse(OPENAPI_JSON.read_bytes(), name="openapi.json")

    names = operation_ids(document)

    assert names["get_tracks_track_urn"] == ("GET", "/tracks/{track_urn}")
    assert len(names) == sum(key != "parameters" for item in document["paths"].values() for key in item)


def test_two_operations_of_one_name_are_an_error() -> None:
    with pytest.raises(DocumentError, match=r"GET /a_b and GET /a/b would both be called get_a_b"):
        operation_ids({"paths": {"/a/b": {"get": {}}, "/a_b": {"get": {}}, "x-a": {"get": {}}, "/c": None}})


# --- fetch


def test_fetch_from_a_file(tmp_path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(YAML)

    assert YAML.encode() == fetch(str(path))
    assert normalise(small()) == load(str(path))


@pytest.mark.parametrize("name", ["missing.yaml", ".", "a\0b"])
def test_fetch_from_no_file(tmp_path, name: str) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        fetch(str(tmp_path / name))


def test_fetch_from_too_large_a_file(tmp_path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"12345")

    assert fetch(str(path), max_bytes=5) == b"12345"
    with pytest.raises(DocumentError, match="larger than 4 bytes"):
        fetch(str(path), max_bytes=4)


def test_fetch_from_a_server(serve) -> None:
    assert fetch(serve(response(b"hello"))) == b"hello"


def test_fetch_ignores_a_proxy_for_this_machine(serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    assert fetch(serve(response(b"hello"))) == b"hello"


@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_fetch_wants_200(serve, status: int) -> None:
    with pytest.raises(DocumentError, match=f"answered {status}, not 200"):
        fetch(serve(response(b"", status)))


def test_fetch_is_bounded_in_size(serve) -> None:
    url = serve(response(b"x" * 200_000))

    with pytest.raises(DocumentError, match="larger than 100000 bytes"):
        fetch(url, max_bytes=100_000)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"])
def test_fetch_is_bounded_in_time_even_if_bytes_drip(serve, head: bytes) -> None:
    enough = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(head or b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not enough.wait(0.05):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return

    started = time.monotonic()
    try:
        with pytest.raises(DocumentError, match=r"not received within 0\.3 seconds"):
            fetch(serve(drip), timeout=0.3)
    finally:
        enough.set()

    assert time.monotonic() - started < 5


def test_fetch_notices_a_truncated_body(serve) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        response(b"half", Content_Length="8")(handler)
        handler.close_connection = True

    with pytest.raises(DocumentError, match="cannot be fetched"):
        fetch(serve(answer))


def test_fetch_follows_a_redirect_on_this_machine(serve) -> None:
    target = serve(response(b"hello"))

    assert fetch(serve(response(b"", 302, Location=target))) == b"hello"


def test_fetch_does_not_follow_a_redirect_to_plain_http(serve) -> None:
    with pytest.raises(DocumentError, match=r"redirected to http://example\.invalid/, which is not https"):
        fetch(serve(response(b"", 302, Location="http://example.invalid/")))


def test_fetch_does_not_follow_redirects_for_ever(serve) -> None:
    with pytest.raises(DocumentError, match="redirected more than 5 times"):
        fetch(serve(response(b"", 302, Location="/")))


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://", "http://[", "https://127.0.0.1:99999/"])
def test_fetch_from_nowhere(url: str) -> None:
    with pytest.raises(DocumentError):
        fetch(url, timeout=5)
