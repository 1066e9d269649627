"""Arguments in the forms in which programs have them: lists of tags, dates, links, dicts of fields, fields that are new."""

import json
from datetime import UTC, date, datetime

import httpx
import pytest

from soundcloud import UNSET, SoundCloudClient, InvalidInputError
from soundcloud.tags import Tags

pytestmark = pytest.mark.anyio

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
ANSWER = httpx.Response(200, json={"urn": "soundcloud:tracks:1"})
FOUND = httpx.Response(302, headers={"Location": "https://api.soundcloud.com/tracks/soundcloud:tracks:1"})


def client_of(server, **settings):
    return SoundCloudClient(access_token="own", transport=server.transport, **settings)


@pytest.mark.parametrize("tags", [["lofi", "late night"], Tags(["lofi", "late night"]), 'lofi "late night"'])
def test_tags_of_a_track(mock_server, tags):
    server = mock_server(ANSWER)
    with client_of(server) as client:
        client.tracks.update(1, tag_list=tags)
        client.tracks.upload(b"sound", title="a", filename="a.mp3", tag_list=tags)

    update, upload = server.requests
    assert json.loads(update.content) == {"track": {"tag_list": 'lofi "late night"'}}
    assert b'name="track[tag_list]"\r\n\r\nlofi "late night"\r\n' in upload.content


def test_tags_of_a_playlist(mock_server):
    server = mock_server(ANSWER)
    with client_of(server) as client:
        client.playlists.create(title="a", tag_list=["lofi", "late night"])
        client.playlists.update(1, tag_list=Tags([]))
        for wrong, message in ((["a, b"], "contains a comma"), (3, "give a string"), ([3], "a tag is a string")):
            with pytest.raises(InvalidInputError, match=message):
                client.playlists.update(1, tag_list=wrong)

    assert [json.loads(request.content)["playlist"]["tag_list"] for request in server.requests] == [
        "lofi, late night",
        "",
    ]


class Anything:
    pass


@pytest.mark.parametrize("value", [{}, {"a"}, b"x", Anything(), [None], [[{}]]])
def test_values_that_cannot_be_part_of_a_url(mock_server, value):
    server = mock_server(ANSWER)
    with client_of(server) as client:
        with pytest.raises(InvalidInputError, match=r"^q is of type \w+: pass a string or a number$"):
            client.search.tracks(value)
        with pytest.raises(InvalidInputError, match=r"^id is of type \w+: pass a string or a number$"):
            client.raw.get("/tracks/{id}", {"id": value})
    assert server.requests == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None,), "code is of type NoneType: pass a string"),
        (("",), "code is an empty string"),
        (("a", 5), "code_verifier is of type int: pass a string"),
        (("\udcff",), "code holds half a surrogate pair"),
    ],
)
def test_a_code_that_is_not_one(mock_server, arguments, message):
    server = mock_server(ANSWER)
    with SoundCloudClient("id", "secret", "https://a.example", transport=server.transport) as client:
        with pytest.raises(InvalidInputError, match=message):
            client.auth.get_user_token(*arguments)
    assert server.requests == []


@pytest.mark.parametrize("value", [["x"], 5, b"x", {"a": 1}])
def test_tokens_of_a_wrong_type_are_not_sent(mock_server, value):
    server = mock_server(ANSWER)
    with SoundCloudClient("id", "secret", "https://a.example", transport=server.transport) as client:
        with pytest.raises(InvalidInputError, match=r"^refresh_token is of type \w+: pass a string"):
            client.auth.refresh_user_token(value)
        with pytest.raises(InvalidInputError, match=r"^access_token is of type \w+: pass a string"):
            client.auth.sign_out(value)
        with pytest.raises(InvalidInputError, match="state holds half a surrogate pair"):
            client.auth.get_authorization_url(state="\ud800", code_challenge="x" * 43)
    assert server.requests == []


@pytest.mark.parametrize("value", [["private"], {}, {"private"}, 5, b"private"])
def test_values_that_are_not_one_of_the_choices(mock_server, value):
    server = mock_server(ANSWER)
    with client_of(server) as client:
        for call in (
            lambda: client.tracks.update(1, sharing=value),
            lambda: client.playlists.create(title="a", set_type=value),
            lambda: client.users.get_tracks(1, sort=value),
            lambda: client.search.tracks("a", access=[value]),
        ):
            with pytest.raises(InvalidInputError, match=r"(sharing|set_type|sort|access)=.*: use one of"):
                call()
    assert server.requests == []


def test_a_misspelled_field_is_named(mock_server):
    server = mock_server(ANSWER)
    with client_of(server) as client:
        for update in (client.tracks.update, client.playlists.update):
            with pytest.raises(TypeError, match="unexpected keyword argument 'titel'"):
                update(1, titel="x")
        with pytest.raises(InvalidInputError, match=r"^urns=5: give a list"):
            client.search.tracks(urns=5)
    assert server.requests == []


def test_a_year_before_1000(mock_server):
    server = mock_server(httpx.Response(200, json={"collection": []}))
    with client_of(server) as client:
        client.search.tracks(created_at=(date(999, 1, 1), None))
    assert server.requests[0].url.params["created_at[from]"] == "0999-01-01 00:00:00"


@pytest.mark.parametrize("name", ["X-A: 1\r\nX-Evil", "", "a b", 5])
def test_a_hook_cannot_inject_a_header(mock_server, name):
    def add(event):
        if hasattr(event, "headers"):
            event.headers[name] = "1"

    server = mock_server(ANSWER)
    with client_of(server, on_event=add) as client:
        with pytest.raises(InvalidInputError, match="is not the name of a header"):
            client.tracks.get_track(1)
    assert server.requests == []


def test_a_share_link_of_a_wrong_type_is_masked(mock_server):
    server = mock_server(ANSWER)
    with client_of(server) as client:
        link = "https://soundcloud.com/a/b/s-HUSH1234567"
        for call in (
            lambda: client.resolve.resolve([link]),
            lambda: client.tracks.get_track(1, extra_query={"secret_token": {"x": "s-HUSH1234567"}}),
        ):
            with pytest.raises(InvalidInputError) as caught:
                call()
            assert "HUSH" not in str(caught.value)


def test_a_stream_beside_a_string_that_is_not_utf_8(mock_server):
    url = "https://api.soundcloud.com/tracks/1/streams/2/http"
    content = b'{"new": "\xff", "http_mp3_128_url": "' + url.encode() + b'"}'
    server = mock_server(httpx.Response(200, content=content, headers={"content-type": "application/json"}))
    with client_of(server) as client:
        streams = client.tracks.get_streams(1)
        assert streams.raw == {"new": "\ufffd", "http_mp3_128_url": url}
        assert streams.extra["new"] == "\ufffd"


def test_a_token_in_place_of_an_id_is_not_repeated(mock_server):
    server = mock_server(ANSWER)
    with client_of(server) as client:
        for token in ("2-290059-123456-aBcDeFgHiJkLmN", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI1In0." + "x" * 800):
            with pytest.raises(InvalidInputError, match=r"^'.{4}\.\.\.' is not the URN of a track"):
                client.tracks.get_track(token)
        with pytest.raises(InvalidInputError, match=r"^'garden-lofi' is not the URN"):
            client.tracks.get_track("garden-lofi")


def test_dates_as_a_range_of_times(mock_server):
    server = mock_server(httpx.Response(200, json={"collection": []}))
    with client_of(server) as client:
        client.search.tracks(created_at=(date(2026, 1, 31), datetime(2026, 2, 1, 12, 30, tzinfo=UTC)))
        with pytest.raises(InvalidInputError, match="is after"):
            client.search.tracks(created_at=(date(2026, 2, 1), date(2026, 1, 1)))

    assert server.request.url.params["created_at[from]"] == "2026-01-31 00:00:00"
    assert server.request.url.params["created_at[to]"] == "2026-02-01 12:30:00"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("soundcloud.com/forss/flickermood", "https://soundcloud.com/forss/flickermood"),
        (" m.soundcloud.com/forss ", "https://m.soundcloud.com/forss"),
        ("ON.soundcloud.com/abc", "https://ON.soundcloud.com/abc"),
        ("http://www.soundcloud.com/forss", "http://www.soundcloud.com/forss"),
        ("https://soundcloud.com:443/forss", "https://soundcloud.com:443/forss"),
        ("127.0.0.1:8700/forss", "http://127.0.0.1:8700/forss"),
        ("http://127.0.0.1:8700/forss", "http://127.0.0.1:8700/forss"),
    ],
)
def test_links_that_are_resolved(mock_server, given, sent):
    server = mock_server(FOUND)
    with client_of(server, web_url="http://127.0.0.1:8700") as client:
        client.resolve.resolve_url(given)

    assert server.request.url.params["url"] == sent


@pytest.mark.parametrize(
    "url",
    [
        "https://youtube.com/x",
        "youtube.com/x",
        "https://notsoundcloud.com/x",
        "https://soundcloud.com.example.com/x",
        "https://soundcloud.com@example.com/x",
        "https://me:pw@soundcloud.com/x",
        "https://soundcloud.com:8443/x",
        "http://127.0.0.1:8701/x",
        "ftp://soundcloud.com/x",
        "https://soundcloud.com/a b",
        "https://[soundcloud.com/x",
        "forss/flickermood",
        "",
        None,
    ],
)
def test_links_that_are_refused(mock_server, url):
    server = mock_server(FOUND)
    with client_of(server, web_url="http://127.0.0.1:8700") as client:
        for resolve in (client.resolve.resolve_url, client.resolve.resolve):
            with pytest.raises(
                InvalidInputError, match=r"is not a URL of soundcloud\.com, .* or 127\.0\.0\.1:8700: give"
            ):
                resolve(url)

    assert server.requests == []


def test_the_error_of_a_link_does_not_show_the_secret_of_a_share_link(mock_server):
    server = mock_server(FOUND)
    with client_of(server) as client:
        with pytest.raises(InvalidInputError) as caught:
            client.resolve.resolve("https://example.com/a/b/s-AbCdEf123?secret_token=s-XyZ")

    assert "AbCdEf123" not in str(caught.value)
    assert "XyZ" not in str(caught.value)
    assert "https://example.com/a/b" in str(caught.value)


def test_links_without_a_scheme_as_resources(mock_server):
    server = mock_server(ANSWER)
    with client_of(server) as client:
        client.tracks.get_track("api.soundcloud.com/tracks/293")
        with pytest.raises(InvalidInputError, match=r"use client\.resolve\.resolve\(url\)"):
            client.tracks.get_track("soundcloud.com/forss/flickermood")
        with pytest.raises(InvalidInputError, match="use an id, a URN or a URL of SoundCloud"):
            client.tracks.get_track("https://youtube.com/watch")

    assert server.request.url.path == "/tracks/soundcloud:tracks:293"


def test_a_dict_of_fields_is_refused_with_advice(mock_server):
    server = mock_server(ANSWER)
    fields = {"title": "New"}
    with client_of(server) as client:
        for call, advice in (
            (
                lambda: client.tracks.update(1, fields),
                r"call update\(track, title=\.\.\.\), or update\(track, \*\*fields\)",
            ),
            (
                lambda: client.tracks.upload(b"a", fields),
                r"call upload\(file, title=\.\.\.\), or upload\(file, \*\*fields\)",
            ),
            (lambda: client.playlists.update(1, fields), r"call update\(playlist, title=\.\.\.\)"),
            (lambda: client.playlists.create(fields), r"call create\(title=\.\.\.\), or create\(\*\*fields\)"),
        ):
            with pytest.raises(TypeError, match=advice):
                call()
        assert server.requests == []
        client.tracks.update(1, **fields)

    assert len(server.requests) == 1


def test_extra_fields_in_json(mock_server):
    server = mock_server(ANSWER)
    with client_of(server) as client:
        client.tracks.update(
            1, title="New", extra_fields={"metadata_artist": "Ada", "levels": [1, None], "left": UNSET}
        )
        client.tracks.update(1, extra_fields={"metadata_artist": None})
        client.playlists.create(title="a", tracks=[1], extra_fields={"mood": {"calm": True}})
        client.playlists.update(1, genre=None, extra_fields={"mood": 1})

    assert [json.loads(request.content) for request in server.requests] == [
        {"track": {"title": "New", "metadata_artist": "Ada", "levels": [1, None]}},
        {"track": {"metadata_artist": None}},
        {"playlist": {"title": "a", "tracks": [{"urn": "soundcloud:tracks:1"}], "mood": {"calm": True}}},
        {"playlist": {"genre": None, "mood": 1}},
    ]


def test_extra_fields_in_a_form(mock_server):
    server = mock_server(ANSWER)
    extra = {"metadata_artist": "Ada", "ai": True, "level": 3, "none": None}
    with client_of(server) as client:
        client.tracks.upload(b"sound", title="a", filename="a.mp3", extra_fields=extra)
        client.tracks.update(1, artwork=PNG, extra_fields=extra)
        client.playlists.create(title="a", artwork=PNG, extra_fields=extra)

    for request, name in zip(server.requests, ("track", "track", "playlist"), strict=True):
        for field, text in (("metadata_artist", "Ada"), ("ai", "true"), ("level", "3")):
            assert f'name="{name}[{field}]"\r\n\r\n{text}\r\n'.encode() in request.content
        # In an update None clears a field; a new resource has nothing to clear.
        assert (f'name="{name}[none]"\r\n\r\n\r\n'.encode() in request.content) is (request.method == "PUT")
        assert b'filename="' in request.content


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"level": float("nan")}, "level=nan: JSON has no such number"),
        ({"title": "b"}, "'title' is an argument of the method: pass title= instead"),
        ({"genre": "b"}, "pass genre= instead"),
        ({"asset_data": "b"}, "pass file= instead"),
        ({"artwork_data": "b"}, "pass artwork= instead"),
        ({"a[b]": "c"}, r"'a\[b\]' is not the name of a field"),
        ({1: "c"}, "1 is not the name of a field"),
        (["a"], r"extra_fields=\['a'\]: give a dict"),
        ({"a": [1]}, r"a=\[1\]: a request with a file holds strings, numbers and booleans only"),
    ],
)
def test_extra_fields_that_are_refused(mock_server, extra, message):
    server = mock_server(ANSWER)
    with client_of(server) as client:
        with pytest.raises(InvalidInputError, match=message):
            client.tracks.upload(b"sound", title="a", filename="a.mp3", extra_fields=extra)
        if "a" not in extra:
            with pytest.raises(InvalidInputError):
                client.playlists.update(1, tracks=[], extra_fields=extra)

    assert server.requests == []
