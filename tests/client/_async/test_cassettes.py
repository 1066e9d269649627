"""Recorded responses: a cassette for the reads and one for the writes of each namespace, played by both variants."""

from datetime import datetime

import pytest

from soundcloud import AsyncSoundCloudClient, NotFoundError, generate_code_challenge
from soundcloud.models import Comment, Playlist, Track, User
from soundcloud.sandbox.media.sound import tone

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
        found, other = (await client.search.tracks("lofi", limit=2, access="playable")).collection
        track = await client.tracks.get_track(found)
        tracks = await client.tracks.get_tracks([found, other])
        streams = await client.tracks.get_streams(track)
        preview = await client.tracks.get_preview(track)
        comments = await client.tracks.get_comments(track, 3)
        likes = await client.tracks.get_likes(track, 3)
        reposts = await client.tracks.get_reposts(track, 3)
        related = await client.tracks.get_related(track, 3)

    assert isinstance(track, Track)
    assert track.urn == found.urn
    assert {each.urn for each in tracks.collection} == {found.urn, other.urn}
    assert streams.raw
    assert preview.startswith("http")
    assert all(isinstance(comment, Comment) for comment in comments.collection)
    assert all(isinstance(user, User) for user in likes.collection + reposts.collection)
    assert track.urn not in {each.urn for each in related.collection}


@pytest.mark.writes
async def test_tracks_written(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        uploaded = await client.tracks.upload(tone(0.02), title="Cassette", sharing="private")
        renamed = await client.tracks.update(uploaded, title="Cassette II")
        comment = await client.tracks.create_comment(uploaded, "That bass!", 15)
        comments = await client.tracks.get_comments(uploaded, 5)
        storefront = await client.tracks.set_storefront(
            uploaded, title="On tape", type="cassette", link="https://example.com/tape"
        )
        await client.tracks.delete(uploaded)
        with pytest.raises(NotFoundError):
            await client.tracks.get_track(uploaded)

    assert (uploaded.title, renamed.title, renamed.sharing) == ("Cassette", "Cassette II", "private")
    assert (comment.body, comment.timestamp) == ("That bass!", 15)
    assert comment.urn in {each.urn for each in comments.collection}
    assert (storefront.title, storefront.link) == ("On tape", "https://example.com/tape")


async def test_users(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        found = (await client.search.users("a", limit=1)).collection[0]
        user = await client.users.get_user(found)
        followers = await client.users.get_followers(user, 2)
        followings = await client.users.get_followings(user, 2)
        with pytest.warns(DeprecationWarning, match="iterate over users.get_followings"):
            followed = await client.users.get_following(user, followings.collection[0])
        related = await client.users.get_related(user, 2)
        profiles = await client.users.get_web_profiles(user)

    assert user.urn == found.urn
    assert followed.urn == followings.collection[0].urn
    assert all(isinstance(each, User) for each in followers.collection + related.collection)
    assert all(profile.url for profile in profiles.collection)


async def test_users_lists(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        user = (await client.search.users("a", limit=1)).collection[0]
        tracks = await client.users.get_tracks(user, 3, sort="asc")
        playlists = await client.users.get_playlists(user, 2, show_tracks=False)
        liked_tracks = await client.users.get_likes_tracks(user, 2)
        liked_playlists = await client.users.get_likes_playlists(user, 2)
        reposted_tracks = await client.users.get_reposts_tracks(user, 2)
        reposted_playlists = await client.users.get_reposts_playlists(user, 2)
        with pytest.warns(DeprecationWarning, match="use users.get_likes_tracks"):
            favorites = await client.users.get_favorites(user, 2)

    assert [track.created_at for track in tracks.collection] == sorted(track.created_at for track in tracks.collection)
    assert all(
        isinstance(playlist, Playlist)
        for page in (playlists, liked_playlists, reposted_playlists)
        for playlist in page.collection
    )
    assert all(
        isinstance(track, Track) for page in (liked_tracks, reposted_tracks, favorites) for track in page.collection
    )


async def test_playlists(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        found = (await client.search.playlists("night", limit=1, show_tracks=False)).collection[0]
        playlist = await client.playlists.get_playlist(found, show_tracks=False)
        tracks = await client.playlists.get_tracks(playlist, 3)
        reposts = await client.playlists.get_reposts(playlist, 3)

    assert playlist.urn == found.urn
    assert all(isinstance(track, Track) for track in tracks.collection)
    assert all(isinstance(user, User) for user in reposts.collection)


@pytest.mark.writes
async def test_playlists_written(settings):
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
        tracks = await client.me.get_tracks(2)
        playlists = await client.me.get_playlists(2, show_tracks=False)
        played = await client.me.get_recently_played_tracks()
        liked_tracks = await client.me.get_likes_tracks(2)
        liked_playlists = await client.me.get_likes_playlists(2)
        reposted_tracks = await client.me.get_reposts_tracks(2)
        reposted_playlists = await client.me.get_reposts_playlists(2)

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


async def test_me_feed(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        pages = [
            await client.me.get_feed(2),
            await client.me.get_feed_tracks(2),
        ]
        with pytest.warns(DeprecationWarning, match="use me.get_feed$"):
            pages.append(await client.me.get_activities(2))
        with pytest.warns(DeprecationWarning, match="no replacement"):
            pages.append(await client.me.get_activities_own(2))
        with pytest.warns(DeprecationWarning, match="use me.get_feed_tracks"):
            pages.append(await client.me.get_activities_tracks(2))

    assert all(isinstance(activity.origin, Track | Playlist) for page in pages for activity in page.collection)


async def test_me_followings(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        followings = await client.me.get_followings(2)
        followers = await client.me.get_followers(2)
        with pytest.warns(DeprecationWarning, match="iterate over me.get_followings"):
            following = await client.me.get_following(followings.collection[0])
        with pytest.warns(DeprecationWarning, match="iterate over me.get_followers"):
            follower = await client.me.get_follower(followers.collection[0])
        tracks = await client.me.get_followings_tracks(2)

    assert following.urn == followings.collection[0].urn
    assert follower.urn == followers.collection[0].urn
    assert all(isinstance(track, Track) for track in tracks.collection)


@pytest.mark.writes
async def test_me_followings_written(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        me = await client.me.get_me()
        known = {user.urn for user in (await client.me.get_followings(200)).collection} | {me.urn}
        stranger = next(user for user in (await client.search.users("a")).collection if user.urn not in known)
        await client.me.follow(stranger)
        await client.me.follow(stranger)
        followings = await client.me.get_followings(3)
        await client.me.unfollow(stranger)

    assert stranger.urn in {user.urn for user in followings.collection}


@pytest.mark.writes
async def test_likes(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        track = (await client.me.get_tracks(1)).collection[0]
        playlist = (await client.me.get_playlists(1, show_tracks=False)).collection[0]
        await client.likes.like_track(track)
        await client.likes.like_playlist(playlist)
        liked = [await client.me.get_likes_tracks(1), await client.me.get_likes_playlists(1)]
        await client.likes.unlike_track(track)
        await client.likes.unlike_playlist(playlist)
        after = [await client.me.get_likes_tracks(1), await client.me.get_likes_playlists(1)]

    assert [page.collection[0].urn for page in liked] == [track.urn, playlist.urn]
    assert {track.urn, playlist.urn}.isdisjoint(each.urn for page in after for each in page.collection)


@pytest.mark.writes
async def test_reposts(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        track = (await client.me.get_tracks(1)).collection[0]
        playlist = (await client.me.get_playlists(1, show_tracks=False)).collection[0]
        await client.reposts.repost_track(track)
        await client.reposts.repost_playlist(playlist)
        reposted = [await client.me.get_reposts_tracks(1), await client.me.get_reposts_playlists(1)]
        with pytest.warns(DeprecationWarning, match="no replacement"):
            await client.reposts.unrepost_track(track)
        await client.reposts.unrepost_playlist(playlist)

    assert [page.collection[0].urn for page in reposted] == [track.urn, playlist.urn]


@pytest.mark.writes
async def test_stations(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        track = (await client.search.tracks("lofi", limit=1, access="playable")).collection[0]
        station = await client.playlists.get_station(track.station_urn)
        resolved = await client.resolve.resolve(f"https://soundcloud.com/discover/sets/track-stations:{track.id}")
        await client.likes.like_playlist(station)
        mine = await client.me.get_likes_stations(1)
        theirs = await client.users.get_likes_stations(await client.me.get_me(), 1)
        await client.likes.unlike_playlist(station)

    assert station.urn == resolved.urn == track.station_urn
    assert all(isinstance(each, Track) for each in station.tracks)
    assert [page.collection[0].urn for page in (mine, theirs)] == [station.urn] * 2


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
        token = await client.auth.get_user_token(code, VERIFIER)
        refreshed = await client.auth.refresh_user_token(token.refresh_token)
        await client.auth.sign_out(refreshed.access_token)

    assert (app.grant, app.token_type, token.grant) == ("app", "Bearer", "user")
    assert token.refresh_token
    assert refreshed.access_token
    assert token.access_token not in repr(token)
