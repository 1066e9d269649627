"""The files that the command writes: created by it, readable by their owner only, and not redirected by what is there already."""

import json
import os
import stat
from pathlib import Path

import pytest

from soundcloud._atomic_file import open_private
from soundcloud.cli.framework.file_lock import lock_file
from soundcloud.cli.framework.stdin import write_failed
from soundcloud.cli.output.export import Checkpoint, Export, ExportSettings
from soundcloud.cli.upload.journal import Entry, UploadJournal
from tests.cli.test_untrusted_text import serve, urls

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes and symbolic links of POSIX")


@pytest.fixture(autouse=True)
def permissive_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def export(shell, path, *options):
    with serve("mine") as url:
        return shell.run_in_process("export", "likes", "-o", str(path), *options, **urls(url))


def test_every_file_of_an_export_is_private(shell, tmp_path):
    path = tmp_path / "likes.jsonl"
    with serve("mine", next_href="https://elsewhere.test/x") as url:
        # The link to the next page is refused: the export ends in the middle.
        broken = shell.run_in_process("export", "likes", "-o", str(path), **urls(url))
    files = {each.name: mode(each) for each in tmp_path.glob("likes*")}

    assert broken.code == 1
    assert files == {"likes.jsonl.partial": 0o600, "likes.jsonl.state": 0o600}
    assert export(shell, path, "--restart").code == 0
    assert {each.name: mode(each) for each in tmp_path.glob("likes*")} == {"likes.jsonl": 0o600}


@pytest.mark.parametrize("content", ["", "of another export\n"])
def test_the_mode_of_an_own_partial_file_is_tightened(shell, tmp_path, content):
    path, partial = tmp_path / "likes.jsonl", tmp_path / "likes.jsonl.partial"
    partial.write_text(content)
    partial.chmod(0o666)

    assert export(shell, path).code == 0
    assert mode(path) == 0o600
    assert json.loads(path.read_text())["title"] == "mine"


def test_an_export_is_resumed_with_a_tightened_mode(tmp_path):
    work = Export(tmp_path / "a.jsonl", ExportSettings("likes", "x", "jsonl", ()))
    partial = tmp_path / "a.jsonl.partial"
    partial.write_text("first\nhalf of")
    partial.chmod(0o644)
    with work._open_partial() as file:
        assert mode(partial) == 0o600
        assert file.read() == b"first\nhalf of"
    assert Checkpoint().length == 0


@pytest.mark.parametrize("kind", ["link", "dangling link", "hard link", "folder", "fifo", "link to a folder"])
def test_something_else_at_the_path_is_not_written(shell, tmp_path, kind):
    path, partial, victim = tmp_path / "likes.jsonl", tmp_path / "likes.jsonl.partial", tmp_path / "victim"
    victim.write_text("untouched")
    match kind:
        case "link":
            partial.symlink_to(victim)
        case "dangling link":
            partial.symlink_to(tmp_path / "new")
        case "hard link":
            os.link(victim, partial)
        case "folder":
            partial.mkdir()
        case "fifo":
            os.mkfifo(partial)
        case _:
            partial.symlink_to(tmp_path)
    refused = export(shell, path)

    assert refused.code == 1, refused
    assert "likes.jsonl.partial: this is not a regular file of yours with one name" in refused.errors
    assert "remove it, or use another --output" in refused.errors
    assert victim.read_text() == "untouched"
    assert not path.exists()
    assert not (tmp_path / "new").exists()
    if kind != "folder":
        again = export(shell, path, "--restart")
        assert (again.code, victim.read_text()) == (0, "untouched")
        assert not path.is_symlink()


def test_a_file_of_another_user_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_text("theirs")
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)

    with pytest.raises(PermissionError, match="not a regular file of yours"):
        open_private(path)
    assert path.read_text() == "theirs"


def test_without_o_nofollow_a_link_is_refused_too(tmp_path, monkeypatch):
    """Windows has no O_NOFOLLOW."""
    victim, path = tmp_path / "victim", tmp_path / "file"
    victim.write_text("untouched")
    path.symlink_to(victim)
    monkeypatch.setattr("soundcloud._atomic_file._SAFE_FLAGS", 0)

    with pytest.raises(PermissionError, match="not a regular file of yours"):
        open_private(path)
    assert victim.read_text() == "untouched"
    assert mode(victim) == 0o666


def test_journals_and_locks_are_private(tmp_path):
    victim, path = tmp_path / "victim", tmp_path / "journal.json"
    victim.write_text(json.dumps({"version": 1, "uploads": {}}))
    (tmp_path / "journal.json.new").symlink_to(victim)
    path.symlink_to(victim)
    with UploadJournal(path).opened() as journal:
        journal.put("digest", Entry("begun", "a.wav", "A"))

    assert json.loads(victim.read_text())["uploads"] == {}
    assert not path.is_symlink()
    assert mode(path) == mode(tmp_path / "journal.json.lock") == 0o600


def test_a_lock_does_not_empty_the_target_of_a_link(tmp_path):
    victim, path = tmp_path / "victim", tmp_path / "file.lock"
    victim.write_text("untouched")
    path.symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"), lock_file(path, AssertionError("held")):
        pass

    assert victim.read_text() == "untouched"


def test_the_file_of_failed_items_is_private(tmp_path):
    path, victim = tmp_path / "failed.txt", tmp_path / "victim"
    victim.write_text("untouched")
    path.symlink_to(victim)
    write_failed(path, [("https://soundcloud.com/a/b/s-secret", "gone\x1b[31m\n\ud800")])

    assert path.read_text() == "https://soundcloud.com/a/b/s-secret # gone [31m\n"
    assert mode(path) == 0o600
    assert victim.read_text() == "untouched"


def test_failed_items_can_be_written_to_a_pipe():
    reading, writing = os.pipe()
    try:
        write_failed(Path(f"/dev/fd/{writing}"), [("1", "gone")])
        assert os.read(reading, 100) == b"1 # gone\n"
    finally:
        os.close(reading)
        os.close(writing)
