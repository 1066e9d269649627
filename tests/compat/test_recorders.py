"""vcrpy 6, 8 and 9 record every request once, and play it back without sending it."""

from pathlib import Path

import pytest
import vcr
import yaml
from vcr.errors import CannotOverwriteExistingCassetteException

from tests.compat.conftest import ALL

MATCH = ["method", "scheme", "host", "port", "path", "query"]


@pytest.fixture
def cassette(tmp_path):
    return str(tmp_path / "cassette.yaml")


def record(cassette, server, open_calls):
    """Record the calls that the tests play."""
    with vcr.use_cassette(cassette, match_on=MATCH):
        assert open_calls().all() == ALL
    server.received.clear()


def test_every_request_is_recorded_once(calls, server, cassette):
    with vcr.use_cassette(cassette, match_on=MATCH) as recorded:
        assert calls.all() == ALL
        assert [request.method for request in recorded.requests] == ["POST", "GET", "PUT", "POST"]

    assert [request.method for request in server.received] == ["POST", "GET", "PUT", "POST"]
    assert b"soundsound" in server.received[-1].content
    assert len(yaml.safe_load(Path(cassette).read_text(encoding="utf-8"))["interactions"]) == 4


def test_every_request_is_played(calls, server, cassette, open_calls):
    record(cassette, server, open_calls)
    with vcr.use_cassette(cassette, match_on=MATCH, record_mode="none") as played:
        assert calls.all() == ALL
        assert played.play_count == 4

    assert server.received == []


def test_an_unknown_request_raises_its_error(calls, server, cassette, open_calls):
    record(cassette, server, open_calls)
    with vcr.use_cassette(cassette, match_on=MATCH, record_mode="none"):
        for call in (lambda: calls.run(calls.client.users.get_user(2)), lambda: calls.run(calls.client.me.get_me())):
            with pytest.raises(CannotOverwriteExistingCassetteException, match=r"record.mode"):
                call()

    assert server.received == []


def test_a_token_request_is_played(open_calls, server, cassette):
    for mode in ("once", "none"):
        calls = open_calls(client_id="id", client_secret="secret")
        assert calls.client
        with vcr.use_cassette(cassette, match_on=MATCH, record_mode=mode) as played:
            assert calls.read() == "ada"

    assert played.play_count == 2
    assert len(server.received) == 2


@pytest.mark.parametrize("argument", ["transport", "http_client"])
@pytest.mark.parametrize("name", ["httpx"] if vcr.__version__ < "7" else ["httpx", "httpx2"])
def test_a_transport_or_client_of_the_caller(open_calls, server, cassette, variant, argument, name):
    library = __import__(name)
    cls = {"transport": "HTTPTransport", "http_client": "Client"}[argument]
    passed = getattr(library, f"Async{cls}" if variant == "async" else cls)()
    calls = open_calls(**{argument: passed})
    with vcr.use_cassette(cassette, match_on=MATCH, record_mode="none"):
        with pytest.raises(CannotOverwriteExistingCassetteException):
            calls.read()
    calls.run(passed.aclose() if variant == "async" else passed.close())

    assert server.received == []
