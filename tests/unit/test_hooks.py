"""Hooks: what they may be, and what they must not break."""

from soundcloud._instrumentation import CallSpan, Hooks
from soundcloud._protocol.http.messages import Request

CALL = Request("GET", "https://api.soundcloud.com/me", "/me")


def test_a_hook_that_is_asynchronous_is_named_and_not_run(caplog):
    ran = []

    async def hook(value):
        ran.append(value)

    with CallSpan(CALL, Hooks(hook, hook, None)):
        pass

    assert ran == []
    assert "the on_event hook is a coroutine function and was not run: pass a plain function" in caplog.text
    assert "the on_request hook is a coroutine function" in caplog.text


def test_without_hooks_nothing_is_made():
    with CallSpan(CALL, Hooks(None, None, None)) as watch:
        pass

    assert (watch.number, watch.retries, watch.response) == (1, 0, None)
