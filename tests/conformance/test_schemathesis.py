"""schemathesis over every operation of the corrected document: what fits it, what does not, and what the sandbox answers.

No answer is a failure of the server, and each is as the document has it, but for what is listed here with the reason.
`make conformance` tries more of each than `make test`.
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

# A status where the document does not have it: for which operations, and why it is given.
STATUSES = {
    400: (
        r"\w+",
        "a parameter or a body that cannot be read is refused; the document says so for some operations only",
    ),
    404: (r"\w+_urn(_\w+)?", "what is not there is not found; the document says so for some operations only"),
    422: (r"(post|put)_(playlists|tracks)\w*", "a body that can be read and not be taken, as for uploads and comments"),
}
# A body that is not as the document has it.
BODIES = {
    "get_users_user_urn_related": "a bare array without linked_partitioning, as the lists of tracks; documented as an object",
}
# For a generator a list is one class. What is sent without linked_partitioning is the deprecated array, and documented.
FOR_THE_GENERATOR = {"object_of_either", "object_of_array"}


def document_of_replies():
    """The corrected document, with arrays for lists, and null for any field of a reply: SoundCloud sends it everywhere."""
    corrections = [
        entry
        for entry in load_corrections()
        if entry["rule"] not in FOR_THE_GENERATOR and "PlaylistsArray" not in entry.get("where", ())
    ]
    document = apply_corrections(json.loads(OPENAPI_JSON.read_text(encoding="utf-8")), corrections)
    for name, schema in document["components"]["schemas"].items():
        if not name.endswith("Request"):
            for field, value in schema.get("properties", {}).items():
                schema["properties"][field] = {"anyOf": [value, {"enum": [None], "nullable": True}]}
    return document


SCHEMA = schemathesis.openapi.from_dict(document_of_replies())


def can_be_wrong(operation):
    """Whether there is a value that does not fit: every text fits a placeholder."""
    described = SCHEMA[OPERATIONS[operation].path][OPERATIONS[operation].method]
    return bool(list(described.query) or list(described.body))


CASES = [(operation, GenerationMode.POSITIVE) for operation in OPERATIONS]
CASES += [(operation, GenerationMode.NEGATIVE) for operation in OPERATIONS if can_be_wrong(operation)]


@pytest.fixture(scope="module")
def running():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def known(running):
    """Values for the placeholders: one's own things, which can be changed. They are the same after each reset."""
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
def test_every_answer_is_as_documented(running, known, operation, mode):
    running.reset()
    info = OPERATIONS[operation]
    described = SCHEMA[info.path][info.method]
    documented = {int(status) for status in described.responses.status_codes}
    asked = Counter()

    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described.as_strategy(generation_mode=mode))
    def ask(case):
        check(case)
        if case.path_parameters:
            # What is generated for a placeholder names nothing: here the rest of the case is what counts.
            case.path_parameters = {name: known[name] for name in case.path_parameters}
            check(case)

    def check(case):
        headers = {"Authorization": f"OAuth {running.user_token()}"}
        reply = case.call(base_url=running.api_url, headers=headers)
        asked[reply.status_code] += 1

        assert reply.status_code < 500, reply.text
        if reply.status_code not in documented:
            operations, _ = STATUSES.get(reply.status_code, ("", ""))
            assert re.fullmatch(operations, operation), (reply.status_code, reply.text)
            assert reply.json()["code"] == reply.status_code
        elif operation not in BODIES or isinstance(reply.json(), dict):
            case.validate_response(reply, checks=list(CHECKS))

    ask()

    assert asked
