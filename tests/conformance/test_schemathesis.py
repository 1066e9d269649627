"""Schemathesis against every operation of the corrected document, with valid and invalid requests to the sandbox.

No response is a server error, and each conforms to the document, with the exceptions listed here.
`make conformance` sends more requests than `make test`.
"""

import json
import re
from collections import Counter

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)

from soundcloud.sandbox import Sandbox
from soundcloud_api.operations import OPERATIONS
from tests.conformance.conftest import FULL
from tools.openapi.corrections import apply_corrections, load_corrections
from tools.openapi.document import OPENAPI_JSON

EXAMPLES = 40 if FULL else 3
CHECKS = (content_type_conformance, response_headers_conformance, response_schema_conformance)

# Statuses that the document lacks: the operations and the reason.
UNDOCUMENTED_STATUSES = {
    400: (
        r"\w+",
        "an invalid parameter or body; documented for some operations only",
    ),
    404: (r"\w+_urn(_\w+)?", "a missing resource; documented for some operations only"),
    422: (r"(post|put)_(playlists|tracks)\w*", "an unprocessable body, as for uploads and comments"),
}
# Bodies that differ from the document.
DIFFERENT_BODIES = {
    "get_users_user_urn_related": "a bare array without linked_partitioning; documented as an object",
}
# The code generator needs one class per list; without linked_partitioning the sandbox sends the deprecated array, as documented.
GENERATOR_RULES = {"object_of_either", "object_of_array"}


def response_document():
    """Return the corrected document with arrays for lists and nullable response fields: SoundCloud sends null in any field."""
    corrections = [
        entry
        for entry in load_corrections()
        if entry["rule"] not in GENERATOR_RULES and "PlaylistsArray" not in entry.get("where", ())
    ]
    document = apply_corrections(json.loads(OPENAPI_JSON.read_text(encoding="utf-8")), corrections)
    for name, schema in document["components"]["schemas"].items():
        if not name.endswith("Request"):
            for field, value in schema.get("properties", {}).items():
                schema["properties"][field] = {"anyOf": [value, {"enum": [None], "nullable": True}]}
    return document


SCHEMA = schemathesis.openapi.from_dict(response_document())


def has_invalid_requests(operation):
    """Return whether a request can be invalid: a path parameter accepts any string."""
    operation_schema = SCHEMA[OPERATIONS[operation].path][OPERATIONS[operation].method]
    return bool(list(operation_schema.query) or list(operation_schema.body))


CASES = [(operation, GenerationMode.POSITIVE) for operation in OPERATIONS]
CASES += [(operation, GenerationMode.NEGATIVE) for operation in OPERATIONS if has_invalid_requests(operation)]


@pytest.fixture(scope="module")
def running():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def path_parameters(running):
    """Path parameters: resources of the signed-in user, which are the same after each reset."""
    headers = {"Authorization": f"OAuth {running.user_token()}"}
    with httpx.Client(base_url=running.api_url, headers=headers, trust_env=False) as client:

        def first(path):
            found = client.get(path, params={"limit": 1}).json()
            return (found["collection"] if isinstance(found, dict) else found)[0]["urn"]

        return {
            "track_urn": first("/me/tracks"),
            "playlist_urn": first("/me/playlists"),
            "user_urn": first("/me/followings"),
            "follower_urn": first("/me/followers"),
            "following_urn": first("/me/followings"),
        }


@pytest.mark.parametrize(("operation", "mode"), CASES, ids=lambda value: getattr(value, "value", value))
def test_responses_conform_to_the_document(running, path_parameters, operation, mode):
    running.reset()
    info = OPERATIONS[operation]
    operation_schema = SCHEMA[info.path][info.method]
    documented = {int(status) for status in operation_schema.responses.status_codes}
    statuses = Counter()

    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation_schema.as_strategy(generation_mode=mode))
    def send_case(case):
        check(case)
        if case.path_parameters:
            # Generated path parameters match no resource, so repeat the case with existing ones.
            known = {name: path_parameters[name] for name in case.path_parameters if name in path_parameters}
            case.path_parameters = {**case.path_parameters, **known}
            check(case)

    def check(case):
        headers = {"Authorization": f"OAuth {running.user_token()}"}
        response = case.call(base_url=running.api_url, headers=headers)
        statuses[response.status_code] += 1

        assert response.status_code < 500, response.text
        if response.status_code not in documented:
            operations, _ = UNDOCUMENTED_STATUSES.get(response.status_code, ("", ""))
            assert re.fullmatch(operations, operation), (response.status_code, response.text)
            assert response.json()["code"] == response.status_code
        elif operation not in DIFFERENT_BODIES or isinstance(response.json(), dict):
            case.validate_response(response, checks=list(CHECKS))

    send_case()

    assert statuses
