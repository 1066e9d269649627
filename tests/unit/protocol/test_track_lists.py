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


@pytest.mark.parametrize("count", [None, 0, 1, 2])
def test_all_tracks_are_listed(count):
    tracks = [Track(urn="soundcloud:tracks:1"), Track(urn="soundcloud:tracks:2")]

    assert collect_urns(Playlist(track_count=count), tracks, drop_hidden=False) == [track.urn for track in tracks]


def test_hidden_tracks_are_an_error():
    tracks, playlist = [Track(urn="soundcloud:tracks:1")], Playlist(track_count=2)

    with pytest.raises(PlaylistChangedError, match="has 2 tracks, but SoundCloud lists 1 of them") as caught:
        collect_urns(playlist, tracks, drop_hidden=False)
    assert "drop_hidden=True" in str(caught.value)
    assert collect_urns(playlist, tracks, drop_hidden=True) == ["soundcloud:tracks:1"]
