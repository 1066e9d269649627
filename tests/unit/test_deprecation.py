"""What goes away says so once, to the one who calls it, with what to write instead."""

import asyncio
import inspect
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import soundcloud
from soundcloud._deprecation import Announcements, deprecated, warn_deprecated

WORDS = {"since": "1.2", "until": "2.0", "instead": "new()"}


@pytest.fixture
def announced():
    return Announcements()


def test_it_names_what_goes_away_and_what_to_write_instead(announced):
    @deprecated(**WORDS, name="tracks.old", announced=announced)
    def old(value):
        """Explain."""
        return value + 1

    with pytest.warns(DeprecationWarning, match="old") as told:
        assert old(1) == 2

    assert str(told[0].message) == "tracks.old is deprecated since 1.2 and goes away with 2.0; write new() instead"
    assert Path(told[0].filename) == Path(__file__)  # the line of the caller, not ours
    assert old.__doc__ == "Explain."
    assert list(inspect.signature(old).parameters) == ["value"]


def test_it_is_told_once_for_each_name(announced):
    @deprecated(**WORDS, announced=announced)
    def old():
        pass

    @deprecated(**WORDS, announced=announced)
    def older():
        pass

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with ThreadPoolExecutor(8) as threads:
            for _ in range(100):
                threads.submit(old)
                threads.submit(older)

    assert len(told) == 2


def test_an_async_function_stays_one(announced):
    @deprecated(**WORDS, announced=announced)
    async def old():
        return 1

    with pytest.warns(DeprecationWarning, match="old is deprecated"):
        assert asyncio.run(old()) == 1


def test_an_argument_can_go_away(announced):
    def call(old=None):
        if old is not None:
            warn_deprecated("old=", **WORDS, announced=announced)

    with pytest.warns(DeprecationWarning, match=r"^old= is deprecated") as told:
        call(1)
    call()

    assert Path(told[0].filename) == Path(__file__)


def test_the_page_says_whether_anything_is_deprecated():
    project = Path(__file__).parent.parent.parent
    versions = (project / "docs" / "versions.md").read_text(encoding="utf-8")
    changelog = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    texts = {path: path.read_text(encoding="utf-8") for path in Path(soundcloud.__file__).parent.rglob("*.py")}
    used = [path for path, text in texts.items() if "import deprecated" in text or "import warn_deprecated" in text]
    used = [path.name for path in used if path.name != "_deprecation.py"]

    assert ("Nothing is deprecated now." in versions) == (not used)
    assert not used or "### Deprecated" in changelog
