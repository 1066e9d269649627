"""The class, the command and the control API of the sandbox offer the same things under the same names."""

import inspect
import re
from pathlib import Path

from openapi_schema_validator import OAS31Validator

from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.command_line import OPTIONS as COMMAND_OPTIONS
from soundcloud.sandbox.controls import SandboxControls
from soundcloud.sandbox.data.datasets import DEFAULT_TRACKS, MAXIMUM_TRACKS
from soundcloud.sandbox.faults.settings import Faults
from soundcloud.sandbox.http.control_document import make_document
from soundcloud.sandbox.http.control_operations import OPERATIONS
from soundcloud.sandbox.settings import SETTING_TEXTS, SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "sandbox.md"
# What only the command has, because it is about the process.
OF_THE_PROCESS = {"print_env", "env_file", "background", "stop", "status", "name"}


def public_members(cls):
    return {name for name in vars(cls) if not name.startswith("_")}


def test_each_member_of_the_class_is_an_operation_and_the_other_way_round():
    of_operations = {name for operation in OPERATIONS for name in operation.python.split()}

    assert of_operations == public_members(SandboxControls)


def test_operations_have_the_names_of_the_members():
    for operation in OPERATIONS:
        if operation.python and operation.name not in {"change_clock", "request", "request_events"}:
            assert operation.name == operation.python.split()[0]


def test_each_argument_of_the_constructor_is_an_option():
    arguments = set(inspect.signature(Sandbox).parameters) - {"faults"}
    options = {option.name for option in COMMAND_OPTIONS} - OF_THE_PROCESS
    of_faults = {field.name for field in Faults.__dataclass_fields__.values()} - {"seed"} | {"fault_seed"}

    assert options == arguments | of_faults


def test_settings_have_the_same_names_and_defaults_everywhere():
    parameters = inspect.signature(Sandbox).parameters
    options = {option.name: option for option in COMMAND_OPTIONS}
    document = make_document(OPERATIONS)["paths"]
    in_body = document["/-/settings"]["patch"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    in_reset = document["/-/reset"]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    with Sandbox() as sandbox:
        current = sandbox.settings

    assert list(SETTINGS) == list(current) == list(in_body) == list(SETTING_TEXTS)
    assert set(SETTINGS) == set(in_reset) - {"seed", "tracks", "dataset"}
    for name, value in current.items():
        assert parameters[name].default == value
        assert (options[name].default or False) == value
        assert options[name].help == in_body[name]["description"]


def test_the_size_of_the_data_has_the_same_name_and_range_everywhere():
    document = make_document(OPERATIONS)["paths"]
    in_reset = document["/-/reset"]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    option = next(option for option in COMMAND_OPTIONS if option.name == "tracks")
    smallest, largest = in_reset["tracks"]["minimum"], in_reset["tracks"]["maximum"]

    for function in (Sandbox, Sandbox.reset):
        assert inspect.signature(function).parameters["tracks"].default is None
    assert (smallest, largest) == (DEFAULT_TRACKS, MAXIMUM_TRACKS)
    for text in (option.help, Sandbox.__doc__):
        assert f"{smallest}" in text
        assert f"{largest:,}" in text


def table_rows(heading):
    section = PAGE.read_text(encoding="utf-8").partition(f"\n{heading}\n")[2]
    table = re.search(r"(?:^\|.*\|\n)+", section, re.MULTILINE)[0]
    return [[cell.strip() for cell in line.strip("|\n").split(" | ")] for line in table.splitlines()[2:]]


def test_the_page_has_every_operation():
    expected = [
        [f"`{operation.method} {operation.path}`", ", ".join(f"`{name}`" for name in operation.python.split())]
        for operation in OPERATIONS
    ]

    assert [row[:2] for row in table_rows("## The control API")] == expected


def test_the_page_has_every_setting():
    expected = [[f"`{name}`", f"`--{name.replace('_', '-')}`"] for name in SETTINGS]

    assert [row[:2] for row in table_rows("## Settings")] == expected


def test_the_document_is_a_valid_openapi_document():
    document = make_document(OPERATIONS)
    schemas = [
        content["schema"]
        for path in document["paths"].values()
        for operation in path.values()
        for message in [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in message.get("content", {}).values()
    ]

    assert len(schemas) > len(OPERATIONS)
    for schema in schemas:
        OAS31Validator.check_schema(schema)
