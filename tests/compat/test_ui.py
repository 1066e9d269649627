"""The lines of docs/player-in-your-ui.md in the real frameworks, in Chromium."""

import re
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from textwrap import indent

import django.template
import jinja2
import pytest

from tests.helpers.browser import needs_browser, open_browser, take_picture
from tests.helpers.servers import free_port
from tests.helpers.snippets import page_module
from tests.helpers.web_programs import SECONDS, running

PAGE = Path(__file__).parents[2] / "docs" / "player-in-your-ui.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([^|]+) \| (`[^|]+) \|$", TEXT, re.MULTILINE))
"""The cells of the page's table, by framework."""

PLAYER = "https://w.soundcloud.com/player/"
END = "the end of the page"

pytestmark = needs_browser


def lines_of(framework):
    """Return the lines of a framework that show the player."""
    return re.findall(r"`([^`]*(?:player_html|url)[^`]*)`", ROWS[framework])


def removing_lines_of(framework):
    """Return the lines that show no player, according to the page."""
    return [f"{name}(player_html)" for name in re.findall(r"`([^`]+)` removes frames", ROWS[framework])]


@pytest.fixture(scope="module")
def names():
    """The names of the page's snippet."""
    names = {}
    exec(compile(page_module(TEXT), str(PAGE), "exec"), names)
    yield names
    names["client"].close()
    names["sandbox"].close()


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@contextmanager
def open_page(browser, names, *, width, scheme):
    """Open a page on which SoundCloud's player is the sandbox's."""
    context = browser.new_context(viewport={"width": width, "height": 500}, color_scheme=scheme)
    context.set_default_timeout(SECONDS * 1000)
    media = names["sandbox"].media_url

    def answer(route):
        url = route.request.url
        if url.startswith(PLAYER):
            route.fulfill(status=302, headers={"location": f"{media}/player?{url.partition('?')[2]}"})
        elif url.startswith("https://"):
            route.abort()  # fonts and scripts of the frameworks
        else:
            route.continue_()

    context.route("**/*", answer)
    yield context.new_page()
    context.close()


def check_player(browser, names, framework, show):
    """Check the player on the page that `show` opens, on a desktop and on a phone."""
    lines = lines_of(framework)
    with_url = ["player_html" not in line for line in lines]
    sources = [names["url"] if url else unescape(re.search('src="(.*?)"', names["player_html"])[1]) for url in with_url]
    for width, scheme in ((1000, "light"), (360, "dark")):
        with open_page(browser, names, width=width, scheme=scheme) as page:
            show(page)
            page.get_by_text(END).wait_for()
            frames = page.locator(f'iframe[src^="{PLAYER}"]')
            for index in range(len(lines)):
                frames.nth(index).content_frame.locator("#play").wait_for()
            take_picture(page, f"ui-{framework.lower().replace(' ', '-')}-{width}")

            assert [frame.get_attribute("src") for frame in frames.all()] == sources
            for frame in frames.all():
                assert "autoplay" in frame.get_attribute("allow")
                box = frame.bounding_box()
                assert box["height"] >= 166
                assert box["x"] >= 0
                assert min(600, width * 0.7) <= box["width"] <= width - box["x"]
            assert "<iframe" not in page.locator("body").inner_text()


TEMPLATES = {
    "Jinja": lambda source: jinja2.Environment(autoescape=True).from_string(source).render,
    "Django templates": lambda source: (
        lambda **names: django.template.Engine().from_string(source).render(django.template.Context(names))
    ),
}


@pytest.mark.parametrize("framework", list(TEMPLATES))
def test_templates(browser, names, framework):
    render = TEMPLATES[framework](
        f'<meta name="viewport" content="width=device-width">{lines_of(framework)[0]}<p>{END}</p>'
    )

    check_player(browser, names, framework, lambda page: page.set_content(render(player_html=names["player_html"])))


NEXT_CELL = "\n    return\n@app.cell\ndef _(mo, player_html):\n    "

# Each with the command that runs it. `{page}` is the snippet of the page, `{lines}` its line and those that remove frames.
PROGRAMS = {
    "Streamlit": (
        "import streamlit as st\n{page}\n{lines}\nst.text('{end}')\n",
        "streamlit run app.py --server.address 127.0.0.1 --server.port {port} --server.headless true"
        " --browser.gatherUsageStats false",
    ),
    "NiceGUI": (
        "from nicegui import ui\n{page}\n@ui.page('/')\ndef index():\n    {lines}\n    ui.label('{end}')\n"
        "ui.run(host='127.0.0.1', port={port}, reload=False, show=False)\n",
        "app",
    ),
    "marimo": (
        "import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    import marimo as mo\n{indented}\n    return mo, player_html\n"
        "@app.cell\ndef _(mo, player_html):\n    {cells}\n    return\n"
        "@app.cell\ndef _(mo):\n    mo.md('{end}')\n    return\n",
        "marimo run app.py --headless --host 127.0.0.1 --port {port} --no-token",
    ),
    "Gradio": (
        "import gradio as gr\n{page}\nwith gr.Blocks() as blocks:\n    {lines}\n    gr.HTML('{end}')\n"
        "blocks.launch(server_name='127.0.0.1', server_port={port})\n",
        "app",
    ),
    "Panel": (
        "import panel as pn\npn.extension()\n{page}\npn.Column({values}, '{end}').servable()\n",
        "panel serve app.py --address 127.0.0.1 --port {port} --index app",
    ),
    "Dash": (
        "from dash import Dash, html\n{page}\napp = Dash()\napp.layout = html.Div([{values}, html.P('{end}')])\n"
        "app.run(host='127.0.0.1', port={port})\n",
        "app",
    ),
    "FastHTML": (
        "from fasthtml.common import *\n{page}\napp, route = fast_app()\n@route('/')\ndef index():\n"
        "    return Titled('Music', {values}, P('{end}'))\n",
        "uvicorn app:app --host 127.0.0.1 --port {port}",
    ),
}


@pytest.mark.parametrize("framework", list(PROGRAMS))
def test_servers(browser, names, tmp_path, framework):
    source, command = PROGRAMS[framework]
    port = free_port()
    page = page_module(TEXT).replace("\n\n", "\n")
    lines = [*lines_of(framework), *removing_lines_of(framework)]
    names_of_code = {"page": page, "indented": indent(page, "    "), "end": END, "port": port}
    code = source.format(**names_of_code, lines="; ".join(lines), values=", ".join(lines), cells=NEXT_CELL.join(lines))
    (tmp_path / "app.py").write_text(code, encoding="utf-8")
    url = f"http://127.0.0.1:{port}/"
    with running(tmp_path, *command.format(port=port).split(), url=url):
        check_player(browser, names, framework, lambda page: page.goto(url))


def test_every_framework_of_the_page_is_tested():
    assert set(ROWS) == {*TEMPLATES, *PROGRAMS}
