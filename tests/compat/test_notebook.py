"""A notebook, run by a real kernel, shows objects as tables."""

import nbformat
import pytest
from nbclient import NotebookClient

START = """
from soundcloud import SoundCloudClient
from soundcloud.sandbox import Sandbox
sandbox = Sandbox()
client = SoundCloudClient(**sandbox.client_settings())
page = client.search.tracks("night", limit=5)
track = page.collection[0]
"""
SHOWN = {
    "page": "<caption>5 items",
    "track": "<caption>Track",
    "track.user": "<caption>User",
    "client.me.get_playlists().collection[0]": "<caption>Playlist",
    "client.tracks.get_streams(track)": "<caption>Streams",
    "client.tracks.get_waveform(track)": "<svg",
    "client.me.get_me().quota": "<caption>Quota",
}


@pytest.fixture(scope="module")
def outputs():
    """Return the results of the cells, by their code."""
    cells = [nbformat.v4.new_code_cell(code) for code in (START, *SHOWN, "client.close(); sandbox.close()")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120).execute()
    return {cell.source: cell.outputs for cell in notebook.cells}


@pytest.mark.parametrize("code", SHOWN)
def test_an_object_is_shown(outputs, code):
    (output,) = outputs[code]

    assert SHOWN[code] in output.data["text/html"]
    assert "text/plain" in output.data
    assert "src=" not in output.data["text/html"]
