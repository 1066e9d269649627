"""Validation of arguments, and request bodies."""

import inspect
from datetime import UTC, date, datetime, timedelta, timezone
from typing import get_args

import attrs
import pytest

from soundcloud import UNSET, InvalidInputError, Urn, _files
from soundcloud._protocol import request_bodies, validation
from soundcloud._sync.namespaces.playlists import PlaylistsNamespace
from soundcloud._sync.namespaces.tracks import TracksNamespace
from soundcloud.models import Playlist, Track
from soundcloud.urn import to_urn
from soundcloud_api.types import UnsetType

SOUND = _files.make_audio_part(b"RIFF....WAVE", None, None)


@pytest.mark.parametrize(
    ("value", "urn"),
    [
        (1, "soundcloud:tracks:1"),
        ("1", "soundcloud:tracks:1"),
        (" soundcloud:tracks:1 ", "soundcloud:tracks:1"),
        ("soundcloud%3Atracks%3A1", "soundcloud:tracks:1"),
        ("https://api.soundcloud.com/tracks/1", "soundcloud:tracks:1"),
        ("https://api.soundcloud.com/tracks/soundcloud:tracks:1?secret_token=s-x", "soundcloud:tracks:1"),
        ("https://api.soundcloud.com/tracks/soundcloud%3Atracks%3A1/stream", "soundcloud:tracks:1"),
        ("https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/1&color=ff", "soundcloud:tracks:1"),
        (Track(urn="soundcloud:tracks:1"), "soundcloud:tracks:1"),
        (Urn("soundcloud:tracks:1"), "soundcloud:tracks:1"),
    ],
)
def test_forms_of_a_track_urn(value, urn):
    assert to_urn(value, "tracks") == urn
    assert type(to_urn(value, "tracks")) is str
    assert Urn.parse(value, "tracks") == urn


def test_a_urn_with_four_parts():
    urn = Urn.parse("soundcloud:system-playlists:track-stations:5", "playlists")

    assert (urn.kind, urn.id) == ("system-playlists", "track-stations:5")
    assert repr(urn) == "Urn('soundcloud:system-playlists:track-stations:5')"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "empty"),
        ("  ", "empty"),
        (0, "positive"),
        (-1, "positive"),
        ("0", "positive"),
        (True, "bool"),
        (1.5, "float"),
        (None, "NoneType"),
        (["1"], "list"),
        ("x y", "not the URN"),
        ("soundcloud:tracks:", "not the URN"),
        ("soundcloud:tracks:../me", "not the URN"),
        ("soundcloud:tracks:1\r\nX: y", "not the URN"),
        ("soundcloud:tracks:1?a=b", "not the URN"),
        ("soundcloud:tracks:1#a", "not the URN"),
        ("soundcloud:users:1", "one of the users"),
        ("https://api.soundcloud.com/users/1", "one of the users"),
        ("https://soundcloud.com/forss/flickermood", "resolve"),
        ("https://soundcloud.com/tracks/1", "resolve"),
        ("https://[", "not a URL"),
        ("https://evil.example/?url=https%3A//api.soundcloud.com/tracks/1", "does not contain a URN"),
        (Track(title="a"), "no urn"),
        (Playlist(urn="soundcloud:playlists:1"), "one of the playlists"),
    ],
)
def test_invalid_tracks(value, message):
    with pytest.raises(InvalidInputError, match=message) as caught:
        to_urn(value, "tracks")

    assert isinstance(caught.value, ValueError)


def test_a_number_needs_a_kind():
    assert Urn.parse("soundcloud:tracks:1") == "soundcloud:tracks:1"
    with pytest.raises(InvalidInputError, match="kind="):
        Urn.parse(1)
    with pytest.raises(InvalidInputError, match="not a kind of resource"):
        Urn.parse(1, "albums")


@pytest.mark.parametrize("value", ["x", "", "soundcloud:tracks", "soundcloud:tracks:", "a:tracks:1", None, 5])
def test_a_string_that_is_not_a_urn(value):
    with pytest.raises(InvalidInputError, match="is not a URN"):
        Urn(value)


def test_a_message_does_not_show_the_secret_of_a_share_link():
    with pytest.raises(InvalidInputError) as caught:
        to_urn("https://soundcloud.com/a/b/s-HUSH", "tracks")

    assert "HUSH" not in str(caught.value)


@pytest.mark.parametrize("limit", [0, -1, 201, 1.0, "50", True])
def test_limit_is_1_to_200(limit):
    assert [validation.check_limit(1), validation.check_limit(200), validation.check_limit(None)] == [1, 200, None]
    with pytest.raises(InvalidInputError, match="1 to 200"):
        validation.check_limit(limit)


def test_page_and_offset():
    assert validation.page_offset(None, None, None) is None
    assert validation.page_offset(0, None, None) is None
    assert validation.page_offset(2, None, None) == 100
    assert validation.page_offset(2, 10, None) == 20
    assert validation.page_offset(None, 10, 7) == 7
    assert [validation.check_offset(offset) for offset in (None, 0, 2**63 - 1)] == [None, 0, 2**63 - 1]
    for wrong in (-1, 2**63, True, 1.0, "1"):
        with pytest.raises(InvalidInputError, match=r"offset=.*0 or above"):
            validation.check_offset(wrong)
    assert validation.page_offset(2**53 - 1, 1, None) == 2**53 - 1
    with pytest.raises(InvalidInputError, match=r"page_number=.*0 or above"):
        validation.page_offset(2**53, 1, None)
    with pytest.raises(InvalidInputError, match="excludes offset=1"):
        validation.page_offset(1, None, 1)
    with pytest.raises(InvalidInputError, match="0 or above"):
        validation.page_offset(-1, None, None)


def test_access_levels():
    assert validation.access_list(None) is None
    assert validation.access_list("playable") == "playable"
    assert validation.access_list(["playable", "blocked", "playable"]) == "playable,blocked"
    with pytest.raises(InvalidInputError, match="playable, preview, blocked"):
        validation.access_list("everything")
    with pytest.raises(InvalidInputError, match="empty"):
        validation.access_list([])


def test_lists_of_ids():
    assert validation.urn_list([1, "2"], "tracks") == "soundcloud:tracks:1,soundcloud:tracks:2"
    assert validation.urn_list(range(1, 201), "tracks").count(",") == 199
    with pytest.raises(ValueError, match="201 tracks"):
        validation.urn_list(range(1, 202), "tracks")
    with pytest.raises(InvalidInputError, match="0 tracks"):
        validation.urn_list([], "tracks")


def test_ranges_of_numbers():
    assert validation.number_range("bpm", None) == (None, None)
    assert validation.number_range("bpm", (120, None)) == (120, None)
    assert validation.number_range("bpm", range(120, 131)) == (120, 130)
    for wrong in ((130, 120), range(0), range(0, 10, 2), (1, 2, 3), 120, ("a", None), (1.5, None)):
        with pytest.raises(InvalidInputError, match="bpm"):
            validation.number_range("bpm", wrong)


def test_the_ends_of_a_range_fit_64_bits():
    for function in (validation.number_range, validation.duration_range):
        assert function("x", (1 - 2**63, 2**63 - 1)) == (1 - 2**63, 2**63 - 1)
        for wrong in ((2**63, None), (None, 2**63), (-(2**63), None)):
            with pytest.raises(InvalidInputError, match="give \\(from, to\\)"):
                function("x", wrong)


def test_long_values_are_shortened_to_80_characters():
    assert validation.repr_value("a" * 78) == f"'{'a' * 78}'"
    assert validation.repr_value("a" * 79) == "'" + "a" * 76 + "..."
    with pytest.raises(InvalidInputError, match=f"^':{'a' * 76}[.]{{3}}' is not the URN"):
        to_urn(":" + "a" * 80, "tracks")
    with pytest.raises(InvalidInputError, match=f"^':{'a' * 79}' is not the URN"):
        to_urn(":" + "a" * 79, "tracks")


def test_ranges_of_durations():
    assert validation.duration_range("duration", (timedelta(minutes=1), 90_000)) == (60_000, 90_000)


def test_ranges_of_datetimes():
    east = timezone(timedelta(hours=2))

    assert validation.datetime_range("created_at", (datetime(2026, 1, 1, 1, tzinfo=east), None)) == (
        "2025-12-31 23:00:00",
        None,
    )
    with pytest.raises(InvalidInputError, match="time zone"):
        validation.datetime_range("created_at", (datetime(2026, 1, 1), None))
    with pytest.raises(InvalidInputError, match="after"):
        validation.datetime_range("created_at", (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)))


def test_lists_of_strings():
    assert validation.comma_list("genres", None) is None
    assert validation.comma_list("genres", "Pop,House") == "Pop,House"
    assert validation.comma_list("genres", ["Pop", "House"]) == "Pop,House"
    with pytest.raises(InvalidInputError, match="commas"):
        validation.comma_list("genres", ["Pop,House"])


def test_bodies_contain_given_fields_only():
    body = request_bodies.build_track_update(
        None, title="New", genre=None, description=UNSET, release_date=date(2026, 11, 23)
    )
    form = request_bodies.build_upload_form(SOUND, "New", None, downloadable=False, sharing="private", genre=UNSET)

    assert (body.track.title, body.track.genre, body.track.description) == ("New", None, UNSET)
    assert body.track.release_date == "2026-11-23"
    assert set(form.fields()) == {"track[title]", "track[asset_data]", "track[downloadable]", "track[sharing]"}
    assert (form.fields()["track[downloadable]"], form.fields()["track[sharing]"]) == ("false", "private")


def given_fields(body):
    return attrs.asdict(body, filter=lambda _, value: value is not UNSET)


def test_none_is_not_sent_with_a_new_resource():
    names = ("description", "sharing", "genre", "license", "downloadable", "release_date", "permalink")
    form = request_bodies.build_upload_form(SOUND, "New", None, **dict.fromkeys(names))
    playlist = request_bodies.build_playlist("New", None, None, **dict.fromkeys(["genre", "license", "set_type"]))

    assert set(form.fields()) == {"track[title]", "track[asset_data]"}
    assert given_fields(playlist.playlist) == {"title": "New"}


def test_none_clears_a_field_in_an_update():
    track = request_bodies.build_track_update(None, genre=None, release_date=None)
    form = request_bodies.build_track_update(SOUND, genre=None, title="New")
    playlist = request_bodies.build_playlist_update(None, license=None, ean=None)

    assert given_fields(track.track) == {"genre": None, "release_date": None}
    assert (form.fields()["track[genre]"], form.fields()["track[title]"]) == ("", "New")
    assert given_fields(playlist.playlist) == {"license": None, "ean": None}


def test_none_is_refused_where_an_update_cannot_clear():
    for name in ("title", "sharing", "license", "permalink", "embeddable_by", "downloadable", "streamable"):
        with pytest.raises(InvalidInputError, match=f"^{name}=None: this field cannot be cleared; leave it out"):
            request_bodies.build_track_update(None, **{name: None})
    for name in ("title", "sharing", "set_type", "permalink", "permalink_url"):
        with pytest.raises(InvalidInputError, match=f"^{name}=None: this field cannot be cleared"):
            request_bodies.build_playlist_update(None, **{name: None})


def test_the_types_of_an_update_say_which_fields_none_clears():
    given = inspect.get_annotations(TracksNamespace.update) | inspect.get_annotations(PlaylistsNamespace.update)
    optional = {name for name, kind in given.items() if {UnsetType, type(None)} <= set(get_args(kind))}

    assert optional == request_bodies._CLEARABLE | {"license"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: request_bodies.build_track_update(None), "nothing to update"),
        (lambda: request_bodies.build_track_update(None, title=" "), "title"),
        (lambda: request_bodies.build_track_update(None, sharing="secret"), "private, public"),
        (lambda: request_bodies.build_track_update(None, downloadable="yes"), "True or False"),
        (lambda: request_bodies.build_track_update(None, genre=3), "a string"),
        (lambda: request_bodies.build_track_update(None, release_date="tomorrow"), "2026-11-23"),
        (lambda: _files.make_audio_part(b"", None, None), "empty"),
        (lambda: request_bodies.build_upload_form(SOUND, "", None), "title"),
        (lambda: _files.make_audio_part(3, None, None), "path, bytes"),
        (lambda: request_bodies.build_playlist_update(None), "nothing to update"),
        (lambda: request_bodies.build_playlist_update(range(1, 502)), "at most 500"),
        (lambda: request_bodies.build_playlist_update("soundcloud:tracks:1"), "list of tracks"),
        (lambda: request_bodies.build_playlist("", None, None), "title"),
        (lambda: request_bodies.build_storefront("x" * 101, "cd", "https://a", None, None, None), "at most 100"),
        (lambda: request_bodies.build_storefront("x", "boat", "https://a", None, None, None), "digital"),
        (lambda: request_bodies.build_storefront("x", "cd", "ftp://a", None, None, None), "https://"),
        (lambda: request_bodies.build_storefront("x", "cd", None, None, None, None), "https://"),
        (lambda: request_bodies.build_comment(" ", None), "empty"),
        (lambda: request_bodies.build_comment("x", -1), "milliseconds"),
        (lambda: request_bodies.build_comment("x", True), "milliseconds"),
    ],
)
def test_invalid_bodies(make, message):
    with pytest.raises(InvalidInputError, match=message):
        make()


def test_an_empty_track_list_empties_a_playlist():
    assert request_bodies.build_playlist_update([]).playlist.tracks == []
    assert request_bodies.build_playlist_update(None, title="x").playlist.tracks is UNSET


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("night.wav", "night.wav"),
        ("Füße.mp3", "Fue.mp3"),
        ("夜.flac", "file.flac"),
        ('a"b\r\nc.wav', "a_b__c.wav"),
        ("x" * 300 + ".aiff", "x" * 250 + ".aiff"),
        ("", "file"),
    ],
)
def test_file_names_are_ascii(name, sent):
    assert _files.ascii_filename(name) == sent


def test_text_files_are_refused(tmp_path):
    path = tmp_path / "a.wav"
    path.write_text("x")
    with path.open() as file, pytest.raises(InvalidInputError, match="rb"):
        _files.make_file_part("file", file, "track")
    with path.open("rb") as file:
        assert _files.make_file_part("file", file, "track").filename == "a.wav"


def test_a_number_that_is_too_long_to_print_is_named():
    with pytest.raises(InvalidInputError, match="a huge number"):
        validation.check_limit(10**5_000)
    assert validation.repr_value("x" * 100) == f"'{'x' * 76}..."


@pytest.mark.parametrize("value", [0, -1, 0.0, float("inf"), float("nan"), True, "1", None])
def test_seconds_that_are_not_above_0(value):
    with pytest.raises(InvalidInputError, match=r"^wait=.*: give seconds, more than 0$"):
        validation.check_seconds("wait", value)
    assert validation.check_seconds("wait", 1) == 1.0
    assert validation.check_seconds("wait", 1e-9) == 1e-9


@pytest.mark.parametrize("value", [-1, 1.0, "1", True])
def test_max_items_is_0_or_above(value):
    assert [validation.check_max_items(each) for each in (None, 0, 1)] == [None, 0, 1]
    with pytest.raises(InvalidInputError, match="max_items="):
        validation.check_max_items(value)


def test_the_documented_page_sizes():
    assert (validation.DEFAULT_LIMIT, validation.MAXIMUM_LIMIT, validation.MAXIMUM_BATCH) == (50, 200, 200)
    assert validation.page_offset(1, 200, None) == 200
    assert validation.page_offset(0, 10, None) is None
    with pytest.raises(InvalidInputError, match="page_number=True"):
        validation.page_offset(True, None, None)


def test_choices():
    assert validation.sort_order(None) is None
    assert [str(validation.sort_order(name)) for name in ("asc", "desc")] == ["asc", "desc"]
    with pytest.raises(InvalidInputError, match="sort='up': use one of asc, desc"):
        validation.sort_order("up")


@pytest.mark.parametrize("value", [5, [b"a"], [5]])
def test_a_list_of_strings_holds_strings(value):
    with pytest.raises(InvalidInputError, match="genres="):
        validation.comma_list("genres", value)


def test_dates():
    assert validation.as_date_string("day", date(2026, 1, 2)) == "2026-01-02"
    assert validation.as_date_string("day", datetime(2026, 1, 2, 23, 59)) == "2026-01-02"
    assert validation.as_date_string("day", "20260102") == "2026-01-02"
    assert validation.as_date_string("day", None) is None
    assert validation.as_date_string("day", UNSET) is UNSET
    for wrong in ("2026-1-2", 5, ""):
        with pytest.raises(InvalidInputError, match=r"day=.*2026-11-23"):
            validation.as_date_string("day", wrong)


def test_the_bounds_of_a_range_may_be_equal():
    assert validation.number_range("bpm", (5, 5)) == (5, 5)
    assert validation.number_range("bpm", range(5, 6)) == (5, 5)
    assert validation.number_range("bpm", (None, None)) == (None, None)
    assert validation.number_range("bpm", (None, 0)) == (None, 0)
    assert validation.duration_range("duration", (timedelta(microseconds=1999), None)) == (1, None)
    assert validation.datetime_range("created", (date(2026, 1, 2), None)) == ("2026-01-02 00:00:00", None)
    for wrong in ((6, 5), (True, None), (1,), [1, 2]):
        with pytest.raises(InvalidInputError, match="bpm"):
            validation.number_range("bpm", wrong)
    for wrong in ((True, None), (1.5, None), ("a", None)):
        with pytest.raises(InvalidInputError, match="duration"):
            validation.duration_range("duration", wrong)
    for wrong in (("2026-01-02", None), (5, None)):
        with pytest.raises(InvalidInputError, match="created"):
            validation.datetime_range("created", wrong)


def test_urns_may_be_one_string_or_a_single_one():
    assert validation.urn_list("1,2", "tracks") == "soundcloud:tracks:1,soundcloud:tracks:2"
    assert validation.urn_list([1], "tracks") == "soundcloud:tracks:1"
    with pytest.raises(InvalidInputError, match="tracks=5: give a list"):
        validation.urn_list(5, "tracks")


@pytest.mark.parametrize("timestamp", [0, 0.5, 1, None])
def test_the_position_of_a_comment(timestamp):
    comment = request_bodies.build_comment("x", timestamp).comment

    assert comment.timestamp == (UNSET if timestamp is None else timestamp)
    for wrong in (-0.5, float("inf"), float("nan"), "1"):
        with pytest.raises(InvalidInputError, match="milliseconds, 0 or above"):
            request_bodies.build_comment("x", wrong)
    with pytest.raises(InvalidInputError, match="body=5"):
        request_bodies.build_comment(5, None)


def test_a_playlist_has_at_most_500_tracks():
    assert len(request_bodies.check_track_list(range(1, 501))) == 500
    with pytest.raises(InvalidInputError, match="there are 501 tracks: a playlist holds at most 500"):
        request_bodies.check_track_list(range(1, 502))


def test_fields_that_the_method_does_not_have():
    body = request_bodies.build_track_update(None, title="t", extra_fields={"new": None, "left_out": UNSET, "n": 1.5})
    form = request_bodies.build_upload_form(SOUND, "t", None, extra_fields={"a": None, "b": True, "c": 1.5, "d": False})
    change = request_bodies.build_track_update(SOUND, extra_fields={"a": None})
    only = request_bodies.build_playlist_update(None, extra_fields={"new": 1})

    assert body.track == {"title": "t", "new": None, "n": 1.5}
    assert {name: form.fields().get(f"track[{name}]") for name in "abcd"} == {
        "a": None,
        "b": "true",
        "c": "1.5",
        "d": "false",
    }
    assert change.fields()["track[a]"] == ""
    assert only.playlist == {"new": 1}


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["a"], "give a dict of names and values"),
        ({5: 1}, "5 is not the name of a field"),
        ({"a b": 1}, "'a b' is not the name of a field"),
        ({"a": float("inf")}, "JSON has no such number"),
        ({"a": float("nan")}, "JSON has no such number"),
        ({"title": "x"}, "'title' is an argument of the method: pass title= instead"),
        ({"asset_data": "x"}, "pass file= instead"),
        ({"artwork_data": "x"}, "pass artwork= instead"),
        ({"tracks_urn": "x"}, "pass tracks= instead"),
    ],
)
def test_fields_that_cannot_be_added(extra, message):
    with pytest.raises(InvalidInputError, match=message):
        request_bodies.build_track_update(None, extra_fields=extra)


def test_a_form_holds_plain_values_only():
    with pytest.raises(InvalidInputError, match=r"extra_fields: a=.*strings, numbers and booleans only"):
        request_bodies.build_upload_form(SOUND, "t", None, extra_fields={"a": [1]})


def test_tags_are_written_in_the_format_of_the_resource():
    track = request_bodies.build_track_update(None, tag_list=["deep house", "b"])
    playlist = request_bodies.build_playlist_update(None, tag_list=["deep house", "b"])

    assert track.track.tag_list == '"deep house" b'
    assert playlist.playlist.tag_list == "deep house, b"
    assert request_bodies.build_track_update(None, tag_list="a b").track.tag_list == "a b"


def test_the_license_of_a_playlist_is_any_string():
    assert request_bodies.build_playlist("t", None, None, license="my own").playlist.license == "my own"
    with pytest.raises(InvalidInputError, match="license='my own': use one of"):
        request_bodies.build_track_update(None, license="my own")
    with pytest.raises(InvalidInputError, match="license=5: give a string"):
        request_bodies.build_playlist_update(None, license=5)


def test_the_tracks_of_a_playlist_with_an_image():
    form = request_bodies.build_playlist("t", [1, 2], SOUND)
    empty = request_bodies.build_playlist("t", [], SOUND)
    body = request_bodies.build_playlist("t", [1], None)

    assert form.tracks_urn == "soundcloud:tracks:1,soundcloud:tracks:2"
    assert empty.tracks_urn is UNSET
    assert [track.urn for track in body.playlist.tracks] == ["soundcloud:tracks:1"]
    assert request_bodies.build_playlist("t", [], None).playlist.tracks == []
    assert request_bodies.build_playlist("t", None, None).playlist.tracks is UNSET


def test_an_image_alone_is_an_update():
    form = request_bodies.build_track_update(SOUND)

    assert set(form.fields()) == {"track[artwork_data]"}
    with pytest.raises(InvalidInputError, match="there is nothing to update"):
        request_bodies.build_track_update(None, extra_fields={})
    with pytest.raises(InvalidInputError, match="title=''"):
        request_bodies.build_playlist_update(None, title="")


@pytest.mark.parametrize("link", ["https://a.example", "http://a.example"])
def test_the_link_of_a_storefront(link):
    assert request_bodies.build_storefront("t", "vinyl", link, None, None, None).link == link
    with pytest.raises(InvalidInputError, match="give a string of at most 255"):
        request_bodies.build_storefront("t", "vinyl", 5, None, None, None)
