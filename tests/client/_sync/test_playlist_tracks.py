"""Adding, removing and reordering the tracks of playlists: positions, duplicates, the limit of 500, concurrent changes."""

import random

import httpx
import pytest

from soundcloud import SoundCloudClient, ForbiddenError, InvalidInputError, NotFoundError, PlaylistChangedError
from soundcloud.caches import MemoryCache
from soundcloud.models import Track

pytestmark = pytest.mark.anyio


@pytest.fixture
def urns(sandbox):
    """The URNs of all public tracks, shuffled."""
    rows = sandbox._state.database.rows("SELECT id FROM tracks WHERE sharing = 'public' ORDER BY id")
    found = [f"soundcloud:tracks:{row['id']}" for row in rows]
    random.Random(3).shuffle(found)
    assert len(found) > 500
    return found


def client_of(sandbox, **settings):
    return SoundCloudClient(**sandbox.client_settings(), **settings)


def read_urns(client, playlist):
    page = client.playlists.get_tracks(playlist, 200, access=("playable", "preview", "blocked"))
    return [track.urn for track in page]


def write_bodies(sandbox):
    """Return the bodies of all updates of playlists."""
    return [request.body for request in sandbox.requests.matching(method="PUT", path="/playlists/*")]


def body_of(urns):
    return {"playlist": {"tracks": [{"urn": urn} for urn in urns]}}


def update_elsewhere(sandbox, playlist, urns):
    """Update a playlist with another HTTP client."""
    headers = {"Authorization": f"OAuth {sandbox.user_token()}"}
    with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False, verify=False) as http:
        response = http.put(f"/playlists/{playlist.urn}", json=body_of(urns))
    assert response.status_code == 200


def test_add_tracks_at_the_end_and_at_a_position(sandbox, urns):
    a, b, c, d, e, f = urns[:6]
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Mine", tracks=[a, b])
        added = client.playlists.add_tracks(playlist, [d, c])
        client.playlists.add_tracks(playlist, [int(e.rpartition(":")[2])], position=0)
        client.playlists.add_tracks(playlist, (urn for urn in [f]), position=2)
        found = read_urns(client, playlist)
        with pytest.raises(InvalidInputError, match="give an index from 0 to 6"):
            client.playlists.add_tracks(playlist, [a], position=7)
        for wrong in (-1, True, "1", 1.0):
            with pytest.raises(InvalidInputError, match="give an index from 0 to 6"):
                client.playlists.add_tracks(playlist, [a], position=wrong)

    assert added.track_count == 4
    assert found == [e, a, f, b, d, c]
    assert write_bodies(sandbox) == [body_of([a, b, d, c]), body_of([e, a, b, d, c]), body_of([e, a, f, b, d, c])]


def test_add_tracks_with_and_without_duplicates(sandbox, urns):
    a, b, c = urns[:3]
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Mine", tracks=[a, b])
        client.playlists.add_tracks(playlist, [a, c, c])
        twice = read_urns(client, playlist)
        client.playlists.reorder(playlist, [c, a, c, b, a])
        client.playlists.add_tracks(playlist, [c, urns[3], urns[3], a], duplicates=False)
        once = read_urns(client, playlist)
        before = len(write_bodies(sandbox))
        same = client.playlists.add_tracks(playlist, [a, b], duplicates=False)

    assert twice == [a, b, a, c, c]
    assert once == [c, a, c, b, a, urns[3]]
    assert same.track_count == 6
    assert len(write_bodies(sandbox)) == before  # nothing changed, so nothing was sent


def test_remove_tracks_removes_every_occurrence(sandbox, urns):
    a, b, c = urns[:3]
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Mine", tracks=[a, b, a, c])
        removed = client.playlists.remove_tracks(playlist, [a])
        with pytest.raises(InvalidInputError, match=f"not in the playlist: {a}; nothing was changed"):
            client.playlists.remove_tracks(playlist, [b, a])
        left = read_urns(client, playlist)
        client.playlists.remove_tracks(playlist, left)
        empty = read_urns(client, playlist)

    assert removed.track_count == 2
    assert left == [b, c]
    assert empty == []
    assert write_bodies(sandbox) == [body_of([b, c]), body_of([])]


def test_reorder(sandbox, urns):
    a, b, c, d = urns[:4]
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Mine", tracks=[a, b, c])
        tracks = [track for track in client.playlists.get_tracks(playlist)]
        client.playlists.reorder(playlist, reversed(tracks))
        found = read_urns(client, playlist)
        client.playlists.reorder(playlist, found)
        for wrong, message in (
            ([a, b], f"left out: {c}"),
            ([a, b, d], f"left out: {c}; not in the playlist: {d}"),
            ([a, b, c, c], "the number of duplicates differs"),
        ):
            with pytest.raises(InvalidInputError, match=message):
                client.playlists.reorder(playlist, wrong)

    assert all(isinstance(track, Track) for track in tracks)
    assert found == [c, b, a]
    assert write_bodies(sandbox) == [body_of([c, b, a])]


def test_a_playlist_holds_500_tracks(sandbox, urns):
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Full", tracks=urns[:499])
        client.playlists.add_tracks(playlist, [urns[499]])
        full = read_urns(client, playlist)
        writes = len(write_bodies(sandbox))
        with pytest.raises(InvalidInputError, match="501 tracks: a playlist holds at most 500"):
            client.playlists.add_tracks(playlist, [urns[500]])
        requests = len(sandbox.requests)
        with pytest.raises(InvalidInputError, match="501 tracks"):
            client.playlists.add_tracks(playlist, urns[:501])
        with pytest.raises(InvalidInputError, match="501 tracks"):
            client.playlists.create(title="Fuller", tracks=urns[:501])
        sent = len(sandbox.requests) - requests
        client.playlists.reorder(playlist, sorted(full))
        ordered = read_urns(client, playlist)
        client.playlists.remove_tracks(playlist, full[:499])
        left = read_urns(client, playlist)

    assert full == urns[:500]
    assert (writes, sent) == (1, 0)
    assert ordered == sorted(full)
    assert left == [full[499]]


@pytest.mark.parametrize("change", ["one more", "one less", "another order"])
def test_a_concurrent_change_is_not_overwritten(sandbox, urns, change):
    a, b, c, d = urns[:4]
    others = {"one more": [a, b, d], "one less": [a], "another order": [b, a]}[change]
    seen = []

    def on_request(telemetry):
        """Change the playlist after it was read."""
        if telemetry.path.endswith("/tracks") and not seen:
            seen.append(telemetry)
            update_elsewhere(sandbox, playlist, others)

    with client_of(sandbox, cache=MemoryCache()) as client:
        playlist = client.playlists.create(title="Mine", tracks=[a, b])
        client.playlists.get_playlist(playlist)
        with client_of(sandbox, on_request=on_request) as watched:
            with pytest.raises(PlaylistChangedError, match="changed since it was read: it had 2 tracks") as caught:
                watched.playlists.add_tracks(playlist, [c])
        found = read_urns(client, playlist)
        again = client.playlists.add_tracks(playlist, [c])

    assert found == others
    assert again.track_count == len(others) + 1
    assert write_bodies(sandbox) == [body_of(others), body_of([*others, c])]
    assert "read the playlist again" in str(caught.value)


@pytest.fixture
def with_a_hidden_track(sandbox, urns):
    """Tracks of other users, one of them, and a function that makes this one private."""
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
        listed = read_urns(client, playlist)
        for call in (
            lambda: client.playlists.add_tracks(playlist, [urns[5]]),
            lambda: client.playlists.remove_tracks(playlist, [tracks[0]]),
            lambda: client.playlists.reorder(playlist, [tracks[2], tracks[0]]),
        ):
            with pytest.raises(PlaylistChangedError, match="has 3 tracks, but SoundCloud lists 2") as caught:
                call()
        assert write_bodies(sandbox) == []
        added = client.playlists.add_tracks(playlist, [urns[5]], drop_hidden=True)
        client.playlists.reorder(playlist, [urns[5], tracks[2], tracks[0]], drop_hidden=True)
        found = read_urns(client, playlist)

    assert hidden not in listed
    assert "drop_hidden=True" in str(caught.value)
    assert added.track_count == 3
    assert found == [urns[5], tracks[2], tracks[0]]


def test_invalid_arguments_send_no_request(sandbox, urns):
    with client_of(sandbox) as client:
        for wrong, message in (
            ([], "there are no tracks"),
            (urns[0], "is a string"),
            (3, "give a list"),
            (None, "give a list"),
            (["soundcloud:users:1"], "track"),
        ):
            for call in (client.playlists.add_tracks, client.playlists.remove_tracks, client.playlists.reorder):
                with pytest.raises(InvalidInputError, match=message):
                    call(1, wrong)
        with pytest.raises(InvalidInputError):
            client.playlists.add_tracks("soundcloud:tracks:1", urns[:1])

    assert sandbox.requests == []


def test_a_playlist_of_another_user(sandbox, urns):
    with client_of(sandbox) as client, SoundCloudClient(**sandbox.client_settings("marlow-finch")) as other:
        playlist = client.playlists.create(title="Mine", tracks=urns[:2])
        with pytest.raises(ForbiddenError):
            other.playlists.add_tracks(playlist, [urns[3]])
        with pytest.raises(NotFoundError):
            other.playlists.add_tracks(999_999_999_999, [urns[3]])
        found = read_urns(client, playlist)

    assert found == urns[:2]


@pytest.mark.parametrize(
    ("artwork", "kind"),
    [
        (b"GIF89a" + bytes(30), "gif"),
        (b"\xff\xd8\xff\xe0" + bytes(30), "jpeg"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "png"),
    ],
)
def test_create_a_playlist_with_artwork(sandbox, urns, artwork, kind):
    with client_of(sandbox) as client:
        playlist = client.playlists.create(title="Mine", tracks=urns[:500], artwork=artwork)
        found = read_urns(client, playlist)

    body = sandbox.requests.matching(method="POST", path="/playlists")[0].body
    assert {*body} == {"playlist[title]", "playlist[artwork_data]", "playlist[tracks][][urn]"}
    assert body["playlist[artwork_data]"] == {"filename": "artwork", "size": len(artwork)}
    assert found == urns[:500]
    assert playlist.artwork_url
