"""The notebook player without a browser: its commands, the events that a page reports, and what a notebook keeps of it."""

import asyncio
import subprocess
import sys

import pytest
from traitlets import TraitError

from soundcloud import InvalidInputError
from soundcloud.models import Track, User
from soundcloud.notebook import Player, PlayerEvent

LINK = "https://soundcloud.com/forss/flickermood"
SECRET = "s-AbCdEf"
PRIVATE = Track(
    title="Night <b>",
    user=User(username="Forss", urn="soundcloud:users:183"),
    urn="soundcloud:tracks:293",
    sharing="private",
    permalink_url=f"https://soundcloud.com/forss/night/{SECRET}",
    secret_uri=f"https://api.soundcloud.com/tracks/293?secret_token={SECRET}",
)


@pytest.fixture
def player():
    return Player(LINK)


def test_commands_are_numbered_and_the_last_20_are_kept(player):
    player.play()
    player.seek(1_000)
    player.pause()
    player.toggle()
    player.next()
    player.previous()
    player.skip(2)

    methods = [("play", None), ("seek", 1_000), ("pause", None), ("toggle", None), ("next", None), ("previous", None)]
    assert player._commands == [[number, *each] for number, each in enumerate([*methods, ("skip", 2)], start=1)]

    for _ in range(30):
        player.play()
    assert [number for number, *_ in player._commands] == list(range(18, 38))


def test_events_are_heard_once_and_in_order(player):
    heard = []
    stop = player.on_finish(heard.append)
    for subscribe in (player.on_play, player.on_pause, player.on_error):
        subscribe(heard.append)
    player._events = [[1, "ready", 0], [2, "play", 0]]
    player._events = [[1, "ready", 0], [2, "play", 0], [3, "pause", 900], [4, "finish", 900], [5, "play", 0]]
    stop()
    stop()
    player._events = [[5, "play", 0], [6, "finish", 900], [7, "error", 10]]

    names = [(event.name, event.position) for event in heard]
    assert names == [("play", 0), ("pause", 900), ("finish", 900), ("play", 0), ("error", 10)]


def test_a_handler_that_fails_does_not_silence_the_others(player):
    heard = []
    player.on_play(lambda event: 1 / 0)
    player.on_play(heard.append)
    player._events = [[1, "play", 0]]

    assert heard == [PlayerEvent("play", 0)]


def test_wait_until():
    async def main():
        player = Player(LINK)
        asyncio.get_running_loop().call_soon(setattr, player, "_events", [[1, "play", 0], [2, "finish", 900]])
        finished = await player.wait_until("finish", timeout=10)
        player.ready = True
        ready = await player.wait_until("ready", timeout=10)
        with pytest.raises(TimeoutError):
            await player.wait_until("pause", timeout=0.01)
        assert not any(player._handlers.values())
        return finished, ready

    assert asyncio.run(main()) == (PlayerEvent("finish", 900), PlayerEvent("ready", 0))


def test_load_drops_old_commands_and_keeps_the_options():
    player = Player(LINK, visual=True)
    player.play()
    player.ready, player.position = True, 500
    player.load("https://soundcloud.com/forss")
    player.play()

    assert player._src.endswith("?url=https%3A%2F%2Fsoundcloud.com%2Fforss&visual=true")
    assert (player.ready, player.position, player._height) == (False, 0, 450)
    assert player._commands == [[2, "play", None]]

    with pytest.raises(InvalidInputError):
        player.load("soundcloud:comments:1")
    assert "forss&visual" in player._src


def test_what_is_shown_without_widgets(player):
    data, _ = player._repr_mimebundle_()
    named = Player(Track(title="Night", urn="soundcloud:tracks:293", permalink_url=LINK, sharing="public"))

    assert data["text/html"].startswith(f'<p><a href="{LINK}">SoundCloud player</a></p><iframe ')
    assert data["text/plain"] == repr(player) == "<Player: SoundCloud player>"
    assert "application/vnd.jupyter.widget-view+json" in data
    assert f'<a href="{LINK}">Night</a>' in named._repr_mimebundle_()[0]["text/html"]


@pytest.mark.parametrize("resource", [PRIVATE, f"https://soundcloud.com/forss/night/{SECRET}"])
def test_the_secret_of_a_share_link_goes_to_the_page_only(resource):
    player = Player(resource)
    sent = []
    player.send = sent.append
    player._handle_custom_msg("src", [])
    kept = f"{player.get_state()} {player._repr_mimebundle_()} {player!r}"

    assert SECRET not in kept
    assert "<b>" not in player._repr_mimebundle_()[0]["text/html"]
    assert SECRET in sent[0]["src"]


@pytest.mark.parametrize(
    "call",
    [
        lambda player: player.seek(-1),
        lambda player: player.seek(1.5),
        lambda player: player.skip(True),
        lambda player: player.on("end", print),
        lambda player: player.on_play(None),
        lambda player: Player(LINK, nix=True),
        lambda player: Player("nix"),
    ],
)
def test_wrong_arguments(player, call):
    with pytest.raises(InvalidInputError):
        call(player)
    assert player._commands == []


def test_wrong_traits(player):
    with pytest.raises(TraitError, match="volume"):
        player.volume = 101
    with pytest.raises(TraitError, match="interval"):
        Player(LINK, interval=0)


def test_nothing_else_imports_it():
    code = "import sys, soundcloud, soundcloud.widget, soundcloud.cli.main; print('anywidget' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_without_the_extra():
    code = "import sys; sys.modules['anywidget'] = None; import soundcloud.notebook"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "soundcloud.notebook needs anywidget: pip install 'soundcloud-sdk[notebook]'" in done.stderr
