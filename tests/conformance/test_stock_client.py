"""The client that openapi-python-client makes by itself from the corrected document, called a few times for each tag.

SoundCloud's replies, and the sandbox's, hold null where the document denies it (`label` of a playlist), and the stock client
fails on these. It is given the replies without their nulls; nothing else of them, or of it, is changed.
"""

import importlib
import io
import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from soundcloud.sandbox.media.sound import tone
from soundcloud_api.operations import OPERATIONS
from tools.openapi.corrections import apply_corrections
from tools.openapi.document import OPENAPI_JSON

PACKAGE = "stock_soundcloud_client"


def without_nulls(value):
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


class NoNulls(httpx.HTTPTransport):
    """A transport that takes the nulls out of JSON."""

    def handle_request(self, request):
        reply = super().handle_request(request)
        content = reply.read()
        reply.close()
        if reply.headers.get("content-type", "").startswith("application/json"):
            content = json.dumps(without_nulls(json.loads(content))).encode()
        headers = {name: value for name, value in reply.headers.items() if name != "content-length"}
        return httpx.Response(reply.status_code, headers=headers, content=content)


class StockClient:
    """Operations by their ids, each called with a signed-in client; fails where the status is not in the document."""

    def __init__(self, api_url, token):
        self.called = set()
        self.models = importlib.import_module(f"{PACKAGE}.models")
        self.types = importlib.import_module(f"{PACKAGE}.types")
        made = importlib.import_module(f"{PACKAGE}.client").AuthenticatedClient
        self._client = made(
            base_url=api_url,
            token=token,
            prefix="OAuth",
            raise_on_unexpected_status=True,
            httpx_args={"transport": NoNulls()},
        )

    def call(self, operation, *values, status=200, **named):
        """Call an operation, check the status, and give back what was parsed."""
        info = OPERATIONS[operation]
        module = importlib.import_module(f"{PACKAGE}.api.{info.tag}.{operation}")
        self.called.add(info.tag)
        reply = module.sync_detailed(*values, client=self._client, **named)
        assert reply.status_code == status, reply.content
        return reply.parsed

    def close(self):
        self._client.get_httpx_client().close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the package is made."""
    folder = tmp_path_factory.mktemp("stock")
    document = apply_corrections(json.loads(OPENAPI_JSON.read_text(encoding="utf-8")))
    (folder / "document.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "config.yaml").write_text(f"post_hooks: []\npackage_name_override: {PACKAGE}\n", encoding="utf-8")
    options = ("--path", "document.json", "--config", "config.yaml", "--meta", "none", "--output-path", PACKAGE)
    command = [sys.executable, "-m", "openapi_python_client", "generate", *options, "--fail-on-warning"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture
def stock(folder: Path, sandbox, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    client = StockClient(sandbox.api_url, sandbox.user_token())
    yield client
    client.close()
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_it_works_against_the_sandbox(stock):
    models = stock.models
    me = stock.call("get_me")
    found = stock.call("get_tracks", q="lofi", limit=5, linked_partitioning=True)
    track = found.collection[0]
    people = stock.call("get_users", q="a", limit=5, linked_partitioning=True)
    playlist = stock.call("get_playlists", q="night", limit=1, linked_partitioning=True).collection[0]
    assert (len(found.collection), len(people.collection)) == (5, 5)
    assert "page_size=5" in found.next_href

    assert stock.call("get_tracks_track_urn", track.urn).title == track.title
    assert stock.call("get_tracks_track_urn_streams", track.urn).hls_aac_160_url.startswith("http")
    comment = models.CreateCommentRequest.from_dict({"comment": {"body": "That bass!", "timestamp": 1500}})
    stock.call("post_tracks_track_urn_comments", track.urn, body=comment, status=201)
    comments = stock.call("get_tracks_track_urn_comments", track.urn, limit=5)
    assert "That bass!" in [each.body for each in comments.collection]
    stock.call("get_tracks_track_urn_related", track.urn, limit=2, linked_partitioning=True)

    file = stock.types.File(payload=io.BytesIO(tone(0.2)), file_name="tone.wav", mime_type="audio/wav")
    upload = models.TrackDataRequest(tracktitle="From the stock client", trackasset_data=file)
    uploaded = stock.call("post_tracks", body=upload, status=201)
    assert uploaded.title == "From the stock client"
    stock.call("delete_tracks_track_urn", uploaded.urn)
    stock.call("get_tracks_track_urn", uploaded.urn, status=404)

    stock.call("post_likes_tracks_track_urn", track.urn)
    stock.call("delete_likes_tracks_track_urn", track.urn)
    stock.call("post_likes_playlists_playlist_urn", playlist.urn)
    stock.call("post_reposts_tracks_track_urn", track.urn, status=201)
    stock.call("delete_reposts_tracks_track_urn", track.urn)

    made = models.CreateUpdatePlaylistRequest.from_dict(
        {"playlist": {"title": "Stock", "tracks": [{"urn": track.urn}]}}
    )
    created = stock.call("post_playlists", body=made, status=201)
    assert [each.urn for each in created.tracks] == [track.urn]
    stock.call("get_playlists_playlist_urn_tracks", created.urn, linked_partitioning=True)
    stock.call("delete_playlists_playlist_urn", created.urn)

    user = next(each for each in people.collection if each.urn != me.urn)
    assert stock.call("get_users_user_urn", user.urn).username == user.username
    stock.call("get_users_user_urn_followers", user.urn, limit=2)
    stock.call("get_users_user_urn_tracks", user.urn, limit=2, linked_partitioning=True)
    stock.call("get_me_feed", limit=2)
    stock.call("get_me_likes_tracks", limit=2, linked_partitioning=True)
    stock.call("get_resolve", url_query=track.permalink_url, status=302)
    stock.call("post_sign_out")
    stock.call("get_me", status=401)

    assert stock.called == {info.tag for info in OPERATIONS.values()}
