"""Each fault alone, without retries: the error that a call raises."""

import asyncio

import anyio
import pytest

from soundcloud import (
    AsyncSoundCloudClient,
    ConnectionFailedError,
    EdgeError,
    GatewayError,
    QuotaExceededError,
    RateLimitError,
    RequestTimeoutError,
    ResponseTooLargeError,
    Retry,
    ServerError,
    SoundCloudClient,
    SpamWarningError,
    Timeout,
    UnexpectedResponseError,
)
from tests.resilience.calls import BACKENDS, anyio_backend, settings_of, transport_of, urn
from tests.resilience.faults import FAULTS

EXPECTED_ERRORS = {
    "429-bare": RateLimitError,
    "429-seconds": RateLimitError,
    "429-date": RateLimitError,
    "429-reset-time": QuotaExceededError,
    "429-spam": SpamWarningError,
    "5xx-json": ServerError,
    "5xx-html": GatewayError,
    "5xx-text": GatewayError,
    "5xx-empty": ServerError,
    "404-text": EdgeError,
    "reset-before": ConnectionFailedError,
    "reset-unanswered": ConnectionFailedError,
    "reset-in-head": ConnectionFailedError,
    "reset-in-body": ConnectionFailedError,
    "reset-after": None,
    "close-after": None,
    "truncated-right-length": UnexpectedResponseError,
    "truncated-wrong-length": ConnectionFailedError,
    "wrong-type": None,
    "html-200": UnexpectedResponseError,
    "error-200": UnexpectedResponseError,
    "garbage": ConnectionFailedError,
    "huge-head": ConnectionFailedError,
    "gzip-corrupt": UnexpectedResponseError,
    "gzip-truncated": UnexpectedResponseError,
    "gzip-bomb": ResponseTooLargeError,
    "gzip-endless-tail": ResponseTooLargeError,
    "unknown-encoding": UnexpectedResponseError,
    "chunked-wrong": ConnectionFailedError,
    "chunked-cut": ConnectionFailedError,
    "redirect-loop": UnexpectedResponseError,
    "redirect-elsewhere": UnexpectedResponseError,
    "slow": None,
    "drip-head": RequestTimeoutError,
    "drip-body": RequestTimeoutError,
    "never": RequestTimeoutError,
}
ENDLESS = {"drip-head", "drip-body", "never"}
ONCE, AGAIN = Retry(max_retries=0), Retry(base_delay=0.01)

pytestmark = pytest.mark.usefixtures("retrying")
# The client may read the response before or after the reset arrives.
EITHER = {"reset-after"}


def test_every_fault_has_an_expected_error():
    assert EXPECTED_ERRORS.keys() == FAULTS.keys()


def options(name):
    """Return options with long timeouts, except for endless faults."""
    return {
        "timeout": Timeout(total=0.6 if name in ENDLESS else 30, read=0.3 if name in ENDLESS else 30),
        "retry": ONCE,
    }


def check(name, error, track):
    expected = EXPECTED_ERRORS[name]
    if error is None:
        assert expected is None
        assert track.title == f"ada {urn(7)}"
    elif name not in EITHER:
        assert expected is not None
        assert isinstance(error, expected)
        assert (error.method, error.path) == ("GET", f"/tracks/{urn(7)}")


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault(server, name):
    with SoundCloudClient(**settings_of(server, "ada", **options(name))) as client:
        error = track = None
        try:
            track = client.tracks.get_track(7, secret_token=f"fault-{name}")
        except Exception as raised:
            error = raised
        check(name, error, track)
        again = client.with_options(retry=AGAIN)  # a reset may arrive late
        assert again.tracks.get_track(8).title == f"ada {urn(8)}"


@pytest.mark.parametrize("backend", BACKENDS)
def test_each_fault_async(server, backend):
    async def main():
        async with AsyncSoundCloudClient(**settings_of(server, "ada", **transport_of(backend))) as client:

            def get(name):
                return client.with_options(**options(name)).tracks.get_track(7, secret_token=f"fault-{name}")

            for result in await client.map(get, FAULTS, concurrency=40):
                if (
                    type(result.error) is ConnectionFailedError
                    and EXPECTED_ERRORS[result.item] is not ConnectionFailedError
                ):
                    # It was sent on a connection that was reset after an earlier response.
                    (result,) = await client.map(get, [result.item])
                check(result.item, result.error, result.value if result.ok else None)
            again = client.with_options(retry=AGAIN)
            assert (await again.tracks.get_track(8)).title == f"ada {urn(8)}"
        if backend != "trio":
            assert asyncio.all_tasks() == {asyncio.current_task()}

    anyio.run(main, backend=anyio_backend(backend))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_write_is_sent_once_when_the_connection_breaks(server, backend):
    async def main():
        async with AsyncSoundCloudClient(**settings_of(server, "ada", **transport_of(backend))) as client:
            for number in range(1, 6):
                await client.tracks.get_track(number)  # opens the connection that the write uses
                server.script(f"/tracks/{urn(number)}", "reset-unanswered")
                with pytest.raises(ConnectionFailedError) as caught:
                    await client.tracks.delete(number)
                assert caught.value.sent

    anyio.run(main, backend=anyio_backend(backend))
    assert server.applied == {f"DELETE /tracks/{urn(number)}": 1 for number in range(1, 6)}
