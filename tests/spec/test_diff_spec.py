"""The comparison of two documents: `tools.diff_spec`."""

import copy
import json
import random
import sys
import types
from collections.abc import Callable
from dataclasses import asdict, astuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tools.diff_spec import Change, Report, compare, main, methods_by_operation, render
from tools.openapi.document import OPENAPI_JSON, dump, normalise, parse

REAL = parse(OPENAPI_JSON.read_bytes(), name="openapi.json")

TRACK = "components>schemas>Track"
FORM = "components>schemas>Form"
GET = "paths>/tracks/{track_urn}>get"
PUT = "paths>/tracks/{track_urn}>put"

BASE = {
    "openapi": "3.0.4",
    "info": {"title": "Small", "version": "1.0.0"},
    "servers": [{"url": "https://api.example"}],
    "security": [{"header": []}],
    "tags": [{"name": "tracks"}],
    "paths": {
        "/tracks": {
            "get": {
                "tags": ["tracks"],
                "parameters": [
                    {"$ref": "#/components/parameters/limit"},
                    {"in": "query", "name": "q", "schema": {"type": "string"}},
                    {"in": "query", "name": "ids", "required": True, "schema": {"type": "array", "items": {}}},
                ],
                "responses": {"200": {"$ref": "#/components/responses/Tracks"}},
            },
        },
        "/tracks/{track_urn}": {
            "get": {
                "tags": ["tracks", "more"],
                "parameters": [{"$ref": "#/components/parameters/track_urn"}],
                "responses": {
                    "200": {
                        "description": "",
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Track"}},
                            "text/plain": {"schema": {"type": "string"}},
                        },
                    },
                    "404": {"description": ""},
                },
            },
            "put": {
                "deprecated": True,
                "security": [{"header": []}, {"oauth": ["a", "b"]}],
                "parameters": [{"$ref": "#/components/parameters/track_urn"}],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Form"}},
                        "text/plain": {"schema": {"type": "string"}},
                    }
                },
                "responses": {"204": {"description": ""}},
            },
        },
    },
    "components": {
        "parameters": {
            "limit": {
                "in": "query",
                "name": "limit",
                "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
            },
            "track_urn": {"in": "path", "name": "track_urn", "required": True, "schema": {"type": "string"}},
        },
        "responses": {
            "Tracks": {
                "description": "",
                "content": {
                    "application/json": {
                        "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Track"}},
                    }
                },
            }
        },
        "schemas": {
            "Track": {
                "type": "object",
                "required": ["title"],
                "properties": {
                    "title": {"type": "string", "nullable": True, "maxLength": 10},
                    "plays": {"type": "integer", "format": "int32"},
                    "sharing": {"type": "string", "enum": ["private", "public"], "default": "public"},
                    "user": {"$ref": "#/components/schemas/User"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "origin": {"oneOf": [{"$ref": "#/components/schemas/User"}, {"type": "string"}]},
                    "old": {"type": "string", "deprecated": True, "readOnly": True},
                    "created_at": {"type": "string", "format": "date-time"},
                },
            },
            "Form": {
                "type": "object",
                "required": ["title"],
                "properties": {
                    "title": {"type": "string", "minLength": 2, "maxLength": 10, "pattern": "a"},
                    "genre": {"type": "string", "nullable": True},
                    "plays": {"type": "integer", "format": "int32"},
                    "sharing": {"type": "string", "enum": ["private", "public"]},
                },
            },
            "User": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Account": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Orphan": {"type": "object", "properties": {"name": {"type": "string"}}},
        },
        "securitySchemes": {
            "header": {"type": "apiKey", "in": "header", "name": "Authorization"},
            "oauth": {
                "type": "oauth2",
                "flows": {"implicit": {"authorizationUrl": "https://a.example", "scopes": {"a": "", "b": ""}}},
            },
        },
    },
}

GONE = object()
Edit = tuple[str, object]


def edited(*edits: Edit, base: dict = BASE) -> dict:
    """Copy a document and set values in it, each at a place such as `components>schemas>Track`."""
    document = copy.deepcopy(base)
    for place, value in edits:
        *parents, last = [int(key) if key.isdigit() and len(key) == 1 else key for key in place.split(">")]
        target = document
        for key in parents:
            target = target[key] if isinstance(target, list) else target.setdefault(key, {})
        if value is GONE:
            del target[last]
        elif isinstance(target, list) and last == len(target):
            target.append(value)
        else:
            target[last] = value
    return document


# (what it is, edits, [(where, what, before, after, breaking)])
CASES: list[tuple[str, list[Edit], list[tuple]]] = []


def case(name: str, edits: list[Edit], *expected: tuple) -> None:
    CASES.append((name, edits, list(expected)))


# --- the document
case(
    "version",
    [("info>version", "1.0.1")],
    ("the document, info", "changed", 'version: "1.0.0"', 'version: "1.0.1"', False),
)
case("openapi", [("openapi", "3.0.5")], ("the document", "changed", 'openapi: "3.0.4"', 'openapi: "3.0.5"', False))
case("tag list", [("tags", GONE)], ("the document", "changed", 'tags: [{"name":"tracks"}]', "no tags", False))
case(
    "server moved",
    [("servers>0>url", "https://b.example")],
    ("the document", "servers changed", "https://api.example", "https://b.example", True),
)
case(
    "server added",
    [("servers>1", {"url": "https://b.example"})],
    ("the document", "servers changed", "https://api.example", "https://api.example, https://b.example", False),
)
case(
    "security narrowed", [("security", [{"oauth": []}])], ("the document", "security changed", "header", "oauth", True)
)
case(
    "security widened",
    [("security", [{"header": []}, {"oauth": []}])],
    ("the document", "security changed", "header", "header or oauth", False),
)
case("security dropped", [("security", GONE)], ("the document", "security changed", "header", "no credentials", False))
case("nothing", [])
case(
    "scheme changed",
    [("components>securitySchemes>header>name", "X-Token")],
    ("security scheme header, name", "changed", "Authorization", "X-Token", True),
)
case(
    "scope added",
    [("components>securitySchemes>oauth>flows>implicit>scopes>c", "")],
    ("security scheme oauth, flows.implicit.scopes.c", "added", None, None, False),
)
case(
    "scope removed",
    [("components>securitySchemes>oauth>flows>implicit>scopes>b", GONE)],
    ("security scheme oauth, flows.implicit.scopes.b", "removed", None, None, True),
)
case(
    "scheme added",
    [("components>securitySchemes>basic", {"type": "http", "scheme": "basic"})],
    ("security scheme basic", "security scheme added", None, None, False),
)
# --- operations
case(
    "operation added",
    [("paths>/tracks>post", {"responses": {}})],
    ("POST /tracks", "operation added", None, "post_tracks", False),
)
case(
    "operation removed",
    [(PUT, GONE)],
    ("PUT /tracks/{track_urn}", "operation removed", "put_tracks_track_urn", None, True),
)
case(
    "path removed",
    [("paths>/tracks", GONE)],
    ("GET /tracks", "operation removed", "get_tracks", None, True),
)
case("deprecated", [(f"{GET}>deprecated", True)], ("GET /tracks/{track_urn}", "deprecated", None, None, False))
case(
    "no longer deprecated",
    [(f"{PUT}>deprecated", GONE)],
    ("PUT /tracks/{track_urn}", "no longer deprecated", None, None, False),
)
case(
    "deprecated: false",
    [(f"{GET}>deprecated", False)],
    ("GET /tracks/{track_urn} > deprecated", "rearranged", None, None, False),
)
case(
    "first tag",
    [(f"{GET}>tags", ["more", "tracks"])],
    ("GET /tracks/{track_urn}", "tags changed", "tracks, more", "more, tracks", True),
)
case(
    "further tag",
    [(f"{GET}>tags", ["tracks"])],
    ("GET /tracks/{track_urn}", "tags changed", "tracks, more", "tracks", False),
)
case(
    "operation's security",
    [(f"{PUT}>security", [{"header": []}, {"oauth": ["a", "b", "c"]}])],
    ("PUT /tracks/{track_urn}", "security changed", "header or oauth (a, b)", "header or oauth (a, b, c)", True),
)
case(
    "fewer scopes",
    [(f"{PUT}>security", [{"header": []}, {"oauth": ["a"]}])],
    ("PUT /tracks/{track_urn}", "security changed", "header or oauth (a, b)", "header or oauth (a)", False),
)
case(
    "inherited security said aloud",
    [(f"{GET}>security", [{"header": []}])],
    ("GET /tracks/{track_urn} > security", "rearranged", None, None, False),
)
case(
    "security lifted",
    [(f"{GET}>security", [])],
    ("GET /tracks/{track_urn}", "security changed", "header", "no credentials", False),
)
case("extension", [(f"{GET}>x-a", 1)], ("GET /tracks/{track_urn}", "changed", "no x-a", "x-a: 1", False))
case(
    "callbacks",
    [(f"{GET}>callbacks", {})],
    ("GET /tracks/{track_urn}", "changed", "no callbacks", "callbacks: {}", False),
)
case("path's extension", [("paths>/tracks>x-a", 1)], ("/tracks", "changed", "no x-a", "x-a: 1", False))
case(
    "operation's servers",
    [("paths>/tracks>get>servers", [{"url": "u"}])],
    ("GET /tracks", "servers changed", "https://api.example", "u", True),
)
case(
    "path's servers",
    [("paths>/tracks>servers", [{"url": "u"}])],
    ("GET /tracks", "servers changed", "https://api.example", "u", True),
)
# --- parameters
case(
    "optional parameter added",
    [("paths>/tracks>get>parameters>3", {"in": "query", "name": "a", "schema": {"type": "string"}})],
    ("GET /tracks, query parameter a", "parameter added", None, "string", False),
)
case(
    "required parameter added",
    [("paths>/tracks>get>parameters>3", {"in": "query", "name": "a", "required": True})],
    ("GET /tracks, query parameter a", "parameter added", None, "anything; required", True),
)
case(
    "parameter added by reference",
    [(f"{GET}>parameters>1", {"$ref": "#/components/parameters/limit"})],
    (
        "GET /tracks/{track_urn}, query parameter limit",
        "parameter added",
        None,
        "integer; default 50; minimum 1; maximum 200",
        False,
    ),
)
case(
    "parameter added by a new component",
    [
        (f"{GET}>parameters>1", {"$ref": "#/components/parameters/new"}),
        ("components>parameters>new", {"in": "query", "name": "n", "schema": {"type": "string"}}),
    ],
    ("GET /tracks/{track_urn}, query parameter n", "parameter added", None, "string", False),
)
case(
    "parameter of all operations of a path added",
    [("paths>/tracks>parameters", [{"in": "header", "name": "h"}])],
    ("GET /tracks, header parameter h", "parameter added", None, "anything", False),
)
case(
    "parameter removed",
    [("paths>/tracks>get>parameters>1", GONE)],
    ("GET /tracks, query parameter q", "parameter removed", "string", None, True),
)
case(
    "parameter written out",
    [("paths>/tracks>get>parameters>0", BASE["components"]["parameters"]["limit"])],
    ("GET /tracks > parameters", "rearranged", None, None, False),
)
case(
    "parameter became required",
    [("paths>/tracks>get>parameters>1>required", True)],
    ("GET /tracks, query parameter q", "became required", "optional", "required", True),
)
case(
    "parameter became optional",
    [("paths>/tracks>get>parameters>2>required", False)],
    ("GET /tracks, query parameter ids", "became optional", "required", "optional", False),
)
case(
    "parameter deprecated",
    [("paths>/tracks>get>parameters>1>deprecated", True)],
    ("GET /tracks, query parameter q", "deprecated", None, None, False),
)
case(
    "parameter's type",
    [("paths>/tracks>get>parameters>1>schema>type", "integer")],
    ("GET /tracks, query parameter q", "type changed", "string", "integer", True),
)
case(
    "parameter widened",
    [("components>parameters>limit>schema>type", "number")],
    (
        "shared parameter limit",
        "type changed",
        "integer; default 50; minimum 1; maximum 200",
        "number; default 50; minimum 1; maximum 200",
        False,
    ),
)
case(
    "parameter's style",
    [("paths>/tracks>get>parameters>2>style", "pipeDelimited")],
    (
        "GET /tracks, query parameter ids",
        "format changed",
        "style form, explode true",
        "style pipeDelimited, explode false",
        True,
    ),
)
case(
    "parameter's style said aloud",
    [("paths>/tracks>get>parameters>2>explode", True)],
    ("GET /tracks > parameters > ids > explode", "rearranged", None, None, False),
)
case(
    "parameter's extension",
    [("paths>/tracks>get>parameters>1>x-a", 1)],
    ("GET /tracks, query parameter q", "changed", "no x-a", "x-a: 1", False),
)
case(
    "shared parameter tightened",
    [("components>parameters>limit>schema>maximum", 100)],
    ("shared parameter limit", "constraint changed", "maximum 200", "maximum 100", True),
)
case(
    "shared parameter loosened",
    [("components>parameters>limit>schema>maximum", GONE)],
    ("shared parameter limit", "constraint changed", "maximum 200", "no maximum", False),
)
case(
    "minimum raised",
    [("components>parameters>limit>schema>minimum", 2)],
    ("shared parameter limit", "constraint changed", "minimum 1", "minimum 2", True),
)
case(
    "minimum lowered",
    [("components>parameters>limit>schema>minimum", 0)],
    ("shared parameter limit", "constraint changed", "minimum 1", "minimum 0", False),
)
case(
    "bound made exclusive",
    [("components>parameters>limit>schema>exclusiveMaximum", True)],
    ("shared parameter limit", "constraint changed", "maximum 200", "exclusiveMaximum 200", True),
)
case(
    "default changed",
    [("components>parameters>limit>schema>default", 10)],
    ("shared parameter limit", "default changed", "default 50", "default 10", False),
)
case(
    "default's type changed",
    [("components>parameters>limit>schema>default", "50")],
    ("shared parameter limit", "default changed", "default 50", 'default "50"', False),
)
case(
    "shared parameter renamed",
    [("components>parameters>limit>name", "size")],
    ("shared parameter limit", "renamed", "limit", "size", True),
)
case(
    "unused parameter added",
    [("components>parameters>new", {"in": "query", "name": "n"})],
    ("shared parameter new", "shared parameter added", None, None, False),
)
# --- request bodies
case(
    "body added",
    [("paths>/tracks>get>requestBody", {"content": {"text/plain": {}}})],
    ("GET /tracks, request body", "request body added", None, "text/plain: anything", False),
)
case(
    "required body added",
    [("paths>/tracks>get>requestBody", {"required": True, "content": {"text/plain": {}}})],
    ("GET /tracks, request body", "request body added", None, "text/plain: anything", True),
)
case(
    "body removed",
    [(f"{PUT}>requestBody", GONE)],
    (
        "PUT /tracks/{track_urn}, request body",
        "request body removed",
        "application/json: Form, text/plain: string",
        None,
        True,
    ),
)
case(
    "body became required",
    [(f"{PUT}>requestBody>required", True)],
    ("PUT /tracks/{track_urn}, request body", "became required", "optional", "required", True),
)
case(
    "body's media type added",
    [
        (
            f"{PUT}>requestBody>content",
            {**BASE["paths"]["/tracks/{track_urn}"]["put"]["requestBody"]["content"], "a/b": {}},
        )
    ],
    ("PUT /tracks/{track_urn}, request body, a/b", "media type added", None, "anything", False),
)
case(
    "body's media type removed",
    [(f"{PUT}>requestBody>content", {"application/json": {"schema": {"$ref": "#/components/schemas/Form"}}})],
    ("PUT /tracks/{track_urn}, request body, text/plain", "media type removed", "string", None, True),
)
# --- responses
case(
    "response added",
    [(f"{GET}>responses>422", {"description": ""})],
    ("GET /tracks/{track_urn}, response 422", "response added", None, "no body", False),
)
case(
    "error response removed",
    [(f"{GET}>responses>404", GONE)],
    ("GET /tracks/{track_urn}, response 404", "response removed", "no body", None, False),
)
case(
    "response removed",
    [("paths>/tracks>get>responses>200", GONE)],
    ("GET /tracks, response 200", "response removed", "Tracks", None, True),
)
case(
    "response written out",
    [("paths>/tracks>get>responses>200", BASE["components"]["responses"]["Tracks"])],
    ("GET /tracks > responses > 200", "rearranged", None, None, False),
)
case(
    "header added",
    [(f"{GET}>responses>200>headers>A", {"schema": {"type": "string"}})],
    ("GET /tracks/{track_urn}, response 200, header A", "header added", None, "string", False),
)
case(
    "header removed",
    [(f"{GET}>responses>200>headers>ETag", GONE)],
    ("GET /tracks/{track_urn}, response 200, header ETag", "header removed", "string", None, True),
)
case(
    "header's type",
    [(f"{GET}>responses>200>headers>ETag>schema>type", "integer")],
    ("GET /tracks/{track_urn}, response 200, header ETag", "type changed", "string", "integer", True),
)
case(
    "response's links",
    [(f"{GET}>responses>200>links", {})],
    ("GET /tracks/{track_urn}, response 200", "changed", "no links", "links: {}", False),
)
case(
    "response's media type removed",
    [(f"{GET}>responses>200>content", {"application/json": {"schema": {"$ref": "#/components/schemas/Track"}}})],
    ("GET /tracks/{track_urn}, response 200, text/plain", "media type removed", "string", None, True),
)
case(
    "charset added",
    [
        (
            "components>responses>Tracks>content",
            {
                "application/json; charset=utf-8": {
                    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Track"}}
                }
            },
        )
    ],
    (
        "shared response Tracks, application/json; charset=utf-8",
        "media type changed",
        "application/json",
        "application/json; charset=utf-8",
        False,
    ),
)
case(
    "response's shape",
    [("components>responses>Tracks>content", {"application/json": {"schema": {"type": "object"}}})],
    ("shared response Tracks, application/json", "type changed", "array of Track", "object", True),
)
# --- schemas
case(
    "schema added",
    [
        (
            "components>schemas>New",
            {"type": "object", "properties": {"a": {}, "b": {}, "c": {}, "d": {}, "e": {}, "f": {}}},
        )
    ],
    ("schema New", "schema added", None, "object with a, b, c, d, e, ...", False),
)
case(
    "unused schema removed",
    [("components>schemas>Orphan", GONE)],
    ("schema Orphan", "schema removed", "object with name", None, False),
)
case(
    "unused schema changed",
    [("components>schemas>Orphan>properties", {})],
    ("schema Orphan, name", "field removed", "string", None, False),
)
case(
    "field added",
    [(f"{TRACK}>properties>new", {"type": "string", "format": "date", "nullable": True})],
    ("schema Track, new", "field added", None, "string (date) or null", False),
)
case(
    "field removed",
    [(f"{TRACK}>properties>plays", GONE)],
    ("schema Track, plays", "field removed", "integer (int32)", None, True),
)
case(
    "field renamed",
    [(f"{FORM}>properties>genre", GONE), (f"{FORM}>properties>style", {"type": "string"})],
    ("schema Form, genre", "field removed", "string or null", None, True),
    ("schema Form, style", "field added", None, "string", False),
)
case(
    "required field added to a body",
    [(f"{FORM}>properties>new", {"type": "string"}), (f"{FORM}>required", ["new", "title"])],
    ("schema Form, new", "field added", None, "string; required", True),
)
case(
    "field of a body became required",
    [(f"{FORM}>required", ["genre", "title"])],
    ("schema Form, genre", "became required", "optional", "required", True),
)
case(
    "field of a response became required",
    [(f"{TRACK}>required", ["plays", "title"])],
    ("schema Track, plays", "became required", "optional", "required", False),
)
case(
    "field became optional",
    [(f"{TRACK}>required", [])],
    ("schema Track, title", "became optional", "required", "optional", False),
)
case(
    "response became nullable",
    [(f"{TRACK}>properties>plays>nullable", True)],
    ("schema Track, plays", "became nullable", None, None, False),
)
case(
    "body not nullable any more",
    [(f"{FORM}>properties>genre>nullable", GONE)],
    ("schema Form, genre", "no longer nullable", None, None, True),
)
case(
    "response not nullable any more",
    [(f"{TRACK}>properties>title>nullable", False)],
    ("schema Track, title", "no longer nullable", None, None, False),
)
case(
    "type of a response",
    [(f"{TRACK}>properties>title>type", "boolean")],
    ("schema Track, title", "type changed", "string or null; maxLength 10", "boolean or null; maxLength 10", True),
)
case(
    "type of a response narrowed",
    [(f"{TRACK}>properties>plays>type", "number")],
    ("schema Track, plays", "type changed", "integer (int32)", "number (int32)", True),
)
case(
    "any to one type in a body",
    [(f"{FORM}>properties>plays", {"format": "int32"})],
    ("schema Form, plays", "type changed", "integer (int32)", "anything (int32)", False),
)
case(
    "string to object",
    [(f"{TRACK}>properties>tags>items", {"type": "object", "properties": {"a": {}}})],
    ("schema Track, tags[]", "type changed", "string", "object with a", True),
)
case(
    "items",
    [(f"{TRACK}>properties>tags>items>maxLength", 1)],
    ("schema Track, tags[]", "constraint changed", "no maxLength", "maxLength 1", False),
)
case(
    "another component",
    [(f"{TRACK}>properties>user", {"$ref": "#/components/schemas/Form"})],
    ("schema Track, user", "type changed", "User", "Form", True),
)
case(
    "another component with the same meaning",
    [(f"{TRACK}>properties>user", {"$ref": "#/components/schemas/Account"})],
    ("schema Track > properties > user > $ref", "rearranged", None, None, False),
)
case(
    "reference wrapped",
    [(f"{TRACK}>properties>user", {"allOf": [{"$ref": "#/components/schemas/User"}]})],
    ("schema Track > properties > user", "rearranged", None, None, False),
)
case(
    "reference wrapped and nullable",
    [(f"{TRACK}>properties>user", {"allOf": [{"nullable": True}, {"$ref": "#/components/schemas/User"}]})],
    ("schema Track, user", "became nullable", None, None, False),
)
case(
    "reference extended",
    [
        (
            f"{TRACK}>properties>user",
            {
                "allOf": [
                    {"$ref": "#/components/schemas/User"},
                    {"properties": {"b": {"type": "string"}}, "required": ["name"]},
                ]
            },
        )
    ],
    ("schema Track, user.b", "field added", None, "string", False),
    ("schema Track, user.name", "became required", "optional", "required", False),
)
case(
    "reference written out",
    [(f"{TRACK}>properties>user", BASE["components"]["schemas"]["User"])],
    ("schema Track > properties > user", "rearranged", None, None, False),
)
case(
    "format with a type of its own",
    [(f"{TRACK}>properties>created_at>format", GONE)],
    ("schema Track, created_at", "format changed", "format date-time", "no format", True),
)
case(
    "format without one",
    [(f"{TRACK}>properties>plays>format", "int64")],
    ("schema Track, plays", "format changed", "format int32", "format int64", False),
)
case(
    "format widened in a body",
    [(f"{FORM}>properties>plays>format", "int64")],
    ("schema Form, plays", "format changed", "format int32", "format int64", False),
)
case(
    "format narrowed in a body",
    [(f"{FORM}>properties>title>format", "uri")],
    ("schema Form, title", "format changed", "no format", "format uri", True),
)
case(
    "enum value added to a response",
    [(f"{TRACK}>properties>sharing>enum", ["hidden", "private", "public"])],
    ("schema Track, sharing", "enum value added", None, "hidden", False),
)
case(
    "enum value removed from a response",
    [(f"{TRACK}>properties>sharing>enum", ["public"])],
    ("schema Track, sharing", "enum value removed", "private", None, False),
)
case(
    "enum value removed from a body",
    [(f"{FORM}>properties>sharing>enum", ["a", "public"])],
    ("schema Form, sharing", "enum value removed", "private", None, True),
    ("schema Form, sharing", "enum value added", None, "a", False),
)
case(
    "enum added to a body",
    [(f"{FORM}>properties>genre>enum", ["a"])],
    ("schema Form, genre", "enum added", "any value", "one of a", True),
)
case(
    "enum removed",
    [(f"{FORM}>properties>sharing>enum", GONE)],
    ("schema Form, sharing", "enum removed", "one of private, public", "any value", False),
)
case(
    "length of a response",
    [(f"{TRACK}>properties>title>maxLength", 5)],
    ("schema Track, title", "constraint changed", "maxLength 10", "maxLength 5", False),
)
case(
    "length of a body",
    [(f"{FORM}>properties>title>maxLength", 5)],
    ("schema Form, title", "constraint changed", "maxLength 10", "maxLength 5", True),
)
case(
    "least length of a body",
    [(f"{FORM}>properties>title>minLength", GONE)],
    ("schema Form, title", "constraint changed", "minLength 2", "no minLength", False),
)
case(
    "pattern of a body",
    [(f"{FORM}>properties>title>pattern", "b")],
    ("schema Form, title", "constraint changed", "pattern a", "pattern b", True),
)
case(
    "pattern removed",
    [(f"{FORM}>properties>title>pattern", GONE)],
    ("schema Form, title", "constraint changed", "pattern a", "no pattern", False),
)
case(
    "field deprecated",
    [(f"{TRACK}>properties>title>deprecated", True)],
    ("schema Track, title", "deprecated", None, None, False),
)
case(
    "field no longer deprecated",
    [(f"{TRACK}>properties>old>deprecated", False)],
    ("schema Track, old", "no longer deprecated", None, None, False),
)
case(
    "field writable",
    [(f"{TRACK}>properties>old>readOnly", GONE)],
    ("schema Track, old", "access changed", "read-only", "readable and writable", False),
)
case(
    "field not readable",
    [(f"{TRACK}>properties>title>writeOnly", True)],
    ("schema Track, title", "access changed", "readable and writable", "write-only", True),
)
case(
    "field not writable",
    [(f"{FORM}>properties>title>readOnly", True)],
    ("schema Form, title", "access changed", "readable and writable", "read-only", True),
)
case(
    "field's default",
    [(f"{TRACK}>properties>sharing>default", GONE)],
    ("schema Track, sharing", "default changed", "default public", "no default", False),
)
case(
    "other fields refused",
    [(f"{FORM}>additionalProperties", False)],
    ("schema Form", "constraint changed", "other fields allowed", "no other fields", True),
)
case(
    "other fields typed",
    [(f"{FORM}>additionalProperties", {"type": "string"})],
    ("schema Form, {}", "type changed", "anything", "string", True),
)
case(
    "other fields said aloud",
    [(f"{FORM}>additionalProperties", True)],
    ("schema Form > additionalProperties", "rearranged", None, None, False),
)
case(
    "variant added to a response",
    [(f"{TRACK}>properties>origin>oneOf>2", {"type": "integer"})],
    ("schema Track, origin", "variant added", None, "integer", True),
)
case(
    "variant removed from a response",
    [(f"{TRACK}>properties>origin>oneOf>0", GONE)],
    ("schema Track, origin", "variant removed", "User", None, False),
)
case(
    "variant changed",
    [(f"{TRACK}>properties>origin>oneOf>1>maxLength", 3)],
    ("schema Track, origin(oneOf 2)", "constraint changed", "no maxLength", "maxLength 3", False),
)
case("extension of a schema", [(f"{TRACK}>x-a", [1])], ("schema Track", "changed", "no x-a", "x-a: [1]", False))


def reported(changes: list[Change]) -> list[tuple]:
    return [astuple(change)[:5] for change in changes]


@pytest.mark.parametrize(("edits", "expected"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_every_kind_of_change(edits: list[Edit], expected: list[tuple]) -> None:
    assert reported(compare(BASE, edited(*edits))) == expected


# --- what a change touches


def test_a_change_in_a_component_names_every_operation_that_uses_it() -> None:
    (change,) = compare(BASE, edited(("components>schemas>User>properties>name>type", "integer")))

    assert change.where == "schema User, name"
    assert change.operations == ("get_tracks", "get_tracks_track_urn")
    assert change.breaking


def test_a_schema_that_is_sent_and_read_is_judged_both_ways() -> None:
    both = (
        "paths>/tracks>get>requestBody",
        {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Track"}}}},
    )
    base = edited(both)

    (nullable,) = compare(base, edited(both, (f"{TRACK}>properties>title>nullable", GONE)))
    (narrower,) = compare(base, edited(both, (f"{TRACK}>properties>sharing>enum", ["public"])))
    (removed,) = compare(base, edited(both, (f"{TRACK}>properties>created_at>format", GONE)))

    assert [nullable.breaking, narrower.breaking, removed.breaking] == [True, True, True]


def test_methods_are_those_of_the_operations_touched() -> None:
    methods = {"get_tracks": ["search.tracks", "tracks.get_tracks"], "get_tracks_track_urn": ["tracks.get_track"]}

    (change,) = compare(BASE, edited((f"{TRACK}>properties>plays", GONE)), methods=methods)
    (other,) = compare(BASE, edited((f"{FORM}>properties>plays", GONE)), methods=methods)

    assert change.methods == ("search.tracks", "tracks.get_track", "tracks.get_tracks")
    assert other.methods == ()


def test_a_renamed_path_parameter_is_one_change_and_hides_no_other() -> None:
    base = edited(
        ("components>parameters>track_id", {**BASE["components"]["parameters"]["track_urn"], "name": "track_id"})
    )
    base["components"]["parameters"]["track_id"]["schema"] = {"type": "integer"}
    item = copy.deepcopy(base["paths"].pop("/tracks/{track_urn}"))
    for method in ("get", "put"):
        item[method]["parameters"] = [{"$ref": "#/components/parameters/track_id"}]
    item["delete"] = {"responses": {}}
    base["paths"]["/tracks/{track_id}"] = item
    new = edited((f"{GET}>deprecated", True))

    changes = compare(base, new, methods={"get_tracks_track_id": ["tracks.get_track"]})

    assert reported(changes) == [
        ("/tracks/{track_urn}", "path parameter renamed", "{track_id}", "{track_urn}", True),
        ("DELETE /tracks/{track_id}", "operation removed", "delete_tracks_track_id", None, True),
        ("GET /tracks/{track_urn}", "deprecated", None, None, False),
        ("GET /tracks/{track_urn}, path parameter track_urn", "type changed", "integer", "string", True),
        ("PUT /tracks/{track_urn}, path parameter track_urn", "type changed", "integer", "string", True),
    ]
    assert changes[0].operations == ("get_tracks_track_urn", "put_tracks_track_urn")
    assert changes[0].methods == changes[2].methods == ("tracks.get_track",)


def test_recursive_schemas_end() -> None:
    def linked(name: str, kind: str) -> dict:
        node = {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/{name}"}, "a": {"type": kind}}}
        return edited(
            (f"components>schemas>{name}", node),
            ("components>schemas>Loop", {"allOf": [{"$ref": "#/components/schemas/Loop"}]}),
            (f"{TRACK}>properties>node", {"$ref": f"#/components/schemas/{name}"}),
        )

    same = reported(compare(linked("Node", "string"), linked("Link", "string")))
    other = reported(compare(linked("Node", "string"), linked("Link", "integer")))

    assert same == [("schema Node", "schema renamed", "Node", "Link", False)]
    assert ("schema Track, node", "type changed", "Node", "Link", True) in other


def test_a_long_chain_of_other_components_ends() -> None:
    def chained(prefix: str) -> dict:
        schemas = {
            f"{prefix}{n}": {
                "properties": {
                    "a": {"$ref": f"#/components/schemas/{prefix}{n + 1}"},
                    "b": {"$ref": f"#/components/schemas/{prefix}{n + 1}"},
                }
            }
            for n in range(300)
        }
        schemas[f"{prefix}300"] = {"type": "string"}
        schemas["Top"] = {"properties": {"a": {"$ref": f"#/components/schemas/{prefix}0"}}}
        return {"openapi": "3.0.0", "paths": {}, "components": {"schemas": schemas}}

    assert ("schema Top, a", "type changed", "A0", "B0", False) in reported(compare(chained("A"), chained("B")))


def test_a_type_list_of_3_1_says_the_same_as_nullable() -> None:
    new = edited((f"{TRACK}>properties>title", {"type": ["null", "string"], "maxLength": 10}))

    assert reported(compare(BASE, new)) == [("schema Track > properties > title", "rearranged", None, None, False)]


def test_wording_does_not_count() -> None:
    new = edited(
        (f"{TRACK}>description", "New words."),
        (f"{TRACK}>properties>title>example", "New"),
        (f"{GET}>summary", "New words."),
        ("info>description", "New words."),
        ("components>examples", {"A": {"value": 1}}),
    )

    assert compare(BASE, new) == []


# --- the real document, edited


def test_the_real_document_does_not_differ_from_itself() -> None:
    assert compare(REAL, copy.deepcopy(REAL)) == []


def test_edits_of_the_real_document_are_found() -> None:
    new = copy.deepcopy(REAL)
    del new["paths"]["/tracks/{track_urn}/storefront"]
    del new["components"]["schemas"]["Storefront"]
    del new["components"]["schemas"]["StorefrontUpdateRequest"]
    del new["paths"]["/me/followings/{user_urn}"]["put"]["responses"]["422"]
    new["components"]["schemas"]["Error"]["properties"]["errors"]["items"] = {"type": "string"}

    found = {(change.where, change.what, change.breaking, len(change.operations)) for change in compare(REAL, new)}

    users = next(change.operations for change in compare(REAL, new) if change.where == "schema Error, errors[]")
    assert len(users) > 50
    assert found == {
        ("PUT /tracks/{track_urn}/storefront", "operation removed", True, 1),
        ("PUT /me/followings/{user_urn}, response 422", "response removed", False, 1),
        ("schema Error, errors[]", "type changed", True, len(users)),
        ("schema Storefront", "schema removed", True, 1),
        ("schema StorefrontUpdateRequest", "schema removed", True, 1),
    }


# --- properties

WORDS = (
    "paths components schemas get put properties type $ref responses allOf items required enum parameters in name 200"
)
WORDS += (
    " /a/{b} content application/json schema headers requestBody additionalProperties oneOf security servers tags url"
)
TEXTS = ["#/components/schemas/S", "#/components/parameters/S", "#/paths", "string", "object", "query", "path", "b", ""]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 300) | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS.split()), inner, max_size=4),
    max_leaves=12,
)


def places(value: object, path: tuple = ()) -> list[tuple]:
    found = [path] if path else []
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            found += places(item, (*path, key))
    return found


PLACES = places(BASE)


@st.composite
def mutated(draw: Callable) -> dict:
    document = copy.deepcopy(BASE)
    for _ in range(draw(st.integers(0, 3))):
        *parents, last = draw(st.sampled_from(PLACES))
        target = document
        try:
            for key in parents:
                target = target[key]
            if draw(st.booleans()):
                target[last] = draw(ANYTHING)
            else:
                del target[last]
        except (LookupError, TypeError):
            continue
    return document


def shuffled(value: object, seed: random.Random, key: object = None) -> object:
    """Shuffle everything without an order."""
    if isinstance(value, dict):
        keys = seed.sample(list(value), len(value))
        return {name: shuffled(value[name], seed, name) for name in keys}
    if isinstance(value, list):
        items = [shuffled(item, seed) for item in value]
        return seed.sample(items, len(items)) if key in {"required", "enum", "parameters"} else items
    return value


@given(mutated())
def test_nothing_differs_from_itself(document: dict) -> None:
    assert compare(document, document) == []


@given(mutated(), st.randoms(use_true_random=False))
def test_order_never_matters(document: dict, seed: random.Random) -> None:
    assume(has_only_known_lists(document))

    assert compare(BASE, shuffled(document, seed)) == compare(BASE, document)


def has_only_known_lists(document: dict) -> bool:
    """Return whether `shuffled` leaves the meaning of a document: it must not have lists in data."""
    try:
        forms = {dump(normalise(shuffled(document, order))) for order in (Turned(-1), Turned(1))}
        return forms == {dump(normalise(document))}
    except TypeError:
        return False


class Turned:
    """Rearranges a list in one way, so that no list with different items stays as it is under both."""

    def __init__(self, step: int) -> None:
        self.step = step

    def sample(self, items: list, number: int) -> list:
        return items[::-1] if self.step == -1 else [*items[1:], *items[:1]]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(mutated(), mutated())
def test_compare_is_total_and_complete(old: dict, new: dict) -> None:
    changes = compare(old, new)

    assert bool(changes) == (dump(normalise(old)) != dump(normalise(new)))
    for form in ("text", "markdown", "json"):
        assert render(Report(changes), form).endswith("\n")


@given(ANYTHING, ANYTHING)
def test_compare_accepts_malformed_documents(old: object, new: object) -> None:
    compare({"paths": old, "components": new}, {"paths": new, "components": old})
    compare({}, {"paths": old, "components": {"schemas": {"S": new}}, "security": old})


# --- reports


CHANGES = [
    Change("schema Track, title", "type changed", "string", "integer", True, tuple("abcdefgh"), ("tracks.get_track",)),
    Change("GET /me", "operation added", None, "get_me", False, ("get_me",)),
]


def test_the_text_report() -> None:
    assert render(Report(CHANGES, hint="Do it."), "text") == (
        "2 changes: 1 breaking, 0 possibly breaking, 1 compatible\n"
        "\n"
        "Breaking\n"
        "\n"
        "  schema Track, title\n"
        "    type changed: string -> integer\n"
        "    touches 8 operations: a, b, c and 5 more\n"
        "    methods: tracks.get_track\n"
        "\n"
        "Compatible\n"
        "\n"
        "  GET /me\n"
        "    operation added: get_me\n"
        "\n"
        "Do it.\n"
    )


def test_the_markdown_report() -> None:
    assert render(Report(CHANGES, hint="Do it."), "markdown") == (
        "**2 changes: 1 breaking, 0 possibly breaking, 1 compatible**\n"
        "\n"
        "### Breaking\n"
        "\n"
        "- `schema Track, title`: type changed: `string` → `integer`; touches 8 operations: a, b, c and 5 more; "
        "methods `tracks.get_track`\n"
        "\n"
        "### Compatible\n"
        "\n"
        "- `GET /me`: operation added: `get_me`\n"
        "\n"
        "Do it.\n"
    )


def test_the_json_report() -> None:
    report = json.loads(render(Report(CHANGES), "json"))

    assert report["summary"] == {"changes": 2, "breaking": 1, "possibly_breaking": 0, "compatible": 1, "accepted": 0}
    assert report["changes"] == json.loads(
        json.dumps([{"level": change.level, **asdict(change)} for change in CHANGES])
    )
    assert report["hint"] is None


def test_a_report_of_nothing() -> None:
    assert render(Report([]), "text") == "No changes.\n"
    assert render(Report([]), "markdown") == "**No changes.**\n"


def test_a_report_cannot_command_the_terminal() -> None:
    hostile = Change("schema \x1b[2J", "changed", "a`b", "c\nd\ud800", breaking=True)

    for form in ("text", "markdown"):
        lines = render(Report([hostile]), form).splitlines()
        assert "\x1b" not in "".join(lines)
        assert any("c\\nd\\ud800" in line for line in lines)


# --- the command


@pytest.fixture(autouse=True)
def no_facade(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "soundcloud.registry", types.SimpleNamespace(methods_by_operation=dict))


@pytest.fixture
def files(tmp_path) -> tuple[str, str]:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(BASE))
    new.write_text(json.dumps(edited((f"{TRACK}>properties>plays", GONE))))
    return str(old), str(new)


def test_exit_status_and_output(files, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = files

    assert main([old, old]) == 0
    assert capsys.readouterr().out == "No changes.\n"
    assert main([old, new]) == 1
    assert "field removed: integer (int32)" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_the_report_goes_into_a_file_as_well(files, tmp_path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    assert main([*files, "--format", form, "--report", str(tmp_path / "report")]) == 1
    assert (tmp_path / "report").read_text(encoding="utf-8") == capsys.readouterr().out


def test_a_raw_document_equals_its_normalised_edition(tmp_path) -> None:
    raw, normalised = tmp_path / "raw.json", tmp_path / "normalised.json"
    raw.write_text(json.dumps(edited((f"{TRACK}>description", "Words."))))
    normalised.write_bytes(dump(normalise(BASE)))

    assert main([str(raw), str(normalised)]) == 0


@pytest.mark.parametrize("name", ["missing.json", "page.html"])
def test_failure_is_one_line_and_2(files, tmp_path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (tmp_path / "page.html").write_text("<html></html>")

    assert main([files[0], str(tmp_path / name)]) == 2
    assert capsys.readouterr().out == ""


def test_a_report_that_cannot_be_written_is_2(files, tmp_path) -> None:
    assert main([*files, "--report", str(tmp_path / "no" / "report")]) == 2


def test_methods_come_from_the_facade(
    files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = types.SimpleNamespace(methods_by_operation=lambda: {"get_tracks": ["search.tracks"]})
    monkeypatch.setitem(sys.modules, "soundcloud.registry", registry)

    main(list(files))

    assert "methods: search.tracks" in capsys.readouterr().out


def test_a_facade_that_cannot_be_imported_is_not_an_error(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "soundcloud.registry", None)

    assert methods_by_operation()["get_me"] == ["me.get_me"]
    assert "the facade cannot be imported (" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("place", "value", "statuses"),
    [
        (f"{TRACK}>properties>plays", GONE, [1, 1, 1, 0]),
        (f"{TRACK}>properties>title>nullable", GONE, [1, 0, 0, 0]),
        (f"{TRACK}>properties>plays>nullable", True, [1, 1, 0, 0]),
    ],
    ids=["breaking", "compatible", "possibly breaking"],
)
def test_the_exit_status_follows_the_level(files, tmp_path, place: str, value: object, statuses: list[int]) -> None:
    new = tmp_path / "other.json"
    new.write_text(json.dumps(edited((place, value))))
    levels = ("any", "possibly-breaking", "breaking", "never")

    assert [main([files[0], str(new), "--fail-on", level]) for level in levels] == statuses


def test_an_accepted_change_is_listed_apart_and_fails_nothing(files, tmp_path, capsys) -> None:
    accepted = tmp_path / "accepted.toml"
    accepted.write_text(
        '[[accepted]]\nwhere = "schema Tr*, plays"\nwhat = "field removed"\nwhy = "It was never sent."\n'
    )

    assert main([*files, "--accept", str(accepted)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1 change: 0 breaking, 0 possibly breaking, 0 compatible, 1 accepted\n\nAccepted\n")
    assert "    accepted: It was never sent.\n" in out

    accepted.write_text(
        '[[accepted]]\nwhere = "schema Track, plays"\nwhat = "field removed"\nbefore = "string"\nwhy = "x"\n'
    )
    assert main([*files, "--accept", str(accepted)]) == 1


@pytest.mark.parametrize(
    ("text", "said"), [("[", "cannot be read"), ('[[accepted]]\nwhere = "a"\n', "entry 1 lacks what, why")]
)
def test_a_broken_list_of_accepted_changes_is_2(files, tmp_path, capsys, text: str, said: str) -> None:
    accepted = tmp_path / "accepted.toml"
    accepted.write_text(text)

    assert main([*files, "--accept", str(accepted)]) == 2
    assert said in capsys.readouterr().err


def test_documents_of_two_apis_are_named(files, tmp_path, capsys) -> None:
    other = edited(("info>title", "Videos"), ("servers", [{"url": "https://videos.example"}]))
    new = tmp_path / "other.json"
    new.write_text(json.dumps(other))

    assert main([files[0], str(new)]) == 1
    assert capsys.readouterr().out.startswith(
        "These look like documents of two APIs: 'Small' and 'Videos', without a common server."
    )


def test_prose_where_there_was_none_is_shown(tmp_path, capsys) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(edited((f"{GET}>summary", "Lists."))))
    new.write_text(json.dumps(edited((f"{GET}>summary", "Lists."), (f"{TRACK}>description", "A track."))))

    assert main([str(old), str(new)]) == 0
    assert capsys.readouterr().out == (
        "No changes.\n\nWording changed (1 place)\n\n  schema Track > description\n    + A track.\n"
    )


def test_a_document_without_prose_is_named(tmp_path, capsys) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(normalise(BASE)))
    new.write_text(json.dumps(edited((f"{TRACK}>description", "A track."))))

    assert main([str(old), str(new)]) == 0
    assert capsys.readouterr().out == f"{old} has no prose, so the wording is not compared.\n\nNo changes.\n"


def test_changed_wording_is_in_every_format(tmp_path, capsys) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(edited((f"{TRACK}>description", "A track. Has a `title`."))))
    new.write_text(json.dumps(edited((f"{TRACK}>description", "A track. Has no `title` @now."))))
    printed = {
        form: (main([str(old), str(new), "--format", form]), capsys.readouterr().out)
        for form in ("text", "markdown", "json")
    }

    assert [status for status, _ in printed.values()] == [0, 0, 0]
    assert "    - Has a `title`.\n    + Has no `title` @now.\n" in printed["text"][1]
    assert "  - old: `` Has a `title`. ``\n  - new: `` Has no `title` @now. ``\n" in printed["markdown"][1]
    assert json.loads(printed["json"][1])["wording"] == [
        {"where": "schema Track > description", "before": "Has a `title`.", "after": "Has no `title` @now."}
    ]
