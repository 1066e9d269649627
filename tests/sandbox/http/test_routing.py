"""Which operations have a handler, and what the others answer."""

import subprocess
import sys

import pytest

from soundcloud.sandbox import handled_operations
from soundcloud.sandbox.http.messages import Request, Response, Viewer
from soundcloud.sandbox.http.routing import HandlerRegistry
from soundcloud_api.operations import OPERATIONS, OperationInfo

MADE_UP = OperationInfo("get_weather_city", "GET", "/weather/{city}", "weather", False)


def test_every_operation_is_handled():
    assert frozenset(OPERATIONS) == handled_operations()


def test_an_operation_without_handler_answers_501_and_says_so():
    route = HandlerRegistry({MADE_UP.id: MADE_UP}).routes()[0]
    answer = route.handler(Request(None, "/weather/leeds", {"city": "leeds"}, {}, Viewer(1, None)))

    assert ("GET", "/weather/{city}", MADE_UP.id) == (route.method, route.path, route.operation)
    assert answer.status == 501
    assert answer.content["message"] == "The sandbox does not handle get_weather_city yet."
    assert answer.content["status"] == "501 - Not Implemented"


def test_an_operation_gets_one_handler():
    table = HandlerRegistry({MADE_UP.id: MADE_UP})

    @table.handles(MADE_UP.id)
    def weather(call):
        return Response("rain")

    @table.handles_undocumented("GET", "/tides")
    def tides(call):
        return Response("low")

    assert frozenset({MADE_UP.id}) == table.handled
    assert [weather, tides] == [route.handler for route in table.routes()]
    with pytest.raises(LookupError, match="has a handler already"):
        table.handles(MADE_UP.id)
    with pytest.raises(LookupError, match="no operation 'get_moon'"):
        table.handles("get_moon")


def test_the_report_needs_no_extra():
    code = (
        "import sys, soundcloud.sandbox as sandbox; sandbox.handled_operations();"
        "print(sorted({'starlette', 'uvicorn', 'mutagen', 'httpx'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"


def test_a_missing_extra_is_named():
    code = (
        "import importlib.util, sys;"
        "import soundcloud.sandbox.errors as problems;"
        "problems.find_spec = lambda name: None if name == 'uvicorn' else importlib.util.find_spec(name);"
        "from soundcloud.sandbox import Sandbox"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "ImportError: the sandbox needs uvicorn, which is not installed" in result.stderr
    assert "pip install 'soundcloud-sdk[sandbox]'" in result.stderr
