"""`soundcloud api` and `soundcloud embed`: requests as they are written, pages walked, HTML printed."""

import json

import pytest

from tests.cli.test_framework import Answering


def test_bodies_from_three_places(sandbox, shell, tmp_path):
    (tmp_path / "body.json").write_text('{"playlist": {"title": "From a file"}}')
    arguments = ("api", "post", "/playlists", "--fields", "title", "-d")
    assert shell.here(*arguments, '{"playlist": {"title": "From here"}}').data == {"title": "From here"}
    assert shell.here(*arguments, f"@{tmp_path / 'body.json'}").data == {"title": "From a file"}
    assert shell.pipe(*arguments, "-", stdin='{"playlist": {"title": "From there"}}').data == {"title": "From there"}
    titles = {each["title"] for each in shell.here("user", "playlists", "--all", "--json").data}
    assert titles > {"From there", "From a file", "From here"}


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("-d", "{"), "--data: this is no JSON"),
        (("-d", "@nowhere.json"), "--data: nowhere.json: No such file or directory"),
        (("-q", "limit"), "Invalid value for '-q' / '--query': give a name and a value"),
        (("--paginate", "-d", "{}"), "--paginate walks lists"),
        (("--paginate",), "--paginate walks lists, and this is none"),
    ],
)
def test_what_is_no_request(shell, arguments, what):
    done = shell.here("api", "GET", "/me", *arguments)

    assert (done.code, done.output) == (2, "")
    assert done.errors.startswith(f"error: {what}")


def test_pages_are_walked(sandbox, shell):
    arguments = ("api", "GET", "/me/likes/tracks", "-q", "limit=50", "--paginate", "--jsonl", "--fields", "urn")
    every = shell.here(*arguments).output.splitlines()
    likes = shell.here("likes", "--all", "--jsonl", "--fields", "urn").output.splitlines()

    assert every == likes
    assert len(every) > 100
    assert shell.here(*arguments, "--limit", "60").output.splitlines() == every[:60]
    assert len(shell.here("api", "GET", "/me/followings", "--paginate").data) > 20
    assert len(shell.here("api", "GET", "/users/51366024/web-profiles", "--paginate").data) >= 0


def test_a_reply_in_every_form(shell):
    assert shell.here("api", "GET", "/me", "--jsonl", "--fields", "username").output == '{"username": "ada-night"}\n'
    assert shell.here("api", "GET", "/me", "--csv", "--fields", "username").output == "username\nada-night\n"
    assert "username" in shell.here("api", "GET", "/me", "--csv").output.splitlines()[0].split(",")
    assert json.loads(shell.pipe("api", "GET", "/tracks", "-q", "q=lofi", "-q", "limit=2").output)[0]["kind"] == "track"
    liked = shell.here("api", "POST", "/likes/tracks/2287190367")
    assert liked.code == 0


@pytest.mark.parametrize(
    ("status", "headers", "code", "to_do"),
    [
        (401, "", 3, "soundcloud login"),
        (403, "", 1, ""),
        (404, "", 4, "it may be deleted"),
        (418, "", 1, ""),
        (429, "Retry-After: 60\r\n", 5, "go on after 2"),
        (429, "", 5, "SoundCloud does not say when; wait a minute"),
        (500, "", 1, "this is on SoundCloud's side"),
    ],
)
def test_what_is_refused_is_printed_and_has_a_code(shell, status, headers, code, to_do):
    with Answering(status, b'{"why": "because"}', headers) as url:
        done = shell.here("api", "GET", "/x?secret_token=s-1", SOUNDCLOUD_API_URL=url, SOUNDCLOUD_AUTH_URL=url)

    assert done.code == code
    assert done.data == {"why": "because"}
    assert done.errors.startswith(f"error: HTTP {status} [GET /x]\n  what to do: {to_do}")


def test_a_text_is_printed_as_it_came(shell):
    with Answering(200, b"plain") as url:
        assert shell.here("api", "GET", "/x", SOUNDCLOUD_API_URL=url, SOUNDCLOUD_AUTH_URL=url).output == "plain\n"


@pytest.mark.parametrize(
    ("link", "code", "what"),
    [
        ("https://evil.example/tracks?cursor=2", 1, "leads to evil.example"),
        ("/x?cursor=1", 1, "the link to the next page re"),
    ],
)
def test_links_that_must_not_be_followed(shell, link, code, what):
    page = json.dumps({"collection": [{"a": 1}], "next_href": link}).encode()
    with Answering(200, page) as url:
        done = shell.here("api", "GET", "/x", "--paginate", "--jsonl", SOUNDCLOUD_API_URL=url, SOUNDCLOUD_AUTH_URL=url)

    assert done.code == code
    assert what in done.errors
    assert done.output.startswith('{"a": 1}\n')


def test_embedding_needs_no_account(nobody):
    link = nobody.pipe("embed", "https://soundcloud.com/forss/flickermood", "--color", "#0066cc")
    number = nobody.terminal("embed", "293", "--visual", "--width", "300", "--auto-play", "--title", 'A "b"')

    assert link.code == number.code == 0
    assert link.output.startswith("<iframe ")
    assert "color=%230066cc" in link.output
    assert 'width="300"' in number.told
    assert "visual=true" in number.told
    assert "auto_play=true" in number.told
    assert "A &quot;b&quot;" in number.told
    assert nobody.here("embed", "5", "--kind", "playlist", "--url").output.startswith(
        "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Fplaylists%2F5"
    )
    assert nobody.here("embed", "nix").code == 2
    assert nobody.here("embed", "5", "--color", "red").code == 2


def test_embedding_what_is_in_the_sandbox(sandbox, shell):
    told = shell.here("embed", "2287190367", "--sandbox", "--url", SOUNDCLOUD_WEB_URL=sandbox.media_url)

    assert told.output.startswith(f"{sandbox.media_url}/player/?url=")
