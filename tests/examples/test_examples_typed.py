"""examples/search_table.py, upload_folder.py, fastapi_app.py and test_with_sandbox.py"""

import csv
import os
import subprocess
import sys
from pathlib import Path

import anyio
import httpx
import pytest
from mutagen.easyid3 import EasyID3

from examples import upload_folder
from soundcloud.models import Track
from soundcloud.sandbox import Faults, Sandbox
from soundcloud.sandbox.media.sound import tone

ROOT = Path(__file__).parents[2]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


# search_table.py


@pytest.mark.skipif(not hasattr(Track, "to_dict"), reason="needs Track.to_dict")
def test_a_search_as_a_table(sandbox, tmp_path, capsys):
    from examples import search_table

    file = tmp_path / "jazz.csv"
    assert search_table.main(["jazz", str(file), "--limit", "3"]) == 0

    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 3
    assert all("jazz" in f"{row['title']} {row['genre']}".lower() for row in rows)
    assert {row["user_username"] for row in rows} == {"Bo"}
    assert rows[0]["created_at"].startswith("2026-01-0")
    output = capsys.readouterr().out
    assert output.startswith(f"3 tracks with {len(rows[0])} columns\n")
    assert "plays" in output

    assert search_table.main(["nothing-like-this", str(file)]) == 1
    assert capsys.readouterr().err == "nothing was found\n"
    with pytest.raises(SystemExit, match="2"):
        search_table.main(["jazz", str(file), "--limit", "0"])
    capsys.readouterr()
    sandbox.set_faults(Faults(error_rate={"subscription_wall": 1}))
    assert search_table.main(["jazz", str(file)]) == 1
    assert capsys.readouterr().err.startswith("the search failed: ")


# upload_folder.py


@pytest.fixture
def folder(tmp_path):
    """A folder with two sounds, a cover and a text."""
    (tmp_path / "Nächte 1.wav").write_bytes(tone(1))
    (tmp_path / "zwei.WAV").write_bytes(tone(1))
    (tmp_path / "cover.png").write_bytes(PNG)
    (tmp_path / "notes.txt").write_text("not a sound", encoding="utf-8")
    return tmp_path


def test_a_folder_is_uploaded_once(sandbox, client, folder, capsys):
    sandbox.change_settings(processing_seconds=0)
    assert upload_folder.main([str(folder)]) == 0
    output = capsys.readouterr()

    assert output.err == ""
    assert sorted(output.out.splitlines()) == [
        "'Nächte 1' is playable",
        "'zwei' is playable",
        "Nächte 1.wav: uploaded as 'Nächte 1'",
        "zwei.WAV: uploaded as 'zwei'",
    ]
    uploaded = {track.title: track for track in client.me.get_tracks()}
    assert uploaded["zwei"].sharing == "private"
    assert uploaded["zwei"].artwork_url is not None
    # Without a genre in the file nothing was sent.
    bodies = [request.body for request in sandbox.requests.matching(method="POST", path="/tracks")]
    assert [set(body) for body in bodies] == [
        {"track[title]", "track[sharing]", "track[asset_data]", "track[artwork_data]"}
    ] * 2

    assert upload_folder.main([str(folder)]) == 0
    assert capsys.readouterr().out == ""


def test_a_file_that_fails_does_not_stop_the_others(sandbox, client, folder, capsys):
    sandbox.change_settings(processing_seconds=0)
    (folder / "empty.mp3").write_bytes(b"")
    assert upload_folder.main([str(folder)]) == 1

    error = capsys.readouterr().err
    assert error.startswith("empty.mp3: ")
    assert error.count("\n") == 1
    assert {"Nächte 1", "zwei"} <= {track.title for track in client.me.get_tracks()}


def test_the_tags_of_a_file_are_used(tmp_path):
    file = tmp_path / "a.mp3"
    file.write_bytes((b"\xff\xfb\x90\x00" + bytes(413)) * 10)  # MPEG 1 layer III, 128 kbit/s, 44.1 kHz
    assert upload_folder.read_tags(file) == ("a", None)
    tags = EasyID3()
    tags["title"], tags["genre"] = "Night", "Ambient"
    tags.save(file)

    assert upload_folder.read_tags(file) == ("Night", "Ambient")
    (tmp_path / "b.mp3").write_bytes(b"no audio")
    assert upload_folder.read_tags(tmp_path / "b.mp3") == ("b", None)


def test_the_folder_must_exist(sandbox, folder):
    with pytest.raises(SystemExit, match="2"):
        upload_folder.main([str(folder / "absent")])
    assert not sandbox.requests


# fastapi_app.py


@pytest.mark.skipif(not hasattr(Track, "__get_pydantic_core_schema__"), reason="needs models that pydantic knows")
def test_the_fastapi_app(tmp_path, monkeypatch):
    from examples import fastapi_app

    with Sandbox(redirect_uri="https://site.test/soundcloud/callback") as sandbox:
        for name in [name for name in os.environ if name.startswith("SOUNDCLOUD_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("SOUNDCLOUD_API_URL", sandbox.api_url)
        monkeypatch.setenv("SOUNDCLOUD_AUTH_URL", sandbox.auth_url)
        monkeypatch.setenv("SOUNDCLOUD_CLIENT_ID", sandbox.client_id)
        monkeypatch.setenv("SOUNDCLOUD_CLIENT_SECRET", sandbox.client_secret)
        monkeypatch.setenv("SOUNDCLOUD_REDIRECT_URI", sandbox.redirect_uri)
        monkeypatch.setenv("SECRET_KEY", "a secret of 32 characters or more")
        app = fastapi_app.create_app(tmp_path / "tokens.json")

        async def visit():
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="https://site.test") as browser:
                assert (await browser.get("/likes")).status_code == 401
                leave = await browser.get("/soundcloud/login")
                back = await browser.get(sandbox.approve(leave.headers["location"]))
                assert back.headers["location"] == "/likes"
                liked = (await browser.get("/likes?limit=2")).json()
                assert (await browser.post("/likes/1")).status_code == 403
                token = (await browser.get("/soundcloud/me")).json()["csrf_token"]
                urn = liked[0]["urn"].rpartition(":")[2]
                assert (await browser.post(f"/likes/{urn}", headers={"X-CSRF-Token": token})).status_code == 204
                assert (await browser.post("/likes/1", headers={"X-CSRF-Token": token})).status_code == 404
                return liked, (await browser.get("/openapi.json")).json()

        liked, document = anyio.run(visit)

    assert [track["kind"] for track in liked] == ["track", "track"]
    schema = document["paths"]["/likes"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["items"] == {"$ref": "#/components/schemas/Track"}


# test_with_sandbox.py


@pytest.mark.slow
def test_the_test_suite(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path if folder))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    suite = tmp_path / "test_with_sandbox.py"
    suite.write_bytes((ROOT / "examples" / "test_with_sandbox.py").read_bytes())
    plugins = ["-p", "soundcloud.sandbox.pytest_plugin", "-p", "anyio", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "--strict-markers", *plugins, str(suite)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
