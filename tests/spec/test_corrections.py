"""The corrections: each rule, the cases that it leaves alone, and that every entry is needed."""

import copy
import inspect
import re
import tomllib

import pytest

from tools.openapi import corrections
from tools.openapi.corrections import (
    CORRECTIONS,
    RULES,
    CorrectionError,
    apply_corrections,
    correct,
    load_corrections,
    matches,
    without,
)
from tools.openapi.document import OPENAPI_JSON, DocumentError, parse

DOCUMENT = parse(OPENAPI_JSON.read_bytes(), name=OPENAPI_JSON.name)
ENTRIES = load_corrections()
IDS = [f"{number}-{entry['rule']}" for number, entry in enumerate(ENTRIES, start=1)]
# Rules that find everything again: they set what is set already. All others take away what they look for.
IDEMPOTENT = {"derive_operation_ids", "update"}
SCHEMAS = ["components", "schemas"]


def small(**parts):
    """Return a document with these schemas, parameters and paths."""
    components = {"schemas": parts.get("schemas", {}), "parameters": parts.get("parameters", {})}
    return {"paths": parts.get("paths", {}), "components": components | {"responses": parts.get("responses", {})}}


def reference(name, kind="schemas"):
    return {"$ref": f"#/components/{kind}/{name}"}


TEXT = {"type": "string"}
LIST_OF_TEXT = {"type": "array", "items": TEXT}
DEEP = {
    "in": "query",
    "name": "bpm",
    "style": "deepObject",
    "schema": {"properties": {"from": {"type": "integer"}, "to": TEXT}},
}
COMMA = {
    "in": "query",
    "name": "access",
    "style": "form",
    "explode": False,
    "schema": {"type": "array", "items": {"enum": ["a"]}},
}
USER = {"type": "object", "properties": {"name": TEXT, "urn": TEXT}}

# Rule, the entry's keys, the document, the document afterwards, hits; and a document in which there is nothing to do.
APPLIED = [
    (
        "derive_operation_ids",
        {},
        small(paths={"/a/{b}": {"get": {}, "post": {"operationId": "old"}, "parameters": []}}),
        small(
            paths={"/a/{b}": {"get": {"operationId": "get_a_b"}, "post": {"operationId": "post_a_b"}, "parameters": []}}
        ),
        2,
        small(),
    ),
    (
        "remove",
        {"where": [*SCHEMAS, "**", "nullable"], "when": True},
        small(schemas={"A": {"nullable": True, "properties": {"b": {"nullable": True}, "c": {"nullable": False}}}}),
        small(schemas={"A": {"properties": {"b": {}, "c": {"nullable": False}}}}),
        2,
        small(schemas={"A": {"nullable": False}}),
    ),
    (
        "update",
        {"where": [*SCHEMAS, "*"], "value": {"x-more": [1]}, "unless": ["format"]},
        small(schemas={"A": {"type": "string"}, "B": {"type": "string", "format": "date"}}),
        small(schemas={"A": {"type": "string", "x-more": [1]}, "B": {"type": "string", "format": "date"}}),
        1,
        small(schemas={"B": {"format": "date"}}),
    ),
    (
        "replace",
        {"where": [*SCHEMAS, "A", "properties", "b"], "when": {"type": "string"}, "value": {"anyOf": [TEXT]}},
        small(schemas={"A": {"properties": {"b": {"type": "string", "format": "x"}, "c": TEXT}}}),
        small(schemas={"A": {"properties": {"b": {"anyOf": [TEXT]}, "c": TEXT}}}),
        1,
        small(schemas={"A": {"properties": {"b": {"type": "integer"}}}}),
    ),
    (
        "add_property",
        {"where": [*SCHEMAS, "*"], "name": "urn", "value": {"type": "integer"}},
        small(schemas={"A": {"properties": {}}, "B": USER}),
        small(schemas={"A": {"properties": {"urn": {"type": "integer"}}}, "B": USER}),
        1,
        small(schemas={"B": USER}),
    ),
    (
        "unwrap_all_of",
        {"where": [*SCHEMAS, "A", "properties", "*"]},
        small(
            schemas={
                "A": {
                    "properties": {
                        "b": {"allOf": [{"type": "object"}, reference("U")]},
                        "c": {"allOf": [reference("U"), USER]},
                    }
                }
            }
        ),
        small(schemas={"A": {"properties": {"b": reference("U"), "c": {"allOf": [reference("U"), USER]}}}}),
        1,
        small(schemas={"A": {"properties": {"b": {"allOf": [reference("U"), reference("V")]}, "c": reference("U")}}}),
    ),
    (
        "flatten_deep_object",
        {"where": ["components", "parameters", "*"]},
        small(
            parameters={"bpm": DEEP, "q": {"in": "query", "name": "q", "schema": TEXT}},
            paths={
                "/a": {"get": {"parameters": [reference("q", "parameters"), reference("bpm", "parameters")]}},
                "/b": {"parameters": [reference("bpm", "parameters"), reference("q", "parameters")]},
            },
        ),
        small(
            parameters={
                "bpm_from": {"in": "query", "name": "bpm[from]", "required": False, "schema": {"type": "integer"}},
                "bpm_to": {"in": "query", "name": "bpm[to]", "required": False, "schema": TEXT},
                "q": {"in": "query", "name": "q", "schema": TEXT},
            },
            paths={
                "/a": {"get": {"parameters": [reference(name, "parameters") for name in ("q", "bpm_from", "bpm_to")]}},
                "/b": {"parameters": [reference(name, "parameters") for name in ("bpm_from", "bpm_to", "q")]},
            },
        ),
        1,
        small(parameters={"q": {"in": "query", "name": "q", "schema": TEXT}}),
    ),
    (
        "comma_list",
        {"where": ["components", "parameters", "*"]},
        small(parameters={"access": COMMA, "exploded": COMMA | {"explode": True}}),
        small(
            parameters={
                "access": {"in": "query", "name": "access", "schema": {"type": "string", "x-comma-separated": ["a"]}},
                "exploded": COMMA | {"explode": True},
            }
        ),
        1,
        small(parameters={"exploded": COMMA | {"explode": True}, "text": COMMA | {"schema": TEXT}}),
    ),
    (
        "require_of_all_of",
        {"where": ["paths", "*", "*", "schema"]},
        small(
            schemas={"A": USER},
            paths={"/a": {"post": {"schema": {"allOf": [reference("A"), {"required": ["urn", "name"]}]}}}},
        ),
        small(schemas={"A": USER | {"required": ["name", "urn"]}}, paths={"/a": {"post": {"schema": reference("A")}}}),
        1,
        small(schemas={"A": USER}, paths={"/a": {"post": {"schema": {"allOf": [reference("A"), USER]}}}}),
    ),
    (
        "object_of_either",
        {"where": ["components", "responses", "*", "schema"]},
        small(
            schemas={"A": USER, "L": LIST_OF_TEXT},
            responses={"x": {"schema": {"oneOf": [reference("L"), reference("A")]}}},
        ),
        small(schemas={"A": USER, "L": LIST_OF_TEXT}, responses={"x": {"schema": reference("A")}}),
        1,
        small(schemas={"A": USER, "B": USER}, responses={"x": {"schema": {"oneOf": [reference("A"), reference("B")]}}}),
    ),
    (
        "object_of_array",
        {"where": [*SCHEMAS, "L"], "target": "A"},
        small(
            schemas={"A": USER, "L": LIST_OF_TEXT}, responses={"x": {"schema": reference("L")}, "y": [reference("L")]}
        ),
        small(schemas={"A": USER}, responses={"x": {"schema": reference("A")}, "y": [reference("A")]}),
        2,
        small(schemas={"A": USER, "L": USER}, responses={"x": {"schema": reference("L")}}),
    ),
    (
        "array_items",
        {"where": [*SCHEMAS, "*", "properties", "b"]},
        small(schemas={"A": {"properties": {"b": {"items": {"type": "array", "anyOf": [USER]}}}}}),
        small(schemas={"A": {"properties": {"b": {"type": "array", "items": USER}}}}),
        1,
        small(schemas={"A": {"properties": {"b": {"type": "array", "items": {"type": "array", "anyOf": [USER]}}}}}),
    ),
    (
        "refer",
        {"where": [*SCHEMAS, "A", "properties", "b"], "target": "U"},
        small(schemas={"U": USER, "A": {"properties": {"b": {"properties": {"urn": TEXT}}}}}),
        small(schemas={"U": USER, "A": {"properties": {"b": reference("U")}}}),
        1,
        small(schemas={"U": USER, "A": {"properties": {"b": reference("U")}}}),
    ),
    (
        "name",
        {"where": [*SCHEMAS, "*", "properties", "b"], "name": "B", "when_key": "enum"},
        small(schemas={"A": {"properties": {"b": {"enum": ["x"]}}}, "C": {"properties": {"b": {"enum": ["x"]}}}}),
        small(
            schemas={
                "A": {"properties": {"b": reference("B")}},
                "C": {"properties": {"b": reference("B")}},
                "B": {"enum": ["x"]},
            }
        ),
        2,
        small(schemas={"A": {"properties": {"b": TEXT}}}),
    ),
    (
        "rename_field",
        {"where": [*SCHEMAS, "A"], "name": "class", "to": "class_"},
        small(schemas={"A": {"properties": {"class": TEXT}}}),
        small(schemas={"A": {"properties": {"class": TEXT}, "x-attributes": {"class": "class_"}}}),
        1,
        small(schemas={"A": {"properties": {"b": TEXT}}}),
    ),
    (
        "rename_schema",
        {"name": "Model", "to": "CarModel"},
        small(schemas={"Model": TEXT, "B": {"items": reference("Model")}}),
        small(schemas={"CarModel": TEXT, "B": {"items": reference("CarModel")}}),
        1,
        small(schemas={"CarModel": TEXT}),
    ),
    (
        "rename_enum_value",
        {"where": [*SCHEMAS, "A"], "value": "a_b", "to": "OTHER"},
        small(schemas={"A": {"enum": ["a-b", "a_b"]}}),
        small(schemas={"A": {"enum": ["a-b", "a_b"], "x-enum-varnames": ["A_B", "OTHER"]}}),
        1,
        small(schemas={"A": {"enum": ["a-b"]}}),
    ),
]


def test_every_rule_has_an_example():
    assert {rule for rule, *_ in APPLIED} == RULES.keys()


@pytest.mark.parametrize(
    ("rule", "keys", "before", "after", "hits", "nothing"), APPLIED, ids=[rule for rule, *_ in APPLIED]
)
def test_a_rule(rule, keys, before, after, hits, nothing):
    document, untouched = copy.deepcopy(before), copy.deepcopy(nothing)

    assert RULES[rule](document, keys) == hits
    assert document == after
    assert RULES[rule](untouched, keys) == 0
    assert untouched == nothing


@pytest.mark.parametrize(
    ("rule", "keys", "before", "after", "hits", "nothing"), APPLIED, ids=[rule for rule, *_ in APPLIED]
)
def test_a_rule_changes_a_copy_and_fails_when_stale(rule, keys, before, after, hits, nothing):
    entry = {"rule": rule, "why": "why", "link": "https://example.com/why", **keys}
    original = copy.deepcopy(before)

    assert apply_corrections(original, [entry]) == after
    assert original == before
    with pytest.raises(CorrectionError, match=re.escape(f"the correction {rule!r} at ")) as caught:
        apply_corrections(nothing, [entry])
    assert "https://example.com/why" in str(caught.value)
    assert " > ".join(keys.get("where", ["the document"])) in str(caught.value)


def test_a_correction_that_would_lose_information_is_an_error():
    inline = small(schemas={"U": USER, "A": {"properties": {"b": {"properties": {"urn": TEXT, "more": TEXT}}}}})
    unlike = small(schemas={"A": {"properties": {"b": {"enum": ["x"]}}}, "C": {"properties": {"b": {"enum": ["y"]}}}})
    taken = small(schemas={"A": {"properties": {"b": {"enum": ["x"]}}}, "B": TEXT})
    naming = {"where": [*SCHEMAS, "*", "properties", "b"], "name": "B"}

    with pytest.raises(CorrectionError, match="has fields that U lacks: more"):
        RULES["refer"](inline, {"where": [*SCHEMAS, "A", "properties", "b"], "target": "U"})
    with pytest.raises(CorrectionError, match="is not the same everywhere; it cannot be one B"):
        RULES["name"](unlike, naming)
    with pytest.raises(CorrectionError, match="is not the same everywhere; it cannot be one B"):
        RULES["name"](taken, naming)


def test_patterns_of_where():
    document = {"a": {"b": [{"c": 1}, {"c": 2}], "track[x]": {"c": 3}}}

    def found(*where):
        return [value for _, _, value in matches(document, list(where))]

    assert found("a", "b", "0", "c") == [1]
    assert found("a", "b", "*", "c") == [2, 1]
    assert found("**", "c") == [3, 2, 1]
    assert found("a", "track[x]", "c") == [3]
    assert found("a", "*[*]", "c") == [3]
    assert found("a", "**", "**", "c") == [3, 2, 1]
    assert found("x", "**") == []
    assert found() == [document]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[correction]]\nrule = "remove"\nlink = "b"\n', r", entry 1 lacks why; add what is missing$"),
        ('[[correction]]\nrule = "remove"\nwhy = "a"\n', r", entry 1 lacks link; add what is missing$"),
        ('[[correction]]\nwhy = "a"\nlink = "b"\n', r", entry 1 lacks rule; add what is missing$"),
        (
            '[[correction]]\nrule = "delete"\nwhy = "a"\nlink = "b"\n',
            r", entry 1: 'delete' is not a rule; use one of add_",
        ),
        (
            '[[correction]]\nrule = "remove"\nwhy = "a"\nlink = "b"\n',
            r", entry 1: the rule remove needs where; add what",
        ),
        (
            '[[correction]]\nrule = "name"\nwhy = "a"\nlink = "b"\n',
            r", entry 1: the rule name needs name, where; add what",
        ),
        (
            '[[correction]]\nrule = "remove"\nwhere = "paths"\nwhy = "a"\nlink = "b"\n',
            r", entry 1: where is 'paths'; write a list",
        ),
        ("correction = 3\n", r": correction is 3, not a list of tables; begin each entry with \[\[correction\]\]$"),
        ("[[correction]]\nrule = remove\n", r": cannot be read \(Invalid value \(at line 2, column 8\)\); repair it$"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(tmp_path, text, said):
    path = tmp_path / "corrections.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DocumentError, match=f"corrections.toml{said}"):
        load_corrections(path)


@pytest.mark.parametrize("rule", RULES)
def test_the_keys_that_each_rule_reads_are_checked(rule):
    read = set(re.findall(r'entry\["(\w+)"\]', inspect.getsource(getattr(corrections, rule))))

    assert read - corrections.KEYS.get(rule, {"where"}) <= ({"name", "where"} if rule == "rename_field" else {"where"})


def corrected(entries):
    return apply_corrections(DOCUMENT, entries)


@pytest.mark.parametrize(("number", "entry"), list(enumerate(ENTRIES)), ids=IDS)
def test_every_entry_is_needed(number, entry):
    before = corrected(ENTRIES[:number])
    after = corrected(ENTRIES[: number + 1])

    assert after != before
    assert len(entry["why"]) > 10
    assert re.fullmatch(r"https://\S+", entry["link"])
    if entry["rule"] in IDEMPOTENT and "unless" not in entry and "when" not in entry:
        assert apply_corrections(after, [entry]) == after
    else:
        with pytest.raises(CorrectionError, match="does not match the document any more"):
            apply_corrections(after, [entry])


def test_all_corrections_together():
    before = copy.deepcopy(DOCUMENT)
    after = apply_corrections(DOCUMENT)

    assert before == DOCUMENT
    assert after == corrected(ENTRIES)
    assert len(ENTRIES) == CORRECTIONS.read_text(encoding="utf-8").count("[[correction]]") > 30
    assert {entry["rule"] for entry in ENTRIES} <= RULES.keys()


def test_all_stale_entries_are_found_and_can_be_cut_out():
    document = copy.deepcopy(DOCUMENT)
    document["paths"]["/sign-out"]["post"]["tags"] = ["oauth"]
    document["components"]["schemas"]["Comment"]["properties"]["timestamp"] = {"type": "integer"}
    text = CORRECTIONS.read_text(encoding="utf-8")

    _, stale = correct(document, ENTRIES)

    assert [(entry["rule"], entry["where"][-1]) for entry in stale] == [("update", "post"), ("update", "timestamp")]
    left = without(text, stale)
    assert tomllib.loads(left)["correction"] == [entry for entry in ENTRIES if entry not in stale]
    assert [line for line in left.splitlines() if line.startswith("#")] == [
        line for line in text.splitlines() if line.startswith("#")
    ]
    assert correct(document, tomllib.loads(left)["correction"])[1] == []


def test_the_last_entry_can_be_cut_out():
    left = without(CORRECTIONS.read_text(encoding="utf-8"), ENTRIES[-1:])

    assert tomllib.loads(left)["correction"] == ENTRIES[:-1]
    assert left.endswith("\n")
    assert not left.endswith("\n\n")


def test_a_file_that_is_written_in_another_way_is_not_cut():
    text = '[[correction]]\nrule = "remove"\n\nmore = 1\n\n[[correction]]\nrule = "update"\n'

    with pytest.raises(CorrectionError, match="put an empty line after each entry"):
        without(text, tomllib.loads(text)["correction"][:1])


def test_a_correction_at_a_place_of_another_form_is_named():
    broken = small(schemas={"A": {"properties": {"b": {"properties": {"urn": TEXT}}}}})
    entry = {"rule": "refer", "where": [*SCHEMAS, "A", "properties", "b"], "target": "U", "why": "", "link": ""}
    renaming = {"rule": "rename_field", "where": [*SCHEMAS, "A"], "name": "b", "to": "c", "why": "", "link": ""}

    with pytest.raises(CorrectionError, match="#/components/schemas/U is not in the document"):
        apply_corrections(broken, [entry])
    with pytest.raises(
        CorrectionError, match=r"'rename_field' at components > schemas > A .b. cannot be applied .*another form"
    ):
        apply_corrections(small(schemas={"A": 1}), [renaming])
