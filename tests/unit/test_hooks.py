"""User hooks: asynchronous functions are refused, and no hook costs nothing."""

from soundcloud._instrumentation import CallSpan, Hooks
from soundcloud._protocol.http.messages import Request

CALL = Request("GET", "https://api.soundcloud.com/me", "/me")


def test_an_asynchronous_hook_is_logged_and_not_called(caplog):
    ran = []

    async def hook(value):
        ran.append(value)

    with CallSpan(CALL, Hooks(hook, hook, None)):
        pass

    assert ran == []
    assert "the on_event hook is a coroutine function and was not run: pass a plain function" in caplog.text
    assert "the on_request hook is a coroutine function" in caplog.text


def test_a_span_without_hooks():
    with CallSpan(CALL, Hooks(None, None, None)) as watch:
        pass

    assert (watch.number, watch.retries, watch.response) == (1, 0, None)
