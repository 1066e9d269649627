"""Expected types of the sync client, checked by tests/spec/test_typing.py."""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Unpack, assert_never, assert_type

import httpx

from soundcloud import (
    UNSET,
    AttemptFinishedEvent,
    AttemptStartedEvent,
    Attribution,
    ClientSettings,
    ConnectionFailedError,
    Drift,
    DriftEvent,
    EdgeError,
    Failure,
    InvalidInputError,
    Limits,
    MachineTag,
    NotFoundError,
    OEmbed,
    Outcome,
    Page,
    RateLimit,
    RateLimitError,
    RawResponse,
    RequestFinishedEvent,
    RequestOptions,
    RequestRetryingEvent,
    RequestStartedEvent,
    RequestTelemetry,
    ResponseInfo,
    Retry,
    RetryInfo,
    SoundCloudClient,
    SoundCloudError,
    SpamWarningError,
    Stream,
    Success,
    Tags,
    Timeout,
    Token,
    TokenRefreshedEvent,
    Urn,
    Waveform,
    artwork_url,
    generate_code_challenge,
    generate_code_verifier,
    get_attribution,
)
from soundcloud._sync.pages import Items, Pages
from soundcloud.caches import Cache, MemoryCache
from soundcloud.events import Event
from soundcloud.models import (
    Access,
    Activity,
    Comment,
    Me,
    Playlist,
    Quota,
    Station,
    Storefront,
    Streams,
    Subscription,
    Track,
    Tracks,
    User,
    WebProfile,
)
from soundcloud.otel import OpenTelemetry
from soundcloud.sandbox import Sandbox, SandboxClientSettings
from soundcloud.widget import Frame, iframe, player_url
from soundcloud_api.api.search import get_tracks
from soundcloud_api.api.tracks import delete_tracks_track_urn, get_tracks_track_urn
from soundcloud_api.api.users import get_users_user_urn_web_profiles
from soundcloud_api.types import Operation


def auth(client: SoundCloudClient) -> None:
    assert_type(client.auth.get_authorization_url(state="s", code_challenge="c"), str)
    assert_type(client.auth.get_client_token(), Token)
    assert_type(client.auth.login(), Token)
    assert_type(client.auth.get_user_token("code", "verifier"), Token)
    assert_type(client.auth.refresh_user_token(), Token)
    assert_type(client.auth.sign_out(), None)
    assert_type(client.auth.disconnect(), None)
    assert_type(client.auth.is_signed_in(), bool)


def likes(client: SoundCloudClient, track: Track) -> None:
    assert_type(client.likes.like_playlist(1), None)
    assert_type(client.likes.like_track(track), None)
    assert_type(client.likes.unlike_playlist(1), None)
    assert_type(client.likes.unlike_track(track), None)


def me(client: SoundCloudClient, user: User) -> None:
    assert_type(client.me.follow(user), None)
    assert_type(client.me.get_activities(), Page[Activity])  # pyright: ignore[reportDeprecated]
    assert_type(client.me.get_activities_own(), Page[Activity])  # pyright: ignore[reportDeprecated]
    assert_type(client.me.get_activities_tracks(), Page[Activity])  # pyright: ignore[reportDeprecated]
    assert_type(client.me.get_connections(), list[dict[str, Any]])
    assert_type(client.me.get_feed(), Page[Activity])
    assert_type(client.me.get_feed_tracks(), Page[Activity])
    assert_type(client.me.get_follower(1), User)  # pyright: ignore[reportDeprecated]
    assert_type(client.me.get_followers(), Page[User])
    assert_type(client.me.get_following(user), User)  # pyright: ignore[reportDeprecated]
    assert_type(client.me.get_followings(), Page[User])
    assert_type(client.me.get_followings_tracks(), Page[Track])
    assert_type(client.me.get_likes_playlists(), Page[Playlist])
    assert_type(client.me.get_likes_stations(), Page[Station])
    assert_type(client.me.get_likes_tracks(), Page[Track])
    assert_type(client.me.get_me(), Me)
    assert_type(client.me.get_playlists(show_tracks=True), Page[Playlist])
    assert_type(client.me.get_recently_played_tracks(), Page[Track])
    assert_type(client.me.get_reposts_playlists(), Page[Playlist])
    assert_type(client.me.get_reposts_tracks(), Page[Track])
    assert_type(client.me.get_tracks(10, sort="desc"), Page[Track])
    assert_type(client.me.unfollow(user), None)


def playlists(client: SoundCloudClient, track: Track, playlist: Playlist) -> None:
    assert_type(client.playlists.create(title="t", tracks=[1, track], set_type="album", artwork="a.png"), Playlist)
    assert_type(client.playlists.delete(1), None)
    assert_type(client.playlists.get_playlist(1), Playlist)
    assert_type(client.playlists.get_station("soundcloud:system-playlists:track-stations:1"), Station)
    assert_type(client.playlists.get_reposts(1), Page[User])
    assert_type(client.playlists.get_tracks(playlist, 10, 20, access=("playable", "preview")), Page[Track])
    assert_type(client.playlists.update(playlist, tracks=[], label_name=None, release_date="2026-11-23"), Playlist)
    assert_type(client.playlists.add_tracks(playlist, [1, track], position=0, duplicates=False), Playlist)
    assert_type(client.playlists.remove_tracks(1, [track], drop_hidden=True), Playlist)
    assert_type(client.playlists.reorder(1, (1, "soundcloud:tracks:2")), Playlist)


def raw(client: SoundCloudClient) -> None:
    assert_type(client.raw.delete("/tracks/{id}", {"id": 1}), RawResponse)
    assert_type(client.raw.get("/tracks/{id}", {"id": 1}), RawResponse)
    assert_type(client.raw.post("/tracks", json={"a": [1]}), RawResponse)
    assert_type(client.raw.put("/tracks", form={"a": "b"}), RawResponse)
    assert_type(client.raw.request("PATCH", "/me", headers={"A": "b"}), RawResponse)


def reposts(client: SoundCloudClient, track: Track) -> None:
    assert_type(client.reposts.repost_playlist(1), None)
    assert_type(client.reposts.repost_track(track), None)
    assert_type(client.reposts.unrepost_playlist(1), None)
    assert_type(client.reposts.unrepost_track(track), None)  # pyright: ignore[reportDeprecated]


def resolve(client: SoundCloudClient) -> None:
    assert_type(client.resolve.oembed("https://soundcloud.com/a/b"), OEmbed)
    assert_type(client.resolve.playlist("https://soundcloud.com/a/b"), Playlist)
    assert_type(client.resolve.track("https://soundcloud.com/a/b"), Track)
    assert_type(client.resolve.user("https://soundcloud.com/a/b"), User)
    assert_type(client.resolve.oembed(1, kind="tracks", maxwidth="50%", fallback=False, visual=True), OEmbed)
    assert_type(client.resolve.resolve("https://soundcloud.com/a/b"), Track | User | Playlist | Station)
    assert_type(client.resolve.resolve_url("https://soundcloud.com/a/b"), str)


def search(client: SoundCloudClient, user: User, moment: datetime) -> None:
    assert_type(client.search.playlists(show_tracks=False, access="blocked"), Page[Playlist])
    assert_type(
        client.search.tracks("lofi", 2, bpm=(90, None), created_at=(None, moment), access=["playable"]), Page[Track]
    )
    assert_type(client.search.users("lofi", urns=[1, user]), Page[User])


def tracks(client: SoundCloudClient, track: Track, day: date) -> None:
    assert_type(client.tracks.create_comment(track, "text", 4960), Comment)
    assert_type(client.tracks.delete(track), None)
    assert_type(client.tracks.get_comments(track), Page[Comment])
    assert_type(client.tracks.get_likes(track), Page[User])
    assert_type(client.tracks.get_preview(track), str)
    assert_type(client.tracks.get_related(track, 10, offset=20), Page[Track])
    assert_type(client.tracks.get_reposts(track), Page[User])
    assert_type(client.tracks.get_stream(track, ("hls_aac_160",), secret_token="s-1"), Stream)
    assert_type((client.tracks.get_stream(1)).refresh(), Stream)
    assert_type((client.tracks.get_stream(1)).is_preview, bool)
    assert_type(client.tracks.get_streams(track), Streams)
    assert_type(client.tracks.get_track(1, secret_token="s-1", token="t"), Track)
    assert_type(client.tracks.get_tracks([1, "soundcloud:tracks:2", track]), Page[Track])
    assert_type(client.tracks.get_waveform(track), Waveform | None)
    assert_type(client.tracks.set_storefront(1, title="t", type="vinyl", link="https://example.com"), Storefront)
    assert_type(client.tracks.update(track, title="t", description=None, sharing="private", artwork=b"1"), Track)
    assert_type(
        client.tracks.upload(Path("a.flac"), title="t", license="cc-by", release_date=day, downloadable=False), Track
    )
    assert_type(
        client.tracks.upload(iter([b"1"]), title="t", length=1, filename="a.wav", on_progress=print, check_quota=True),
        Track,
    )
    assert_type(client.tracks.wait_until_playable(track, timeout=60, interval=1.5), Track)
    assert_type(client.tracks.publish(1), Track)
    assert_type(client.tracks.unpublish(track), Track)


def users(client: SoundCloudClient, user: User) -> None:
    assert_type(client.users.get_favorites(user), Page[Track])  # pyright: ignore[reportDeprecated]
    assert_type(client.users.get_followers(user, 10), Page[User])
    assert_type(client.users.get_following(1, user), User)  # pyright: ignore[reportDeprecated]
    assert_type(client.users.get_followings(user), Page[User])
    assert_type(client.users.get_likes_playlists(user), Page[Playlist])
    assert_type(client.users.get_likes_stations(user), Page[Station])
    assert_type(client.users.get_likes_tracks(1, 10, "cursor", access="playable"), Page[Track])
    assert_type(client.users.get_playlists(user), Page[Playlist])
    assert_type(client.users.get_related(user), Page[User])
    assert_type(client.users.get_reposts_playlists(user), Page[Playlist])
    assert_type(client.users.get_reposts_tracks(user), Page[Track])
    assert_type(client.users.get_tracks("1", sort="asc"), Page[Track])
    assert_type(client.users.get_user(user), User)
    assert_type(client.users.get_web_profiles(user), Page[WebProfile])


def pages(client: SoundCloudClient, other: Page[Comment], token: Token) -> None:
    page = client.search.tracks("lofi")
    assert_type(page.collection, list[Track])
    assert_type(page.next_href, str | None)
    assert_type(page.future_href, str | None)
    assert_type(page.url, str)
    assert_type(page.response, ResponseInfo)
    assert_type(page.response.rate_limit, RateLimit | None)
    with client.capture_responses() as responses:
        assert_type(responses, list[ResponseInfo])
    assert_type(page.next_page(), Page[Track] | None)
    for track in page:
        assert_type(track, Track)
    for each in page.pages():
        assert_type(each, Page[Track])
    for followers in client.paginate(lambda: client.users.get_followers(1)):
        assert_type(followers, Page[User])
    for comment in client.paginate_items(other):
        assert_type(comment, Comment)
    for activity in client.me.get_feed():
        assert_type(activity, Activity)
    assert_type(client.fetch_all(page), list[Track])
    assert_type(client.fetch_all(lambda: client.me.get_playlists(), max_items=3), list[Playlist])
    assert_type(client.me.get_playlists(max_items=3), Page[Playlist])
    assert_type(client.paginate(page, max_items=3), Pages[Track])
    assert_type(page.pages(max_items=3), Pages[Track])
    assert_type(client.paginate_raw("/me/tracks"), Pages[Any])
    assert_type(client.paginate_raw("/me/tracks", model=Track), Pages[Track])
    assert_type(client.paginate_raw("/me/tracks", {"limit": 3}, Track).items(), Items[Track])
    assert_type(client.paginate_items(page, max_items=3), Items[Track])
    assert_type(page.items(max_items=3), Items[Track])
    assert_type(bool(page), bool)
    assert_type([track.title for track in client.search.tracks("lofi")], list[str])


def operations(client: SoundCloudClient, hook: Callable[[Event], None]) -> None:
    assert_type(client.send(get_tracks_track_urn("soundcloud:tracks:1")), Track)
    assert_type(client.send(get_tracks(q="lofi", bpm_from=90)), Tracks)
    assert_type(client.send(get_users_user_urn_web_profiles("soundcloud:users:1")), list[WebProfile])
    assert_type(client.send(delete_tracks_track_urn("soundcloud:tracks:1"), token="t"), None)
    assert_type(get_tracks_track_urn("soundcloud:tracks:1"), Operation[Track])
    with SoundCloudClient("id", "secret", access_token="t", on_event=hook, timeout=3) as opened:
        assert_type(opened, SoundCloudClient)
        assert_type(opened.access_token, str | None)
        assert_type(opened.set_token(Token("a")), None)


def weather(client: SoundCloudClient, hook: Callable[[Event], None], cache: Cache, telemetry: OpenTelemetry) -> None:
    assert_type(client.with_options(timeout=3, retry=Retry(max_retries=0), dedupe=False, cache=None), SoundCloudClient)
    assert_type(client.with_options(timeout=Timeout(total=5)).tracks.get_track(1), Track)
    outcomes = client.map(client.tracks.get_track, [1, 2], concurrency=4)
    assert_type(outcomes, list[Outcome[int, Track]])
    assert_type(outcomes[0].item, int)
    assert_type(outcomes[0].value, Track)
    assert_type(outcomes[0].error, SoundCloudError | None)
    assert_type(outcomes[0].result(), Track)
    for page in client.paginate(client.search.tracks("lofi"), prefetch=True):
        assert_type(page, Page[Track])
    for user in client.paginate_items(lambda: client.users.get_followers(1), prefetch=True):
        assert_type(user, User)
    for track in client.search.tracks("lofi").items(prefetch=True):
        assert_type(track, Track)
    assert_type(client.fetch_all(client.search.tracks("lofi"), prefetch=True), list[Track])
    SoundCloudClient(
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
    SoundCloudClient(max_retries=5, retry_base_delay=0.5, retry_writes=True, cache=MemoryCache(), on_event=hook)
    client.with_options(retry=3)  # type: ignore[arg-type]
    client.with_options(cache=cache, cache_ttl=3, max_retries=0, default_headers={"X-A": "b"}, on_event=None)
    client.with_options(access_token="t")  # type: ignore[call-arg]
    assert_type(client.tracks.get_track(1, extra_headers={"X-A": "b"}, extra_query={"a": [1, True]}), Track)
    options: RequestOptions = {"extra_query": {"a": 1}}
    assert_type(client.send(get_tracks_track_urn("soundcloud:tracks:1"), **options), Track)
    assert_type(client.me.get_tracks(5, token="t", **options), Page[Track])
    client.tracks.get_track(1, extra_headers=["X-A"])  # type: ignore[arg-type]
    client.tracks.update(1, titel="New")  # type: ignore[call-arg]
    client.tracks.update(1, {"title": "New"})  # type: ignore[call-arg,arg-type]
    assert_type(client.tracks.update(1, tag_list=["a"], extra_fields={"a": [1]}), Track)
    assert_type(client.playlists.create(title="a", tag_list=Tags(["a"])), Playlist)
    assert_type(client.search.tracks(created_at=(date(2026, 1, 1), None)), Page[Track])
    client.tracks.update(1, tag_list=3)  # type: ignore[arg-type]
    client.map(client.tracks.get_track, 1)  # type: ignore[arg-type]
    SoundCloudClient(limits=10)  # type: ignore[arg-type]
    SoundCloudClient(cache={})  # type: ignore[arg-type]
    SoundCloudClient(engine="aiohttp")  # type: ignore[arg-type] # removed


def events(event: Event) -> None:
    match event:
        case RequestStartedEvent():
            assert_type(event.operation, str | None)
            assert_type(event.url, str)
        case AttemptStartedEvent():
            assert_type(event.headers, dict[str, str])
        case AttemptFinishedEvent():
            assert_type(event.resend_count, int)
            assert_type(event.status, int | None)
        case RequestRetryingEvent():
            assert_type(event.delay, float)
        case RequestFinishedEvent():
            assert_type(event.error, BaseException | None)
            assert_type(event.cached, bool)
            assert_type(event.sent, int)
        case TokenRefreshedEvent():
            assert_type(event.expires_at, datetime | None)
        case DriftEvent():
            assert_type(event.total, int)
        case _:
            assert_never(event)


def mistakes(client: SoundCloudClient, track: Track) -> None:
    client.tracks.get_track()  # type: ignore[call-arg]
    len(client.me.get_tracks())  # type: ignore[arg-type]
    (client.me.get_tracks())[0]  # type: ignore[index]
    client.tracks.get_track(1.5)  # type: ignore[arg-type]
    client.tracks.get_track(1, "s-token")  # type: ignore[call-arg]
    client.tracks.upload(b"sound")  # type: ignore[call-arg]
    client.tracks.update(1, titel="a")  # type: ignore[call-arg]
    client.tracks.update(1, sharing="secret")  # type: ignore[arg-type]
    client.tracks.update(1, sharing=None)  # type: ignore[arg-type]
    client.tracks.get_tracks(1)  # type: ignore[arg-type]
    client.users.get_followers(1, "10")  # type: ignore[arg-type]
    client.users.get_tracks(1, sort="up")  # type: ignore[arg-type]
    client.search.tracks("lofi", access="everything")  # type: ignore[arg-type]
    client.search.tracks("lofi", bpm=(90, "120"))  # type: ignore[arg-type]
    client.paginate([1, 2])  # type: ignore[arg-type]
    client.send("GET /me")  # type: ignore[arg-type]
    str(client.charts)  # type: ignore[attr-defined]
    str(track.titel)  # type: ignore[attr-defined]
    track.genre + "!"  # type: ignore[operator]
    str(track.genre.upper())  # type: ignore[union-attr]
    SoundCloudClient(transport=httpx.AsyncHTTPTransport())  # type: ignore[arg-type]
    SoundCloudClient("id", "secret", "https://example.com", "token")  # type: ignore[call-arg]


def models(track: Track, playlist: Playlist, activity: Activity, comment: Comment, me: Me, streams: Streams) -> None:
    assert_type(track.created_at, datetime)
    assert_type(track.access, Access | None)
    assert_type(track.title, str)
    assert_type(track.duration, int)
    assert_type(track.bpm, float | None)
    assert_type(track.streamable, bool)
    assert_type(track.user, User)
    assert_type(track.available_country_codes, list[str] | str | None)
    assert_type(track.raw, dict[str, Any])
    assert_type(track.extra, dict[str, Any])
    assert_type(playlist.tracks, list[Track] | None)
    assert_type(playlist.last_modified, datetime)
    assert_type(activity.origin, Playlist | Track)
    assert_type(comment.timestamp, int | None)
    assert_type(me.quota, Quota | None)
    assert_type(me.subscriptions, list[Subscription] | None)
    assert_type(streams.hls_aac_160_url, str | None)
    if track.access is not None:
        assert_type(track.access == Access.PLAYABLE, bool)


def embeds(track: Track, playlist: Playlist, me: Me, embed: OEmbed, waveform: Waveform) -> None:
    assert_type(player_url(track, visual=True, start_track=2, color="#ff5500"), str)
    assert_type(iframe(1, kind="users", width="50%", height=300, lazy=False, single_active=False), Frame)
    assert_type((embed.html, embed.width, embed.height), tuple[str, str, int])
    assert_type((embed.title, embed.is_fallback, embed.reason), tuple[str | None, bool, str | None])
    assert_type(artwork_url(track), str | None)
    assert_type(artwork_url(me, "t67x67"), str | None)
    assert_type(get_attribution(playlist), Attribution)
    assert_type(
        (get_attribution(track).text, get_attribution(track).html, get_attribution(track).link),
        tuple[str, str, str | None],
    )
    assert_type(Tags.parse(track.tag_list), Tags)
    assert_type(Tags(["lofi"]).machine_tags, tuple[MachineTag, ...])
    assert_type((str(Tags()), Tags().with_commas(), list(Tags())), tuple[str, str, list[str]])
    assert_type((waveform.samples, waveform.width, waveform.height), tuple[tuple[int, ...], int, int])
    assert_type(waveform.to_svg(width=400), str)
    player_url(track, autoplay=True)  # type: ignore[call-arg]
    player_url(track, color=5)  # type: ignore[arg-type]
    iframe(1, kind="comments")  # type: ignore[arg-type]
    artwork_url(track, "t600x600")  # type: ignore[arg-type]


def values(urn: Urn, token: Token, response: RawResponse, event: DriftEvent) -> None:
    assert_type(Urn.parse(1, "tracks"), Urn)
    assert_type(urn.kind, str)
    assert_type(token.access_token, str)
    assert_type(token.expires_at, datetime | None)
    assert_type(response.status, int)
    assert_type(response.ok, bool)
    assert_type(event.drifts, tuple[Drift, ...])
    assert_type(generate_code_challenge(generate_code_verifier()), str)


def errors(error: SoundCloudError, limited: RateLimitError, invalid: InvalidInputError) -> None:
    assert_type(error.status, int | None)
    assert_type(error.code, int | str | None)
    assert_type(error.errors, tuple[str, ...])
    assert_type(error.body, bytes)
    assert_type(error.is_not_found, bool)
    assert_type(limited.retry_after, float | None)
    assert_type(limited.resets_at, datetime | None)
    assert_type(limited.quota, RateLimit | None)
    assert_type(error.retries, int)
    assert_type(error.hint, str | None)
    match error:
        case SpamWarningError():
            assert_type(error.spam_warning_urn, str | None)
        case EdgeError():
            assert_type(error.request_ids, dict[str, str])
        case ConnectionFailedError():
            assert_type(error.sent, bool)
        case _:
            assert_type(error, SoundCloudError)
    refused: ValueError = invalid
    assert_type(refused.args, tuple[Any, ...])


def absent_fields(client: SoundCloudClient, genre: str | None, day: date | None) -> None:
    assert_type(client.tracks.upload("a.wav", title="t", genre=genre, release_date=day, sharing=None), Track)
    assert_type(client.playlists.create(title="t", genre=genre, release_date=day, set_type=None), Playlist)
    assert_type(client.tracks.update(1, genre=genre, isrc=None, sharing=UNSET, title=UNSET), Track)
    assert_type(client.playlists.update(1, genre=UNSET if genre is None else genre, ean=None), Playlist)
    client.tracks.update(1, title=None)  # type: ignore[arg-type]
    client.playlists.update(1, permalink=None)  # type: ignore[arg-type]
    client.tracks.upload("a.wav", title="t", genre=UNSET)  # type: ignore[arg-type]


def outcomes(client: SoundCloudClient) -> None:
    for outcome in client.map_completed(client.tracks.get_track, [1, 2]):
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
    outcomes = client.map(client.users.get_user, ["1"])
    assert_type([outcome.value for outcome in outcomes if outcome.ok], list[User])
    assert_type([outcome.error.status if outcome.error else None for outcome in outcomes], list[int | None])


def settings(sandbox: Sandbox, **given: Unpack[ClientSettings]) -> None:
    assert_type(sandbox.client_settings(), SandboxClientSettings)
    assert_type(sandbox.client_settings()["access_token"], str)
    assert_type(SoundCloudClient(**sandbox.client_settings(), timeout=3), SoundCloudClient)
    assert_type(SoundCloudClient.from_env(**sandbox.client_settings()), SoundCloudClient)
    assert_type(SoundCloudClient.from_env(timeout=Timeout(total=5), cache=MemoryCache()), SoundCloudClient)
    assert_type(SoundCloudClient.from_env(**given), SoundCloudClient)
    SoundCloudClient.from_env(time_out=3)  # type: ignore[call-arg]
    SoundCloudClient.from_env(retry=3)  # type: ignore[arg-type]
    SoundCloudClient.from_env(transport=httpx.AsyncHTTPTransport())  # type: ignore[arg-type]
    NotFoundError("gone", stauts=404)  # type: ignore[call-arg]
    RateLimitError("wait", retry_after=1.5, status=429, retry_later=2)  # type: ignore[call-arg]
