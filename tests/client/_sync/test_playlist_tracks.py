"""The tracks of playlists, changed in the sandbox: order, places, duplicates, 500 of them, and others who write meanwhile."""

import random

import httpx
import pytest

from soundcloud import SoundCloudClient, ForbiddenError, InvalidInputError, NotFoundError, PlaylistChangedError
from soundcloud.caches import MemoryCache
from soundcloud.models import Track

pytestmark = pytest.mark.anyio


@pytest.fixture
def urns(sandbox):
    """All public tracks, in no order that means anything."""
    rows = sandbox._state.database.rows("SELECT id FROM tracks WHERE sharing = 'public' ORDER BY id")
    found = [f"soundcloud:tracks:{row['id']}" for row in rows]
    random.Random(3).shuffle(found)
    assert len(found) > 500
    return found


def client_of(sandbox, **settings):
    return SoundCloudClient(**sandbox.client_settings(), **settings)


def inside(client, playlist):
    page = client.playlists.get_tracks(playlist, 200, access=("playable", "preview", "blocked"))
    return [track.urn for track in page]


def written(sandbox):
    """The bodies of the writes to playlists that are there already."""
    return [request.body for request in sandbox.requests.matching(method="PUT", path="/playlists/*")]


def body_of(urns):
    return {"playlist": {"tracks": [{"urn": urn} for urn in urns]}}


def write_behind(sandbox, playlist, urns):
    """Write a playlist with another program."""
    headers = {"Authorization": f"OAuth {sandbox.user_token()}"}
    with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False, verify=False) as http:
        reply = http.put(f"/playlists/{playlist.urn}", json=body_of(urns))
    assert reply.status_code == 200


def test_added_at_the_end_and_at_a_place(sandbox, urns):
    a, b, c, d, e, f = urns[:6]
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Mine", tracks=[a, b])
        added = client.playlists.add_tracks(playlist, [d, c])
        client.playlists.add_tracks(playlist, [int(e.rpartition(":")[2])], position=0)
        client.playlists.add_tracks(playlist, (urn for urn in [f]), position=2)
        found = inside(client, playlist)
        with pytest.raises(InvalidInputError, match="give an index from 0 to 6"):
            client.playlists.add_tracks(playlist, [a], position=7)
        for wrong in (-1, True, "1", 1.0):
            with pytest.raises(InvalidInputError, match="give an index from 0 to 6"):
                client.playlists.add_tracks(playlist, [a], position=wrong)

    assert added.track_count == 4
    assert found == [e, a, f, b, d, c]
    assert written(sandbox) == [body_of([a, b, d, c]), body_of([e, a, b, d, c]), body_of([e, a, f, b, d, c])]


def test_duplicates_as_asked(sandbox, urns):
    a, b, c = urns[:3]
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Mine", tracks=[a, b])
        client.playlists.add_tracks(playlist, [a, c, c])
        twice = inside(client, playlist)
        client.playlists.reorder(playlist, [c, a, c, b, a])
        client.playlists.add_tracks(playlist, [c, urns[3], urns[3], a], duplicates=False)
        once = inside(client, playlist)
        before = len(written(sandbox))
        same = client.playlists.add_tracks(playlist, [a, b], duplicates=False)

    assert twice == [a, b, a, c, c]
    assert once == [c, a, c, b, a, urns[3]]
    assert same.track_count == 6
    assert len(written(sandbox)) == before  # nothing is to be written


def test_removed_wherever_they_stand(sandbox, urns):
    a, b, c = urns[:3]
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Mine", tracks=[a, b, a, c])
        removed = client.playlists.remove_tracks(playlist, [a])
        with pytest.raises(InvalidInputError, match=f"not in the playlist: {a}; nothing was changed"):
            client.playlists.remove_tracks(playlist, [b, a])
        left = inside(client, playlist)
        client.playlists.remove_tracks(playlist, left)
        empty = inside(client, playlist)

    assert removed.track_count == 2
    assert left == [b, c]
    assert empty == []
    assert written(sandbox) == [body_of([b, c]), body_of([])]


def test_reordered(sandbox, urns):
    a, b, c, d = urns[:4]
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Mine", tracks=[a, b, c])
        tracks = [track for track in client.playlists.get_tracks(playlist)]
        client.playlists.reorder(playlist, reversed(tracks))
        found = inside(client, playlist)
        client.playlists.reorder(playlist, found)
        for wrong, says in (
            ([a, b], f"left out: {c}"),
            ([a, b, d], f"left out: {c}; not in the playlist: {d}"),
            ([a, b, c, c], "the number of duplicates differs"),
        ):
            with pytest.raises(InvalidInputError, match=says):
                client.playlists.reorder(playlist, wrong)

    assert all(isinstance(track, Track) for track in tracks)
    assert found == [c, b, a]
    assert written(sandbox) == [body_of([c, b, a])]


def test_five_hundred_and_not_one_more(sandbox, urns):
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Full", tracks=urns[:499])
        client.playlists.add_tracks(playlist, [urns[499]])
        full = inside(client, playlist)
        writes = len(written(sandbox))
        with pytest.raises(InvalidInputError, match="501 tracks: a playlist holds at most 500"):
            client.playlists.add_tracks(playlist, [urns[500]])
        requests = len(sandbox.requests)
        with pytest.raises(InvalidInputError, match="501 tracks"):
            client.playlists.add_tracks(playlist, urns[:501])
        with pytest.raises(InvalidInputError, match="501 tracks"):
            client.playlists.create(title="Fuller", tracks=urns[:501])
        asked = len(sandbox.requests) - requests
        client.playlists.reorder(playlist, sorted(full))
        ordered = inside(client, playlist)
        client.playlists.remove_tracks(playlist, full[:499])
        left = inside(client, playlist)

    assert full == urns[:500]
    assert (writes, asked) == (1, 0)
    assert ordered == sorted(full)
    assert left == [full[499]]


@pytest.mark.parametrize("meanwhile", ["one more", "one less", "another order"])
def test_who_writes_meanwhile_is_not_overwritten(sandbox, urns, meanwhile):
    a, b, c, d = urns[:4]
    others = {"one more": [a, b, d], "one less": [a], "another order": [b, a]}[meanwhile]
    seen = []

    def on_request(told):
        """Somebody else writes after the first reading."""
        if told.path.endswith("/tracks") and not seen:
            seen.append(told)
            write_behind(sandbox, playlist, others)

    with client_of(sandbox, cache=MemoryCache()) as client:
        playlist = client.playlists.create(title="Mine", tracks=[a, b])
        client.playlists.get_playlist(playlist)
        with client_of(sandbox, on_request=on_request) as watched:
            with pytest.raises(PlaylistChangedError, match="changed since it was read: it had 2 tracks") as caught:
                watched.playlists.add_tracks(playlist, [c])
        found = inside(client, playlist)
        again = client.playlists.add_tracks(playlist, [c])

    assert found == others
    assert again.track_count == len(others) + 1
    assert written(sandbox) == [body_of(others), body_of([*others, c])]
    assert "read the playlist again" in str(caught.value)


@pytest.fixture
def with_a_hidden_track(sandbox, urns):
    """A playlist of ada's with somebody's track that has become private since."""
    hidden = urns[1]

    def hide():
        number = int(hidden.rpartition(":")[2])
        with sandbox._state.database.transaction():
            sandbox._state.database.update("tracks", number, {"sharing": "private"})

    return urns[:3], hidden, hide


def test_hidden_tracks_are_not_lost(sandbox, urns, with_a_hidden_track):
    tracks, hidden, hide = with_a_hidden_track
    with client_of(sandbox) as client:
        mine = (client.me.get_me()).urn
        rows = [(client.tracks.get_track(urn)).user.urn for urn in tracks]
        assert mine not in rows
        playlist = client.playlists.create(title="Mine", tracks=tracks)
        hide()
        listed = inside(client, playlist)
        for call in (
            lambda: client.playlists.add_tracks(playlist, [urns[5]]),
            lambda: client.playlists.remove_tracks(playlist, [tracks[0]]),
            lambda: client.playlists.reorder(playlist, [tracks[2], tracks[0]]),
        ):
            with pytest.raises(PlaylistChangedError, match="has 3 tracks, but SoundCloud lists 2") as caught:
                call()
        assert written(sandbox) == []
        added = client.playlists.add_tracks(playlist, [urns[5]], drop_hidden=True)
        client.playlists.reorder(playlist, [urns[5], tracks[2], tracks[0]], drop_hidden=True)
        found = inside(client, playlist)

    assert hidden not in listed
    assert "drop_hidden=True" in str(caught.value)
    assert added.track_count == 3
    assert found == [urns[5], tracks[2], tracks[0]]


def test_what_is_refused_before_anything_is_asked(sandbox, urns):
    with client_of(sandbox) as client:
        for wrong, says in (
            ([], "there are no tracks"),
            (urns[0], "is a string"),
            (3, "give a list"),
            (None, "give a list"),
            (["soundcloud:users:1"], "track"),
        ):
            for call in (client.playlists.add_tracks, client.playlists.remove_tracks, client.playlists.reorder):
                with pytest.raises(InvalidInputError, match=says):
                    call(1, wrong)
        with pytest.raises(InvalidInputError):
            client.playlists.add_tracks("soundcloud:tracks:1", urns[:1])

    assert sandbox.requests == []


def test_somebody_elses_playlist(sandbox, urns):
    with client_of(sandbox) as client, SoundCloudClient(**sandbox.client_settings("marlow-finch")) as other:
        playlist = client.playlists.create(title="Mine", tracks=urns[:2])
        with pytest.raises(ForbiddenError):
            other.playlists.add_tracks(playlist, [urns[3]])
        with pytest.raises(NotFoundError):
            other.playlists.add_tracks(999_999_999_999, [urns[3]])
        found = inside(client, playlist)

    assert found == urns[:2]


@pytest.mark.parametrize(
    ("artwork", "kind"),
    [
        (b"GIF89a" + bytes(30), "gif"),
        (b"\xff\xd8\xff\xe0" + bytes(30), "jpeg"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "png"),
    ],
)
def test_a_new_playlist_with_a_picture(sandbox, urns, artwork, kind):
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Mine", tracks=urns[:500], artwork=artwork)
        found = inside(client, playlist)

    body = sandbox.requests.matching(method="POST", path="/playlists")[0].body
    assert {*body} == {"playlist[title]", "playlist[artwork_data]", "playlist[tracks][][urn]"}
    assert body["playlist[artwork_data]"] == {"filename": "artwork", "size": len(artwork)}
    assert found == urns[:500]
    assert playlist.artwork_url
