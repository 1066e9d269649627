"""Tests of a program, with the pytest plugin of the sandbox. They need no network and no account, and each test gets fresh data.

    pip install ".[sandbox]" pytest
    pytest examples/test_with_sandbox.py

Output:

    ...
    ... 7 passed in ...

The program is the function `like_artists` below. In your project, it is in another module. Copy this file as a start, and read
docs/testing.md for more.
"""

from collections.abc import Iterable

import pytest

from soundcloud import AsyncSoundCloudClient, NotFoundError, RateLimitError, SoundCloudClient, retries_off
from soundcloud.sandbox import Faults, RateLimitFault, Sandbox

CATALOGUE = {
    "users": [{"permalink": "ada"}, {"permalink": "bo"}],
    "tracks": [
        {"user": "bo", "title": "First", "genre": "House"},
        {"user": "bo", "title": "Second", "genre": "Ambient"},
        {"user": "bo", "title": "Third", "genre": "House"},
    ],
}

pytestmark = pytest.mark.soundcloud(dataset=CATALOGUE, user="ada")


def like_artists(client: SoundCloudClient, artists: Iterable[str], genre: str) -> list[str]:
    """Like all tracks of some users in a genre, and return their titles."""
    liked: list[str] = []
    for artist in artists:
        user = client.resolve.user(f"https://soundcloud.com/{artist}")
        for track in client.users.get_tracks(user):
            if track.genre == genre:
                client.likes.like_track(track)
                liked.append(track.title)
    return liked


def test_tracks_of_the_genre_are_liked(soundcloud_client: SoundCloudClient) -> None:
    assert sorted(like_artists(soundcloud_client, ["bo"], "House")) == ["First", "Third"]
    assert {track.title for track in soundcloud_client.me.get_likes_tracks()} == {"First", "Third"}


def test_each_test_starts_without_likes(soundcloud_client: SoundCloudClient) -> None:
    assert list(soundcloud_client.me.get_likes_tracks()) == []


def test_an_unknown_artist(soundcloud_client: SoundCloudClient) -> None:
    with pytest.raises(NotFoundError):
        like_artists(soundcloud_client, ["no-such-user"], "House")


def test_only_likes_are_written(soundcloud_client: SoundCloudClient, soundcloud_sandbox: Sandbox) -> None:
    like_artists(soundcloud_client, ["bo"], "House")

    soundcloud_sandbox.requests.assert_requested("POST", "/likes/tracks/*", times=2)
    assert {request.method for request in soundcloud_sandbox.requests} == {"GET", "POST"}


def test_a_moment_without_soundcloud(soundcloud_client: SoundCloudClient, soundcloud_sandbox: Sandbox) -> None:
    soundcloud_sandbox.set_faults(Faults(error_rate={"unavailable_text": 1}, times=1, paths=["/users/*"]))

    assert len(like_artists(soundcloud_client, ["bo"], "House")) == 2


def test_a_rate_limit(soundcloud_client: SoundCloudClient, soundcloud_sandbox: Sandbox) -> None:
    soundcloud_sandbox.set_faults(Faults(rate_limit=RateLimitFault(requests=3, seconds=600)))

    with retries_off(), pytest.raises(RateLimitError) as caught:
        like_artists(soundcloud_client, ["bo"], "House")
    assert caught.value.retry_after is not None


@pytest.fixture
def anyio_backend() -> str:
    """Run async tests with asyncio; anyio brings the plugin."""
    return "asyncio"


@pytest.mark.anyio
async def test_the_async_client(async_soundcloud_client: AsyncSoundCloudClient) -> None:
    async with async_soundcloud_client as client:
        assert (await client.me.get_me()).permalink == "ada"
