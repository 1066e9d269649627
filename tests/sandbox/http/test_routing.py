"""The registry of handlers."""

import subprocess
import sys

import pytest

from soundcloud.sandbox import handled_operations
from soundcloud.sandbox.http.messages import Request, Response, Viewer
from soundcloud.sandbox.http.routing import HandlerRegistry
from soundcloud_api.operations import OPERATIONS, OperationInfo

MADE_UP = OperationInfo("get_tides_city", "GET", "/tides/{city}", "tides", False)


def test_all_operations_have_a_handler():
    assert frozenset(OPERATIONS) == handled_operations()


def test_operation_without_handler_answers_501():
    route = HandlerRegistry({MADE_UP.id: MADE_UP}).routes()[0]
    response = route.handler(Request(None, "/tides/leeds", {"city": "leeds"}, {}, Viewer(1, None)))

    assert ("GET", "/tides/{city}", MADE_UP.id) == (route.method, route.path, route.operation)
    assert response.status == 501
    assert response.content["message"] == "The sandbox does not handle get_tides_city yet."
    assert response.content["status"] == "501 - Not Implemented"


def test_operation_has_one_handler():
    registry = HandlerRegistry({MADE_UP.id: MADE_UP})

    @registry.handles(MADE_UP.id)
    def documented(request):
        return Response("high")

    @registry.handles_undocumented("GET", "/moons")
    def undocumented(request):
        return Response("low")

    assert frozenset({MADE_UP.id}) == registry.handled
    handlers = {route.operation: route.handler for route in registry.routes()}
    assert handlers == {MADE_UP.id: documented, "GET /moons": undocumented}
    with pytest.raises(LookupError, match="has a handler already"):
        registry.handles(MADE_UP.id)
    with pytest.raises(LookupError, match="no operation 'get_moon'"):
        registry.handles("get_moon")


def test_handled_operations_needs_no_extra():
    code = (
        "import sys, soundcloud.sandbox as sandbox; sandbox.handled_operations();"
        "print(sorted({'starlette', 'uvicorn', 'mutagen', 'httpx'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"


def test_missing_extra_is_named():
    code = (
        "import importlib.util, sys;"
        "import soundcloud.sandbox.errors as errors;"
        "errors.find_spec = lambda name: None if name == 'uvicorn' else importlib.util.find_spec(name);"
        "from soundcloud.sandbox import Sandbox"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "ImportError: the sandbox needs uvicorn, which is not installed" in result.stderr
    assert "pip install 'soundcloud-sdk[sandbox]'" in result.stderr
