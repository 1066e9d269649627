"""Edits of SoundCloud's document of 2026-07-19 and the level that each must have; and the documents of June and July 2026."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.spec.historical import document
from tools.diff_spec import compare

REAL = document("2026-07-19")
TEXT = {"type": "string"}
Edit = Callable[[dict[str, Any]], object]


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def schema(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda found: found["components"]["schemas"][name]


def field(owner: str, name: str, value: object) -> Edit:
    return lambda found: schema(owner)(found)["properties"].update({name: value})


def without_field(owner: str, name: str) -> Edit:
    return lambda found: schema(owner)(found)["properties"].pop(name)


def keys(owner: str, name: str, **changes: object) -> Edit:
    """Set keys of a field; ... deletes one."""

    def edit(found: dict[str, Any]) -> None:
        target = schema(owner)(found)["properties"][name]
        target.update({key: value for key, value in changes.items() if value is not ...})
        for key in [key for key, value in changes.items() if value is ...]:
            del target[key]

    return edit


def operation(path: str, method: str, **changes: object) -> Edit:
    return lambda found: found["paths"][path][method].update(changes)


def parameter(path: str, value: dict[str, Any]) -> Edit:
    return lambda found: found["paths"][path]["get"].setdefault("parameters", []).append(value)


def response(name: str, value: object) -> Edit:
    """Set the schema of a shared response."""

    def edit(found: dict[str, Any]) -> None:
        next(iter(found["components"]["responses"][name]["content"].values()))["schema"] = value

    return edit


def request(name: str, **changes: object) -> Edit:
    return lambda found: schema(name)(found).update(changes)


def rename_schema(old: str, new: str) -> Edit:
    def edit(found: dict[str, Any]) -> None:
        def visit(value: Any) -> None:
            if isinstance(value, dict):
                if value.get("$ref") == f"#/components/schemas/{old}":
                    value["$ref"] = f"#/components/schemas/{new}"
                for child in value.values():
                    visit(child)
            elif isinstance(value, list):
                for child in value:
                    visit(child)

        visit(found)
        found["components"]["schemas"][new] = found["components"]["schemas"].pop(old)

    return edit


def security_in_operations(found: dict[str, Any]) -> None:
    security = found.pop("security")
    for item in found["paths"].values():
        for method, value in item.items():
            if method in {"get", "put", "post", "delete"}:
                value.setdefault("security", security)


def version_3_1(found: dict[str, Any]) -> None:
    found["openapi"] = "3.1.0"
    title = schema("Track")(found)["properties"]["title"]
    title["type"] = [title.pop("type"), "null"]


BREAKING, MAYBE, FINE = "breaking", "possibly breaking", "compatible"
FORM = "CreateUpdatePlaylistRequest"
UPDATE = "TrackMetadataRequest"

# name: edit, [(place, what, level), ...]; the levels of the worst change of each place
EDITS: dict[str, tuple[Edit, list[tuple[str, str, str]]]] = {
    "operation removed": (
        lambda found: found["paths"].pop("/tracks/{track_urn}/storefront"),
        [("PUT /tracks/{track_urn}/storefront", "operation removed", BREAKING)],
    ),
    "operation added": (
        lambda found: found["paths"].update({"/disconnect": {"post": {"responses": {}}}}),
        [("POST /disconnect", "operation added", FINE)],
    ),
    "operation deprecated": (operation("/me", "get", deprecated=True), [("GET /me", "deprecated", FINE)]),
    "first tag": (operation("/me", "get", tags=["users"]), [("GET /me", "tags changed", BREAKING)]),
    "server of one operation": (
        operation("/tracks", "post", servers=[{"url": "https://upload.soundcloud.com"}]),
        [("POST /tracks", "servers changed", BREAKING)],
    ),
    "server added": (
        lambda found: found["servers"].append({"url": "https://b.example"}),
        [("the document", "servers changed", FINE)],
    ),
    "server moved": (
        lambda found: found.update(servers=[{"url": "https://b.example"}]),
        [("the document", "servers changed", BREAKING)],
    ),
    "security in each operation": (security_in_operations, []),
    "security of one operation": (
        operation("/me", "get", security=[{"oAuth2_1": []}]),
        [("GET /me", "security changed", BREAKING)],
    ),
    "security dropped": (lambda found: found.update(security=[]), [("the document", "security changed", FINE)]),
    "parameter added": (
        parameter("/me/followers", {"in": "query", "name": "order", "schema": TEXT}),
        [("GET /me/followers, query parameter order", "parameter added", FINE)],
    ),
    "required parameter added": (
        parameter("/me/followers", {"in": "query", "name": "order", "required": True, "schema": TEXT}),
        [("GET /me/followers, query parameter order", "parameter added", BREAKING)],
    ),
    "parameter from schema to content": (
        lambda found: (
            found["components"]["parameters"]["limit"].update(content={"application/json": {"schema": TEXT}}),
            found["components"]["parameters"]["limit"].pop("schema"),
        ),
        [("shared parameter limit", "format changed", BREAKING)],
    ),
    "parameter's maximum": (
        lambda found: found["components"]["parameters"]["limit"]["schema"].update(maximum=50),
        [("shared parameter limit", "constraint changed", BREAKING)],
    ),
    "parameter's default": (
        lambda found: found["components"]["parameters"]["limit"]["schema"].update(default=10),
        [("shared parameter limit", "default changed", MAYBE)],
    ),
    "response's field added": (field("Track", "mood", TEXT), [("schema Track, mood", "field added", FINE)]),
    "response's field removed": (
        without_field("Track", "title"),
        [("schema Track, title", "field removed", BREAKING)],
    ),
    "response's field with another type": (
        field("Track", "title", {"type": "integer"}),
        [("schema Track, title", "type changed", BREAKING)],
    ),
    "response's field narrowed": (
        field("Comment", "timestamp", {"type": ["string"]}),
        [],
    ),
    "response's field nullable": (
        keys("Track", "title", nullable=True),
        [("schema Track, title", "became nullable", MAYBE)],
    ),
    "response's enum value added": (
        lambda found: schema("Track")(found)["properties"]["access"]["enum"].append("rented"),
        [("schema Track, access", "enum value added", MAYBE)],
    ),
    "response's enum value removed": (
        lambda found: schema("Track")(found)["properties"]["access"]["enum"].remove("preview"),
        [("schema Track, access", "enum value removed", FINE)],
    ),
    "response's new constraint": (keys("Track", "title", maxLength=9), [("schema Track, title", "constraint changed", FINE)]),
    "response's format": (keys("Track", "title", format="uuid"), [("schema Track, title", "format changed", BREAKING)]),
    "response's oneOf of the same": (response("Me", {"oneOf": [ref("Me")]}), []),
    "response's anyOf of the same": (response("Me", {"anyOf": [ref("Me")]}), []),
    "response's variant added": (
        response("Me", {"oneOf": [ref("Me"), ref("User")]}),
        [("shared response Me, application/json; charset=utf-8", "variant added", BREAKING)],
    ),
    "response's component swapped": (
        response("Me", ref("Comment")),
        [("shared response Me, application/json; charset=utf-8", "type changed", BREAKING)],
    ),
    "response's unevaluatedProperties": (
        request("Track", unevaluatedProperties=False),
        [("schema Track", "changed", MAYBE)],
    ),
    "request's field added": (field(UPDATE, "mood", TEXT), [(f"schema {UPDATE}, mood", "field added", FINE)]),
    "request's required field added": (
        lambda found: (field(UPDATE, "mood", TEXT)(found), request(UPDATE, required=["mood"])(found)),
        [(f"schema {UPDATE}, mood", "field added", BREAKING)],
    ),
    "request's field removed": (
        without_field(UPDATE, "track"),
        [(f"schema {UPDATE}, track", "field removed", BREAKING)],
    ),
    "request's not": (request(UPDATE, **{"not": {"required": ["a"]}}), [(f"schema {UPDATE}", "changed", BREAKING)]),
    "request's patternProperties": (
        request(UPDATE, patternProperties={"^x": TEXT}),
        [(f"schema {UPDATE}", "changed", BREAKING)],
    ),
    "request's dependentRequired": (
        request(UPDATE, dependentRequired={"a": ["b"]}),
        [(f"schema {UPDATE}", "changed", BREAKING)],
    ),
    "request's if": (request(UPDATE, **{"if": {"required": ["a"]}}), [(f"schema {UPDATE}", "changed", BREAKING)]),
    "request's propertyNames": (
        request(UPDATE, propertyNames={"maxLength": 3}),
        [(f"schema {UPDATE}", "changed", BREAKING)],
    ),
    "request's other fields refused": (
        request(UPDATE, additionalProperties=False),
        [(f"schema {UPDATE}", "constraint changed", BREAKING)],
    ),
    "request's type widened": (
        field("StorefrontUpdateRequest", "title", {"type": ["string", "integer"]}),
        [
            ("schema StorefrontUpdateRequest, title", "type changed", FINE),
            ("schema StorefrontUpdateRequest, title", "constraint changed", FINE),
        ],
    ),
    "extension": (request("Track", **{"x-owner": "team"}), [("schema Track", "changed", FINE)]),
    "discriminator": (
        request("Track", discriminator={"propertyName": "kind"}),
        [("schema Track", "changed", MAYBE)],
    ),
    "schema renamed": (rename_schema("Track", "TrackV2"), [("schema Track", "schema renamed", MAYBE)]),
    "response added": (
        lambda found: found["paths"]["/me"]["get"]["responses"].update({"418": {"description": ""}}),
        [("GET /me, response 418", "response added", FINE)],
    ),
    "success removed": (
        lambda found: found["paths"]["/me"]["get"]["responses"].pop("200"),
        [("GET /me, response 200", "response removed", BREAKING)],
    ),
    "media type removed": (
        lambda found: found["paths"]["/tracks"]["post"]["requestBody"]["content"].popitem(),
        [("POST /tracks, request body, multipart/x-www-form-urlencoded", "media type removed", BREAKING)],
    ),
    "webhook added": (
        lambda found: found.update(webhooks={"upload": {"post": {"responses": {}}}}),
        [("the document", "changed", MAYBE)],
    ),
    "scheme": (
        lambda found: found["components"]["securitySchemes"]["AuthHeader"].update(name="X-Token"),
        [("security scheme AuthHeader, name", "changed", BREAKING)],
    ),
    "version": (lambda found: found["info"].update(version="2"), [("the document, info", "changed", FINE)]),
    "nullable in the form of 3.1": (
        version_3_1,
        [("the document", "changed", FINE), ("schema Track, title", "became nullable", MAYBE)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("edit", "expected"), EDITS.values(), ids=EDITS.keys())
def test_an_edit_has_its_level(edit: Edit, expected: list[tuple[str, str, str]]) -> None:
    new = copy.deepcopy(REAL)
    edit(new)

    found = [(change.where, change.what, change.level) for change in compare(REAL, new)]

    assert [row for row in found if row[1] != "rearranged"] == expected
    assert found


def test_there_are_enough_edits_of_all_levels() -> None:
    levels = [level for _, rows in EDITS.values() for _, _, level in rows]

    assert len(EDITS) >= 45
    assert min(levels.count(level) for level in (BREAKING, MAYBE, FINE)) >= 8


# Edits of a document that was edited before: old, new, expected.
PAIRS: dict[str, tuple[Edit, Edit, list[tuple[str, str, str]]]] = {
    "response's const removed": (
        keys("Track", "kind", const="track"),
        keys("Track", "kind"),
        [("schema Track, kind", "constraint changed", BREAKING)],
    ),
    "const and an enum of one value": (
        keys("Track", "kind", const="track"),
        keys("Track", "kind", enum=["track"]),
        [],
    ),
    "QUERY removed": (
        lambda found: found["paths"]["/me"].update(query={"responses": {}}),
        lambda found: None,
        [("QUERY /me", "operation removed", BREAKING)],
    ),
    "response's types narrowed": (
        field("Track", "bpm", {"type": ["integer", "string"]}),
        field("Track", "bpm", {"type": "string"}),
        [("schema Track, bpm", "type changed", FINE)],
    ),
    "nullable as a variant": (
        keys("Track", "title", nullable=True),
        field("Track", "title", {"anyOf": [TEXT, {"type": "null"}]}),
        [],
    ),
    "exclusive bounds of 3.0 and 3.1": (
        field("Track", "bpm", {"type": "number", "minimum": 1, "exclusiveMinimum": True}),
        field("Track", "bpm", {"type": "number", "exclusiveMinimum": 1}),
        [],
    ),
    "another order of variants": (
        field("Track", "zz", {"oneOf": [TEXT, {"type": "integer"}]}),
        field("Track", "zz", {"oneOf": [{"type": "integer"}, TEXT]}),
        [("schema Track > properties > zz > oneOf", "rearranged", FINE)],
    ),
    "type beside variants": (
        field("Track", "zz", {"type": "object", "oneOf": [ref("User"), ref("Comment")]}),
        field("Track", "zz", {"oneOf": [ref("User"), ref("Comment")]}),
        [("schema Track > properties > zz > type", "rearranged", FINE)],
    ),
    "an object became one of two others": (
        field("Track", "zz", {"type": "object", "properties": {"a": TEXT, "b": TEXT}}),
        field("Track", "zz", {"oneOf": [{"type": "array", "items": TEXT}, {"type": "integer"}]}),
        [("schema Track, zz", "type changed", BREAKING)],
    ),
    "a component of variants, with an annotation beside its reference": (
        field("Track", "zz", ref("User")),
        lambda found: (
            found["components"]["schemas"].update(Either={"oneOf": [ref("User"), ref("Comment")]}),
            field("Track", "zz", {**ref("Either"), "deprecated": True})(found),
        ),
        [
            ("schema Either", "schema added", FINE),
            ("schema Track, zz", "deprecated", FINE),
            ("schema Track, zz", "variant added", BREAKING),
        ],
    ),
    "format of another type": (
        field("Track", "bpm", {"type": "integer", "format": "int32"}),
        field("Track", "bpm", {"type": "number", "format": "float"}),
        [("schema Track, bpm", "type changed", BREAKING)],
    ),
    "required variants": (
        request(UPDATE, anyOf=[{"required": ["track"]}]),
        request(UPDATE, anyOf=[{"required": ["a"]}, {"required": ["b"]}, {"required": ["track"]}]),
        [
            (f"schema {UPDATE}", "variant added", FINE),
            (f"schema {UPDATE}", "variant added", FINE),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), PAIRS.values(), ids=PAIRS.keys())
def test_a_pair_of_edits_has_its_level(before: Edit, after: Edit, expected: list[tuple[str, str, str]]) -> None:
    old, new = copy.deepcopy(REAL), copy.deepcopy(REAL)
    before(old)
    after(new)

    found = [(change.where, change.what, change.level) for change in compare(old, new)]

    assert [row for row in found if expected or row[1] != "rearranged"] == expected


def test_a_swapped_component_says_what_differs() -> None:
    new = copy.deepcopy(REAL)
    response("Me", ref("User"))(new)

    (change,) = compare(REAL, new)

    assert (change.before, change.after) == ("Me", "User")
    assert (
        "quota: field removed: object with unlimited_upload_quota, upload_seconds_left, upload_seconds_used"
        in change.details
    )


def test_the_documents_of_june_and_july() -> None:
    june, july, last = (document(date) for date in ("2026-06-15", "2026-07-15", "2026-07-19"))

    assert [(change.where, change.what, change.level) for change in compare(june, july)] == [
        ("PUT /tracks/{track_urn}/storefront", "operation added", FINE),
        ("schema Storefront", "schema added", FINE),
        ("schema StorefrontUpdateRequest", "schema added", FINE),
    ]
    assert [(change.where, change.what, change.level) for change in compare(july, last)] == [
        ("PUT /me/followings/{user_urn}, response 422", "response added", FINE),
        ("GET /me/tracks, query parameter sort", "parameter added", FINE),
        ("GET /users/{user_urn}/tracks, query parameter sort", "parameter added", FINE),
        ("schema Error, errors[]", "type changed", BREAKING),
    ]
    assert {change.level for change in compare(last, july)} == {BREAKING, FINE}
