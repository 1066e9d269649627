"""Nothing that is shown or stored by default contains the secret of a share link, with private things of the sandbox."""

import json
import re

import pytest

from soundcloud import Playlist, SoundCloudClient
from soundcloud.attribution import get_attribution
from soundcloud.sandbox import Sandbox
from soundcloud.widget import iframe


@pytest.fixture(scope="module")
def lists():
    """The user's first page of tracks and of playlists, with private ones."""
    with Sandbox() as sandbox, SoundCloudClient(**sandbox.client_settings()) as client:
        track = next(track for track in client.me.get_tracks(limit=200) if track.sharing == "private")
        client.playlists.create(title="Nights", sharing="private", tracks=[track])
        yield {"track": client.me.get_tracks(limit=200), "playlist": client.me.get_playlists(limit=200)}


@pytest.fixture(params=["track", "playlist"])
def page(request, lists):
    return lists[request.param]


@pytest.fixture
def private(page):
    """A private track, or a private playlist with a private track."""
    found = [each for each in page.collection if each.sharing == "private"]
    return max(found, key=lambda each: len(secrets_of(each)))


def secrets_of(resource):
    return set(re.findall(r"(?:/|secret_token=)(s-[\w-]{6,})", resource.to_json(secrets=True)))


SHOWN = {
    "repr": lambda private, page: repr(private),
    "str": lambda private, page: str(private),
    "table": lambda private, page: private._repr_html_(),
    "to_dict": lambda private, page: private.to_dict(),
    "flat to_dict": lambda private, page: private.to_dict(flat=True),
    "to_json": lambda private, page: private.to_json(),
    "list": lambda private, page: repr(page),
    "table of a list": lambda private, page: page._repr_html_(),
    "to_dicts": lambda private, page: page.to_dicts(),
    "attribution": lambda private, page: get_attribution(private),
    "iframe in a notebook": lambda private, page: iframe(private)._repr_html_(),
}


def text_of(value):
    return value if isinstance(value, str) else json.dumps(value, default=str)


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
def test_no_secret_is_shown(private, page, show):
    text = text_of(show(private, page))

    assert len(secrets_of(private)) == (2 if isinstance(private, Playlist) else 1)
    assert not [secret for secret in secrets_of(private) if secret in text]


def test_a_player_in_a_notebook_saves_no_secret(private):
    notebook = pytest.importorskip("soundcloud.notebook", reason="SKIPPED: pip install anywidget")
    player = notebook.Player(private)
    saved = f"{player.get_state()} {player._repr_mimebundle_()} {player!r}"

    assert [secret for secret in secrets_of(private) if secret in player._full_src], "the open page plays it"
    assert not [secret for secret in secrets_of(private) if secret in saved]
