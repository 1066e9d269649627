"""`soundcloud upload`: the requests, and that an interrupted batch uploads no file twice."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import wave
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from mutagen.id3 import APIC, TCON, TDRC, TIT2, TPUB, TSRC
from mutagen.wave import WAVE

from soundcloud import SoundCloudClient
from soundcloud.cli.framework.errors import CommandError
from soundcloud.cli.upload.audio_metadata import read_metadata
from soundcloud.cli.upload.journal import Entry, UploadJournal, journal_path
from soundcloud.cli.upload.manifest import read_manifest
from soundcloud.sandbox import Faults
from soundcloud.sandbox.media.sound import tone
from tests.cli.conftest import COMMAND
from tests.cli.process_control import kill_when, wait_until
from tests.helpers.platforms import posix_only

pytestmark = pytest.mark.slow

FULL = os.environ.get("SOUNDCLOUD_STRESS") == "1"


@pytest.fixture
def client(sandbox):
    sandbox.reset(dataset={"users": [{"permalink": "ada"}]})
    with SoundCloudClient(**sandbox.client_settings()) as client:
        yield client


@pytest.fixture
def shell(client, sandbox, shell):
    return type(shell)({**shell.environment, "SOUNDCLOUD_ACCESS_TOKEN": sandbox.user_token()})


def write_sounds(folder, number, seconds=1):
    """Write audio files that differ."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{each:02}.wav" for each in range(1, number + 1)]
    for each, path in enumerate(paths):
        path.write_bytes(tone(seconds, 100.0 + each))
    return paths


def titles(client):
    return sorted(track.title for track in client.me.get_tracks())


def journal_of(home):
    (path,) = home.rglob("uploads/*.json")
    return path


def states_of(home):
    entries = json.loads(journal_of(home).read_text())["uploads"].values()
    return Counter(entry["state"] for entry in entries)


@pytest.fixture
def large():
    """A folder for large files; pytest would keep those of its own temporary folders."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


def write_large(path, number):
    """Write an audio file that is larger than the buffers of a connection: sending it ends only when the server reads it."""
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 44_100, 0, "NONE", "not compressed"))
        file.writeframes(bytes([number]) * (16 * 1024 * 1024))


def test_resume_batch_after_kill(sandbox, shell, client, home, large):
    files = [large / f"{number:02}.wav" for number in range(1, 11)]
    for number, path in enumerate(files):
        write_large(path, number)
    # The sandbox waits before it reads each file; the kill comes at that time.
    sandbox.set_faults(Faults(latency=0.4, paths="POST /tracks"))
    for number in (2, 5, 8):
        kill_when(
            shell,
            ("upload", *files),
            lambda number=number: (
                list(home.rglob("uploads/*.json")) and states_of(home) == {"done": number, "begun": 1}
            ),
        )
        assert len(titles(client)) == number
    sandbox.clear_faults()
    done = shell.run_piped("upload", *map(str, files), "--jsonl")
    after = shell.run_piped("upload", *map(str, files), "--jsonl")

    assert (done.code, after.code) == (0, 0)
    assert titles(client) == [path.stem for path in files]
    assert len({json.loads(line)["urn"] for line in done.output.splitlines()}) == 10
    assert {json.loads(line)["status"] for line in after.output.splitlines()} == {"already uploaded"}


@pytest.mark.skipif(not FULL, reason="takes minutes; SOUNDCLOUD_STRESS=1 runs it")
@pytest.mark.parametrize("seed", range(10))
def test_kill_at_random_times(sandbox, shell, client, tmp_path, seed):
    random = Random(seed)
    files = write_sounds(tmp_path / "album", 10, 60)
    for _ in range(8):
        program = subprocess.Popen(
            [*COMMAND, "upload", *map(str, files)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=shell.variables(),
        )
        try:
            program.wait(random.uniform(0.3, 0.9))
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
    done = shell.run_piped("upload", *map(str, files), "--jsonl")
    results = [json.loads(line) for line in done.output.splitlines()]
    unknown = [result["title"] for result in results if result["status"] == "unknown"]

    # The sandbox discards a form that is incomplete when the connection ends: its result is unknown, and there is no track.
    assert sorted([*titles(client), *unknown]) == [path.stem for path in files]


def test_kill_during_send_uploads_again(sandbox, shell, client, home, large):
    file = large / "01.wav"
    write_large(file, 1)
    # The sandbox does not read yet, so the file cannot be sent completely.
    sandbox.set_faults(Faults(latency=60, paths="POST /tracks"))
    try:
        kill_when(shell, ("upload", file), lambda: list(home.rglob("uploads/*.json")) and states_of(home)["begun"])
    finally:
        sandbox.clear_faults()
    assert states_of(home) == {"begun": 1}
    done = shell.run_piped("upload", str(file), "--json")

    assert (done.code, done.data[0]["status"]) == (0, "uploaded")
    assert titles(client) == ["01"]


def test_kill_before_response_finds_the_track(sandbox, shell, client, home, tmp_path):
    (file,) = write_sounds(tmp_path / "album", 1)
    sandbox.set_faults(Faults(error_rate={"slow_body": 1}, slow_seconds=60, paths="POST /tracks"))
    try:
        kill_when(shell, ("upload", file), lambda: titles(client) == ["01"])
    finally:
        sandbox.clear_faults()
    assert states_of(home) == {"sent": 1}
    done = shell.run_piped("upload", str(file), "--json")

    assert (done.code, done.data[0]["status"]) == (0, "found")
    assert done.data[0]["urn"] == client.me.get_tracks().collection[0].urn
    assert titles(client) == ["01"]
    assert states_of(home) == {"done": 1}


def test_lost_response_finds_the_track(sandbox, shell, client, tmp_path):
    files = write_sounds(tmp_path / "album", 2)
    sandbox.set_faults(Faults(error_rate={"reset_during": 1}, paths="POST /tracks", times=1))
    done = shell.run_in_process("upload", *map(str, files), "--json")

    assert done.code == 0
    assert [each["status"] for each in done.data] == ["found", "uploaded"]
    assert titles(client) == ["01", "02"]


def test_unknown_result_is_not_uploaded_again(sandbox, shell, client, tmp_path):
    files = write_sounds(tmp_path / "album", 2)
    sandbox.set_faults(Faults(error_rate={"timeout_text": 1}, paths="POST /tracks", times=1))
    first = shell.run_in_process("upload", *map(str, files), "--json")
    second = shell.run_in_process("upload", *map(str, files), "--json")
    asked = len(sandbox.requests.matching(method="POST", path="/tracks"))
    anew = shell.run_in_process("upload", str(files[0]), "--again", "--json")

    assert (first.code, second.code, anew.code) == (1, 1, 0)
    assert [each["status"] for each in first.data] == ["unknown", "uploaded"]
    assert [each["status"] for each in second.data] == ["unknown", "already uploaded"]
    assert "it is unknown whether this upload created a track, and no new track has this title" in second.errors
    assert "1 of 2 files are uploaded" in second.errors
    assert "upload it again with --again" in second.errors
    assert asked == 2
    assert titles(client) == ["01", "02"]


def test_arrived_option_settles_unknown_result(sandbox, shell, client, home, tmp_path):
    (file,) = write_sounds(tmp_path / "album", 1)
    sandbox.set_faults(Faults(error_rate={"timeout_text": 1}, paths="POST /tracks", times=1))
    assert shell.run_in_process("upload", str(file)).code == 1
    settled = shell.run_in_process("upload", str(file), "--arrived", "--json")

    assert (settled.code, settled.data[0]["status"]) == (0, "already uploaded")
    assert states_of(home) == {"done": 1}
    assert titles(client) == []


def test_older_track_with_same_title_is_not_matched(sandbox, shell, client, tmp_path):
    older = client.tracks.upload(tone(1, 900), title="01", filename="other.wav")

    def upload_newer():
        newer = client.tracks.upload(tone(1, 901), title="another", filename="other.wav")
        return newer.created_at > older.created_at

    # SoundCloud's times have a resolution of one second.
    wait_until(upload_newer, interval=0.2)
    (file,) = write_sounds(tmp_path / "album", 1)
    sandbox.set_faults(Faults(error_rate={"timeout_text": 1}, paths="POST /tracks", times=1))
    done = shell.run_in_process("upload", str(file), "--json")

    assert (done.code, done.data[0]["status"]) == (1, "unknown")


def test_rejected_file_does_not_stop_the_batch(sandbox, shell, client, home, tmp_path):
    files = write_sounds(tmp_path / "album", 3)
    files[1].write_bytes(b"this is not audio")
    done = shell.run_in_process("upload", *map(str, files), "--json")

    assert done.code == 1
    assert [each["status"] for each in done.data] == ["uploaded", "failed", "uploaded"]
    assert done.data[1]["error"].startswith("HTTP 422")
    assert "2 of 3 files are uploaded; run the same command again for the rest" in done.errors
    assert states_of(home) == {"done": 2}
    files[1].write_bytes(tone(1, 700))
    assert shell.run_in_process("upload", *map(str, files)).code == 0
    assert titles(client) == ["01", "02", "03"]


def test_rate_limit_stops_the_batch(sandbox, shell, client, home, tmp_path):
    files = write_sounds(tmp_path / "album", 3)
    sandbox.set_faults(Faults(error_rate={"rate_limited_object": 1}, paths="POST /tracks", times=20))
    try:
        done = shell.run_in_process("upload", *map(str, files), "--json")
    finally:
        sandbox.clear_faults()

    assert done.code == 5
    assert [each["status"] for each in done.data] == ["failed", "not started", "not started"]
    assert states_of(home) == {}


def test_journal_by_content_and_account(sandbox, shell, client, tmp_path):
    files = write_sounds(tmp_path / "album", 1)
    copy = tmp_path / "copy.wav"
    copy.write_bytes(files[0].read_bytes())
    done = shell.run_in_process("upload", str(files[0]), str(copy), "--json")
    sandbox.reset(dataset={"users": [{"permalink": "ada"}, {"permalink": "bo"}]})
    other = shell.run_in_process("upload", str(copy), "--json", SOUNDCLOUD_ACCESS_TOKEN=sandbox.user_token("bo"))

    assert [each["status"] for each in done.data] == ["uploaded", "already uploaded"]
    assert [each["status"] for each in other.data] == ["uploaded"]


def test_concurrent_uploads_are_locked(shell, client, home, tmp_path):
    files = write_sounds(tmp_path / "album", 1)
    path = tmp_path / "journal.json"
    with UploadJournal(path).opened():
        done = shell.run_in_process("upload", str(files[0]), "--journal", str(path))

    assert done.code == 1
    assert "another upload of this account is running" in done.errors
    path.write_text("{}")
    damaged = shell.run_in_process("upload", str(files[0]), "--journal", str(path))
    assert "is not a journal of this version" in damaged.errors
    assert titles(client) == []


@posix_only
def test_ctrl_c_during_upload(sandbox, shell, client, home, large):
    files = [large / f"{number:02}.wav" for number in (1, 2)]
    for number, path in enumerate(files):
        write_large(path, number)
    sandbox.set_faults(Faults(latency=60, paths="POST /tracks"))
    program = subprocess.Popen(
        [*COMMAND, "upload", *map(str, files)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=shell.variables()
    )
    try:
        wait_until(lambda: list(home.rglob("uploads/*.json")) and states_of(home))
        program.send_signal(signal.SIGINT)
        _, result = program.communicate(timeout=30)
    finally:
        sandbox.clear_faults()

    assert program.returncode == 130
    assert b"Traceback" not in result
    assert b"finished 0 of 2 files: run the same command again to resume\n" in result
    assert states_of(home) == {}
    assert shell.run_in_process("upload", *map(str, files)).code == 0
    assert titles(client) == ["01", "02"]


def test_options_and_a_playlist(sandbox, shell, client, tmp_path):
    files = write_sounds(tmp_path / "album", 2)
    playlist = client.playlists.create(title="Album", sharing="private")
    picture = tmp_path / "cover.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    arguments = ("upload", *map(str, files), "--private", "--genre", "Drone", "--tag", "two words", "--tag", "one")
    arguments += ("--artwork", str(picture), "--not-downloadable", "--playlist", playlist.urn)
    done = shell.run_in_process(*arguments)
    again = shell.run_in_process(*arguments)
    track = client.tracks.get_track(done.lines[1].split()[-1])

    assert (done.code, again.code) == (0, 0)
    assert (track.sharing, track.genre, track.tag_list, track.downloadable) == (
        "private",
        "Drone",
        '"two words" one',
        False,
    )
    assert track.artwork_url
    assert [each.title for each in client.playlists.get_tracks(playlist)] == ["01", "02"]
    assert f"2 tracks in playlist {playlist.urn}" in again.errors


def test_manifest_fields(shell, client, tmp_path):
    write_sounds(tmp_path / "album", 2)
    table = tmp_path / "album" / "tracks.csv"
    table.write_text('\ufefffile,title,genre,downloadable\n01.wav,"One, two",,no\n02.wav,,Dub,yes\n', encoding="utf-8")
    entries = tmp_path / "album" / "tracks.json"
    entries.write_text(json.dumps([{"file": "02.wav", "title": "Again", "tag_list": ["a b"], "sharing": "private"}]))
    done = shell.run_in_process("upload", "--manifest", str(table), "--genre", "House", "--csv")
    more = shell.run_in_process("upload", "--manifest", str(entries), "--again", "--json")
    rows = list(csv.DictReader(done.output.splitlines()))
    tracks = {track.title: track for track in client.me.get_tracks()}

    assert (done.code, more.code) == (0, 0)
    assert [row["title"] for row in rows] == ["One, two", "02"]
    assert (tracks["One, two"].genre, tracks["One, two"].downloadable) == ("House", False)
    assert (tracks["02"].genre, tracks["02"].downloadable) == ("Dub", True)
    assert (tracks["Again"].tag_list, tracks["Again"].sharing) == ('"a b"', "private")


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.csv", "name\nx.wav\n", "has no column file"),
        ("a.csv", "file;title\nx.wav;y\n", "has no column file"),
        ("a.csv", "file,title,file\nx.wav,y,z.wav\n", "line 1 has the column file twice"),
        ("a.csv", "file,titel\nx.wav,y\n", "line 1: there is no column 'titel'"),
        ("a.csv", "file,title\nx.wav,y,z\n", "has more cells than the header"),
        ("a.csv", "file,title\n,y\n", "line 2 has no file"),
        ("a.csv", "file,downloadable\nx.wav,perhaps\n", "'perhaps' is not a yes or no value"),
        ("a.csv", b"file\n\xff.wav\n", "is not UTF-8"),
        ("a.json", "{}", "is not a list"),
        ("a.json", "[1]", "entry 1 is not an object"),
        ("a.json", "[", "is not valid JSON"),
        ("a.json", '[{"file": "x.wav", "title": 5}]', "title is not a string"),
        ("a.json", "[" * 100_000, "is nested too deeply"),
        ("a.json", '[{"file":' * 100_000, "is nested too deeply"),
        ("a.json", '\ufeff[{"file": 5}]', "entry 1 has no file"),
        ("a.csv", f"file,title\nx.wav,{'y' * 200_000}\n", "line 2 is not valid CSV"),
        ("a.csv", "\ufefffile,title\n,y\n", "line 2 has no file"),
    ],
)
@posix_only
def test_invalid_manifest(tmp_path, name, text, what):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CommandError) as refused:
        read_manifest(path)

    assert what in refused.value.message
    assert refused.value.code == 2


@pytest.fixture
def album(tmp_path):
    """A folder with a sound, a picture and links, beside another sound."""
    folder = tmp_path / "album"
    write_sounds(folder, 1)
    write_sounds(tmp_path / "outside", 1)
    (folder / "disc").mkdir()
    (folder / "disc" / "02.wav").write_bytes((folder / "01.wav").read_bytes() + b"2")
    (folder / "out").symlink_to(tmp_path / "outside")
    (folder / "out.wav").symlink_to(tmp_path / "outside" / "01.wav")
    (folder / "in.wav").symlink_to("01.wav")
    (folder / "loop.wav").symlink_to("loop.wav")
    return folder


def write_manifest(folder, kind, *rows):
    path = folder / f"m.{kind}"
    if kind == "json":
        path.write_text("\ufeff" + json.dumps(rows), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, ["file", "artwork"])
            writer.writeheader()
            writer.writerows(rows)
    return path


@pytest.mark.parametrize("kind", ["json", "csv"])
@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../outside/01.wav", "disc/../01.wav", "out/01.wav", "out.wav", "loop.wav", "..", "{absolute}"],
)
@pytest.mark.parametrize("field", ["file", "artwork"])
def test_manifest_with_a_file_outside(album, kind, name, field):
    name = name.format(absolute=album / "01.wav")
    path = write_manifest(album, kind, {"file": "01.wav"}, {"file": "01.wav", field: name})
    where = "entry 2" if kind == "json" else "line 3"
    with pytest.raises(CommandError) as refused:
        read_manifest(path)

    assert refused.value.code == 2
    assert refused.value.message == f"{path}: {where}: {field} {name!r} is not below the folder of the manifest"
    assert "--allow-outside" in refused.value.hint
    assert len(read_manifest(path, allow_outside=True)) == 2


@posix_only
@pytest.mark.parametrize("kind", ["json", "csv"])
def test_manifest_with_files_inside(album, kind):
    names = ["01.wav", "./01.wav", "disc/02.wav", "in.wav", "disc//02.wav", "missing.wav"]
    path = write_manifest(album, kind, *({"file": name} for name in names))

    assert [each.name for each, _ in read_manifest(path)] == [name.rpartition("/")[2] for name in names]
    link = album.parent / "link"
    link.symlink_to(album)
    assert len(read_manifest(link / path.name)) == len(names)


def test_nothing_is_uploaded_if_an_entry_is_refused(sandbox, shell, client, album):
    path = write_manifest(album, "json", {"file": "01.wav"}, {"file": "out.wav"})
    sandbox.clear_requests()
    refused = shell.run_in_process("upload", "--manifest", str(path))
    assert (refused.code, len(sandbox.requests)) == (2, 0)
    assert "entry 2: file 'out.wav' is not below" in refused.errors
    accepted = shell.run_in_process("upload", "--manifest", str(path), "--allow-outside", "--json")
    assert (accepted.code, len(accepted.data)) == (0, 2)
    assert "--allow-outside needs --manifest" in shell.run_in_process("upload", "x.wav", "--allow-outside").errors


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have UTF-8 names only")
def test_the_name_of_a_file_is_not_utf_8(sandbox, shell, client, tmp_path):
    (sound,) = write_sounds(tmp_path, 1)
    path = os.fsdecode(os.fsencode(sound.with_name("caf")) + b"\xe9.wav")
    sound.rename(path)
    sandbox.requests.clear()
    refused = shell.run_piped("upload", path)

    assert refused.code == 2
    assert "the name of the file is not UTF-8" in refused.errors
    assert "pass --title" in refused.errors
    assert sandbox.requests.matching(method="POST") == []
    assert shell.run_piped("upload", path, "--title", "Cafe").code == 0


def test_missing_file_sends_nothing(sandbox, shell, client, tmp_path):
    files = write_sounds(tmp_path / "album", 2)
    for arguments in (
        (),
        (str(files[0]), str(tmp_path / "none.wav")),
        (*map(str, files), "--title", "One for two"),
        (str(files[0]), "--artwork", str(tmp_path / "none.png")),
        (str(files[0]), str(tmp_path)),
    ):
        assert shell.run_in_process("upload", *arguments).code == 2
    assert shell.run_in_process("upload", "--manifest", str(tmp_path / "none.csv")).code == 2
    assert len(sandbox.requests.matching(method="POST", path="/tracks")) == 0


def test_metadata_is_uploaded(shell, client, tmp_path):
    (file,) = write_sounds(tmp_path / "album", 1)
    sound = WAVE(file)
    sound.add_tags()
    texts = {TIT2: "Night", TCON: "Drone", TSRC: "QZK6P1900001", TDRC: "2026-11-23", TPUB: "Us"}
    for frame, text in texts.items():
        sound.tags.add(frame(text=text))
    sound.tags.add(APIC(mime="image/png", type=3, data=b"\x89PNG\r\n\x1a\n" + b"0" * 100))
    sound.save()
    done = shell.run_in_process("upload", str(file), "--genre", "Dub", "--json")
    track = client.tracks.get_track(done.data[0]["urn"])

    assert (track.title, track.genre, track.isrc, track.label_name) == ("Night", "Dub", "QZK6P1900001", "Us")
    assert (track.release_year, track.release_month, track.release_day) == (2026, 11, 23)
    assert track.artwork_url
    plain = shell.run_in_process("upload", str(file), "--no-tags", "--again", "--json")
    assert plain.data[0]["title"] == "01"


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed; it writes the files of this test")
@pytest.mark.parametrize("name", ["a.flac", "a.mp3", "a.m4a", "a.ogg", "a.aiff"])
def test_metadata_of_each_format(tmp_path, name):
    path = tmp_path / name
    tags = ("-metadata", "title=Night", "-metadata", "genre=Drone", "-metadata", "date=2026")
    extra = ("-write_id3v2", "1") if name.endswith("aiff") else ()
    codec = ("-c:a", "libvorbis") if name.endswith("ogg") else ()
    source = ("-f", "lavfi", "-i", "sine=duration=1")
    subprocess.run(["ffmpeg", "-v", "error", *source, *tags, *extra, *codec, str(path)], check=True)

    assert read_metadata(path) == {"title": "Night", "genre": "Drone"}
    path.write_bytes(path.read_bytes()[:40])
    assert read_metadata(path) == {}


def test_missing_mutagen(shell, client, tmp_path, monkeypatch):
    (file,) = write_sounds(tmp_path / "album", 1)
    monkeypatch.setattr("soundcloud.cli.upload.audio_metadata.find_spec", lambda name: None)
    done = shell.run_in_process("upload", str(file))

    assert done.code == 0
    assert "pip install 'soundcloud-sdk[audio]'" in done.errors


def test_dry_run_writes_no_journal(sandbox, shell, client, home, tmp_path):
    (file,) = write_sounds(tmp_path / "album", 1)
    done = shell.run_in_process("upload", str(file), "--genre", "Dub", "--dry-run")

    assert done.code == 0
    assert done.output.splitlines()[0] == f"{file}: title='01', genre='Dub'"
    assert done.output.splitlines()[1] == f"POST {sandbox.api_url}/tracks"
    assert list(home.rglob("uploads/*")) == []
    assert titles(client) == []


@pytest.mark.parametrize("columns", [40, 100])
def test_progress_bars_at_terminal(shell, client, tmp_path, columns):
    files = write_sounds(tmp_path / "album", 3, 60)
    done = shell.run_in_terminal("upload", *map(str, files), columns=columns)

    assert done.code == 0
    assert "3/3 03.wav" in done.text
    assert ("MB" in done.text.replace(done.lines[0], "")) == (columns == 100)
    assert "\x1b[?25h" in done.output
    assert "03" in done.lines[-1]
    assert shell.environment["SOUNDCLOUD_ACCESS_TOKEN"] not in done.output


def test_debug_and_journal_hide_secrets(sandbox, shell, client, home, tmp_path):
    (file,) = write_sounds(tmp_path / "album", 1)
    done = shell.run_in_process("upload", str(file), "--private", "--debug", "--json")
    (secret,) = [track.secret_uri.partition("secret_token=")[2] for track in client.me.get_tracks()]

    assert done.code == 0
    assert secret.startswith("s-")
    assert f"debug: POST {sandbox.api_url}/tracks" in done.errors
    for hidden in (secret, shell.environment["SOUNDCLOUD_ACCESS_TOKEN"], sandbox.client_secret):
        assert hidden not in done.output + done.errors + journal_of(home).read_text()


def test_sandbox_upload_writes_no_journal(bare_shell, home, tmp_path):
    (file,) = write_sounds(tmp_path / "album", 1)
    for _ in range(2):
        done = bare_shell.run_in_process("upload", str(file), "--sandbox", "--json")
        assert done.data[0]["status"] == "uploaded"
    assert list(home.rglob("uploads/*.json")) == []


@posix_only
def test_failed_journal_write_keeps_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "folder" / "journal.json"
    with UploadJournal(path).opened() as journal:
        journal.put("a", Entry("done", "a.wav", "A", urn="soundcloud:tracks:1"))
        monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(OSError, match="No space"):
            journal.put("b", Entry("begun", "b.wav", "B"))
    with UploadJournal(path).opened() as journal:
        assert journal.urns == {"soundcloud:tracks:1"}
        assert journal.get("b") is None
    assert sorted(each.name for each in path.parent.iterdir()) == ["journal.json", "journal.json.lock"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_journal_path_per_account(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    paths = {journal_path(url, user) for url in ("https://a", "https://b") for user in ("1", "2")}

    assert len(paths) == 4


def test_a_folder_stands_for_its_audio_files(sandbox, shell, client, tmp_path):
    sounds = write_sounds(tmp_path / "album", 3)
    sounds[0].rename(sounds[0].with_suffix(".WAV"))
    for name in (".hidden.wav", "cover.jpg", "notes.txt"):
        (tmp_path / "album" / name).write_bytes(b"x")
    write_sounds(tmp_path / "album" / "more", 1)
    done = shell.run_piped("upload", str(tmp_path / "album"), "--jsonl")

    assert done.code == 0
    assert [json.loads(line)["title"] for line in done.output.splitlines()] == ["01", "02", "03"]
    assert titles(client) == ["01", "02", "03"]


def test_a_folder_without_audio_files(shell, client, tmp_path):
    done = shell.run_piped("upload", str(tmp_path))

    assert done.code == 2
    assert done.errors.startswith(f"error: {tmp_path} contains no audio files")
    assert titles(client) == []
