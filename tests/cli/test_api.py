"""`soundcloud api` and `soundcloud embed`."""

import json

import pytest

from tests.cli.test_framework import FixedResponseServer


def test_body_from_argument_file_and_stdin(sandbox, shell, tmp_path):
    (tmp_path / "body.json").write_text('\ufeff{"playlist": {"title": "From a file"}}', encoding="utf-8")
    arguments = ("api", "post", "/playlists", "--fields", "title", "-d")
    assert shell.run_in_process(*arguments, '{"playlist": {"title": "From here"}}').data == {"title": "From here"}
    assert shell.run_in_process(*arguments, f"@{tmp_path / 'body.json'}").data == {"title": "From a file"}
    assert shell.run_piped(*arguments, "-", stdin='{"playlist": {"title": "From there"}}').data == {
        "title": "From there"
    }
    titles = {each["title"] for each in shell.run_in_process("user", "playlists", "--all", "--json").data}
    assert titles > {"From there", "From a file", "From here"}


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("-d", "{"), "--data is not valid JSON"),
        (("-d", "[" * 50_000), "--data is nested too deeply"),
        (("-d", "@nowhere.json"), "--data: nowhere.json: No such file or directory"),
        (("-q", "limit"), "Invalid value for '-q' / '--query': use NAME=VALUE"),
        (("-d", "{}"), "GET has no body: use -q for the query"),
        (("-f", "title=x"), "GET has no body: use -q for the query"),
        (("-F", "title"), "Invalid value for '-F' / '--field': 'title': use NAME=VALUE"),
        (("-F", "a[b=1"), "Invalid value for '-F' / '--field': 'a[b=1': use NAME=VALUE"),
        (("-F", "a=1", "-F", "a[b]=1"), "the field 'a' has both a value and parts"),
        (("-d", "{}", "-f", "a=1"), "use either --data or fields"),
        (("-H", "nothing"), "Invalid value for '-H' / '--header': use NAME:VALUE"),
        (("-H", "authorization: x"), "Invalid value for '-H' / '--header': Authorization is made from the token"),
        (("--paginate", "-i"), "--paginate takes neither --include nor --header"),
        (("--paginate",), "--paginate needs a list, and the response of /me is not one"),
    ],
)
def test_invalid_request_arguments(shell, arguments, what):
    done = shell.run_in_process("api", "GET", "/me", *arguments)

    assert (done.code, done.output) == (2, "")
    assert done.errors.startswith(f"error: {what}")


def test_body_from_fields(sandbox, shell):
    arguments = ("api", "POST", "/playlists", "-F", "playlist[title]=7", "-f", "playlist[description]=7")
    planned = shell.run_in_process(*arguments, "-F", "playlist[sharing]=private", "--dry-run")
    sent = shell.run_in_process("api", "POST", "/playlists", "-f", "playlist[title]=From fields", "--json")

    body = json.loads(planned.output.partition("\n")[2])
    assert body == {"playlist": {"title": 7, "description": "7", "sharing": "private"}}
    assert sent.data["title"] == "From fields"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_json_does_not_have(shell, value):
    planned = shell.run_in_process("api", "POST", "/playlists", "-F", f"playlist[title]={value}", "--dry-run")
    data = shell.run_in_process("api", "POST", "/playlists", "-d", f'{{"playlist": {{"title": {value}}}}}')

    assert json.loads(planned.output.partition("\n")[2]) == {"playlist": {"title": value}}
    assert data.code == 2
    assert data.errors.startswith("error: --data is not valid JSON: ")


def test_debug_shows_the_request(sandbox, shell):
    shown = shell.run_in_process("api", "/tracks", "-q", "q=lofi", "-q", "secret_token=s-HUSH1234567", "--debug")
    failed = shell.run_in_process("api", "DELETE", "/nope", "--debug")

    line = shown.errors.splitlines()[0]
    assert line.startswith(
        f"debug: GET {sandbox.api_url}/tracks?q=lofi&secret_token=*** (Authorization: ***) -> 200 in "
    )
    assert failed.errors.startswith(f"debug: DELETE {sandbox.api_url}/nope (Authorization: ***) -> 404 in ")
    assert "debug" not in shell.run_in_process("api", "/me").errors


def test_status_and_headers(sandbox, shell):
    done = shell.run_in_process("api", "-i", "/me", "-H", "X-Test: here", "--fields", "username")
    failed = shell.run_in_process("api", "-i", "/tracks/1")
    head, _, body = done.output.partition("\n\n")

    assert head.splitlines()[0] == "HTTP 200"
    assert "content-type: application/json" in head
    assert json.loads(body) == {"username": "ada-night"}
    assert sandbox.requests[0].headers["x-test"] == "here"
    assert failed.output.startswith("HTTP 404\n")
    assert failed.code == 4


def test_paginate(sandbox, shell):
    arguments = ("api", "GET", "/me/likes/tracks", "-q", "limit=50", "--paginate", "--jsonl", "--fields", "urn")
    every = shell.run_in_process(*arguments).output.splitlines()
    likes = shell.run_in_process("likes", "--all", "--jsonl", "--fields", "urn").output.splitlines()

    assert every == likes
    assert len(every) > 100
    assert shell.run_in_process(*arguments, "--limit", "60").output.splitlines() == every[:60]
    assert len(shell.run_in_process("api", "GET", "/me/followings", "--paginate").data) > 20
    assert len(shell.run_in_process("api", "GET", "/users/51366024/web-profiles", "--paginate").data) >= 0


def test_response_in_every_format(shell):
    assert (
        shell.run_in_process("api", "GET", "/me", "--jsonl", "--fields", "username").output
        == '{"username": "ada-night"}\n'
    )
    assert shell.run_in_process("api", "GET", "/me", "--csv", "--fields", "username").output == "username\nada-night\n"
    assert "username" in shell.run_in_process("api", "GET", "/me", "--csv").output.splitlines()[0].split(",")
    assert (
        json.loads(shell.run_piped("api", "GET", "/tracks", "-q", "q=lofi", "-q", "limit=2").output)[0]["kind"]
        == "track"
    )
    liked = shell.run_in_process("api", "POST", "/likes/tracks/2287190367")
    assert liked.code == 0


@pytest.mark.parametrize(
    ("status", "headers", "code", "to_do"),
    [
        (401, "", 3, "soundcloud login"),
        (403, "", 1, ""),
        (404, "", 4, "it may be deleted"),
        (418, "", 1, ""),
        (429, "Retry-After: 60\r\n", 5, "try again after 2"),
        (429, "", 5, "SoundCloud does not say when the limit ends; wait a minute"),
        (500, "", 1, "this is on SoundCloud's side"),
    ],
)
def test_error_response_is_printed_with_exit_code(shell, status, headers, code, to_do):
    with FixedResponseServer(status, b'{"why": "because"}', headers) as url:
        done = shell.run_in_process(
            "api", "GET", "/x?secret_token=s-1", SOUNDCLOUD_API_URL=url, SOUNDCLOUD_AUTH_URL=url
        )

    assert done.code == code
    assert done.data == {"why": "because"}
    assert done.errors.startswith(f"error: HTTP {status}\n  what to do: {to_do}")


def test_plain_text_response(shell):
    with FixedResponseServer(200, b"plain") as url:
        assert (
            shell.run_in_process("api", "GET", "/x", SOUNDCLOUD_API_URL=url, SOUNDCLOUD_AUTH_URL=url).output
            == "plain\n"
        )


@pytest.mark.parametrize(
    ("link", "code", "what"),
    [
        ("https://evil.example/tracks?cursor=2", 1, "leads to evil.example"),
        ("/x?cursor=1", 1, "the link to the next page re"),
    ],
)
def test_invalid_next_page_urls(shell, link, code, what):
    page = json.dumps({"collection": [{"a": 1}], "next_href": link}).encode()
    with FixedResponseServer(200, page) as url:
        done = shell.run_in_process(
            "api", "GET", "/x", "--paginate", "--jsonl", SOUNDCLOUD_API_URL=url, SOUNDCLOUD_AUTH_URL=url
        )

    assert done.code == code
    assert what in done.errors
    assert done.output.startswith('{"a": 1}\n')


def test_embed_without_account(bare_shell):
    link = bare_shell.run_piped("embed", "https://soundcloud.com/forss/flickermood", "--color", "#0066cc")
    number = bare_shell.run_in_terminal("embed", "293", "--visual", "--width", "300", "--auto-play", "--title", 'A "b"')

    assert link.code == number.code == 0
    assert link.output.startswith("<iframe ")
    assert "color=%230066cc" in link.output
    assert 'width="300"' in number.text
    assert "visual=true" in number.text
    assert "auto_play=true" in number.text
    assert "A &quot;b&quot;" in number.text
    assert bare_shell.run_in_process("embed", "5", "--kind", "playlist", "--url").output.startswith(
        "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Fplaylists%2F5"
    )
    assert bare_shell.run_in_process("embed", "nix").code == 2
    assert bare_shell.run_in_process("embed", "5", "--color", "red").code == 2


def test_embed_with_sandbox(sandbox, shell):
    result = shell.run_in_process("embed", "2287190367", "--sandbox", "--url", SOUNDCLOUD_WEB_URL=sandbox.media_url)

    assert result.output.startswith(f"{sandbox.media_url}/player/?url=")


def test_get_and_the_slash_may_be_left_out(shell, sandbox):
    for arguments in (("me",), ("/me",), ("GET", "me"), ("get", "/me")):
        assert shell.run_in_process("api", *arguments).data["username"] == "ada-night"
    incomplete = shell.run_in_process("api", "POST")

    assert incomplete.code == 2
    assert incomplete.errors.startswith("error: name a path, for example: soundcloud api POST /me\n")
    assert shell.run_in_process("api", "https://example.com/me").code == 2
