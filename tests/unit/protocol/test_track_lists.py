"""Adding, removing and reordering tracks in a list: the order and all other tracks are kept."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from soundcloud import InvalidInputError, PlaylistChangedError
from soundcloud._protocol.track_lists import (
    check_unchanged,
    collect_urns,
    insert_tracks,
    remove_tracks,
    reorder_tracks,
    require_tracks,
)
from soundcloud_api.models import Playlist, Track

URNS = some.sampled_from([f"soundcloud:tracks:{number}" for number in range(1, 8)])
LISTS = some.lists(URNS, max_size=12)


@given(urns=LISTS, tracks=some.lists(URNS, min_size=1, max_size=5), data=some.data())
def test_adding_keeps_the_order(urns, tracks, data):
    position = data.draw(some.none() | some.integers(0, len(urns)))
    place = len(urns) if position is None else position
    after = insert_tracks(urns, tracks, position, duplicates=True)

    assert after[place : place + len(tracks)] == tracks
    assert after[:place] + after[place + len(tracks) :] == urns


@given(urns=LISTS, tracks=some.lists(URNS, min_size=1, max_size=5), data=some.data())
def test_adding_without_duplicates(urns, tracks, data):
    position = data.draw(some.none() | some.integers(0, len(urns)))
    place = len(urns) if position is None else position
    after = insert_tracks(urns, tracks, position, duplicates=False)
    new = after[place : place + len(after) - len(urns)]

    assert after[:place] + after[place + len(new) :] == urns
    assert sorted(new) == sorted({*tracks} - {*urns})
    assert new == sorted(new, key=tracks.index)


@given(urns=some.lists(URNS, min_size=1), data=some.data())
def test_removing_keeps_other_tracks(urns, data):
    removed = data.draw(some.lists(some.sampled_from(urns), min_size=1))
    after = remove_tracks(urns, removed)

    assert after == [urn for urn in urns if urn not in removed]
    assert insert_tracks(after, urns, None, duplicates=False) == [
        *after,
        *dict.fromkeys(urn for urn in urns if urn in removed),
    ]


@given(urns=LISTS, data=some.data())
def test_reordering_accepts_permutations_only(urns, data):
    order = data.draw(some.permutations(urns))
    other = data.draw(LISTS)

    assert reorder_tracks(urns, order) == order
    if Counter(other) == Counter(urns):
        assert reorder_tracks(urns, other) == other
    else:
        with pytest.raises(InvalidInputError, match="must contain each track"):
            reorder_tracks(urns, other)


@given(before=LISTS, after=LISTS)
def test_a_concurrent_change_is_detected(before, after):
    if before == after:
        check_unchanged(before, after)
    else:
        with pytest.raises(PlaylistChangedError, match=f"it had {len(before)} tracks and has {len(after)} now"):
            check_unchanged(before, after)


def test_error_messages():
    a, b = "soundcloud:tracks:1", "soundcloud:tracks:2"

    with pytest.raises(PlaylistChangedError, match="different ones or in another order"):
        check_unchanged([a, b], [b, a])
    with pytest.raises(InvalidInputError, match=f"not in the playlist: {b}; nothing was changed"):
        remove_tracks([a], [b])
    with pytest.raises(InvalidInputError, match="501 tracks"):
        insert_tracks([a] * 500, [b], None, duplicates=True)
    assert len(insert_tracks([a] * 499, [b], 3, duplicates=True)) == 500
    assert len(insert_tracks([a] * 500, [a], 3, duplicates=False)) == 500
    with pytest.raises(InvalidInputError, match="there are no tracks"):
        require_tracks(iter(()))
    assert require_tracks([1, b, Track(urn="soundcloud:tracks:3")]) == [a, b, "soundcloud:tracks:3"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_all_tracks_are_listed(count):
    tracks = [Track(urn="soundcloud:tracks:1"), Track(urn="soundcloud:tracks:2")]

    assert collect_urns(Playlist(track_count=count), tracks, drop_hidden=False) == [track.urn for track in tracks]


def test_hidden_tracks_are_an_error():
    tracks, playlist = [Track(urn="soundcloud:tracks:1")], Playlist(track_count=2)

    with pytest.raises(PlaylistChangedError, match="has 2 tracks, but SoundCloud lists 1 of them") as caught:
        collect_urns(playlist, tracks, drop_hidden=False)
    assert "drop_hidden=True" in str(caught.value)
    assert collect_urns(playlist, tracks, drop_hidden=True) == ["soundcloud:tracks:1"]


@pytest.mark.parametrize(
    "fields", [{}, {"track_count": None}, {"track_count": "1"}, {"track_count": [1]}, {"track_count": True}]
)
def test_an_unknown_number_of_tracks_is_an_error(fields):
    tracks, playlist = [Track(urn="soundcloud:tracks:1")], Playlist(**fields)

    with pytest.raises(PlaylistChangedError, match="lists 1 tracks, but does not say how many the playlist has"):
        collect_urns(playlist, tracks, drop_hidden=False)
    assert collect_urns(playlist, tracks, drop_hidden=True) == ["soundcloud:tracks:1"]


@pytest.mark.parametrize(
    ("position", "expected"),
    [(None, ["a", "b", "x"]), (0, ["x", "a", "b"]), (1, ["a", "x", "b"]), (2, ["a", "b", "x"])],
)
def test_every_position(position, expected):
    urns = {name: f"soundcloud:tracks:{name}" for name in "abx"}
    found = insert_tracks([urns["a"], urns["b"]], [urns["x"]], position, duplicates=True)

    assert found == [urns[name] for name in expected]


@pytest.mark.parametrize("position", [-1, 3, True, 1.0, "1"])
def test_positions_outside_of_the_list(position):
    with pytest.raises(InvalidInputError, match="give an index from 0 to 2"):
        insert_tracks(["soundcloud:tracks:a", "soundcloud:tracks:b"], [], position, duplicates=True)


@pytest.mark.parametrize(
    ("count", "drop_hidden", "complete"), [(1, False, True), (2, False, True), (3, False, False), (3, True, True)]
)
def test_hidden_tracks_are_kept_unless_they_may_be_dropped(count, drop_hidden, complete):
    tracks = [Track(urn="soundcloud:tracks:1"), Track(urn="soundcloud:tracks:2")]
    playlist = Playlist(track_count=count)
    if complete:
        assert collect_urns(playlist, tracks, drop_hidden=drop_hidden) == ["soundcloud:tracks:1", "soundcloud:tracks:2"]
    else:
        with pytest.raises(PlaylistChangedError, match="has 3 tracks, but SoundCloud lists 2"):
            collect_urns(playlist, tracks, drop_hidden=drop_hidden)


def test_what_changed_in_a_playlist():
    check_unchanged(["a", "b"], ["a", "b"])
    with pytest.raises(PlaylistChangedError, match=r"it had 2 tracks and has 1 now - read"):
        check_unchanged(["a", "b"], ["a"])
    with pytest.raises(PlaylistChangedError, match="it had 2 tracks and has 2 now, but different ones"):
        check_unchanged(["a", "b"], ["b", "a"])


def test_a_change_needs_a_track():
    assert require_tracks([1]) == ["soundcloud:tracks:1"]
    with pytest.raises(InvalidInputError, match="there are no tracks: give at least one"):
        require_tracks([])
