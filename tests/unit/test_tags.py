"""Tags: parsing, writing and round trips."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundcloud import InvalidInputError, SoundCloudClient, Tags
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.data.text import split_tags
from soundcloud.tags import MachineTag

TAG = st.text(st.characters(codec="utf-8", exclude_characters='"'), min_size=1).filter(lambda text: text.strip())


def words(excluded='"'):
    """Printable tags: built from printable characters, because filtering discards most strings and is slow."""
    printable = st.characters(
        codec="utf-8", categories=["L", "M", "N", "P", "S"], include_characters=" ", exclude_characters=excluded
    )
    return st.text(printable, min_size=1).filter(str.strip)


WORDS = words()


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (None, []),
        ("", []),
        ("  ", []),
        ("lofi", ["lofi"]),
        ("lofi chill", ["lofi", "chill"]),
        ('lofi "hip hop"  chill', ["lofi", "hip hop", "chill"]),
        ('"hip  hop"\tlofi\n', ["hip hop", "lofi"]),
        ('lofi lofi "Lofi"', ["lofi", "lofi", "Lofi"]),
        ('lofi "hip hop', ["lofi", "hip hop"]),
        ('lofi""chill " "', ["lofi", "chill"]),
        ("geo:lat=52.5 geo:lon=13.4", ["geo:lat=52.5", "geo:lon=13.4"]),
        ("geo:latlon=52.5,13.4 lofi", ["geo:latlon=52.5,13.4", "lofi"]),
        ('"geo:city=New York" x', ["geo:city=New York", "x"]),
        ('geo:city="New York" x', ["geo:city=New York", "x"]),
        ("lofi, hip hop,chill", ["lofi", "hip hop", "chill"]),
        ('lofi, "hip hop", "a, b"', ["lofi", "hip hop", "a, b"]),
        ('lofi "a, b"', ["lofi", "a, b"]),
        (",lofi,,", ["lofi"]),
        ("lofi,chill", ["lofi", "chill"]),
        # A comma in the middle of a word among others is part of it.
        ("lofi 1,000hz chill", ["lofi", "1,000hz", "chill"]),
        ('"hip hop" 1,000hz', ["hip hop", "1,000hz"]),
        ('"hip hop",lofi', ["hip hop", "lofi"]),
        ("lofi , chill", ["lofi", "chill"]),
    ],
)
def test_parse(text, tags):
    assert list(Tags.parse(text)) == tags


def test_parse_with_an_explicit_format():
    assert Tags.parse("hip hop", commas=True) == ("hip hop",)
    assert Tags.parse("a,b c", commas=False) == ("a,b", "c")
    assert Tags.parse('a, "b, c', commas=True) == ("a", "b, c")


def test_write():
    with pytest.raises(InvalidInputError, match="a list of tags, not NoneType"):
        Tags(None)
    tags = Tags(["lofi", "hip  hop", "a,b", "geo:city=New York"])

    assert str(tags) == 'lofi "hip hop" "a,b" "geo:city=New York"'
    assert Tags(["lofi", "hip hop"]).with_commas() == "lofi, hip hop"
    assert str(Tags()) == Tags().with_commas() == ""
    assert repr(tags[:1] and Tags(tags[:1])) == "Tags(['lofi'])"
    with pytest.raises(InvalidInputError, match="'a,b' contains a comma"):
        tags.with_commas()


def test_machine_tags():
    tags = Tags.parse('lofi geo:lat=52.5 "ns:a key=v" "geo:note=a=b c" :x=1 a:=1 a:b=')

    assert tags.machine_tags == ("geo:lat=52.5", "geo:note=a=b c")
    assert [(tag.namespace, tag.key, tag.value) for tag in tags.machine_tags] == [
        ("geo", "lat", "52.5"),
        ("geo", "note", "a=b c"),
    ]
    assert repr(tags.machine_tags[0]) == "MachineTag('geo:lat=52.5')"
    for wrong in ("lofi", "a:b=", 5, None):
        with pytest.raises(InvalidInputError, match="geo:city=Berlin"):
            MachineTag(wrong)
    assert pickle.loads(pickle.dumps(tags.machine_tags)) == tags.machine_tags


def test_stored_machine_tags_are_added_once():
    kept = Tags.parse("geo:lat=52.5 lofi").machine_tags

    assert str(Tags(dict.fromkeys([*Tags.parse("lofi"), *kept, *kept]))) == "lofi geo:lat=52.5"


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (['say "hi"'], "contains a double quote"),
        (["a", ""], "empty"),
        ([" \n"], "empty"),
        ([1], "a tag is a string, not int"),
        ("lofi chill", r"Tags\.parse"),
    ],
)
def test_invalid_tags(tags, message):
    with pytest.raises(InvalidInputError, match=message):
        Tags(tags)


def test_parse_needs_a_string():
    with pytest.raises(InvalidInputError, match="not list"):
        Tags.parse(["lofi"])


def test_tags_are_a_tuple():
    tags = Tags(["a", "b"])

    assert tags == ("a", "b")
    assert {tags: 1}["a", "b"] == 1
    assert pickle.loads(pickle.dumps(tags)) == tags
    assert type(pickle.loads(pickle.dumps(tags))) is Tags
    assert not hasattr(tags, "__dict__")


@given(st.lists(TAG))
def test_round_trip(texts):
    tags = Tags(texts)

    assert Tags.parse(str(tags)) == tags
    # The sandbox reads the same, by other code.
    assert split_tags(str(tags)) == list(tags)


@given(st.lists(TAG.filter(lambda text: "," not in text)))
def test_round_trip_with_commas(texts):
    tags = Tags(texts)

    assert Tags.parse(tags.with_commas(), commas=True) == tags


@given(st.text('a ,"\t:='), st.sampled_from([None, True, False]))
def test_strings_of_separators(text, commas):
    tags = Tags.parse(text, commas=commas)

    assert Tags.parse(str(tags)) == tags
    assert '"' not in "".join(tags)


@given(st.text(), st.sampled_from([None, True, False]))
def test_any_string(text, commas):
    tags = Tags.parse(text, commas=commas)

    assert Tags.parse(str(tags)) == tags


@pytest.fixture(scope="module")
def client():
    with Sandbox(processing_seconds=0) as sandbox, SoundCloudClient(**sandbox.client_settings()) as client:
        yield client


@settings(max_examples=30)
@given(texts=st.lists(WORDS, max_size=6))
def test_the_tags_of_a_track_round_trip(client, texts):
    tags = Tags(texts)
    track = client.me.get_tracks(limit=1).collection[0]
    client.tracks.update(track, tag_list=str(tags))
    kept = client.tracks.get_track(track).tag_list

    # Machine tags are kept by SoundCloud, and not given back.
    assert Tags.parse(kept, commas=False) == tuple(tag for tag in tags if tag not in tags.machine_tags)


@settings(max_examples=30)
@given(texts=st.lists(words(excluded='",:'), max_size=6))
def test_the_tags_of_a_playlist_round_trip(client, texts):
    tags = Tags(texts)
    playlist = client.me.get_playlists(limit=1).collection[0]
    client.playlists.update(playlist, tag_list=tags.with_commas())

    assert Tags.parse(client.playlists.get_playlist(playlist).tag_list, commas=True) == tags
