"""Likes, reposts, follows and comments as routes: what they do, CSRF, wrong values; and the event of each route."""

import json

import pytest

from soundcloud import InvalidInputError, SoundCloudClient
from soundcloud.sandbox import Faults
from soundcloud.web import RouteFinishedEvent
from soundcloud.web.actions import ACTIONS
from tests.web.conftest import Site, sentences

pytestmark = pytest.mark.anyio

JSON = {"Accept": "application/json"}
PAGES = ("/me/likes/{}", "/me/reposts/{}", "/me/followings")


@pytest.fixture
def site(sandbox, clock):
    return Site(sandbox, clock, routes={"actions": ACTIONS})


@pytest.fixture
def client(sandbox):
    with SoundCloudClient(**sandbox.client_settings("ada-night")) as client:
        yield client


@pytest.fixture
def targets(client):
    """A track, a playlist and a user to which ada-night has no relation yet."""
    known = {
        "tracks": {
            each.urn for pages in (client.me.get_likes_tracks(), client.me.get_reposts_tracks()) for each in pages
        },
        "playlists": {each.urn for each in client.me.get_likes_playlists()}
        | {each.urn for each in client.me.get_reposts_playlists()},
        "users": {each.urn for each in client.me.get_followings()} | {client.me.get_me().urn},
    }
    found = {
        "tracks": client.search.tracks(""),
        "playlists": client.search.playlists(""),
        "users": client.search.users(""),
    }
    return {kind: next(each.urn for each in pages if each.urn not in known[kind]) for kind, pages in found.items()}


def urns(client, action, kind):
    read = {
        ("likes", "tracks"): client.me.get_likes_tracks,
        ("likes", "playlists"): client.me.get_likes_playlists,
        ("reposts", "tracks"): client.me.get_reposts_tracks,
        ("reposts", "playlists"): client.me.get_reposts_playlists,
        ("follows", "users"): client.me.get_followings,
    }[action, kind]
    return {each.urn for each in read()}


RELATIONS = [
    ("likes", "tracks"),
    ("likes", "playlists"),
    ("reposts", "tracks"),
    ("reposts", "playlists"),
    ("follows", "users"),
]


@pytest.mark.parametrize(("action", "kind"), RELATIONS)
async def test_an_action_and_its_opposite(site, client, targets, action, kind):
    path = f"/soundcloud/{action}/{kind}/{targets[kind]}"
    async with site.browser("ada-night") as browser:
        headers = {"X-CSRF-Token": await browser.csrf_token()}
        done = await browser.post(path, headers=headers)
        after_post = urns(client, action, kind)
        undone = await browser.send("DELETE", path, headers=headers)
        after_delete = urns(client, action, kind)

    assert (done.status_code, undone.status_code, done.content) == (204, 204, b"")
    assert done.headers["cache-control"] == "no-store"
    assert targets[kind] in after_post
    assert targets[kind] not in after_delete


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(("action", "kind"), [*RELATIONS, ("comments", "tracks")])
async def test_actions_need_a_session_and_its_csrf_token(site, sandbox, targets, action, kind, method):
    path = f"/soundcloud/{action}/{kind}/{targets[kind]}"
    sandbox.clear_requests()
    async with site.browser("ada-night") as browser, site.browser() as visitor:
        token = await browser.csrf_token()
        cross = {"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}
        answers = [
            await visitor.send(method, path, headers={"X-CSRF-Token": token}),
            await browser.send(method, path),
            await browser.send(method, path, headers={"X-CSRF-Token": "wrong"}),
            await browser.send(method, path, headers=cross),
        ]
        if (action, method) == ("comments", "DELETE"):
            assert {answer.status_code for answer in answers} == {405}  # the API cannot delete comments
        else:
            assert [answer.status_code for answer in answers] == [401, 403, 403, 403]
            assert sentences(answers[1]).startswith("Nothing was changed This request was not sent from a page")
    assert [
        request.path for request in sandbox.requests if request.method != "GET" and "oauth" not in request.path
    ] == []


async def test_only_the_listed_actions_exist(sandbox, clock):
    site = Site(sandbox, clock, routes={"actions": ["likes"]})
    async with site.browser("ada-night") as browser:
        headers = {"X-CSRF-Token": await browser.csrf_token()}
        answers = [
            await browser.post(f"/soundcloud/{path}", headers=headers)
            for path in ("reposts/tracks/1", "follows/users/1", "comments/tracks/1", "likes/users/1", "likes/tracks/")
        ]
        page = await browser.get("/soundcloud/likes/tracks/1")

    assert [answer.status_code for answer in answers] == [404] * 5
    assert page.status_code == 405


async def test_a_comment_as_json_and_as_a_form(site, client, targets):
    path = f"/soundcloud/comments/tracks/{targets['tracks']}"
    async with site.browser("ada-night") as browser:
        token = await browser.csrf_token()
        headers = {"X-CSRF-Token": token}
        made = await browser.post(path, json={"body": "From JSON", "timestamp": 1500}, headers=headers)
        form = await browser.post(path, data={"csrf_token": token, "body": "From a form", "timestamp": "2500"})
        untimed = await browser.post(path, data={"csrf_token": token, "body": "Untimed", "timestamp": ""})
    comments = {each.body: each.timestamp for each in client.tracks.get_comments(targets["tracks"])}

    assert [answer.status_code for answer in (made, form, untimed)] == [201, 201, 201]
    assert (made.json()["body"], made.json()["user"]["username"]) == ("From JSON", "ada-night")
    assert (comments["From JSON"], comments["From a form"]) == (1500, 2500)
    assert "Untimed" in comments


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"json": {"body": " "}}, 400, "body=' ': give a comment that is not empty"),
        ({"json": {"timestamp": 5}}, 400, "body=''"),
        ({"json": {"body": ["x"]}}, 400, "give a comment"),
        ({"json": {"body": "x", "timestamp": -1}}, 400, "timestamp=-1"),
        ({"json": {"body": "x", "timestamp": "5"}}, 400, "timestamp='5'"),
        ({"data": {"body": "x", "timestamp": "soon"}}, 400, "timestamp='soon'"),
        ({"data": {"body": "x", "timestamp": "9" * 5000}}, 400, "timestamp='999"),
        ({"files": {"body": b"x"}}, 422, "The body is not a comment"),
        ({"json": ["x"]}, 422, "The body is not a comment: send JSON such as"),
        ({"content": b"{"}, 422, "The body is not a comment"),
        ({"content": b""}, 422, "The body is not a comment"),
        ({"content": b'{"body": "caf\xe9"}'}, 422, "The body is not a comment"),
        ({"content": b"[" * 5000}, 422, "The body is not a comment"),
        ({"content": b" " * 20_000}, 413, "The body is too large"),
    ],
)
async def test_wrong_comments(site, sandbox, targets, body, status, message):
    async with site.browser("ada-night") as browser:
        headers = {"X-CSRF-Token": await browser.csrf_token(), **JSON}
        answer = await browser.post(f"/soundcloud/comments/tracks/{targets['tracks']}", headers=headers, **body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, "invalid_request")
    assert message in answer.json()["error"]["message"]


@pytest.mark.parametrize(("urn", "status"), [("soundcloud:playlists:1", 400), ("a b", 400), ("1", 404)])
async def test_wrong_targets(site, urn, status):
    async with site.browser("ada-night") as browser:
        headers = {"X-CSRF-Token": await browser.csrf_token(), **JSON}
        answer = await browser.post(f"/soundcloud/likes/tracks/{urn}", headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize("actions", ["likes", ["plays"], ["likes", "Likes"], 5, [["likes"]]])
def test_wrong_settings(sandbox, clock, actions):
    with pytest.raises(InvalidInputError, match="actions"):
        Site(sandbox, clock, routes={"actions": actions})


async def test_every_route_is_reported(sandbox, clock, caplog):
    events = []

    def report(event):
        events.append(event)
        if event.route == "/me":
            raise ZeroDivisionError

    routes = {"public": ["/tracks"], "actions": ["likes"], "on_route": report}
    site = Site(sandbox, clock, routes=routes)
    async with site.browser("ada-night") as browser:
        headers = {"X-CSRF-Token": await browser.csrf_token()}
        await browser.get("/soundcloud/api/tracks?q=lofi")
        await browser.get("/soundcloud/api/tracks/1")
        await browser.get("/soundcloud/api/playlists")
        await browser.post("/soundcloud/likes/tracks/1", headers=headers)
        await browser.post("/soundcloud/likes/tracks/1")
        await browser.get("/soundcloud/nothing")
        await browser.get("/soundcloud/soundcloud.js")
    seen = [(event.method, event.route, event.status, type(event.error).__name__) for event in events]

    assert seen == [
        ("GET", "/login", 303, "NoneType"),
        ("GET", "/callback", 303, "NoneType"),
        ("GET", "/me", 200, "NoneType"),
        ("GET", "/api/tracks", 200, "NoneType"),
        ("GET", "/api/tracks/{track_urn}", 404, "NotFoundError"),
        ("GET", "/api/{path}", 404, "HTTPException"),
        ("POST", "/likes/tracks/{urn}", 404, "NotFoundError"),
        ("POST", "/likes/tracks/{urn}", 403, "CsrfError"),
        ("GET", "/soundcloud.js", 200, "NoneType"),
    ]
    assert all(isinstance(event, RouteFinishedEvent) and event.duration > 0 for event in events)
    assert "the on_route hook failed" in caplog.text


async def test_an_unexpected_exception_is_reported_without_a_status(sandbox, clock):
    events = []
    site = Site(sandbox, clock, routes={"on_route": events.append})
    async with site.browser("ada-night") as browser:
        site.sessions.store = None
        with pytest.raises(AttributeError):
            await browser.get("/soundcloud/me")

    assert (events[-1].route, events[-1].status) == ("/me", None)
    assert isinstance(events[-1].error, AttributeError)


async def test_soundclouds_refusal_of_an_action(site, sandbox, targets):
    async with site.browser("ada-night") as browser:
        headers = {"X-CSRF-Token": await browser.csrf_token(), **JSON}
        sandbox.set_faults(Faults(error_rate={"spam_warning": 1}))
        answer = await browser.post(f"/soundcloud/likes/tracks/{targets['tracks']}", headers=headers)

    assert answer.status_code == 429
    assert json.loads(answer.text)["error"]["code"] == "too_many_requests"
