"""The comparison of the public API with that of the last release."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tools.packaging import api_check

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def git(folder, *arguments):
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return a repository of the two packages with version tags."""
    folder = tmp_path_factory.mktemp("released").resolve()
    for name in ("src", "generated"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n### Added\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    git(folder, "tag", "v0.1.0")
    git(folder, "commit", "-q", "--allow-empty", "-m", "second")
    git(folder, "tag", "v0.2.0")  # the tag of the commit itself, as in the release workflow
    return folder


@pytest.fixture
def change(released):
    """Return a function that replaces a string in a file, or in the file of a folder that has it; undo it afterwards."""
    changed = []

    def replace(name, old, new):
        path = released / name
        if path.is_dir():
            path = next(file for file in sorted(path.rglob("*.py")) if old in file.read_text(encoding="utf-8"))
        text = path.read_text(encoding="utf-8")
        changed.append((path, text))
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    yield replace
    for path, text in reversed(changed):
        path.write_text(text, encoding="utf-8")


BREAKING = [
    ("src/soundcloud/__init__.py", '    "RateLimitError",\n', "", "soundcloud.RateLimitError: was removed"),
    (
        "src/soundcloud/errors.py",
        "class SpamWarningError(",
        "class Renamed(",
        "soundcloud.errors.SpamWarningError: was removed",
    ),
    ("src/soundcloud/errors.py", "def is_forbidden(", "def forbidden(", "is_forbidden"),
    ("src/soundcloud/options.py", "def retries_off()", "def retries_off(why)", "retries_off(why)"),
    ("src/soundcloud/stores/__init__.py", '    "Lease",\n', "", "soundcloud.stores.Lease: was removed"),
    ("src/soundcloud/_sync/namespaces/tracks.py", "def get_related(", "def get_similar(", "get_related"),
    ("src/soundcloud/_sync/namespaces/users.py", "def get_tracks(", "def get_many(", "get_tracks"),
    (
        "src/soundcloud/_sync/namespaces/likes.py",
        "def like_track(self, track:",
        "def like_track(self, it:",
        "like_track(track)",
    ),
    ("src/soundcloud/_sync", "    def fetch_all(", "    def get_all(", "fetch_all"),
    ("generated/soundcloud_api/models/track.py", "    duration: int = present()\n", "", "Track.duration"),
    (
        "generated/soundcloud_api/api/tracks/get_tracks_track_urn.py",
        "    secret_token: str | None",
        "    secret: str | None",
        "get_tracks_track_urn(secret_token)",
    ),
]


def test_breaking_changes_are_listed(released, change, capsys):
    for file, old, new, _ in BREAKING:
        change(file, old, new)

    assert api_check.main([], root=released) == 1
    printed = capsys.readouterr().out
    assert [said for *_, said in BREAKING if said not in printed] == []
    assert str(released) not in printed
    assert "\x1b" not in printed


def test_added_and_private_names_are_not_breaking(released, change, capsys):
    change(
        "src/soundcloud/_sync/namespaces/likes.py",
        "token: str | None = None, **options",
        "token: str | None = None, more: int = 1, **options",
    )
    change("src/soundcloud/_protocol/pagination.py", "def ", "def renamed_")
    change("src/soundcloud/sandbox/http/routing.py", "def ", "def renamed_")

    assert api_check.main([], root=released) == 0
    assert capsys.readouterr() == ("", "api_check: 0 breaking changes since v0.1.0\n")


def test_announced_changes_do_not_fail(released, change, capsys):
    change("src/soundcloud/errors.py", "class SpamWarningError(", "class Renamed(")
    change("CHANGELOG.md", "### Added", "### Breaking\n\n- `SpamWarningError` is gone.\n\n### Added")

    assert api_check.main([], root=released) == 0
    said = capsys.readouterr()
    assert "SpamWarningError" in said.out
    assert "announced in CHANGELOG.md" in said.err


def test_an_unknown_tag_is_an_error(released, capsys):
    assert api_check.main(["--against", "v9.9.9"], root=released) == 2
    assert "v9.9.9 cannot be read" in capsys.readouterr().err


def test_without_a_version_tag_there_is_no_comparison(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")

    assert api_check.main([], root=tmp_path) == 0
    assert "no version tag yet" in capsys.readouterr().err
