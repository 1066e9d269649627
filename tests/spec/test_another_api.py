"""A small OpenAPI 3.1 document of another API through sync, generation, diff and coverage."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.coverage import main as coverage
from tools.diff_spec import main as diff
from tools.openapi.document import OPENAPI_JSON
from tools.sync_spec import main as sync

pytestmark = pytest.mark.slow

JSON = "application/json"
LIBRARY = {
    "openapi": "3.1.0",
    "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
    "info": {"title": "Library", "summary": "Books.", "version": "2", "license": {"name": "MIT", "identifier": "MIT"}},
    "servers": [{"url": "https://library.example/v2"}],
    "paths": {
        "/books": {
            "get": {
                "tags": ["books"],
                "parameters": [
                    {"in": "query", "name": "year", "schema": {"type": ["integer", "null"], "exclusiveMinimum": 1400}},
                    {
                        "in": "query",
                        "name": "ids",
                        "explode": False,
                        "schema": {"type": "array", "items": {"type": "string"}},
                    },
                ],
                "responses": {
                    "200": {"description": "", "content": {JSON: {"schema": {"$ref": "#/components/schemas/Shelf"}}}}
                },
            },
            "post": {
                "tags": ["books"],
                "requestBody": {"content": {JSON: {"schema": {"$ref": "#/components/schemas/NewBook"}}}},
                "responses": {
                    "201": {"description": "", "content": {JSON: {"schema": {"$ref": "#/components/schemas/Book"}}}}
                },
            },
        },
        "/books/{isbn}": {
            "parameters": [{"in": "path", "name": "isbn", "required": True, "schema": {"type": "string"}}],
            "get": {
                "tags": ["books"],
                "responses": {
                    "200": {
                        "description": "The book.",
                        "content": {JSON: {"schema": {"$ref": "#/components/schemas/Book", "description": "A book."}}},
                    }
                },
            },
            "delete": {"tags": ["books"], "responses": {"204": {"description": ""}}},
        },
    },
    "webhooks": {"returned": {"post": {"responses": {"200": {"description": ""}}}}},
    "components": {
        "schemas": {
            "Book": {
                "type": "object",
                "required": ["isbn"],
                "examples": [{"isbn": "1"}],
                "properties": {
                    "isbn": {"type": "string"},
                    "type": {"const": "book"},
                    "pages": {"type": ["integer", "null"], "exclusiveMinimum": 0},
                    "author": {"anyOf": [{"$ref": "#/components/schemas/Author"}, {"type": "null"}]},
                    "class": {"type": "string", "enum": ["a-b", "a_b"]},
                },
            },
            "Author": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "books": {"type": "array", "items": {"$ref": "#/components/schemas/Book"}},
                },
            },
            "Shelf": {
                "type": "object",
                "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Book"}}},
            },
            "NewBook": {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}},
        },
        "pathItems": {},
    },
}
CORRECTIONS = """
[[correction]]
rule = "derive_operation_ids"
why = "The document has none."
link = "https://library.example"

[[correction]]
rule = "comma_list"
where = ["**", "parameters", "*"]
why = "One value."
link = "https://library.example"

[[correction]]
rule = "rename_field"
where = ["components", "schemas", "Book"]
name = "class"
to = "class_"
why = "A keyword of Python."
link = "https://library.example"

[[correction]]
rule = "rename_enum_value"
where = ["components", "schemas", "Book", "properties", "class"]
value = "a_b"
to = "A_UNDERSCORE_B"
why = "As a-b."
link = "https://library.example"

[[correction]]
rule = "remove"
where = ["components", "schemas", "Film"]
why = "There was a film once."
link = "https://library.example"
"""
USE = """
from soundcloud_api.api.books import get_books, get_books_isbn
from soundcloud_api.models import Book
from soundcloud_api.types import decode_json
content = b'{"isbn": "1", "type": "book", "class": "a_b", "author": {"name": "A", "books": [{"isbn": "2"}]}}'
book = decode_json(content, Book)
assert (book.class_, book.pages, book.author.books[0].isbn) == ("a_b", None, "2"), book
assert get_books_isbn("1").path == {"isbn": "1"}
assert get_books(ids="1,2", year=1999).query == {"ids": "1,2", "year": 1999}
"""


def changed() -> dict:
    """Return the document with a field fewer, a new operation, and another way to write the same."""
    document = copy.deepcopy(LIBRARY)
    schemas = document["components"]["schemas"]
    del schemas["Book"]["properties"]["pages"]
    schemas["Book"]["properties"]["author"] = {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Author"}]}
    document["paths"]["/authors"] = {
        "get": {
            "tags": ["authors"],
            "responses": {
                "200": {"description": "", "content": {JSON: {"schema": {"$ref": "#/components/schemas/Author"}}}}
            },
        }
    }
    return document


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    (tmp_path / "generated").mkdir()
    (tmp_path / "tools" / "corrections.toml").write_text(CORRECTIONS, encoding="utf-8")
    return tmp_path


def run(project: Path, document: dict, *options: str) -> int:
    source = project / "library.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    return sync(
        ["--source", str(source), *options],
        openapi_json=project / "tools" / "openapi.json",
        generated=project / "generated" / "soundcloud_api",
    )


def test_it_is_synchronised_generated_and_used(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, LIBRARY) == 0, capsys.readouterr().err
    out = capsys.readouterr().out
    done = subprocess.run(
        [sys.executable, "-c", USE],
        env={**os.environ, "PYTHONPATH": str(project / "generated")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (
        "Corrections that are no longer needed (1)\n\n  the correction 'remove' at components > schemas > Film" in out
    )
    assert "Film" not in (project / "tools" / "corrections.toml").read_text(encoding="utf-8")
    listed = json.loads((project / "tools" / "openapi-operations.json").read_text(encoding="utf-8"))
    assert [entry["id"] for entry in listed] == ["get_books", "post_books", "get_books_isbn", "delete_books_isbn"]
    assert listed[2]["parameters"] == [{"name": "isbn", "in": "path", "required": True}]


def test_the_same_document_changes_no_file(project: Path) -> None:
    def files() -> dict[str, bytes]:
        return {
            str(path): path.read_bytes()
            for path in project.rglob("*")
            if path.is_file() and path.name != "library.json"
        }

    run(project, LIBRARY)
    before = files()

    assert run(project, json.loads(json.dumps(LIBRARY, sort_keys=True))) == 0
    assert files() == before
    assert run(project, LIBRARY, "--check") == 0


def test_its_changes_are_reported(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = project / "old.json", project / "new.json"
    old.write_text(json.dumps(LIBRARY), encoding="utf-8")
    new.write_text(json.dumps(changed()), encoding="utf-8")

    assert diff([str(old), str(new), "--format", "json"]) == 1
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert [(change["where"], change["what"], change["level"]) for change in changes] == [
        ("GET /authors", "operation added", "compatible"),
        ("schema Book, pages", "field removed", "breaking"),
    ]


def test_its_coverage_is_measured(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "library.json"
    path.write_text(json.dumps(changed()), encoding="utf-8")

    assert coverage(["--document", str(path), "--fail-under", "1"], root=project) == 1
    out = capsys.readouterr().out
    assert out.startswith("5 operations in ")
    assert "GET /books/{isbn} -> write books.get_book" in out
    assert "parameters     the facade sends 0 of 0 parameters and request fields" in out


def test_it_cannot_replace_soundclouds(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "tools" / "openapi.json").write_bytes(OPENAPI_JSON.read_bytes())

    assert run(project, LIBRARY) == 2
    assert "documents of two APIs: 'SoundCloud Public API Specification' and 'Library'" in capsys.readouterr().err
