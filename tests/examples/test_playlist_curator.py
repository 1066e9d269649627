"""examples/playlist_curator.py"""

from contextlib import contextmanager

import pytest

from examples import playlist_curator
from soundcloud import PlaylistChangedError, SoundCloudClient
from soundcloud.sandbox import Faults, RateLimitFault


@pytest.fixture
def playlist(client):
    return client.me.get_playlists().collection[0].urn


@pytest.fixture
def titles(client, playlist):
    return lambda: [track.title for track in client.playlists.get_tracks(playlist, access=("playable", "blocked"))]


def track_of(client, title):
    found = client.search.tracks(title, access=("playable", "blocked"))
    return next(track for track in found if track.title == title)


def test_the_curator_adds_likes_and_removes_blocked_tracks(writes, sandbox, playlist, titles, capsys):
    assert playlist_curator.main([playlist, "--genre", "jazz"]) == 0

    assert titles() == ["Jazz 3", "Jazz 2", "Jazz 1", "By hand"]
    assert capsys.readouterr().out.splitlines()[-1] == "3 added, 1 removed"
    before = writes()
    assert playlist_curator.main([playlist, "--genre", "jazz"]) == 0
    assert capsys.readouterr().out == "0 added, 0 removed\n"
    assert writes() == before


def test_the_curator_limits_the_number_of_tracks(client, playlist, titles):
    curate = [playlist, "--genre", " Jazz", "--most", "3"]
    playlist_curator.main(curate)
    assert titles() == ["Jazz 3", "Jazz 2", "Jazz 1"]

    client.likes.like_track(track_of(client, "Jazz 4"))
    playlist_curator.main(curate)
    assert titles() == ["Jazz 4", "Jazz 3", "Jazz 2"]
    playlist_curator.main(curate)
    assert titles() == ["Jazz 4", "Jazz 3", "Jazz 2"]


def test_a_dry_run_of_the_curator_writes_nothing(writes, sandbox, playlist, titles, capsys):
    assert playlist_curator.main([playlist, "--genre", "Jazz", "--genre", "House", "--dry-run"]) == 0

    assert "4 to add, 1 to remove (dry run)" in capsys.readouterr().out
    assert titles() == ["By hand", "Blocked"]
    assert writes() == 0


def test_the_curator_removes_hidden_tracks(sandbox, client, playlist, titles):
    with SoundCloudClient(**sandbox.client_settings("bo")) as owner:
        owner.tracks.update(track_of(client, "By hand"), sharing="private")
    playlist_curator.main([playlist, "--genre", "Jazz"])

    assert titles() == ["Jazz 3", "Jazz 2", "Jazz 1"]
    assert client.playlists.get_playlist(playlist).track_count == 3


@contextmanager
def meddled(sandbox, client, playlist, lists):
    """A client during whose reads, from 1, another client writes these lists."""
    count = 0

    def meddle(request):
        nonlocal count
        if request.path.endswith("/tracks") and request.path.startswith("/playlists"):
            count += 1
            if count in lists:
                client.playlists.update(playlist, tracks=lists[count])

    with SoundCloudClient(**sandbox.client_settings("ada"), on_request=meddle) as watched:
        yield watched


def test_the_curator_retries_after_a_concurrent_change(sandbox, client, playlist, titles, capsys):
    theirs = [track_of(client, title) for title in ("House 1", "Blocked", "Jazz 2")]
    with meddled(sandbox, client, playlist, {2: theirs}) as watched:
        done = playlist_curator.curate(watched, playlist, {"jazz"}, 50)

    assert titles() == ["Jazz 3", "Jazz 1", "House 1", "Jazz 2"]
    assert [track.title for track in done.add] == ["Jazz 3", "Jazz 1"]
    assert [track.title for track in done.remove] == ["Blocked"]
    assert "second attempt: the playlist changed since it was read" in capsys.readouterr().err


def test_the_curator_retries_after_a_concurrent_removal(sandbox, client, playlist, titles):
    with meddled(sandbox, client, playlist, {1: [track_of(client, "House 1")]}) as watched:
        done = playlist_curator.curate(watched, playlist, {"jazz"}, 50)

    assert titles() == ["Jazz 3", "Jazz 2", "Jazz 1", "House 1"]
    assert done.remove == []


def test_the_curator_retries_once(sandbox, client, playlist, titles):
    one, two = ([track_of(client, title), track_of(client, "Blocked")] for title in ("House 1", "Jazz 4"))
    with meddled(sandbox, client, playlist, {2: one, 5: two}) as watched, pytest.raises(PlaylistChangedError):
        playlist_curator.curate(watched, playlist, {"jazz"}, 50)

    assert titles() == ["Jazz 4", "Blocked"]


def test_the_curator_reports_an_error(sandbox, playlist, titles, capsys):
    assert playlist_curator.main(["soundcloud:playlists:1", "--genre", "Jazz"]) == 1
    assert playlist_curator.main(["no playlist", "--genre", "Jazz"]) == 1
    sandbox.set_faults(Faults(rate_limit=RateLimitFault(requests=2, seconds=600)))
    assert playlist_curator.main([playlist, "--genre", "Jazz"]) == 1
    sandbox.clear_faults()

    assert [line.partition(":")[0] for line in capsys.readouterr().err.splitlines()] == ["failed"] * 3
    assert titles() == ["By hand", "Blocked"]
    with pytest.raises(SystemExit, match="2"):
        playlist_curator.main([playlist, "--genre", "Jazz", "--most", "501"])


def test_the_curator_runs_as_a_program(run, playlist, titles):
    curator = run("playlist_curator.py", playlist, "--genre", "Jazz")

    assert (curator.returncode, curator.stderr) == (0, "")
    assert titles() == ["Jazz 3", "Jazz 2", "Jazz 1", "By hand"]
