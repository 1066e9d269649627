"""Models as values of a program: plain values, hashes, pickles, pydantic schemas, notebooks."""

import asyncio
import copy
import gc
import json
import os
import pickle
import subprocess
import sys
import threading
import tracemalloc
from datetime import UTC, datetime
from typing import get_type_hints
from xml.etree import ElementTree

import httpx
import pytest
from rich.pretty import pretty_repr

from soundcloud import AsyncSoundCloudClient, Comment, Me, SoundCloudClient, Streams, Track, User, Waveform
from soundcloud._protocol.decoding import Drifts, decode
from soundcloud._protocol.http.messages import Response
from soundcloud.models import Activities, Activity, Playlist, Quota, Station, Tracks
from soundcloud_api.types import Model, _analysed, _decoder_of, _wire_models
from tests.helpers.always_sent import PLAYLIST, PRIVATE, SECRET, TRACK, USER, page_of

NOTEBOOK_OBJECTS = [
    Track.from_dict(PRIVATE | {"title": "<script>alert(1)</script>"}),
    User.from_dict(USER | {"username": "<b>ada</b>"}),
    Playlist.from_dict(PLAYLIST),
    Comment(body="<i>!</i>", user=User.from_dict(USER)),
    Streams(hls_aac_160_url=f"https://cdn.example/a.m3u8?Signature={SECRET}"),
]


def large_page(number=0):
    """Return the tracks of a page of 200, with private ones."""
    text = "x" * 1500
    return page_of(
        *(
            (PRIVATE if index % 50 == 7 else TRACK)
            | {"urn": f"soundcloud:tracks:{number * 200 + index + 1}", "title": f"Title {index}!", "description": text}
            for index in range(200)
        )
    )


class TestPlainValues:
    def test_documented_fields(self):
        track = Track.from_dict(TRACK | {"policy": "ALLOW", "access": "playable"})
        values = track.to_dict()

        assert values["created_at"] == "2019-01-15T15:40:49Z"
        assert (values["access"], type(values["access"])) == ("playable", str)
        assert values["user"]["username"] == "ada"
        assert "policy" not in values
        assert json.loads(json.dumps(values)) == values
        assert json.loads(track.to_json(indent=1)) == values

    def test_changes_are_included(self):
        track = Track.from_dict(TRACK)
        track.title, track.user.username = "Day", "marlow"

        assert (track.to_dict()["title"], track.to_dict()["user"]["username"]) == ("Day", "marlow")

    def test_flat(self):
        playlist = Playlist.from_dict(PLAYLIST | {"user_urn": "soundcloud:users:9", "tracks": [TRACK]})
        values = playlist.to_dict(flat=True)

        assert values["user_username"] == "ada"
        assert values["user_urn"] == "soundcloud:users:9"
        assert "user" not in values
        assert values["tracks"][0]["user_username"] == "ada"

    def test_a_share_secret_is_left_out(self):
        track = page_of(PRIVATE)[0]

        assert track.to_dict()["permalink_url"] == "https://soundcloud.com/ada/night"
        assert track.to_dict()["stream_url"] == "https://api.soundcloud.com/tracks/soundcloud:tracks:2/stream?x=1#t"
        assert track.to_dict()["download_url"] == "https://api.soundcloud.com/tracks/soundcloud:tracks:2/download?y=1"
        assert track.to_dict()["uri"] == track.to_dict()["secret_uri"]
        assert SECRET not in track.to_json()
        assert track.to_json(secrets=True).count(SECRET) == 5

    def test_rich_shows_the_fields_without_the_share_secret(self):
        shown = pretty_repr(page_of(PRIVATE)[0])

        assert "permalink_url='https://soundcloud.com/ada/night'" in shown
        assert "user=User(" in shown
        assert SECRET not in shown

    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("https://soundcloud.com/s-club", "https://soundcloud.com/s-club"),
            ("https://soundcloud.com/u/s-club-7", "https://soundcloud.com/u/s-club-7"),
            ("https://soundcloud.com/u/sets/s-house", "https://soundcloud.com/u/sets/s-house"),
            ("https://soundcloud.com/u/t/s-AbC/", "https://soundcloud.com/u/t/"),
            ("https://soundcloud.com/u/t/s-AbC/recommended?a=1", "https://soundcloud.com/u/t/recommended?a=1"),
            ("https://soundcloud.com/u/sets/x/s-AbC", "https://soundcloud.com/u/sets/x"),
            ("https://a.example/?secret_token=s-A&b=1&Secret_Token=s-B#c", "https://a.example/?b=1#c"),
            (
                "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Ftracks%2F1%3Fsecret_token%3Ds-AbC&x=1",
                "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Ftracks%2F1&x=1",
            ),
        ],
    )
    def test_only_the_secret_of_a_url_is_left_out(self, url, shown):
        user = User.from_dict(USER | {"website": url, "permalink_url": url})

        assert (user.to_dict()["website"], user.to_dict()["permalink_url"]) == (shown, shown)
        assert user.to_dict(secrets=True)["website"] == url

    def test_an_object_of_an_unknown_kind_is_a_dict_without_secrets(self):
        origin = {"kind": "system-playlist", "permalink_url": f"https://soundcloud.com/u/sets/w/{SECRET}"}
        activity = Activity.from_dict({"type": "track", "created_at": TRACK["created_at"], "origin": origin})

        assert activity.to_dict()["origin"]["permalink_url"] == "https://soundcloud.com/u/sets/w"

    @pytest.mark.parametrize("data", [TRACK, PRIVATE, {"title": "x"}, {}, TRACK | {"bpm": 3, "access": "new level"}])
    def test_there_and_back(self, data):
        track = Track.from_dict(data)

        assert Track.from_dict(track.to_dict(secrets=True)) == track
        assert Track.from_dict(track.raw) == track
        assert track.raw == data

    def test_an_activity_there_and_back(self):
        activity = Activity.from_dict({"type": "track", "created_at": TRACK["created_at"], "origin": TRACK})

        assert isinstance(activity.origin, Track)
        assert Activity.from_dict(activity.to_dict()) == activity

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"title": 3}, "no Track can be created from this: .*title"),
            ({"user": {"username": []}}, "user.username"),
            ({"created_at": "yesterday"}, "created_at|isoformat"),
            (USER, "no Track can be created from an object of kind 'user'"),
            ({"kind": []}, r"no Track can be created from an object of kind \[\]"),
            ([], "no Track can be created from list: pass a dict"),
            ('{"title": "x"}', r"from str: pass a dict, such as json\.loads"),
        ],
    )
    def test_a_wrong_type_is_refused(self, data, message):
        with pytest.raises(ValueError, match=message):
            Track.from_dict(data)


class TestMissingFields:
    def test_a_track_created_by_hand(self):
        track = Track(title="x")

        assert (track.title, track.genre, track.duration, track.permalink_url) == ("x", None, 0, "")
        assert track.created_at == datetime(1970, 1, 1, tzinfo=UTC)
        assert not hasattr(track, "urn")
        with pytest.raises(AttributeError, match=r"this Track has no user, although SoundCloud always sends it; \.raw"):
            _ = track.user
        with pytest.raises(TypeError, match="Track has no field 'titel'"):
            Track(titel="x")

    @pytest.mark.parametrize("name", ["urn", "kind", "title", "user", "duration"])
    @pytest.mark.parametrize("change", ["missing", "null"])
    def test_a_response_without_a_field_is_drift(self, name, change):
        data = {key: value for key, value in TRACK.items() if key != name} | (
            {} if change == "missing" else {name: None}
        )
        drifts = Drifts()
        track = decode(Response(200, {}, json.dumps(data).encode()), {200: Track}, drifts)

        assert [(drift.path, drift.actual) for drift in drifts] == [(f"$.{name}", change)]
        assert track.raw == data
        if name == "duration":
            assert track.duration == 0
        else:
            with pytest.raises(AttributeError, match=name):
                getattr(track, name)

    def test_an_undocumented_field_has_a_hint(self):
        user = User.from_dict(USER | {"likes_count": 0})

        assert user.extra == {"likes_count": 0}
        with pytest.raises(AttributeError, match=r"read \.extra\['likes_count'\]"):
            _ = user.likes_count

    def test_a_page_without_a_collection(self):
        assert Tracks().collection == []

    def test_the_annotations_are_the_types_of_the_values(self):
        hints = get_type_hints(Track)

        assert (hints["title"], hints["created_at"], hints["genre"]) == (str, datetime, str | None)
        assert get_type_hints(Activity)["origin"] == Playlist | Track
        assert get_type_hints(Comment)["timestamp"] == int | None


class MyTrack(Track):
    """A subclass of a program."""

    def label(self):
        return self.title.upper()


class TestSubclasses:
    def test_a_subclass_can_be_created_copied_and_pickled(self):
        track = MyTrack.from_dict(TRACK | {"policy": "ALLOW"})
        track.mood = "calm"
        again = pickle.loads(pickle.dumps(track))

        assert (track.label(), track.extra, track.user.username) == ("NIGHT", {"policy": "ALLOW"}, "ada")
        assert (type(again), again.mood, again == track) == (MyTrack, "calm", True)

    def test_a_copy_with_changes(self):
        track = Track.from_dict(TRACK | {"policy": "ALLOW"})
        other = track.__replace__(title="Day")

        assert (other.title, other.extra, track.title) == ("Day", {"policy": "ALLOW"}, "Night")
        assert Track(title="x").__replace__(title="y") == Track(title="y")
        with pytest.raises(TypeError, match="Track has no field 'titel'"):
            track.__replace__(titel="x")


class TestIdentity:
    def test_objects_with_a_urn_are_hashed_by_it(self):
        first, again, other = Track.from_dict(TRACK), Track.from_dict(TRACK), Track.from_dict(PRIVATE)

        assert {first, again, other} == {first, other}
        assert hash(first) == hash(again)
        with pytest.raises(TypeError, match="this Quota cannot be hashed: it has no urn"):
            hash(Quota())
        with pytest.raises(TypeError, match="this Track cannot be hashed"):
            hash(Track(title="x"))

    def test_equality_is_by_value(self):
        assert Track.from_dict(TRACK) != Track.from_dict(TRACK | {"title": "Day"})
        assert Track.from_dict(TRACK) == Track.from_dict(TRACK | {"policy": "ALLOW"})
        assert Track(title="x") != Track(title="x", duration=0)
        assert User.from_dict(USER) != Me.from_dict(USER)

    def test_me_is_a_user(self):
        me = decode(Response(200, {}, json.dumps(USER | {"quota": {}}).encode()), {200: Me}, Drifts())

        assert isinstance(me, User)
        assert (me.username, me.quota, me.raw["quota"]) == ("ada", Quota(), {})

    @pytest.mark.parametrize("value", [Quota(upload_seconds_used=3), Streams(http_mp3_128_url="https://a")])
    def test_every_repr_says_something(self, value):
        name = next(iter(value._values()))

        assert "=" in repr(value)
        assert name


class TestPickles:
    def test_a_page_of_tracks_pickled_one_by_one(self):
        tracks = large_page()
        pickles = [pickle.dumps(track) for track in tracks]

        assert sum(map(len, pickles)) < 1_500_000
        assert SECRET.encode() not in pickles[0]
        assert b"Title 1!" not in pickles[0]
        assert len(pickle.dumps(tracks[0].user)) < 2_000

    @pytest.mark.parametrize("again", [lambda value: pickle.loads(pickle.dumps(value)), copy.copy, copy.deepcopy])
    def test_a_copy_is_equal_and_knows_its_own_json(self, again):
        data = TRACK | {"policy": "ALLOW", "user": USER | {"online": False}}
        track = page_of(PRIVATE, data)[1]
        track.genre = "Ambient"
        other = again(track)

        assert other == track
        assert (other.raw, other.extra) == (data, {"policy": "ALLOW"})
        assert (other.user.raw, other.user.extra) == (data["user"], {"online": False})
        assert again(track.user).raw == data["user"]
        assert not hasattr(again(Track(title="x")), "urn")

    def test_an_activity_and_its_origin(self):
        content = json.dumps({"collection": [{"type": "track", "created_at": TRACK["created_at"], "origin": TRACK}]})
        activity = decode(Response(200, {}, content.encode()), {200: Activities}, Drifts()).collection[0]
        again = pickle.loads(pickle.dumps(activity))

        assert again == activity
        assert again.origin.user.raw == USER

    def test_a_part_of_another_response_keeps_its_own_json(self):
        track, user = page_of(TRACK)[0], User.from_dict(USER | {"username": "marlow", "x": 1})
        track.user = user
        again = pickle.loads(pickle.dumps(track))

        assert (again.user.username, again.user.extra) == ("marlow", {"x": 1})


class TestMemory:
    @staticmethod
    def kept(keep):
        """Return the bytes that 50 tracks of 50 pages hold."""
        large_page()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            tracks = [keep(number) for number in range(50)]
            gc.collect()
            assert len(tracks) == 50
            return tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()

    def test_detached_objects_release_their_page(self):
        assert self.kept(lambda number: large_page(number)[3].detach()) < 500_000

    def test_objects_without_raw_release_their_page(self):
        data = [TRACK | {"urn": f"soundcloud:tracks:{index + 1}", "description": "x" * 1500} for index in range(200)]

        assert self.kept(lambda _: page_of(*data, keep_raw=False)[3]) < 500_000

    def test_a_detached_object_has_its_own_json(self):
        track, other = page_of(TRACK | {"policy": "ALLOW"}, PRIVATE)

        assert track.detach() is track
        assert (track.extra, track.user.raw, other.raw) == ({"policy": "ALLOW"}, USER, PRIVATE)
        user = other.user.detach()
        del other
        assert user.raw == USER
        assert Track(title="x").detach().raw == {}

    def test_a_client_that_keeps_no_raw(self):
        transport = httpx.MockTransport(lambda _: httpx.Response(200, json=TRACK | {"policy": "ALLOW"}))
        with SoundCloudClient(access_token="own", transport=transport, keep_raw=False) as client:
            track = client.tracks.get_track(1)

        assert (track.title, track.raw, track.extra, track.user.raw) == ("Night", {}, {}, {})


@pytest.mark.parametrize("value", NOTEBOOK_OBJECTS, ids=lambda value: type(value).__name__)
def test_a_notebook_shows_a_table_without_secrets_and_markup(value: Model):
    html = value._repr_html_()

    assert html.startswith("<table>")
    assert SECRET not in html
    assert not any(tag in html for tag in ("<script", "<b>", "<i>", "src="))


def test_a_notebook_shows_a_page_without_fetching_anything():
    requests = []
    pages = {"1": {"collection": [PRIVATE, TRACK], "next_href": "https://api.soundcloud.com/tracks?page=2"}}

    def answer(request):
        requests.append(request)
        return httpx.Response(200, json=pages["1"])

    client = AsyncSoundCloudClient(access_token="own", transport=httpx.MockTransport(answer))
    page = client.search.tracks("night")
    assert "not fetched" in page._repr_html_()
    asyncio.run(page._fetch())
    html = page._repr_html_()

    assert html.startswith("<table><caption>2 items, and more pages</caption>")
    assert html.count("<tr>") == 3
    assert SECRET not in html
    assert len(requests) == 1


def test_a_notebook_shows_a_waveform():
    html = Waveform((0, 70, 140) * 600, 1800, 140)._repr_html_()

    assert 'stroke="currentColor"' in html
    assert html.count("M") == 450
    assert Waveform((), 0, 140)._repr_html_().count("M") == 0


def test_a_waveform_as_svg():
    picture = ElementTree.fromstring(Waveform((0, 70, 140) * 600, 1800, 140).to_svg(width=400, height=50))
    path = picture.find("{http://www.w3.org/2000/svg}path")

    assert picture.get("viewBox") == "0 0 400 50"
    assert path is not None
    assert path.get("stroke") == "currentColor"
    assert 100 < path.get("d", "").count("M") <= 200 + 40
    # Bars end at the edges of the picture.
    assert "25.0v0.0" in Waveform((0,), 1, 140).to_svg(height=50)
    assert "0.0v50.0" in Waveform((140,), 1, 140).to_svg(height=50)


def test_pydantic_is_not_imported():
    code = (
        "import sys; from soundcloud import Track; track = Track.from_dict({'title': 'a'}); track.to_json(); "
        "print([name for name in sys.modules if name.startswith(('pydantic', 'cattr'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


FORKED = """
import os, signal, threading
from soundcloud import Track
from soundcloud_api import types

held, done = threading.Event(), threading.Event()

def hold():
    with types._analysis:
        held.set()
        done.wait()

threading.Thread(target=hold, daemon=True).start()
held.wait()
pid = os.fork()
if pid == 0:
    signal.alarm(20)
    os._exit(0 if Track.from_dict({"title": "a"}).title == "a" else 1)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_that_is_forked_during_a_first_decoding_can_decode():
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED], capture_output=True, text=True, check=True)

    assert done.stdout == "0\n"


def test_many_threads_decode_for_the_first_time():
    _decoder_of.cache_clear()
    _analysed.cache_clear()
    _wire_models.clear()
    barrier, titles = threading.Barrier(16), []

    def work():
        barrier.wait()
        titles.extend(track.title for track in page_of(TRACK, PRIVATE))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert titles == ["Night"] * 32


STATION = {"urn": "soundcloud:system-playlists:track-stations:1", "title": "Night", "tracks": [TRACK], "new": 1}


class TestStation:
    """A model that is not generated has everything that the generated ones have."""

    @pytest.mark.parametrize("keep_raw", [True, False])
    def test_values(self, keep_raw):
        drifts = Drifts()
        response = Response(200, {}, json.dumps(STATION).encode())
        station = decode(response, {200: Station}, drifts, keep_raw=keep_raw)
        again = pickle.loads(pickle.dumps(station))

        assert drifts == []
        assert (station.title, station.tracks[0].title, station.user) == ("Night", TRACK["title"], None)
        assert station.extra == ({"new": 1} if keep_raw else {})
        assert station.tracks[0].raw == (TRACK if keep_raw else {})
        assert again == copy.deepcopy(station) == Station.from_dict(station.to_dict()) == station
        assert len({station, again}) == 1
        assert again.raw == (STATION if keep_raw else {})
        assert repr(station) == "Station(urn='soundcloud:system-playlists:track-stations:1', title='Night')"
        assert "<caption>Station</caption>" in station._repr_html_()

    def test_missing_urn(self):
        station = Station.from_dict({"title": "Night"})

        assert "urn" not in station.to_dict()
        with pytest.raises(AttributeError, match="this Station has no urn, although SoundCloud always sends it"):
            _ = station.urn
        assert Station(urn="a").tracks is None
        with pytest.raises(TypeError, match="Station has no field 'wrong'"):
            Station(wrong=1)

    def test_pydantic(self):
        pydantic = pytest.importorskip("pydantic", minversion="2")
        adapter = pydantic.TypeAdapter(Station)
        station = adapter.validate_python(STATION)
        schema = adapter.json_schema(mode="serialization")

        assert station == Station.from_dict(STATION)
        assert adapter.dump_python(station) == station.to_dict()
        assert (schema["title"], schema["required"]) == ("Station", ["urn"])
        with pytest.raises(pydantic.ValidationError, match="this Station has no urn"):
            adapter.validate_python({"title": "Night"})
