"""Expected types of the async client, checked by tests/spec/test_typing.py."""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Unpack, assert_type

import httpx

from soundcloud import (
    UNSET,
    AsyncClientSettings,
    AsyncPage,
    AsyncSoundCloudClient,
    AsyncStream,
    Failure,
    Limits,
    OEmbed,
    Outcome,
    RateLimit,
    RawResponse,
    RequestOptions,
    RequestTelemetry,
    ResponseInfo,
    Retry,
    RetryInfo,
    SoundCloudClient,
    SoundCloudError,
    Success,
    Tags,
    Timeout,
    Token,
    Waveform,
)
from soundcloud._async.pages import AsyncItems, AsyncPages
from soundcloud.caches import AsyncCache, Cache, MemoryCache
from soundcloud.events import Event
from soundcloud.models import (
    Activity,
    Comment,
    Me,
    Playlist,
    Station,
    Storefront,
    Streams,
    Track,
    Tracks,
    User,
    WebProfile,
)
from soundcloud.otel import OpenTelemetry
from soundcloud.sandbox import Sandbox
from soundcloud_api.api.search import get_tracks
from soundcloud_api.api.tracks import delete_tracks_track_urn, get_tracks_track_urn
from soundcloud_api.api.users import get_users_user_urn_web_profiles


async def auth(client: AsyncSoundCloudClient) -> None:
    assert_type(client.auth.get_authorization_url(state="s", code_challenge="c"), str)
    assert_type(await client.auth.get_client_token(), Token)
    assert_type(await client.auth.login(), Token)
    assert_type(await client.auth.get_user_token("code", "verifier"), Token)
    assert_type(await client.auth.refresh_user_token(), Token)
    assert_type(await client.auth.sign_out(), None)
    assert_type(await client.auth.disconnect(), None)
    assert_type(await client.auth.is_signed_in(), bool)


async def likes(client: AsyncSoundCloudClient, track: Track) -> None:
    assert_type(await client.likes.like_playlist(1), None)
    assert_type(await client.likes.like_track(track), None)
    assert_type(await client.likes.unlike_playlist(1), None)
    assert_type(await client.likes.unlike_track(track), None)


async def me(client: AsyncSoundCloudClient, user: User) -> None:
    assert_type(await client.me.follow(user), None)
    assert_type(client.me.get_activities(), AsyncPage[Activity])  # pyright: ignore[reportDeprecated]
    assert_type(await client.me.get_activities(), AsyncPage[Activity])  # pyright: ignore[reportDeprecated]
    assert_type(client.me.get_activities_own(), AsyncPage[Activity])  # pyright: ignore[reportDeprecated]
    assert_type(await client.me.get_activities_own(), AsyncPage[Activity])  # pyright: ignore[reportDeprecated]
    assert_type(client.me.get_activities_tracks(), AsyncPage[Activity])  # pyright: ignore[reportDeprecated]
    assert_type(await client.me.get_activities_tracks(), AsyncPage[Activity])  # pyright: ignore[reportDeprecated]
    assert_type(await client.me.get_connections(), list[dict[str, Any]])
    assert_type(client.me.get_feed(), AsyncPage[Activity])
    assert_type(await client.me.get_feed(), AsyncPage[Activity])
    assert_type(client.me.get_feed_tracks(), AsyncPage[Activity])
    assert_type(await client.me.get_feed_tracks(), AsyncPage[Activity])
    assert_type(await client.me.get_follower(1), User)  # pyright: ignore[reportDeprecated]
    assert_type(client.me.get_followers(), AsyncPage[User])
    assert_type(await client.me.get_followers(), AsyncPage[User])
    assert_type(await client.me.get_following(user), User)  # pyright: ignore[reportDeprecated]
    assert_type(client.me.get_followings(), AsyncPage[User])
    assert_type(await client.me.get_followings(), AsyncPage[User])
    assert_type(client.me.get_followings_tracks(), AsyncPage[Track])
    assert_type(await client.me.get_followings_tracks(), AsyncPage[Track])
    assert_type(client.me.get_likes_playlists(), AsyncPage[Playlist])
    assert_type(client.me.get_likes_stations(), AsyncPage[Station])
    assert_type(await client.me.get_likes_playlists(), AsyncPage[Playlist])
    assert_type(client.me.get_likes_tracks(), AsyncPage[Track])
    assert_type(await client.me.get_likes_tracks(), AsyncPage[Track])
    assert_type(await client.me.get_me(), Me)
    assert_type(client.me.get_playlists(show_tracks=True), AsyncPage[Playlist])
    assert_type(await client.me.get_playlists(show_tracks=True), AsyncPage[Playlist])
    assert_type(client.me.get_recently_played_tracks(), AsyncPage[Track])
    assert_type(await client.me.get_recently_played_tracks(), AsyncPage[Track])
    assert_type(client.me.get_reposts_playlists(), AsyncPage[Playlist])
    assert_type(await client.me.get_reposts_playlists(), AsyncPage[Playlist])
    assert_type(client.me.get_reposts_tracks(), AsyncPage[Track])
    assert_type(await client.me.get_reposts_tracks(), AsyncPage[Track])
    assert_type(client.me.get_tracks(10, sort="desc"), AsyncPage[Track])
    assert_type(await client.me.get_tracks(10, sort="desc"), AsyncPage[Track])
    assert_type(await client.me.unfollow(user), None)


async def playlists(client: AsyncSoundCloudClient, track: Track, playlist: Playlist) -> None:
    assert_type(
        await client.playlists.create(title="t", tracks=[1, track], set_type="album", artwork="a.png"), Playlist
    )
    assert_type(await client.playlists.delete(1), None)
    assert_type(await client.playlists.get_playlist(1), Playlist)
    assert_type(await client.playlists.get_station("soundcloud:system-playlists:track-stations:1"), Station)
    assert_type(client.playlists.get_reposts(1), AsyncPage[User])
    assert_type(await client.playlists.get_reposts(1), AsyncPage[User])
    assert_type(client.playlists.get_tracks(playlist, 10, 20, access=("playable", "preview")), AsyncPage[Track])
    assert_type(await client.playlists.get_tracks(playlist, 10, 20, access=("playable", "preview")), AsyncPage[Track])
    assert_type(
        await client.playlists.update(playlist, tracks=[], label_name=None, release_date="2026-11-23"), Playlist
    )
    assert_type(await client.playlists.add_tracks(playlist, [1, track], position=0, duplicates=False), Playlist)
    assert_type(await client.playlists.remove_tracks(1, [track], drop_hidden=True), Playlist)
    assert_type(await client.playlists.reorder(1, (1, "soundcloud:tracks:2")), Playlist)


async def raw(client: AsyncSoundCloudClient) -> None:
    assert_type(await client.raw.delete("/tracks/{id}", {"id": 1}), RawResponse)
    assert_type(await client.raw.get("/tracks/{id}", {"id": 1}), RawResponse)
    assert_type(await client.raw.post("/tracks", json={"a": [1]}), RawResponse)
    assert_type(await client.raw.put("/tracks", form={"a": "b"}), RawResponse)
    assert_type(await client.raw.request("PATCH", "/me", headers={"A": "b"}), RawResponse)


async def reposts(client: AsyncSoundCloudClient, track: Track) -> None:
    assert_type(await client.reposts.repost_playlist(1), None)
    assert_type(await client.reposts.repost_track(track), None)
    assert_type(await client.reposts.unrepost_playlist(1), None)
    assert_type(await client.reposts.unrepost_track(track), None)  # pyright: ignore[reportDeprecated]


async def resolve(client: AsyncSoundCloudClient) -> None:
    assert_type(await client.resolve.oembed("https://soundcloud.com/a/b"), OEmbed)
    assert_type(await client.resolve.playlist("https://soundcloud.com/a/b"), Playlist)
    assert_type(await client.resolve.track("https://soundcloud.com/a/b"), Track)
    assert_type(await client.resolve.user("https://soundcloud.com/a/b"), User)
    assert_type(await client.resolve.oembed(1, kind="tracks", maxwidth="50%", fallback=False, visual=True), OEmbed)
    assert_type(await client.resolve.resolve("https://soundcloud.com/a/b"), Track | User | Playlist | Station)
    assert_type(await client.resolve.resolve_url("https://soundcloud.com/a/b"), str)


async def search(client: AsyncSoundCloudClient, user: User, moment: datetime) -> None:
    assert_type(client.search.playlists(show_tracks=False, access="blocked"), AsyncPage[Playlist])
    assert_type(await client.search.playlists(show_tracks=False, access="blocked"), AsyncPage[Playlist])
    assert_type(
        client.search.tracks("lofi", 2, bpm=(90, None), created_at=(None, moment), access=["playable"]),
        AsyncPage[Track],
    )
    assert_type(
        await client.search.tracks("lofi", 2, bpm=(90, None), created_at=(None, moment), access=["playable"]),
        AsyncPage[Track],
    )
    assert_type(client.search.users("lofi", urns=[1, user]), AsyncPage[User])
    assert_type(await client.search.users("lofi", urns=[1, user]), AsyncPage[User])


async def tracks(client: AsyncSoundCloudClient, track: Track, day: date) -> None:
    assert_type(await client.tracks.create_comment(track, "text", 4960), Comment)
    assert_type(await client.tracks.delete(track), None)
    assert_type(client.tracks.get_comments(track), AsyncPage[Comment])
    assert_type(await client.tracks.get_comments(track), AsyncPage[Comment])
    assert_type(client.tracks.get_likes(track), AsyncPage[User])
    assert_type(await client.tracks.get_likes(track), AsyncPage[User])
    assert_type(await client.tracks.get_preview(track), str)
    assert_type(client.tracks.get_related(track, 10, offset=20), AsyncPage[Track])
    assert_type(await client.tracks.get_related(track, 10, offset=20), AsyncPage[Track])
    assert_type(client.tracks.get_reposts(track), AsyncPage[User])
    assert_type(await client.tracks.get_reposts(track), AsyncPage[User])
    assert_type(await client.tracks.get_stream(track, ("hls_aac_160",), secret_token="s-1"), AsyncStream)
    assert_type(await (await client.tracks.get_stream(1)).refresh(), AsyncStream)
    assert_type((await client.tracks.get_stream(1)).is_preview, bool)
    assert_type(await client.tracks.get_streams(track), Streams)
    assert_type(await client.tracks.get_track(1, secret_token="s-1", token="t"), Track)
    assert_type(client.tracks.get_tracks([1, "soundcloud:tracks:2", track]), AsyncPage[Track])
    assert_type(await client.tracks.get_tracks([1, "soundcloud:tracks:2", track]), AsyncPage[Track])
    assert_type(await client.tracks.get_waveform(track), Waveform | None)
    assert_type(await client.tracks.set_storefront(1, title="t", type="vinyl", link="https://example.com"), Storefront)
    assert_type(await client.tracks.update(track, title="t", description=None, sharing="private", artwork=b"1"), Track)
    assert_type(
        await client.tracks.upload(Path("a.flac"), title="t", license="cc-by", release_date=day, downloadable=False),
        Track,
    )
    assert_type(
        await client.tracks.upload(
            iter([b"1"]), title="t", length=1, filename="a.wav", on_progress=print, check_quota=True
        ),
        Track,
    )
    assert_type(await client.tracks.wait_until_playable(track, timeout=60, interval=1.5), Track)
    assert_type(await client.tracks.publish(1), Track)
    assert_type(await client.tracks.unpublish(track), Track)


async def users(client: AsyncSoundCloudClient, user: User) -> None:
    assert_type(client.users.get_favorites(user), AsyncPage[Track])  # pyright: ignore[reportDeprecated]
    assert_type(await client.users.get_favorites(user), AsyncPage[Track])  # pyright: ignore[reportDeprecated]
    assert_type(client.users.get_followers(user, 10), AsyncPage[User])
    assert_type(await client.users.get_followers(user, 10), AsyncPage[User])
    assert_type(await client.users.get_following(1, user), User)  # pyright: ignore[reportDeprecated]
    assert_type(client.users.get_followings(user), AsyncPage[User])
    assert_type(await client.users.get_followings(user), AsyncPage[User])
    assert_type(client.users.get_likes_playlists(user), AsyncPage[Playlist])
    assert_type(client.users.get_likes_stations(user), AsyncPage[Station])
    assert_type(await client.users.get_likes_playlists(user), AsyncPage[Playlist])
    assert_type(client.users.get_likes_tracks(1, 10, "cursor", access="playable"), AsyncPage[Track])
    assert_type(await client.users.get_likes_tracks(1, 10, "cursor", access="playable"), AsyncPage[Track])
    assert_type(client.users.get_playlists(user), AsyncPage[Playlist])
    assert_type(await client.users.get_playlists(user), AsyncPage[Playlist])
    assert_type(client.users.get_related(user), AsyncPage[User])
    assert_type(await client.users.get_related(user), AsyncPage[User])
    assert_type(client.users.get_reposts_playlists(user), AsyncPage[Playlist])
    assert_type(await client.users.get_reposts_playlists(user), AsyncPage[Playlist])
    assert_type(client.users.get_reposts_tracks(user), AsyncPage[Track])
    assert_type(await client.users.get_reposts_tracks(user), AsyncPage[Track])
    assert_type(client.users.get_tracks("1", sort="asc"), AsyncPage[Track])
    assert_type(await client.users.get_tracks("1", sort="asc"), AsyncPage[Track])
    assert_type(await client.users.get_user(user), User)
    assert_type(client.users.get_web_profiles(user), AsyncPage[WebProfile])
    assert_type(await client.users.get_web_profiles(user), AsyncPage[WebProfile])


async def pages(client: AsyncSoundCloudClient, other: AsyncPage[Comment]) -> None:
    page = await client.search.tracks("lofi")
    assert_type(page.collection, list[Track])
    assert_type(page.next_href, str | None)
    assert_type(page.future_href, str | None)
    assert_type(page.url, str)
    assert_type(page.response, ResponseInfo)
    assert_type(page.response.rate_limit, RateLimit | None)
    with client.capture_responses() as responses:
        assert_type(responses, list[ResponseInfo])
    assert_type(await page.next_page(), AsyncPage[Track] | None)
    async for track in page:
        assert_type(track, Track)
    async for track in client.search.tracks("lofi"):
        assert_type(track, Track)
    async for each in page.pages():
        assert_type(each, AsyncPage[Track])
    async for followers in client.paginate(lambda: client.users.get_followers(1)):
        assert_type(followers, AsyncPage[User])
    async for comment in client.paginate_items(other):
        assert_type(comment, Comment)
    async for activity in client.me.get_feed():
        assert_type(activity, Activity)
    assert_type(await client.fetch_all(page), list[Track])
    assert_type(await client.fetch_all(lambda: client.me.get_playlists(), max_items=3), list[Playlist])
    assert_type(client.me.get_playlists(max_items=3), AsyncPage[Playlist])
    assert_type(client.paginate(page, max_items=3), AsyncPages[Track])
    assert_type(page.pages(max_items=3), AsyncPages[Track])
    assert_type(client.paginate_raw("/me/tracks"), AsyncPages[Any])
    assert_type(client.paginate_raw("/me/tracks", model=Track), AsyncPages[Track])
    assert_type(client.paginate_raw("/me/tracks", {"limit": 3}, Track).items(), AsyncItems[Track])
    assert_type(client.paginate_items(page, max_items=3), AsyncItems[Track])
    assert_type(page.items(max_items=3), AsyncItems[Track])
    assert_type(bool(page), bool)
    assert_type([track.title async for track in client.search.tracks("lofi")], list[str])


async def operations(client: AsyncSoundCloudClient, hook: Callable[[Event], None]) -> None:
    assert_type(await client.send(get_tracks_track_urn("soundcloud:tracks:1")), Track)
    assert_type(await client.send(get_tracks(q="lofi", bpm_from=90)), Tracks)
    assert_type(await client.send(get_users_user_urn_web_profiles("soundcloud:users:1")), list[WebProfile])
    assert_type(await client.send(delete_tracks_track_urn("soundcloud:tracks:1"), token="t"), None)
    async with AsyncSoundCloudClient("id", "secret", access_token="t", on_event=hook, timeout=3) as opened:
        assert_type(opened, AsyncSoundCloudClient)
        assert_type(opened.access_token, str | None)
        assert_type(await opened.set_token(Token("a")), None)
        assert_type(await opened.close(), None)
        assert_type(await opened.aclose(), None)


async def weather(
    client: AsyncSoundCloudClient, hook: Callable[[Event], None], cache: AsyncCache | Cache, telemetry: OpenTelemetry
) -> None:
    assert_type(
        client.with_options(timeout=3, retry=Retry(max_retries=0), dedupe=False, cache=None), AsyncSoundCloudClient
    )
    assert_type(await client.with_options(timeout=Timeout(total=5)).tracks.get_track(1), Track)
    outcomes = await client.map(client.tracks.get_track, [1, 2], concurrency=4)
    assert_type(outcomes, list[Outcome[int, Track]])
    assert_type(outcomes[0].item, int)
    assert_type(outcomes[0].value, Track)
    assert_type(outcomes[0].error, SoundCloudError | None)
    assert_type(outcomes[0].result(), Track)
    async for page in client.paginate(client.search.tracks("lofi"), prefetch=True):
        assert_type(page, AsyncPage[Track])
    async for user in client.paginate_items(lambda: client.users.get_followers(1), prefetch=True):
        assert_type(user, User)
    async for track in (await client.search.tracks("lofi")).items(prefetch=True):
        assert_type(track, Track)
    assert_type(await client.fetch_all(client.search.tracks("lofi"), prefetch=True), list[Track])
    AsyncSoundCloudClient(
        timeout=Timeout(total=20, connect=5),
        retry=Retry(max_retries=5, base_delay=0.5, max_delay=20, max_elapsed=60, writes=True),
        dedupe=False,
        cache=cache,
        cache_ttl=30,
        limits=Limits(max_connections=20, max_keepalive=5, keepalive_seconds=10),
        max_response_bytes=1_000_000,
        on_event=telemetry,
        on_request=lambda seen: assert_type(seen, RequestTelemetry),
        on_retry=lambda info: assert_type(info, RetryInfo),
    )
    AsyncSoundCloudClient(max_retries=5, retry_base_delay=0.5, retry_writes=True, cache=MemoryCache(), on_event=hook)
    client.with_options(retry=3)  # type: ignore[arg-type]
    client.with_options(cache=cache, cache_ttl=3, max_retries=0, default_headers={"X-A": "b"}, on_event=None)
    client.with_options(access_token="t")  # type: ignore[call-arg]
    assert_type(await client.tracks.get_track(1, extra_headers={"X-A": "b"}, extra_query={"a": [1, True]}), Track)
    options: RequestOptions = {"extra_query": {"a": 1}}
    assert_type(await client.send(get_tracks_track_urn("soundcloud:tracks:1"), **options), Track)
    assert_type(client.me.get_tracks(5, token="t", **options), AsyncPage[Track])
    await client.tracks.get_track(1, extra_headers=["X-A"])  # type: ignore[arg-type]
    await client.tracks.update(1, titel="New")  # type: ignore[call-arg]
    await client.tracks.update(1, {"title": "New"})  # type: ignore[call-arg,arg-type]
    assert_type(await client.tracks.update(1, tag_list=["a"], extra_fields={"a": [1]}), Track)
    assert_type(await client.playlists.create(title="a", tag_list=Tags(["a"])), Playlist)
    assert_type(client.search.tracks(created_at=(date(2026, 1, 1), None)), AsyncPage[Track])
    await client.tracks.update(1, tag_list=3)  # type: ignore[arg-type]
    await client.map(client.tracks.get_track, 1)  # type: ignore[arg-type]
    AsyncSoundCloudClient(limits=10)  # type: ignore[arg-type]
    AsyncSoundCloudClient(cache={})  # type: ignore[arg-type]
    AsyncSoundCloudClient(engine="aiohttp")  # type: ignore[arg-type] # removed


async def mistakes(client: AsyncSoundCloudClient, other: SoundCloudClient) -> None:
    client.tracks.get_track(1)  # type: ignore[unused-coroutine]
    await client.tracks.get_track()  # type: ignore[call-arg]
    len(await client.me.get_tracks())  # type: ignore[arg-type]
    (await client.me.get_tracks())[0]  # type: ignore[index]
    await client.tracks.get_track(1.5)  # type: ignore[arg-type]
    await client.tracks.update(1, sharing="secret")  # type: ignore[arg-type]
    await other.tracks.get_track(1)  # type: ignore[misc]
    str(client.tracks.get_track(1).title)  # type: ignore[attr-defined]
    for _ in client.search.tracks("lofi"):  # type: ignore[attr-defined]
        pass
    async for _ in other.search.tracks("lofi"):  # type: ignore[attr-defined]
        pass
    with AsyncSoundCloudClient():  # type: ignore[attr-defined]
        pass
    client.paginate(other.search.tracks("lofi"))  # type: ignore[arg-type]
    await client.send("GET /me")  # type: ignore[arg-type]
    AsyncSoundCloudClient(transport=httpx.HTTPTransport())  # type: ignore[arg-type]


async def absent_fields(client: AsyncSoundCloudClient, genre: str | None, day: date | None) -> None:
    assert_type(await client.tracks.upload("a.wav", title="t", genre=genre, release_date=day, sharing=None), Track)
    assert_type(await client.playlists.create(title="t", genre=genre, release_date=day, set_type=None), Playlist)
    assert_type(await client.tracks.update(1, genre=genre, isrc=None, sharing=UNSET, title=UNSET), Track)
    assert_type(await client.playlists.update(1, genre=UNSET if genre is None else genre, ean=None), Playlist)
    await client.tracks.update(1, title=None)  # type: ignore[arg-type]
    await client.playlists.update(1, permalink=None)  # type: ignore[arg-type]
    await client.tracks.upload("a.wav", title="t", genre=UNSET)  # type: ignore[arg-type]


async def outcomes(client: AsyncSoundCloudClient) -> None:
    async for outcome in client.map_completed(client.tracks.get_track, [1, 2]):
        assert_type(outcome, Outcome[int, Track])
        if outcome.ok:
            assert_type(outcome.value, Track)
        if not outcome.ok:
            continue
        assert_type(outcome.value, Track)
        if outcome.error is None:
            assert_type(outcome, Success[int, Track])
        else:
            assert_type(outcome, Failure[int])
        match outcome:
            case Success(value=value):
                assert_type(value, Track)
            case Failure(error=error):
                assert_type(error, SoundCloudError)
    outcomes = await client.map(client.users.get_user, ["1"])
    assert_type([outcome.value for outcome in outcomes if outcome.ok], list[User])
    assert_type([outcome.error.status if outcome.error else None for outcome in outcomes], list[int | None])


def settings(sandbox: Sandbox, **given: Unpack[AsyncClientSettings]) -> None:
    assert_type(AsyncSoundCloudClient(**sandbox.client_settings(), timeout=3), AsyncSoundCloudClient)
    assert_type(AsyncSoundCloudClient.from_env(**sandbox.client_settings()), AsyncSoundCloudClient)
    assert_type(AsyncSoundCloudClient.from_env(timeout=3), AsyncSoundCloudClient)
    assert_type(AsyncSoundCloudClient.from_env(**given), AsyncSoundCloudClient)
    AsyncSoundCloudClient.from_env(time_out=3)  # type: ignore[call-arg]
    AsyncSoundCloudClient.from_env(transport=httpx.HTTPTransport())  # type: ignore[arg-type]
