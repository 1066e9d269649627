"""Decoding of responses, drift included: values that differ from the document are kept."""

import copy
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from soundcloud._protocol.decoding import MAXIMUM_DRIFTS, Drifts, _mismatch, decode, host_of
from soundcloud._protocol.hand_written import page_model
from soundcloud._protocol.http.messages import Response
from soundcloud.errors import UnexpectedResponseError
from soundcloud.models import (
    Access,
    Activities,
    Comment,
    Playlist,
    Storefront,
    Streams,
    Track,
    Tracks,
    User,
    WebProfile,
)
from soundcloud_api.models import Found
from tests.helpers.always_sent import TRACK, USER


def decoded(cls, data, *, status=200, headers=None):
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    drifts = Drifts()
    value = decode(Response(status, headers or {}, content), {200: cls}, drifts)
    return value, [str(drift) for drift in drifts if drift.actual != "missing"]


def test_decode_a_track():
    track, drifts = decoded(
        Track,
        TRACK
        | {
            "id": 1,
            "policy": None,
            "created_at": "2019/01/15 15:40:49 +0000",
            "bpm": 124,
            "isrc": None,
            "access": "playable",
            "available_country_codes": ["DE", "AT"],
            "user": USER | {"last_modified": "2020/01/03 12:08:25 +0200", "online": False},
        },
    )

    assert drifts == []
    assert track.created_at == datetime(2019, 1, 15, 15, 40, 49, tzinfo=UTC)
    assert track.user.last_modified == datetime(2020, 1, 3, 10, 8, 25, tzinfo=UTC)
    assert (track.bpm, track.isrc, track.access) == (124.0, None, Access.PLAYABLE)
    assert track.available_country_codes == ["DE", "AT"]
    assert (track.id, track.extra) == (1, {"policy": None})
    assert track.user.extra == {"online": False}
    assert track.raw["user"]["online"] is False


@pytest.mark.parametrize(
    "value",
    ["2019/01/15 15:40:49 +0000", "2019-01-15T15:40:49Z", "2019-01-15T15:40:49.000+00:00", "2019-01-15 15:40:49"],
)
def test_timestamp_formats(value):
    track, drifts = decoded(Track, {"created_at": value})

    assert drifts == []
    assert track.created_at == datetime(2019, 1, 15, 15, 40, 49, tzinfo=UTC)


@pytest.mark.parametrize("value", ["yesterday", "", 3, True, {"a": 1}, [1]])
def test_an_invalid_timestamp_is_kept(value):
    track, drifts = decoded(Track, {"title": "Night", "created_at": value})

    assert (track.title, track.created_at) == ("Night", value)
    assert len(drifts) == 1
    assert drifts[0].startswith("$.created_at: expected timestamp, got ")


@pytest.mark.parametrize(
    ("sent", "expected"), [(4960, 4960), ("4960", 4960), (4960.0, 4960), ("12.5", 12), (None, None)]
)
def test_comment_timestamps(sent, expected):
    comment, drifts = decoded(Comment, {"body": "!", "timestamp": sent})

    assert drifts == []
    assert comment.timestamp == expected
    assert type(comment.timestamp) is type(expected)


def test_an_unknown_access_level_is_kept():
    track, drifts = decoded(Track, {"access": "early"})

    assert drifts == []
    assert track.access == "early"
    assert isinstance(track.access, Access)
    assert pickle.loads(pickle.dumps(track)).access == "early"


def test_values_of_the_wrong_type_are_kept():
    tracks, drifts = decoded(
        Tracks,
        {
            "collection": [
                {"title": "fits", "user": {"username": "a"}},
                {"title": 7, "duration": "long", "bpm": 90, "user": {"username": "b", "followers_count": "many"}},
                {"title": "user is a string", "user": "c"},
                "not an object",
                None,
            ],
            "next_href": None,
        },
    )

    assert drifts == [
        "$.collection[1].user.followers_count: expected int | null, got string",
        "$.collection[1].title: expected str, got integer",
        "$.collection[1].duration: expected int, got string",
        "$.collection[2].user: expected User, got string",
        "$.collection[3]: expected object, got string",
        "$.collection[4]: expected object, got null",
    ]
    first, second, third = tracks.collection
    assert (first.title, first.user.username) == ("fits", "a")
    assert (second.title, second.duration, second.bpm) == (7, "long", 90.0)
    assert (second.user.username, second.user.followers_count) == ("b", "many")
    assert third.user == "c"
    assert second.raw["duration"] == "long"
    assert tracks.raw["collection"][3] == "not an object"


def test_an_activity_holds_a_track_or_a_playlist():
    activities, drifts = decoded(
        Activities,
        {
            "collection": [
                {"type": "track:repost", "reposter": "soundcloud:users:1", "origin": {"kind": "track", "title": "a"}},
                {"type": "playlist", "origin": {"kind": "playlist", "title": "b", "tracks": [{"title": "c"}]}},
                {"type": "station", "origin": {"kind": "system-playlist", "title": "d"}},
                {"type": "track", "origin": None},
            ]
        },
    )

    assert drifts == ["$.collection[3].origin: expected object, got null"]
    track, playlist, station = (activity.origin for activity in activities.collection[:3])
    assert (type(track), track.title) == (Track, "a")
    assert (type(playlist), playlist.tracks[0].title) == (Playlist, "c")
    assert station == {"kind": "system-playlist", "title": "d"}
    with pytest.raises(AttributeError, match="this Activity has no origin, although SoundCloud always sends it"):
        _ = activities.collection[3].origin
    assert activities.collection[0].reposter == "soundcloud:users:1"


def test_drift_in_an_activity():
    activities, drifts = decoded(Activities, {"collection": [{"origin": {"kind": "track", "title": 3}}, {"origin": 4}]})

    assert activities.collection[0].origin.title == 3
    assert activities.collection[1].origin == 4
    assert drifts == [
        "$.collection[0].origin.title: expected str, got integer",
        "$.collection[1].origin: expected object, got integer",
    ]


def test_an_array_instead_of_a_page_and_a_page_instead_of_an_array():
    tracks, _ = decoded(Tracks, [{"title": "a"}])
    profiles, drifts = decoded(list[WebProfile], {"collection": [{"url": "https://example.com"}]})

    assert ([track.title for track in tracks.collection], tracks.next_href) == (["a"], None)
    assert profiles[0].url == "https://example.com"
    assert drifts == ["$: expected array, got object"]


def test_drift_in_an_array():
    tracks, drifts = decoded(Tracks, [{"title": 1}, 2])

    assert [track.title for track in tracks.collection] == [1]
    assert tracks.collection[0].raw == {"title": 1}
    assert len(drifts) == 2


def test_unknown_stream_formats_are_extra_fields():
    streams, _ = decoded(Streams, {"hls_aac_160_url": "https://a", "hls_opus_64_url": "https://b"})

    assert streams.hls_aac_160_url == "https://a"
    assert streams.extra == {"hls_opus_64_url": "https://b"}


def test_an_empty_object_is_a_user():
    track, drifts = decoded(Track, {"title": "a", "user": {}})

    assert track.user == User()
    assert drifts == []


@pytest.mark.parametrize(
    ("cls", "content"),
    [
        (Track, b"<html><body>The request could not be satisfied</body></html>"),
        (Track, b"upstream connect error"),
        (Track, b""),
        (Track, b"\n"),
        (Track, b"[]"),
        (Track, b"3"),
        (Track, b"null"),
        (Track, b'{"title": "cut'),
        (Track, b"\xff\xfe"),
        (Track, b'{"code": 200, "message": "unable to decode response", "status": "200 - unable to decode response"}'),
        (Track, b'{"errors": [{"error_message": "x"}]}'),
        (Track, b'{"error": "Rate Limit Exceeded"}'),
        (Tracks, b'{"code": 200, "message": "", "link": "x", "status": "200", "errors": [], "error": null}'),
        (list[WebProfile], b'{"code": 200, "message": "x"}'),
        (list[WebProfile], b"{}"),
        (None, b"<html></html>"),
        (None, b'{"code": 200, "message": "unable to decode response"}'),
        (Found, b'{"status": "302 - Found"}'),
    ],
)
def test_an_invalid_body_with_status_200(cls, content):
    with pytest.raises(UnexpectedResponseError) as caught:
        decoded(cls, content)

    assert caught.value.status == 200
    assert caught.value.body == content


@pytest.mark.parametrize("content", [b"", b" \n", b'{"status":"200 - OK"}', b'{"urn":"soundcloud:users:1"}', b"OK"])
def test_an_operation_without_a_result(content):
    assert decoded(None, content) == (None, [])


def test_a_redirect_as_a_result():
    body = {"status": "302 - Found", "location": "https://api.soundcloud.com/tracks/1"}
    by_body, _ = decoded(Found, body, status=302)
    by_header, _ = decoded(Found, b"", status=302, headers={"location": "https://api.soundcloud.com/tracks/2"})

    assert by_body.location == "https://api.soundcloud.com/tracks/1"
    assert by_header.location == "https://api.soundcloud.com/tracks/2"


def test_the_number_of_drifts_is_bounded():
    drifts = Drifts()
    content = json.dumps({"collection": [TRACK | {"title": number} for number in range(150)]}).encode()
    decode(Response(200, {}, content), {200: Tracks}, drifts)

    assert len(drifts) == MAXIMUM_DRIFTS
    assert drifts.total == 150


def test_models_compare_copy_and_pickle():
    one, _ = decoded(Track, {"title": "a", "policy": 1})
    other, _ = decoded(Track, {"title": "a", "policy": 2})
    again = pickle.loads(pickle.dumps(one))

    assert one == other == again == copy.deepcopy(one)
    assert again.extra == copy.copy(one).extra == {"policy": 1}
    assert Track(title="by hand").extra == {}


def test_repr_hides_secrets():
    track, _ = decoded(
        Track, {"title": "https://soundcloud.com/a/b/s-HUSH", "urn": "soundcloud:tracks:1", "secret_uri": "s-HUSH"}
    )
    found = Found(location="https://api.soundcloud.com/tracks/1?secret_token=s-HUSH&x=1")

    assert "HUSH" not in repr(track) + repr(found)
    assert repr(track).startswith("Track(urn='soundcloud:tracks:1'")


@pytest.mark.parametrize("data", [{"collection": [{"id": 1}], "next_href": None}, [1, "a", None], "text", 3.5])
def test_any_accepts_plain_values(data):
    assert decoded(Any, data) == (data, [])


@pytest.mark.parametrize("data", [b"<html>", b"{", {"errors": [{"error_message": "no"}]}])
def test_any_refuses_html_and_errors(data):
    with pytest.raises(UnexpectedResponseError):
        decoded(Any, data)


@pytest.mark.parametrize(
    "data", [{"error": "no", "status": "404", "link": "https://a"}, {"error": "no", "status": "x"}]
)
def test_an_error_object_with_the_fields_of_a_storefront(data):
    with pytest.raises(UnexpectedResponseError, match="the response is an error object"):
        decoded(Storefront, data)


def test_plain_objects_of_an_array():
    items, drifts = decoded(list[dict[str, Any]], [{"a": 1}, 5])

    assert items == [{"a": 1}]
    assert drifts == ["$[1]: expected object, got integer"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Expected `int`, got `str` - at `$.a`", ("int", "a")),
        ("Expected `int | null`, got `str` - at `$.a.b`", ("int | null", "a")),
        ("Expected `str`, got `int` - at `$.a[1].b`", ("str", "a")),
        ("Expected `str`, got `int`", ("Expected `str`, got `int`", "b")),
        ("Object contains an unknown field", ("Object contains an unknown field", "b")),
    ],
)
def test_the_field_of_a_msgspec_error(message, expected):
    assert _mismatch(message, {"a": 1, "b": 2}) == expected


def test_a_page_is_an_error_object_only_if_it_has_no_collection():
    link = "https://api.soundcloud.com/tracks?cursor=2"

    assert decoded(Tracks, {"collection": [], "error": "x"})[0].collection == []
    assert decoded(Tracks, {"collection": None, "next_href": link})[0].next_href == link
    with pytest.raises(UnexpectedResponseError, match="the response is an error object"):
        decoded(Tracks, {"next_href": link, "error": "x"})


def test_an_empty_body_is_a_result_only_where_the_document_has_one():
    for responses in ({200: Track, 204: None}, {204: None}, {200: None}):
        assert decode(Response(200, {}, b" \n"), responses, Drifts()) is None
    for responses in ({200: Track}, {200: Any}, {201: Track}):
        with pytest.raises(UnexpectedResponseError, match="HTTP 200 without a body"):
            decode(Response(200, {}, b""), responses, Drifts())


@pytest.mark.parametrize(("status", "redirect"), [(299, False), (300, True), (302, True), (399, True)])
def test_which_statuses_are_redirects(status, redirect):
    content = json.dumps(TRACK).encode()
    response = Response(status, {"location": "https://elsewhere.example/"}, content)
    if redirect:
        with pytest.raises(
            UnexpectedResponseError, match=f"HTTP {status}: an unexpected redirect to elsewhere.example"
        ):
            decode(response, {200: Track}, Drifts())
    else:
        assert decode(response, {200: Track}, Drifts()).title == TRACK["title"]


def test_the_type_of_the_response_depends_on_its_status():
    responses = {200: Track, 201: User, 204: None}
    track, user = json.dumps(TRACK).encode(), json.dumps(USER).encode()

    assert type(decode(Response(200, {}, track), responses, Drifts())) is Track
    assert type(decode(Response(201, {}, user), responses, Drifts())) is User
    assert type(decode(Response(202, {}, track), responses, Drifts())) is Track
    assert decode(Response(204, {}, b'{"a": 1}'), responses, Drifts()) is None
    assert decode(Response(200, {}, b"\x00\xff"), {200: bytes}, Drifts()) == b"\x00\xff"


def test_the_bytes_of_a_response_are_kept_on_request():
    content = json.dumps(TRACK).encode()

    assert decode(Response(200, {}, content), {200: Track}, Drifts()).raw == TRACK
    assert decode(Response(200, {}, content), {200: Track}, Drifts(), keep_raw=False).raw != TRACK


def test_a_new_list_of_drifts_is_empty_and_counts_from_0():
    drifts = Drifts()
    counts = [drifts.total]
    for number in range(MAXIMUM_DRIFTS + 1):
        drifts.add("$", "int", number)
        counts.append((len(drifts), drifts.total))

    assert (counts[:2], counts[-2:]) == ([0, (1, 1)], [(100, 100), (100, 101)])


@pytest.mark.parametrize(
    ("location", "where"),
    [
        ("https://a.example/x", " to a.example"),
        ("/x", ""),
        ("", ""),
        ("https://[", ""),
        (f"https://{'a' * 101}", " to " + "a" * 100),
    ],
)
def test_the_host_of_a_redirect(location, where):
    assert host_of(location) == where


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"code": 1, "message": "m", "collection": []}, True),
        ({"code": 1, "errors": []}, True),
        ({"code": 1}, False),
        ({"message": "m", "errors": []}, False),
        ({"error": "e", "x": 1}, True),
        ({"error": 5, "x": 1}, False),
        ({"errors": ["e"]}, True),
        ({"errors": ["e"], "status": "s", "link": "l", "error": None}, True),
        ({"errors": ["e"], "x": 1}, False),
        ({"errors": []}, False),
    ],
)
def test_what_is_an_error_object(body, error):
    response = Response(200, {}, json.dumps(body).encode())
    if error:
        with pytest.raises(UnexpectedResponseError, match="but the response is an error object"):
            decode(response, {200: Any}, Drifts())
    else:
        assert decode(response, {200: Any}, Drifts()) == body


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "boolean"),
        (1, "integer"),
        (1.5, "number"),
        ("a", "string"),
        ([], "array"),
        ({}, "object"),
    ],
)
def test_the_type_of_a_value_that_differs(value, name):
    drifts = Drifts()
    drifts.add("$.x", "int", value)

    assert (drifts[0].path, drifts[0].expected, drifts[0].actual) == ("$.x", "int", name)


def test_a_result_that_is_a_redirect_names_its_location():
    def found(headers, body):
        return decode(Response(302, headers, body), {302: Found}, Drifts()).location

    assert found({"location": "https://a.example"}, b'{"location": "https://b.example"}') == "https://a.example"
    assert found({}, b'{"location": "https://b.example"}') == "https://b.example"
    assert found({"location": "https://a.example"}, b"[]") == "https://a.example"
    with pytest.raises(UnexpectedResponseError, match="HTTP 302 without a location"):
        found({}, b"{}")


@pytest.mark.parametrize(
    ("cls", "body", "kind"),
    [
        (Track, b"[]", "array"),
        (Track, b"5", "integer"),
        (list[WebProfile], b"{}", "object"),
        (list[WebProfile], b"null", "null"),
    ],
)
def test_a_value_of_another_type_than_the_document_says(cls, body, kind):
    with pytest.raises(UnexpectedResponseError, match=f"of type {kind} where a (Track|WebProfile) was expected"):
        decode(Response(200, {}, body), {200: cls}, Drifts())


def test_a_page_model_is_created_once():
    # Each has a decoder of its own, which is kept.
    assert page_model(Track) is page_model(Track)
