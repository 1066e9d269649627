"""The list of harmless mutants is up to date."""

import tomllib
from pathlib import Path

import pytest

FILE = Path(__file__).with_name("equivalents.toml")
ROOT = FILE.parents[2]
ENTRIES = tomllib.loads(FILE.read_text(encoding="utf-8"))["equivalent"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["before"])
def test_every_entry_is_about_lines_that_exist(entry):
    lines = " ".join((ROOT / entry["file"]).read_text(encoding="utf-8").split())

    assert entry.keys() == {"file", "before", "after", "reason"}
    assert " ".join(entry["before"].split()) in lines
    assert entry["after"] != entry["before"]
