"""A cassette for each namespace, recorded from the sandbox, played by both twins."""

from datetime import datetime

import pytest

from soundcloud import SoundCloudClient, NotFoundError, generate_code_challenge
from soundcloud.models import Playlist, Track, User
from soundcloud.sandbox.demo import tone

pytestmark = [pytest.mark.anyio, pytest.mark.vcr, pytest.mark.block_network(allowed_hosts=["127.0.0.1"])]

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.fixture
def anyio_backend():
    return "asyncio"


def test_search(settings):
    with SoundCloudClient(**settings) as client:
        page = client.search.tracks("lofi", limit=6, access="playable")
        following = page.next_page()
        users = client.search.users("a", limit=5)
        playlists = client.search.playlists("night", limit=5, show_tracks=False)

    assert len(page.collection) == 6
    assert all(isinstance(track.created_at, datetime) for track in page.collection)
    assert {track.urn for track in page.collection}.isdisjoint({track.urn for track in following.collection})
    assert all(isinstance(user, User) for user in users.collection)
    assert all(isinstance(playlist, Playlist) for playlist in playlists.collection)


def test_tracks(settings):
    with SoundCloudClient(**settings) as client:
        found = (client.search.tracks("lofi", limit=1)).collection[0]
        track = client.tracks.get_track(found)
        streams = client.tracks.get_streams(track)
        comment = client.tracks.create_comment(track, "That bass!", 1500)
        comments = client.tracks.get_comments(track, 5)
        uploaded = client.tracks.upload(tone(0.02), title="Cassette", sharing="private")
        renamed = client.tracks.update(uploaded, title="Cassette II")
        client.tracks.delete(uploaded)
        with pytest.raises(NotFoundError):
            client.tracks.get_track(uploaded)

    assert isinstance(track, Track)
    assert track.urn == found.urn
    assert streams.raw
    assert (comment.body, comment.timestamp) == ("That bass!", 1500)
    assert comment.urn in {each.urn for each in comments.collection}
    assert (uploaded.title, renamed.title, renamed.sharing) == ("Cassette", "Cassette II", "private")


def test_users(settings):
    with SoundCloudClient(**settings) as client:
        found = (client.search.users("a", limit=1)).collection[0]
        user = client.users.get_user(found)
        tracks = client.users.get_tracks(user, 3, sort="asc")
        profiles = client.users.get_web_profiles(user)
        followers = client.users.get_followers(user, 3)

    assert user.urn == found.urn
    assert [track.created_at for track in tracks.collection] == sorted(track.created_at for track in tracks.collection)
    assert all(profile.url for profile in profiles.collection)
    assert all(isinstance(follower, User) for follower in followers.collection)


def test_playlists(settings):
    with SoundCloudClient(**settings) as client:
        first, second = (client.search.tracks("lofi", limit=2)).collection
        playlist = client.playlists.create(title="Cassette", tracks=[first, second], sharing="private")
        changed = client.playlists.update(playlist, tracks=[second])
        tracks = client.playlists.get_tracks(playlist)
        client.playlists.delete(playlist)

    assert [track.urn for track in playlist.tracks] == [first.urn, second.urn]
    assert changed.title == "Cassette"
    assert [track.urn for track in tracks.collection] == [second.urn]


def test_me(settings):
    with SoundCloudClient(**settings) as client:
        me = client.me.get_me()
        stranger = next(user for user in (client.search.users("a")).collection if user.urn != me.urn)
        client.me.follow(stranger)
        client.me.follow(stranger)
        followings = client.me.get_followings()
        client.me.unfollow(stranger)
        feed = client.me.get_feed(5)

    assert me.username
    assert stranger.urn in {user.urn for user in followings.collection}
    assert all(isinstance(activity.origin, Track | Playlist) for activity in feed.collection)


def test_likes(settings):
    with SoundCloudClient(**settings) as client:
        track = (client.search.tracks("lofi", limit=1)).collection[0]
        client.likes.like_track(track)
        liked = client.me.get_likes_tracks(3)
        client.likes.unlike_track(track)
        after = client.me.get_likes_tracks(3)

    assert track.urn in {each.urn for each in liked.collection}
    assert track.urn not in {each.urn for each in after.collection}


def test_reposts(settings):
    with SoundCloudClient(**settings) as client:
        track = (client.search.tracks("lofi", limit=1)).collection[0]
        client.reposts.repost_track(track)
        reposted = client.me.get_reposts_tracks(3)
        client.reposts.unrepost_track(track)

    assert track.urn in {each.urn for each in reposted.collection}


def test_resolve(settings):
    with SoundCloudClient(**settings) as client:
        track = (client.search.tracks("lofi", limit=1)).collection[0]
        url = client.resolve.resolve_url(track.permalink_url)
        resolved = client.resolve.resolve(track.permalink_url)
        with pytest.raises(NotFoundError):
            client.resolve.resolve_url("https://soundcloud.com/nobody-at-all/nothing")

    assert url.startswith(settings["base_url"])
    assert resolved.urn == track.urn


def test_raw(settings):
    with SoundCloudClient(**settings) as client:
        track = (client.search.tracks("lofi", limit=1)).collection[0]
        found = client.raw.get("/tracks/{urn}", {"urn": track.urn})
        missing = client.raw.get("/tracks/{id}", {"id": 1})

    assert (found.status, found.ok, found.data["urn"]) == (200, True, track.urn)
    assert (missing.status, missing.ok) == (404, False)


def test_auth(settings, approve):
    with SoundCloudClient(**settings) as client:
        app = client.auth.get_client_token()
        url = client.auth.get_authorization_url(state="s", code_challenge=generate_code_challenge(VERIFIER))
        code = approve(url).split("code=")[1].split("&")[0]
        person = client.auth.get_user_token(code, VERIFIER)
        again = client.auth.refresh_user_token(person.refresh_token)
        client.auth.sign_out(again.access_token)

    assert (app.grant, app.token_type, person.grant) == ("app", "Bearer", "user")
    assert person.refresh_token
    assert again.access_token
    assert person.access_token not in repr(person)
