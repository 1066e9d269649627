"""Limits of the routes and of sessions, at their exact values."""

from types import SimpleNamespace

import anyio
import pytest
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from soundcloud import InvalidInputError
from soundcloud._sign_in import ErrorMessage, SignIn, local_path, message_for_error
from soundcloud.caches import MemoryCache
from soundcloud.errors import (
    ForbiddenError,
    MissingTokenError,
    RateLimitError,
    ServerError,
    StatusError,
    UnauthorizedError,
)
from soundcloud.stores import MemoryTokenStore
from soundcloud.web import MemorySessionStore, Sessions
from soundcloud.web.bodies import is_form, read_body
from soundcloud.web.cookies import Cookies
from soundcloud.web.errors import CsrfError, NotSignedInError, message_for
from soundcloud.web.events import measure_route
from soundcloud.web.limits import VisitorLimit, visitor_address
from soundcloud.web.proxy import AllowList
from soundcloud.web.public import PublicReads
from soundcloud.web.responses import cacheable_response, encode_json, error_response, json_response, page, wants_page
from soundcloud.web.sign_in import _read_form
from soundcloud.web.site import Site as PublicSite
from soundcloud.web.stores import MAX_SESSION_SECONDS, RedisSessionStore
from tests.web.conftest import SECRET_KEY, Clock

pytestmark = pytest.mark.anyio

FORM = "application/x-www-form-urlencoded"


def connection(**headers):
    """Return a connection with headers."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "headers": raw})


def request(body, media_type=FORM):
    """Return a POST request whose body arrives in parts."""
    parts = [body[:10], body[10:]]

    async def receive():
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", media_type.encode())]}, receive)


async def test_a_body_of_16_kib():
    assert await read_body(request(b"x" * 16_384)) == b"x" * 16_384
    with pytest.raises(HTTPException) as caught:
        await read_body(request(b"x" * 16_385))

    assert (caught.value.status_code, caught.value.detail) == (413, "the body is too large")


async def test_a_form_of_64_fields():
    assert len(await _read_form(request(b"&".join([b"a=1"] * 64)))) == 64
    with pytest.raises(HTTPException) as many:
        await _read_form(request(b"&".join([b"a=1"] * 65)))
    with pytest.raises(HTTPException) as other:
        await _read_form(request(b"a=1", "text/plain"))

    assert (many.value.status_code, other.value.status_code) == (413, 415)
    assert await _read_form(request(b"a=1", f"{FORM.upper()} ; charset=utf-8")) == [("a", "1")]


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [(FORM, True), ("multipart/form-data; boundary=x", True), ("text/plain", False), ("", False)],
)
def test_which_bodies_are_forms(media_type, expected):
    assert is_form(Headers({"content-type": media_type})) is expected
    assert not is_form(Headers({}))


def test_the_waits_of_a_visitor():
    clock = Clock()
    limit = VisitorLimit(60, clock)
    waits = [limit.acquire("a") for _ in range(61)]
    clock.now += 0.5
    waits.append(limit.acquire("a"))
    clock.now += 0.5
    waits.append(limit.acquire("a"))
    waits.append(limit.acquire("a"))
    clock.now += 3600
    later = [limit.acquire("a") for _ in range(61)]

    assert waits == [0] * 60 + [1, 0.5, 0, 1]
    assert later == [0] * 60 + [1]
    assert limit.acquire("b") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8:0:0:ffff:ffff:ffff:ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("unix", "unix", True),
    ],
)
def test_which_addresses_are_one_visitor(one, other, same):
    one, other = (visitor_address(SimpleNamespace(client=SimpleNamespace(host=host))) for host in (one, other))

    assert (one == other) is same
    assert visitor_address(SimpleNamespace(client=None)) == ""


def test_the_settings_of_sessions():
    sessions = Sessions("x" * 32)

    assert (sessions.idle_seconds, sessions.absolute_seconds, sessions.cookie) == (1800, 28_800, "sid")
    assert Sessions(["x" * 32, "y" * 33], cookie="c" * 40, idle_seconds=1).idle_seconds == 1
    assert Sessions(SECRET_KEY, absolute_seconds=MAX_SESSION_SECONDS).absolute_seconds == 30 * 24 * 3600 == 2_592_000
    for settings in ({"absolute_seconds": MAX_SESSION_SECONDS + 1}, {"cookie": "c" * 41}, {"idle_seconds": 0}):
        with pytest.raises(InvalidInputError):
            Sessions(SECRET_KEY, **settings)
    with pytest.raises(InvalidInputError, match="at least 32 random characters"):
        Sessions("x" * 31)


@pytest.mark.parametrize(("seconds", "found"), [(99, True), (100, False), (101, False)])
async def test_a_session_ends_at_its_second(seconds, found):
    clock = Clock()
    idle = Sessions(SECRET_KEY, store=MemorySessionStore(), idle_seconds=100, absolute_seconds=1000, clock=clock)
    whole = Sessions(SECRET_KEY, store=MemorySessionStore(), idle_seconds=1000, absolute_seconds=100, clock=clock)
    ids = [(await sessions.start("ada", "Browser"))[0] for sessions in (idle, whole)]
    clock.now += seconds

    assert [
        await sessions.find(each, "Browser") is not None for sessions, each in zip((idle, whole), ids, strict=True)
    ] == [found] * 2
    assert [await sessions.count("ada") for sessions in (idle, whole)] == [int(found)] * 2


async def test_the_ids_of_a_session():
    sessions = Sessions(SECRET_KEY)
    session_id, session = await sessions.start("ada", "Browser")
    _, other = await sessions.start("ada", "Browser")

    assert (len(session_id), len(session.csrf_token), len(session.key)) == (43, 43, 64)
    assert session.name == session.key[:12]
    assert session.csrf_token != other.csrf_token
    assert await sessions.find(None, "Browser") is None
    assert await sessions.find("x" * 43, "Browser") is None
    assert await sessions.count("ada") == 2
    await sessions.end(session)
    assert await sessions.count("ada") == 1


def cookies(*, secure=True, clock=None):
    return Cookies(Sessions(SECRET_KEY, clock=clock or Clock()), secure=secure)


@pytest.mark.parametrize("secure", [True, False])
def test_the_attributes_of_the_session_cookie(secure):
    found, response = cookies(secure=secure), Response()
    found.set_session(response, "id")
    name = "__Host-sid" if secure else "sid"
    header = response.headers["set-cookie"]

    assert header == f"{name}=id; HttpOnly; Path=/; SameSite=lax" + ("; Secure" if secure else "")
    assert f"{name}=" in found.clearing_headers()["Set-Cookie"]
    assert "Max-Age=0" in found.clearing_headers()["Set-Cookie"]
    assert found.sign_ins == f"{name}-start"


@pytest.mark.parametrize(("age", "kept"), [(0, True), (599, True), (600, False)])
def test_a_pending_sign_in_of_ten_minutes(age, kept):
    clock = Clock()
    found, response = cookies(clock=clock), Response()
    found.write_sign_ins(response, {"state": SignIn("verifier", "/", clock.now)})
    header = response.headers["set-cookie"]
    clock.now += age

    assert "Max-Age=600" in header
    assert bool(found.read_sign_ins(connection(cookie=header.partition(";")[0]))) is kept


def test_the_newest_four_sign_ins_are_kept():
    clock = Clock()
    found, response = cookies(clock=clock), Response()
    found.write_sign_ins(response, {str(number): SignIn("v", "/", clock.now - number) for number in range(6)})
    read = found.read_sign_ins(connection(cookie=response.headers["set-cookie"].partition(";")[0]))
    empty = Response()
    found.write_sign_ins(empty, {})

    assert set(read) == {"0", "1", "2", "3"}
    assert read["0"] == SignIn("v", "/", clock.now)
    assert "Max-Age=0" in empty.headers["set-cookie"]


@pytest.mark.parametrize(
    ("target", "valid"),
    [
        ("/", True),
        ("/" + "a" * 399, True),
        ("/" + "a" * 400, False),
        ("/~", True),
        ("/a b", False),
        ("/\x7f", False),
        ("/\u00e4", False),
        ("//a", False),
        ("/\\a", False),
        ("a", False),
        ("", False),
        (None, False),
    ],
)
def test_the_paths_of_this_site(target, valid):
    assert local_path(target) == (target if valid else None)


@pytest.mark.parametrize(("seconds", "header"), [(None, None), (0, "1"), (0.4, "1"), (1, "1"), (2, "2"), (59.6, "60")])
def test_the_header_of_a_rate_limit(seconds, header):
    message = message_for_error(RateLimitError("slow", status=429, retry_after=seconds), quote=False)

    assert message.status == 429
    assert message.headers == ({} if header is None else {"Retry-After": header})


@pytest.mark.parametrize(
    ("error", "status", "title", "sentence"),
    [
        (StatusError("m", status=399), 502, "SoundCloud has a problem", "Try again later"),
        (StatusError("m", status=400), 400, "SoundCloud refused this", "m"),
        (ForbiddenError("m", status=403), 403, "SoundCloud refused this", "m"),
        (StatusError("m", status=499), 499, "SoundCloud refused this", "m"),
        (ServerError("m", status=500), 502, "SoundCloud has a problem", "Try again later"),
    ],
)
def test_the_status_of_a_refusal_of_soundcloud(error, status, title, sentence):
    message = message_for_error(error, quote=True)

    assert (message.status, message.title, message.sentence) == (status, title, sentence)
    assert message_for_error(error, quote=False).sentence == ("" if sentence == "m" else sentence)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotSignedInError(), 401, "not_signed_in"),
        (NotSignedInError(ended=True), 401, "session_ended"),
        (CsrfError("why"), 403, "csrf"),
        (HTTPException(400), 400, "invalid_request"),
        (HTTPException(403), 403, "invalid_request"),
        (HTTPException(404), 404, "not_found"),
        (HTTPException(405), 405, "method_not_allowed"),
        (HTTPException(406), 406, "invalid_request"),
        (HTTPException(428), 428, "invalid_request"),
        (HTTPException(429), 429, "too_many_requests"),
        (HTTPException(430), 430, "invalid_request"),
        (HTTPException(499), 499, "invalid_request"),
        (HTTPException(500), 500, "site_problem"),
        (HTTPException(501), 501, "invalid_request"),
    ],
)
def test_the_status_and_the_code_of_a_refusal(error, status, code):
    message = message_for(error, quote=False)

    assert (message.status, message.code, error.status_code) == (status, code, status)


def test_an_error_of_the_app_is_raised_again():
    with pytest.raises(KeyError):
        message_for(KeyError("x"), quote=True)


@pytest.mark.parametrize(("status", "mood"), [(200, "good"), (303, "good"), (399, "good"), (400, "bad"), (500, "bad")])
def test_the_mood_of_a_page(status, mood):
    found = page(ErrorMessage(status, "Title", "a sentence", {"X-More": "1"}), {"A & B": "/a?b&c"}, "<form></form>")

    assert f'<svg class="{mood}"'.encode() in found.body
    assert b'<form></form><nav><a href="/a?b&amp;c">A &amp; B</a></nav>' in found.body
    assert (found.status_code, found.headers["x-more"], found.headers["cache-control"]) == (status, "1", "no-store")


def test_json_responses():
    plain, changed = json_response({"a": "\ud800"}), json_response([], 201, {"Cache-Control": "x"})
    script = error_response(connection(accept="application/json"), ErrorMessage(401, "Title", "what to do"), {})
    short = error_response(connection(), ErrorMessage(401, "Title"), {})
    browser = error_response(connection(accept="text/html, */*"), ErrorMessage(401, "Title"), {"A": "/a"})

    assert (plain.status_code, plain.body, plain.headers["cache-control"]) == (200, b'{"a": "\\ud800"}', "no-store")
    assert (changed.status_code, changed.headers["cache-control"]) == (201, "x")
    assert script.body == b'{"error":{"status":401,"code":"refused","message":"Title. What to do."}}'
    assert short.body == b'{"error":{"status":401,"code":"refused","message":"Title"}}'
    assert browser.headers["content-type"].startswith("text/html")
    assert encode_json({"a": "\u00e4"}) == '{"a":"\u00e4"}'.encode()
    assert not wants_page(connection(accept="application/json"))


@pytest.mark.parametrize(
    ("known", "status"),
    [("{tag}", 304), ('"x", W/{tag}', 304), ('"x",{tag}', 304), ("", 200), ('"x"', 200), ("{tag}x", 200)],
)
def test_a_response_that_the_browser_has_already(known, status):
    tag = cacheable_response(connection(), b"body", "text/plain", "public").headers["etag"]
    found = cacheable_response(connection(if_none_match=known.format(tag=tag)), b"body", "text/plain", "public")

    assert len(tag) == 34
    assert (found.status_code, found.body) == (status, b"" if status == 304 else b"body")
    assert (found.headers["etag"], found.headers["cache-control"]) == (tag, "public")


@pytest.mark.parametrize(
    ("uri", "valid"),
    [
        ("https://a.example/x/callback", True),
        ("http://localhost/callback", True),
        ("http://127.0.0.1:5/callback", True),
        ("http://[::1]/callback", True),
        ("http://a.example/callback", False),
        ("http://z.example/callback", False),
        ("ftp://localhost/callback", False),
        ("https://a.example/callback?x=1", False),
        ("https://a.example/callback#x", False),
        ("https://a.example/other", False),
    ],
)
def test_the_redirect_uri_of_a_site(uri, valid):
    def made():
        escaped = uri.replace("?", "%3F").replace("#", "%23")
        return PublicSite.from_authorization_url(f"https://s.example/authorize?redirect_uri={escaped}", "/home")

    if valid:
        site = made()
        assert f"{site.origin}{site.path('callback')}" == uri
        assert site.secure is uri.startswith("https:")
    else:
        with pytest.raises(InvalidInputError):
            made()


@pytest.mark.parametrize(
    ("value", "allowed"),
    [("a" * 200, True), ("a" * 201, False), ("soundcloud:tracks:1", True), ("a/b", False), ("", False)],
)
def test_the_values_of_an_allowed_path(value, allowed):
    found = AllowList(["/tracks/{track_urn}"]).operation(
        f"/tracks/{value}", [("a", "1"), ("a", "2"), ("client_id", "x")]
    )

    assert (found is not None) is allowed
    if found is not None:
        assert (found.method, found.path, found.query) == ("GET", {"track_urn": value}, {"a": "2"})
        assert list(found.responses) == [200]


def test_the_advice_for_a_path_that_cannot_be_read():
    with pytest.raises(InvalidInputError) as close:
        AllowList(["/tracks/{id}"])
    with pytest.raises(InvalidInputError) as other:
        AllowList(["/nothing"], setting="public")

    assert "/tracks/{track_urn}" in close.value.hint
    assert "/users" not in close.value.hint
    assert other.value.hint.count(",") == 2
    assert other.value.message.startswith("public: ")
    with pytest.raises(InvalidInputError, match="pass a list of paths"):
        AllowList("/tracks")


def test_the_links_of_a_page():
    allowed = AllowList(["/tracks"])

    assert allowed.with_local_links([1], "/api") == [1]
    assert allowed.with_local_links({"a": 1}, "/api") == {"a": 1}
    assert allowed.with_local_links({"next_href": None}, "/api") == {"next_href": None}
    assert allowed.with_local_links({"next_href": "https://["}, "/api") == {"next_href": None}
    assert allowed.with_local_links({"next_href": "https://x/me"}, "/api") == {"next_href": None}
    assert allowed.with_local_links({"next_href": "https://x/tracks?q=&a=b:c"}, "/api") == {
        "next_href": "/api/tracks?q=&a=b:c"
    }


def test_the_keys_and_the_kind_of_the_redis_store():
    store = RedisSessionStore.from_url("redis://127.0.0.1:1/0")

    assert (store._session_key("k"), store._user_key("u")) == ("soundcloud:web:session:k", "soundcloud:web:user:u")
    assert store._client.connection_pool.connection_kwargs["socket_timeout"] == 10


class VisitorClient:
    """The client of visitors: it returns what it was given, and notes how it was used."""

    def __init__(self, result, made):
        self.result, self.closed = result, False
        made.append(self)

    def with_options(self, *, cache, cache_ttl):
        self.options = (cache, cache_ttl)
        return self

    async def send(self, operation):
        await anyio.lowlevel.checkpoint()
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    async def aclose(self):
        self.closed = True


def public_reads(result=None, *, per_minute=60, seconds=5, cache=None, clock=None):
    made, stores = [], []

    def factory(store):
        stores.append(store)
        return VisitorClient(result, made)

    settings = {"client_factory": factory, "token_store": MemoryTokenStore(), "cache": cache, "clock": clock or Clock()}
    return PublicReads(["/tracks"], seconds=seconds, per_minute=per_minute, **settings), made, stores


@pytest.mark.parametrize("per_minute", [0, -1, True, 1.5, "60", None])
def test_a_limit_per_minute_is_1_or_more(per_minute):
    with pytest.raises(InvalidInputError, match=r"public_limit=.*: pass the requests per minute, 1 or more"):
        public_reads(per_minute=per_minute)
    assert public_reads(per_minute=1)[0].seconds == 5


@pytest.mark.parametrize(
    ("per_minute", "wait", "text"),
    [(60, "1", "1 second"), (30, "2", "2 seconds"), (1, "60", "60 seconds"), (7, "9", "9 seconds")],
)
async def test_how_long_a_visitor_waits(per_minute, wait, text):
    reads, _, _ = public_reads("data", per_minute=per_minute)
    for _ in range(per_minute):
        assert await reads.read(None, "visitor") == "data"
    with pytest.raises(HTTPException) as caught:
        await reads.read(None, "visitor")

    assert (caught.value.status_code, caught.value.detail) == (429, f"wait {text} and try again")
    assert caught.value.headers == {"Retry-After": wait}
    assert await reads.read(None, "another") == "data"


async def test_visitors_at_the_same_time_share_a_client():
    cache = MemoryCache()
    reads, made, stores = public_reads("data", cache=cache)
    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(reads.read, None, "visitor")
    first = len(made)
    await reads.read(None, "visitor")

    assert (first, len(made)) == (1, 2)
    assert [client.closed for client in made] == [True, True]
    assert made[0].options == (cache, 5)
    assert stores[0]._key == "user:visitor"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (MissingTokenError("no"), 500),
        (UnauthorizedError("no", status=401), 500),
        (ForbiddenError("no", status=403), None),
    ],
)
async def test_a_rejected_token_of_the_app_is_a_problem_of_the_site(error, status):
    reads, made, _ = public_reads(error)
    with pytest.raises(HTTPException if status else ForbiddenError) as caught:
        await reads.read(None, "visitor")

    assert getattr(caught.value, "status_code", None) == status
    assert made[0].closed


@pytest.mark.parametrize(("path", "public"), [("/me", False), ("/me/tracks", False), ("/tracks", True)])
def test_the_paths_that_visitors_may_read(path, public):
    if public:
        assert list(public_reads()[0].allowed) == [path]
    else:
        with pytest.raises(InvalidInputError, match="is the data of a signed-in user"):
            PublicReads([path], client_factory=None, token_store=None, cache=None, seconds=5, per_minute=5, clock=None)


async def test_the_statuses_of_an_event():
    events = []

    async def run(result):
        async def endpoint(request):
            if isinstance(result, Exception):
                raise result
            return result

        async def refuse(request, error):
            return Response(None, 418)

        measured = measure_route("/route", endpoint, refuse=refuse, hook=events.append)
        return await measured(Request({"type": "http", "method": "GET", "headers": []}))

    assert (await run(Response(None, 204))).status_code == 204
    assert (await run(HTTPException(404))).status_code == 418
    with pytest.raises(KeyError):
        await run(KeyError("x"))

    assert [(event.route, event.method, event.status, type(event.error)) for event in events] == [
        ("/route", "GET", 204, type(None)),
        ("/route", "GET", 418, HTTPException),
        ("/route", "GET", None, KeyError),
    ]
    assert all(0 <= event.duration < 60 for event in events)
