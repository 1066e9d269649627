"""Schemathesis against every operation of the control API, with valid and invalid requests.

No response is a server error, and each conforms to the document, its statuses included.
"""

from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.http.control_document import make_document
from soundcloud.sandbox.http.control_operations import OPERATIONS
from tests.conformance.conftest import FULL

EXAMPLES = 40 if FULL else 6
CHECKS = (content_type_conformance, response_schema_conformance, status_code_conformance)
SCHEMA = schemathesis.openapi.from_dict(make_document(OPERATIONS))
# The stream of events has no end.
FINITE = [operation for operation in OPERATIONS if operation.name != "request_events"]
# A dataset with few entries: the tests reset it before each request.
DATASET = {
    "users": [{"permalink": "ada", "id": 1}, {"permalink": "bo", "id": 2}],
    "tracks": [{"user": "ada", "title": "One", "id": 1}, {"user": "bo", "title": "Two", "id": 2}],
    "comments": [{"user": "ada", "track": "bo/two", "body": "good"}],
    "likes": [{"user": "ada", "track": "bo/two"}],
}
KNOWN = {"id": "1", "name": "saved"}
# Operations whose valid requests name users, tracks, times or requests that a schema cannot describe.
NEEDS_REFERENCES = {"add_data", "change_clock", "change_data", "create_tokens", "delete_data", "import_data", "request"}


@pytest.fixture(scope="module")
def running():
    with Sandbox(dataset=DATASET) as sandbox:
        yield sandbox


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", FINITE, ids=lambda operation: operation.name)
def test_responses_conform_to_the_document(running, operation, mode):
    described = SCHEMA[operation.path][operation.method]
    if mode is GenerationMode.NEGATIVE and not (operation.query or operation.body):
        pytest.skip("no request can be invalid")
    statuses = Counter()

    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described.as_strategy(generation_mode=mode))
    def send_case(case):
        check(case)
        if case.path_parameters:
            # Generated path parameters match no resource, so repeat the case with existing ones.
            known = {name: KNOWN[name] for name in case.path_parameters if name in KNOWN}
            case.path_parameters = {**case.path_parameters, **known}
            check(case)

    def check(case):
        running.reset(dataset=DATASET)
        running.snapshot("saved")
        response = case.call(base_url=running.api_url)
        statuses[response.status_code] += 1

        case.validate_response(response, checks=list(CHECKS))

    send_case()

    if mode is GenerationMode.POSITIVE and operation.name not in NEEDS_REFERENCES:
        assert min(statuses) < 300
    else:
        assert max(statuses) < 500
