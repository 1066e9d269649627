"""pytest-recording: its marker, its cassettes and `--block-network`."""

import pytest

pytest_plugins = ["pytester"]

MODULE = """
import asyncio
import pytest
import soundcloud

early = soundcloud.SoundCloudClient(access_token="own", base_url={url!r}, max_retries=0)

@pytest.fixture(scope="module")
def vcr_config():
    return {{"filter_headers": ["authorization"]}}

@pytest.mark.vcr
def test_sync():
    assert early.users.get_user(1).username == "ada"
    with soundcloud.SoundCloudClient(access_token="own", base_url={url!r}, max_retries=0) as client:
        assert client.users.get_user(1).username == "ada"

@pytest.mark.vcr
def test_async():
    async def main():
        async with soundcloud.AsyncSoundCloudClient(access_token="own", base_url={url!r}, max_retries=0) as client:
            assert (await client.users.get_user(1)).username == "ada"
    asyncio.run(main())

@pytest.mark.block_network
def test_blocked():
    with pytest.raises(RuntimeError, match="Network is disabled"):
        early.users.get_user(1)
    with soundcloud.SoundCloudClient(access_token="own", base_url={url!r}, max_retries=0) as client:
        with pytest.raises(RuntimeError, match="Network is disabled"):
            client.users.get_user(1)

@pytest.mark.block_network
def test_blocked_async():
    async def main():
        async with soundcloud.AsyncSoundCloudClient(access_token="own", base_url={url!r}, max_retries=0) as client:
            with pytest.raises(RuntimeError, match="Network is disabled"):
                await client.users.get_user(1)
    asyncio.run(main())
"""


def test_recording_and_playing(pytester: pytest.Pytester, server):
    pytester.makepyfile(test_recorded=MODULE.format(url=server.url))
    recorded = pytester.runpytest_subprocess("--record-mode=once", "-p", "no:cacheprovider")
    recorded.assert_outcomes(passed=4)
    assert len(server.received) == 3

    cassettes = sorted(pytester.path.glob("cassettes/*/*.yaml"))
    assert [path.name for path in cassettes] == ["test_async.yaml", "test_sync.yaml"]
    assert not any("own" in path.read_text(encoding="utf-8") for path in cassettes)

    played = pytester.runpytest_subprocess("--record-mode=none", "-p", "no:cacheprovider")
    played.assert_outcomes(passed=4)
    assert len(server.received) == 3
