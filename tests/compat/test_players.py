"""`soundcloud.notebook.Player` in JupyterLab, marimo and NiceGUI, in Chromium, with the sandbox's player."""

import ast
import json
import time
from pathlib import Path
from textwrap import indent
from urllib.request import urlopen

import jupyter_client
import nbformat
import pytest
from nbconvert import HTMLExporter

from soundcloud import SoundCloudClient
from soundcloud.sandbox import Sandbox
from tests.helpers.browser import needs_browser, open_browser, take_picture
from tests.helpers.servers import free_port
from tests.helpers.snippets import snippets
from tests.helpers.web_programs import SECONDS, running

pytestmark = [needs_browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

NOTEBOOKS = Path(__file__).parents[2] / "docs" / "notebooks.md"
IS_PLAYING = "!document.getElementById('audio').paused"


def wait_for(condition, what):
    """Wait until a condition holds, and return its value."""
    deadline = time.monotonic() + SECONDS
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what} did not happen in {SECONDS} s"
        time.sleep(0.05)
    return value


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(processing_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.set_default_timeout(SECONDS * 1000)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    page.close()
    assert page.errors == []


def creation(sandbox, resource="2287190367", kind="tracks", **settings):
    """Return the code that creates a player."""
    given = "".join(f", {name}={value!r}" for name, value in settings.items())
    return f"Player({resource}, kind={kind!r}, player='{sandbox.media_url}/player'{given})"


def playlist_of(sandbox):
    """Return the id and the kind of a playlist with several tracks."""
    with SoundCloudClient(**sandbox.client_settings()) as client:
        found = next(each for each in client.search.playlists("a") if (each.track_count or 0) > 3)
    return found.urn.rpartition(":")[2], "playlists"


def frames(page, sandbox, count):
    """Return the frames of players, when there are as many."""

    def found():
        page.evaluate("0")  # Playwright hears of frames while it is called
        return [frame for frame in page.frames if frame.url.startswith(f"{sandbox.media_url}/player")]

    wait_for(lambda: len(found()) == count, f"the display of {count} players")
    return found()


def cells_of_the_page():
    """Return the code of docs/notebooks.md that creates a player, and the code that waits in a task."""
    blocks = [code for _, code, _ in snippets(NOTEBOOKS.read_text(encoding="utf-8"))]
    start, create, wait = (
        next(code for code in blocks if word in code) for word in ("Sandbox()", " = Player(", "create_task")
    )
    return f"{start}\n{create}", wait


def found_by_the_page(sandbox):
    """Return the tracks that the task of docs/notebooks.md plays."""
    with SoundCloudClient(**sandbox.client_settings()) as client:
        return list(client.search.tracks("lofi", max_items=3))


# JupyterLab


class Lab:
    """A notebook in JupyterLab, with a second connection to its kernel."""

    def __init__(self, page, url, folder):
        self.page = page
        self.url = url
        self.folder = folder

    def open(self, name, *cells, outputs=()):
        """Write a notebook and open it."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        for cell, output in zip(notebook.cells, outputs, strict=False):
            cell.outputs = [output]
        nbformat.write(notebook, self.folder / name)
        self.page.goto(f"{self.url}/lab/tree/{name}?reset")
        self.page.wait_for_selector(".jp-Notebook .cm-content")
        self.page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")

    def run_all(self):
        """Run all cells, after a click: a browser lets no page play before."""
        self.page.locator(".jp-Notebook .cm-content").first.click()

        def has_run():
            # JupyterLab drops the order while it connects to the kernel, and then its promise may stay pending.
            self.page.evaluate(
                "Promise.race([jupyterapp.commands.execute('notebook:run-all-cells'), new Promise(end => setTimeout(end, 15000))])"
            )
            return self.page.locator(".jp-InputPrompt").first.inner_text().strip("[] :*")

        wait_for(has_run, "the first cell")

    def connect(self, name):
        """Connect to the kernel of a notebook."""

        def find():
            sessions = json.load(urlopen(f"{self.url}/api/sessions", timeout=SECONDS))
            return next((each["kernel"]["id"] for each in sessions if each["name"] == name), None)

        kernel = wait_for(find, "the start of a kernel")
        file = self.folder / "jupyter_runtime_dir" / f"kernel-{kernel}.json"
        client = jupyter_client.BlockingKernelClient(connection_file=str(file))
        client.load_connection_file()
        client.start_channels()
        wait_for(lambda: self._is_ready(client), "an answer of the kernel")
        wait_for(lambda: value_of(client, "'player' in globals()"), "the first cell")
        return client

    def _is_ready(self, client):
        try:
            client.wait_for_ready(timeout=SECONDS)
        except RuntimeError:  # it takes a kernel without a heartbeat for dead, which is still starting
            return False
        return True


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jupyter")
    url = f"http://127.0.0.1:{free_port()}"
    options = (
        f"--ServerApp.port={url.rpartition(':')[2]}",
        "--ServerApp.ip=127.0.0.1",
        "--IdentityProvider.token=",
        "--no-browser",
        "--allow-root",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
        f"--ServerApp.root_dir={folder}",
    )
    with running(folder, "jupyterlab", *options, url=f"{url}/api"):
        yield url, folder


@pytest.fixture
def lab(page, jupyter):
    return Lab(page, *jupyter)


def value_of(kernel, expression):
    """Return the JSON value of an expression in a kernel."""
    reply = kernel.execute(
        "import json", user_expressions={"value": f"json.dumps({expression})"}, reply=True, timeout=SECONDS
    )
    value = reply["content"]["user_expressions"]["value"]
    assert value["status"] == "ok", value
    return json.loads(ast.literal_eval(value["data"]["text/plain"]))


def run(kernel, code):
    reply = kernel.execute(code, reply=True, timeout=SECONDS)
    assert reply["content"]["status"] == "ok", reply["content"]


START = "from soundcloud.notebook import Player\nheard = []\n"
HEAR = """
for name in ("ready", "play", "pause", "finish", "seek", "error"):
    player.on(name, lambda event: heard.append(event.name))
"""


def test_commands_before_the_display(lab, sandbox):
    first = f"{START}player = {creation(sandbox)}{HEAR}player.volume = 25\nplayer.seek(20_000)\nplayer.play()"
    lab.open("commands.ipynb", first, "player")
    lab.run_all()
    kernel = lab.connect("commands.ipynb")

    wait_for(lambda: value_of(kernel, "player.position") >= 20_000, "the seek")
    assert value_of(kernel, "[player.ready, player.playing, player.volume, player.index]") == [True, True, 25, 0]
    assert value_of(kernel, "player.duration") > 60_000
    assert value_of(kernel, "player.sound['urn']") == "soundcloud:tracks:2287190367"
    assert value_of(kernel, "heard[:2]") == ["ready", "play"]
    (frame,) = frames(lab.page, sandbox, 1)
    assert frame.evaluate("document.getElementById('audio').volume") == 0.25
    take_picture(lab.page, "player-jupyterlab")

    run(kernel, "player.volume = 50\nplayer.pause()")
    wait_for(lambda: not value_of(kernel, "player.playing"), "the pause")
    assert frame.evaluate("document.getElementById('audio').volume") == 0.5
    run(kernel, "player.toggle()")
    wait_for(lambda: value_of(kernel, "player.playing"), "the toggle")


def test_two_views_of_one_player(lab, sandbox):
    lab.open("views.ipynb", f"{START}player = {creation(sandbox)}{HEAR}player.volume = 25\nplayer", "player")
    lab.run_all()
    kernel = lab.connect("views.ipynb")
    one, two = frames(lab.page, sandbox, 2)
    wait_for(lambda: value_of(kernel, "player.ready"), "the players")
    run(kernel, "player.play()")
    wait_for(lambda: value_of(kernel, "player.playing"), "the start")

    assert sorted([one.evaluate(IS_PLAYING), two.evaluate(IS_PLAYING)]) == [False, True]
    assert [frame.evaluate("document.getElementById('audio').volume") for frame in (one, two)] == [0.25, 0.25]

    # The view that is played by hand hears the commands.
    silent = two if one.evaluate(IS_PLAYING) else one
    silent.click("#play")
    wait_for(lambda: silent.evaluate(IS_PLAYING), "the start by hand")
    run(kernel, "player.pause()")
    wait_for(lambda: not silent.evaluate(IS_PLAYING) and not value_of(kernel, "player.playing"), "the pause")
    run(kernel, "player.play()")
    wait_for(lambda: value_of(kernel, "player.playing"), "the second start")
    assert silent.evaluate(IS_PLAYING)
    assert value_of(kernel, "player.volume") == 25

    # The other view takes over when this one is removed.
    number = 0 if silent == one else 1
    lab.page.locator(".jp-OutputArea-output iframe").nth(number).evaluate(
        "frame => frame.closest('.jp-Cell').scrollIntoView()"
    )
    lab.page.locator(".jp-CodeCell").nth(number).click()
    lab.page.evaluate("jupyterapp.commands.execute('notebook:clear-cell-output')")
    (left,) = frames(lab.page, sandbox, 1)
    run(kernel, "player.play()")
    wait_for(lambda: left.evaluate(IS_PLAYING), "the start in the other view")


def test_a_cell_that_runs_again(lab, sandbox):
    lab.open("again.ipynb", f"{START}player = {creation(sandbox)}{HEAR}player.play()\nplayer")
    lab.run_all()
    kernel = lab.connect("again.ipynb")
    wait_for(lambda: value_of(kernel, "player.playing"), "the first start")
    run(kernel, "old = player")
    lab.run_all()
    wait_for(lambda: value_of(kernel, "player is not old and player.playing"), "the second start")

    frames(lab.page, sandbox, 1)
    assert value_of(kernel, "[old.ready, old.playing]") == [False, False]

    # A page that is loaded again repeats no command.
    before = value_of(kernel, "player._done")
    lab.page.reload()
    lab.page.wait_for_selector(".jp-Notebook .cm-content")
    assert value_of(kernel, "player._done") == before == 1


def test_finish_is_never_lost(lab, sandbox):
    playlist = creation(sandbox, *playlist_of(sandbox))
    lab.open("finish.ipynb", f"{START}player = {playlist}{HEAR}player.play()\nplayer")
    lab.run_all()
    kernel = lab.connect("finish.ipynb")
    for number in range(2):
        wait_for(lambda: value_of(kernel, "player.playing and player.duration > 0"), "the start")
        wait_for(lambda number=number: value_of(kernel, "player.index") == number, "the track")
        # The page reports `pause`, `finish` and the next `play` within milliseconds.
        run(kernel, "player.seek(player.duration - 300)")
        wait_for(lambda number=number: value_of(kernel, "heard.count('finish')") == number + 1, "the end")

    order = value_of(kernel, "[name for name in heard if name != 'seek']")
    assert order[: order.index("finish") + 2] == ["ready", "play", "pause", "finish", "play"]


def test_a_busy_cell_hears_of_the_page(lab, sandbox):
    lab.open("busy.ipynb", f"{START}player = {creation(sandbox, interval=0.2)}{HEAR}player.play()\nplayer")
    lab.run_all()
    kernel = lab.connect("busy.ipynb")
    wait_for(lambda: value_of(kernel, "player.playing"), "the start")
    run(
        kernel,
        "import time\nstart, deadline = player.position, time.monotonic() + 30\n"
        "while player.position < start + 1_000 and time.monotonic() < deadline:\n    time.sleep(0.05)\n"
        "assert player.position >= start + 1_000",
    )


def test_a_task_waits_for_the_end_of_each_track(lab, sandbox):
    creating, waiting = cells_of_the_page()
    lab.open("task.ipynb", creating, "player", waiting)
    lab.run_all()
    kernel = lab.connect("task.ipynb")
    for track in found_by_the_page(sandbox):
        playing = f"player.playing and player.duration > 0 and player.sound['urn'] == '{track.urn}'"
        wait_for(lambda playing=playing: value_of(kernel, playing), "the start")
        run(kernel, "player.seek(player.duration - 300)")
    wait_for(lambda: value_of(kernel, "task.done()"), "the end of the task")
    assert value_of(kernel, "[task.exception()]") == [None]


# Notebooks without widgets


def saved_output(sandbox, **settings):
    """Return the output of a cell that shows a player, as it is saved."""
    from soundcloud.notebook import Player

    data, metadata = Player(player=f"{sandbox.media_url}/player", **settings)._repr_mimebundle_()
    return nbformat.v4.new_output("execute_result", data, metadata=metadata, execution_count=1)


def test_an_untrusted_notebook_shows_a_link(lab, sandbox):
    output = saved_output(sandbox, resource="https://soundcloud.com/monsoon-desk/garden-lofi-for-empty-kitchens")
    del output["data"]["application/vnd.jupyter.widget-view+json"]
    lab.open("untrusted.ipynb", "player", outputs=[output])
    link = lab.page.locator(".jp-OutputArea-output a")
    link.wait_for()

    assert link.get_attribute("href") == "https://soundcloud.com/monsoon-desk/garden-lofi-for-empty-kitchens"
    assert lab.page.locator(".jp-OutputArea-output iframe").count() == 0


def test_an_exported_notebook_shows_the_player(page, sandbox, tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("player")])
    notebook.cells[0].outputs = [saved_output(sandbox, resource="2287190367", kind="tracks")]
    body, _ = HTMLExporter().from_notebook_node(notebook)
    (tmp_path / "exported.html").write_text(body, encoding="utf-8")
    page.route("https://**", lambda route: route.abort())  # the page's scripts come from elsewhere
    page.goto((tmp_path / "exported.html").as_uri())

    frames(page, sandbox, 1)
    assert page.locator(".jp-OutputArea-output a").inner_text() == "SoundCloud player"
    page.errors.clear()  # of scripts that are not there


def test_a_private_player_plays_and_its_secret_is_not_saved(lab, sandbox):
    code = (
        "from soundcloud import SoundCloudClient\n"
        f"client = SoundCloudClient(**{sandbox.client_settings()!r})\n"
        "track = next(each for each in client.me.get_tracks(limit=200) if each.sharing == 'private')\n"
    )
    lab.open("private.ipynb", f"{code}{START}player = {creation(sandbox, 'track', None)}{HEAR}player.play()\nplayer")
    lab.run_all()
    kernel = lab.connect("private.ipynb")
    wait_for(lambda: value_of(kernel, "player.playing"), "the start")
    secret = value_of(kernel, "track.to_dict(secrets=True)['secret_uri'].rpartition('s-')[2]")
    assert len(secret) > 5
    assert secret in frames(lab.page, sandbox, 1)[0].url
    lab.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    saved = wait_for(lambda: nbformat.read(lab.folder / "private.ipynb", 4).cells[0].outputs, "the saving")

    assert secret not in json.dumps(saved)
    assert (
        value_of(kernel, "json.dumps({name: str(value) for name, value in player.get_state().items()})").count(secret)
        == 0
    )


# marimo and NiceGUI

MARIMO = """
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    from soundcloud.notebook import Player
    player = {creation}
    player.volume = 30
    player.play()
    widget = mo.ui.anywidget(player)
    widget
    return mo, player, widget

@app.cell
def _(mo, widget):
    mo.md(f"playing {{widget.value['playing']}}, volume {{widget.value['volume']}}, index {{widget.value['index']}}")
    return

@app.cell
def _(mo, player):
    mo.ui.button(label="Next", on_click=lambda _: player.next())
    return

@app.cell
def _():
    {creation_of_another}
    return

if __name__ == "__main__":
    app.run()
"""


def test_marimo(page, sandbox, tmp_path):
    port = free_port()
    playlist = playlist_of(sandbox)
    code = MARIMO.format(creation=creation(sandbox, *playlist), creation_of_another=creation(sandbox))
    (tmp_path / "app.py").write_text(code, encoding="utf-8")
    options = ("run", "app.py", "--headless", "--host", "127.0.0.1", "--port", str(port), "--no-token")
    with running(tmp_path, "marimo", *options, url=f"http://127.0.0.1:{port}/health"):
        page.goto(f"http://127.0.0.1:{port}")
        frames(page, sandbox, 2)
        page.get_by_text("playing True, volume 30, index 0").wait_for()
        take_picture(page, "player-marimo")
        page.get_by_role("button", name="Next").click()
        page.get_by_text("playing True, volume 30, index 1").wait_for()


MARIMO_TASK = """
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
{creating}
    return client, mo, player

@app.cell
def _(mo, player):
    widget = mo.ui.anywidget(player)
    widget
    return (widget,)

@app.cell
def _(mo, player):
    mo.ui.button(label="End", on_click=lambda _: player.seek(player.duration - 300))
    return

@app.cell
def _(mo, widget):
    mo.md(f"{{widget.value['playing']}}, {{widget.value['duration'] > 0}}, {{(widget.value['sound'] or {{}}).get('title')}}")
    return

@app.cell
def _(mo):
    finished, set_finished = mo.state(False)
    return finished, set_finished

@app.cell
def _(client, player, set_finished):
{waiting}
    task.add_done_callback(lambda task: set_finished(task.exception() is None))
    return

@app.cell
def _(finished, mo):
    mo.md(f"finished: {{finished()}}")
    return
"""


def test_a_task_in_marimo(page, sandbox, tmp_path):
    port = free_port()
    creating, waiting = (indent(code, "    ") for code in cells_of_the_page())
    (tmp_path / "app.py").write_text(MARIMO_TASK.format(creating=creating, waiting=waiting), encoding="utf-8")
    options = ("run", "app.py", "--headless", "--host", "127.0.0.1", "--port", str(port), "--no-token")
    with running(tmp_path, "marimo", *options, url=f"http://127.0.0.1:{port}/health"):
        page.goto(f"http://127.0.0.1:{port}")
        page.get_by_text("finished: False").wait_for()
        for track in found_by_the_page(sandbox):
            page.get_by_text(f"True, True, {track.title}").wait_for()
            page.get_by_role("button", name="End").click()
        page.get_by_text("finished: True").wait_for()


NICEGUI = """
from nicegui import ui
from soundcloud.notebook import Player

@ui.page("/")
def index():
    player = {creation}
    player.volume = 30
    player.play()
    ui.anywidget(player)
    ui.button("Next", on_click=player.next)
    label = ui.label()
    heard = []
    player.on_finish(lambda event: heard.append(event.name))
    ui.timer(0.1, lambda: label.set_text(
        f"playing {{player.playing}}, volume {{player.volume}}, index {{player.index}}, finished {{len(heard)}}"
    ))
    async def end():
        player.seek(player.duration - 300)
        heard.append((await player.wait_until("finish", timeout=30)).name)
    ui.button("End", on_click=end)

ui.run(host="127.0.0.1", port={port}, reload=False, show=False)
"""


def test_nicegui(page, sandbox, tmp_path):
    port = free_port()
    code = NICEGUI.format(creation=creation(sandbox, *playlist_of(sandbox)), port=port)
    (tmp_path / "app.py").write_text(code, encoding="utf-8")
    with running(tmp_path, "app", url=f"http://127.0.0.1:{port}"):
        page.goto(f"http://127.0.0.1:{port}")
        frames(page, sandbox, 1)
        page.get_by_text("playing True, volume 30, index 0, finished 0").wait_for()
        take_picture(page, "player-nicegui")
        page.get_by_role("button", name="Next").click()
        page.get_by_text("playing True, volume 30, index 1, finished 0").wait_for()
        page.get_by_role("button", name="End").click()
        page.get_by_text("finished 2").wait_for()
