"""Recorded responses: a cassette for the reads and one for the writes of each namespace, played by both variants."""

from datetime import datetime

import pytest

from soundcloud import SoundCloudClient, NotFoundError, generate_code_challenge
from soundcloud.models import Comment, Playlist, Track, User
from soundcloud.sandbox.media.sound import tone

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
        found, other = (client.search.tracks("lofi", limit=2, access="playable")).collection
        track = client.tracks.get_track(found)
        tracks = client.tracks.get_tracks([found, other])
        streams = client.tracks.get_streams(track)
        preview = client.tracks.get_preview(track)
        comments = client.tracks.get_comments(track, 3)
        likes = client.tracks.get_likes(track, 3)
        reposts = client.tracks.get_reposts(track, 3)
        related = client.tracks.get_related(track, 3)

    assert isinstance(track, Track)
    assert track.urn == found.urn
    assert {each.urn for each in tracks.collection} == {found.urn, other.urn}
    assert streams.raw
    assert preview.startswith("http")
    assert all(isinstance(comment, Comment) for comment in comments.collection)
    assert all(isinstance(user, User) for user in likes.collection + reposts.collection)
    assert track.urn not in {each.urn for each in related.collection}


@pytest.mark.writes
def test_tracks_written(settings):
    with SoundCloudClient(**settings) as client:
        uploaded = client.tracks.upload(tone(0.02), title="Cassette", sharing="private")
        renamed = client.tracks.update(uploaded, title="Cassette II")
        comment = client.tracks.create_comment(uploaded, "That bass!", 15)
        comments = client.tracks.get_comments(uploaded, 5)
        storefront = client.tracks.set_storefront(
            uploaded, title="On tape", type="cassette", link="https://example.com/tape"
        )
        client.tracks.delete(uploaded)
        with pytest.raises(NotFoundError):
            client.tracks.get_track(uploaded)

    assert (uploaded.title, renamed.title, renamed.sharing) == ("Cassette", "Cassette II", "private")
    assert (comment.body, comment.timestamp) == ("That bass!", 15)
    assert comment.urn in {each.urn for each in comments.collection}
    assert (storefront.title, storefront.link) == ("On tape", "https://example.com/tape")


def test_users(settings):
    with SoundCloudClient(**settings) as client:
        found = (client.search.users("a", limit=1)).collection[0]
        user = client.users.get_user(found)
        followers = client.users.get_followers(user, 2)
        followings = client.users.get_followings(user, 2)
        with pytest.warns(DeprecationWarning, match="iterate over users.get_followings"):
            followed = client.users.get_following(user, followings.collection[0])
        related = client.users.get_related(user, 2)
        profiles = client.users.get_web_profiles(user)

    assert user.urn == found.urn
    assert followed.urn == followings.collection[0].urn
    assert all(isinstance(each, User) for each in followers.collection + related.collection)
    assert all(profile.url for profile in profiles.collection)


def test_users_lists(settings):
    with SoundCloudClient(**settings) as client:
        user = (client.search.users("a", limit=1)).collection[0]
        tracks = client.users.get_tracks(user, 3, sort="asc")
        playlists = client.users.get_playlists(user, 2, show_tracks=False)
        liked_tracks = client.users.get_likes_tracks(user, 2)
        liked_playlists = client.users.get_likes_playlists(user, 2)
        reposted_tracks = client.users.get_reposts_tracks(user, 2)
        reposted_playlists = client.users.get_reposts_playlists(user, 2)
        with pytest.warns(DeprecationWarning, match="use users.get_likes_tracks"):
            favorites = client.users.get_favorites(user, 2)

    assert [track.created_at for track in tracks.collection] == sorted(track.created_at for track in tracks.collection)
    assert all(
        isinstance(playlist, Playlist)
        for page in (playlists, liked_playlists, reposted_playlists)
        for playlist in page.collection
    )
    assert all(
        isinstance(track, Track) for page in (liked_tracks, reposted_tracks, favorites) for track in page.collection
    )


def test_playlists(settings):
    with SoundCloudClient(**settings) as client:
        found = (client.search.playlists("night", limit=1, show_tracks=False)).collection[0]
        playlist = client.playlists.get_playlist(found, show_tracks=False)
        tracks = client.playlists.get_tracks(playlist, 3)
        reposts = client.playlists.get_reposts(playlist, 3)

    assert playlist.urn == found.urn
    assert all(isinstance(track, Track) for track in tracks.collection)
    assert all(isinstance(user, User) for user in reposts.collection)


@pytest.mark.writes
def test_playlists_written(settings):
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
        tracks = client.me.get_tracks(2)
        playlists = client.me.get_playlists(2, show_tracks=False)
        played = client.me.get_recently_played_tracks()
        liked_tracks = client.me.get_likes_tracks(2)
        liked_playlists = client.me.get_likes_playlists(2)
        reposted_tracks = client.me.get_reposts_tracks(2)
        reposted_playlists = client.me.get_reposts_playlists(2)

    assert me.username
    assert {track.user.urn for track in tracks.collection} | {each.user.urn for each in playlists.collection} <= {
        me.urn
    }
    assert all(
        isinstance(track, Track) for page in (played, liked_tracks, reposted_tracks) for track in page.collection
    )
    assert all(
        isinstance(playlist, Playlist) for page in (liked_playlists, reposted_playlists) for playlist in page.collection
    )


def test_me_feed(settings):
    with SoundCloudClient(**settings) as client:
        pages = [
            client.me.get_feed(2),
            client.me.get_feed_tracks(2),
        ]
        with pytest.warns(DeprecationWarning, match="use me.get_feed$"):
            pages.append(client.me.get_activities(2))
        with pytest.warns(DeprecationWarning, match="no replacement"):
            pages.append(client.me.get_activities_own(2))
        with pytest.warns(DeprecationWarning, match="use me.get_feed_tracks"):
            pages.append(client.me.get_activities_tracks(2))

    assert all(isinstance(activity.origin, Track | Playlist) for page in pages for activity in page.collection)


def test_me_followings(settings):
    with SoundCloudClient(**settings) as client:
        followings = client.me.get_followings(2)
        followers = client.me.get_followers(2)
        with pytest.warns(DeprecationWarning, match="iterate over me.get_followings"):
            following = client.me.get_following(followings.collection[0])
        with pytest.warns(DeprecationWarning, match="iterate over me.get_followers"):
            follower = client.me.get_follower(followers.collection[0])
        tracks = client.me.get_followings_tracks(2)

    assert following.urn == followings.collection[0].urn
    assert follower.urn == followers.collection[0].urn
    assert all(isinstance(track, Track) for track in tracks.collection)


@pytest.mark.writes
def test_me_followings_written(settings):
    with SoundCloudClient(**settings) as client:
        me = client.me.get_me()
        known = {user.urn for user in (client.me.get_followings(200)).collection} | {me.urn}
        stranger = next(user for user in (client.search.users("a")).collection if user.urn not in known)
        client.me.follow(stranger)
        client.me.follow(stranger)
        followings = client.me.get_followings(3)
        client.me.unfollow(stranger)

    assert stranger.urn in {user.urn for user in followings.collection}


@pytest.mark.writes
def test_likes(settings):
    with SoundCloudClient(**settings) as client:
        track = (client.me.get_tracks(1)).collection[0]
        playlist = (client.me.get_playlists(1, show_tracks=False)).collection[0]
        client.likes.like_track(track)
        client.likes.like_playlist(playlist)
        liked = [client.me.get_likes_tracks(1), client.me.get_likes_playlists(1)]
        client.likes.unlike_track(track)
        client.likes.unlike_playlist(playlist)
        after = [client.me.get_likes_tracks(1), client.me.get_likes_playlists(1)]

    assert [page.collection[0].urn for page in liked] == [track.urn, playlist.urn]
    assert {track.urn, playlist.urn}.isdisjoint(each.urn for page in after for each in page.collection)


@pytest.mark.writes
def test_reposts(settings):
    with SoundCloudClient(**settings) as client:
        track = (client.me.get_tracks(1)).collection[0]
        playlist = (client.me.get_playlists(1, show_tracks=False)).collection[0]
        client.reposts.repost_track(track)
        client.reposts.repost_playlist(playlist)
        reposted = [client.me.get_reposts_tracks(1), client.me.get_reposts_playlists(1)]
        with pytest.warns(DeprecationWarning, match="no replacement"):
            client.reposts.unrepost_track(track)
        client.reposts.unrepost_playlist(playlist)

    assert [page.collection[0].urn for page in reposted] == [track.urn, playlist.urn]


@pytest.mark.writes
def test_stations(settings):
    with SoundCloudClient(**settings) as client:
        track = (client.search.tracks("lofi", limit=1, access="playable")).collection[0]
        station = client.playlists.get_station(track.station_urn)
        resolved = client.resolve.resolve(f"https://soundcloud.com/discover/sets/track-stations:{track.id}")
        client.likes.like_playlist(station)
        mine = client.me.get_likes_stations(1)
        theirs = client.users.get_likes_stations(client.me.get_me(), 1)
        client.likes.unlike_playlist(station)

    assert station.urn == resolved.urn == track.station_urn
    assert all(isinstance(each, Track) for each in station.tracks)
    assert [page.collection[0].urn for page in (mine, theirs)] == [station.urn] * 2


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
        token = client.auth.get_user_token(code, VERIFIER)
        refreshed = client.auth.refresh_user_token(token.refresh_token)
        client.auth.sign_out(refreshed.access_token)

    assert (app.grant, app.token_type, token.grant) == ("app", "Bearer", "user")
    assert token.refresh_token
    assert refreshed.access_token
    assert token.access_token not in repr(token)
