"""A cassette for each namespace, recorded from the sandbox, played by both twins."""

from datetime import datetime

import pytest

from soundcloud import AsyncSoundCloudClient, NotFoundError, generate_code_challenge
from soundcloud.models import Playlist, Track, User
from soundcloud.sandbox.demo import tone

pytestmark = [pytest.mark.anyio, pytest.mark.vcr, pytest.mark.block_network(allowed_hosts=["127.0.0.1"])]

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def test_search(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        page = await client.search.tracks("lofi", limit=6, access="playable")
        following = await page.next_page()
        users = await client.search.users("a", limit=5)
        playlists = await client.search.playlists("night", limit=5, show_tracks=False)

    assert len(page.collection) == 6
    assert all(isinstance(track.created_at, datetime) for track in page.collection)
    assert {track.urn for track in page.collection}.isdisjoint({track.urn for track in following.collection})
    assert all(isinstance(user, User) for user in users.collection)
    assert all(isinstance(playlist, Playlist) for playlist in playlists.collection)


async def test_tracks(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        found = (await client.search.tracks("lofi", limit=1)).collection[0]
        track = await client.tracks.get_track(found)
        streams = await client.tracks.get_streams(track)
        comment = await client.tracks.create_comment(track, "That bass!", 1500)
        comments = await client.tracks.get_comments(track, 5)
        uploaded = await client.tracks.upload(tone(0.02), title="Cassette", sharing="private")
        renamed = await client.tracks.update(uploaded, title="Cassette II")
        await client.tracks.delete(uploaded)
        with pytest.raises(NotFoundError):
            await client.tracks.get_track(uploaded)

    assert isinstance(track, Track)
    assert track.urn == found.urn
    assert streams.raw
    assert (comment.body, comment.timestamp) == ("That bass!", 1500)
    assert comment.urn in {each.urn for each in comments.collection}
    assert (uploaded.title, renamed.title, renamed.sharing) == ("Cassette", "Cassette II", "private")


async def test_users(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        found = (await client.search.users("a", limit=1)).collection[0]
        user = await client.users.get_user(found)
        tracks = await client.users.get_tracks(user, 3, sort="asc")
        profiles = await client.users.get_web_profiles(user)
        followers = await client.users.get_followers(user, 3)

    assert user.urn == found.urn
    assert [track.created_at for track in tracks.collection] == sorted(track.created_at for track in tracks.collection)
    assert all(profile.url for profile in profiles.collection)
    assert all(isinstance(follower, User) for follower in followers.collection)


async def test_playlists(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        first, second = (await client.search.tracks("lofi", limit=2)).collection
        playlist = await client.playlists.create(title="Cassette", tracks=[first, second], sharing="private")
        changed = await client.playlists.update(playlist, tracks=[second])
        tracks = await client.playlists.get_tracks(playlist)
        await client.playlists.delete(playlist)

    assert [track.urn for track in playlist.tracks] == [first.urn, second.urn]
    assert changed.title == "Cassette"
    assert [track.urn for track in tracks.collection] == [second.urn]


async def test_me(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        me = await client.me.get_me()
        stranger = next(user for user in (await client.search.users("a")).collection if user.urn != me.urn)
        await client.me.follow(stranger)
        await client.me.follow(stranger)
        followings = await client.me.get_followings()
        await client.me.unfollow(stranger)
        feed = await client.me.get_feed(5)

    assert me.username
    assert stranger.urn in {user.urn for user in followings.collection}
    assert all(isinstance(activity.origin, Track | Playlist) for activity in feed.collection)


async def test_likes(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        track = (await client.search.tracks("lofi", limit=1)).collection[0]
        await client.likes.like_track(track)
        liked = await client.me.get_likes_tracks(3)
        await client.likes.unlike_track(track)
        after = await client.me.get_likes_tracks(3)

    assert track.urn in {each.urn for each in liked.collection}
    assert track.urn not in {each.urn for each in after.collection}


async def test_reposts(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        track = (await client.search.tracks("lofi", limit=1)).collection[0]
        await client.reposts.repost_track(track)
        reposted = await client.me.get_reposts_tracks(3)
        await client.reposts.unrepost_track(track)

    assert track.urn in {each.urn for each in reposted.collection}


async def test_resolve(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        track = (await client.search.tracks("lofi", limit=1)).collection[0]
        url = await client.resolve.resolve_url(track.permalink_url)
        resolved = await client.resolve.resolve(track.permalink_url)
        with pytest.raises(NotFoundError):
            await client.resolve.resolve_url("https://soundcloud.com/nobody-at-all/nothing")

    assert url.startswith(settings["base_url"])
    assert resolved.urn == track.urn


async def test_raw(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        track = (await client.search.tracks("lofi", limit=1)).collection[0]
        found = await client.raw.get("/tracks/{urn}", {"urn": track.urn})
        missing = await client.raw.get("/tracks/{id}", {"id": 1})

    assert (found.status, found.ok, found.data["urn"]) == (200, True, track.urn)
    assert (missing.status, missing.ok) == (404, False)


async def test_auth(settings, approve):
    async with AsyncSoundCloudClient(**settings) as client:
        app = await client.auth.get_client_token()
        url = client.auth.get_authorization_url(state="s", code_challenge=generate_code_challenge(VERIFIER))
        code = approve(url).split("code=")[1].split("&")[0]
        person = await client.auth.get_user_token(code, VERIFIER)
        again = await client.auth.refresh_user_token(person.refresh_token)
        await client.auth.sign_out(again.access_token)

    assert (app.grant, app.token_type, person.grant) == ("app", "Bearer", "user")
    assert person.refresh_token
    assert again.access_token
    assert person.access_token not in repr(person)
