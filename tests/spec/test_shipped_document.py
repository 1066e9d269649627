"""The committed document is normalised, complete and equal to itself."""

import json

import pytest

from tools.openapi.document import OPENAPI_JSON, dump, normalise, operation_ids, parse
from tools.sync_spec import main as sync


@pytest.fixture
def document():
    return parse(OPENAPI_JSON.read_bytes(), name=OPENAPI_JSON.name)


def test_the_check_says_same(capsys):
    assert sync(["--check", "--source", str(OPENAPI_JSON)]) == 0
    assert capsys.readouterr().out == "No changes.\n"


def test_the_check_names_what_changed(document, tmp_path, capsys):
    del document["paths"]["/me/feed"]
    document["components"]["parameters"]["limit"]["schema"]["maximum"] = 100
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document), encoding="utf-8")

    assert sync(["--check", "--source", str(path)]) == 1
    report = capsys.readouterr().out
    assert "operation removed: get_me_feed\n    methods: me.get_feed" in report
    assert "maximum" in report
    assert report.startswith("2 changes: 2 breaking")


def test_it_is_normal_and_whole(document):
    assert dump(normalise(document)) == OPENAPI_JSON.read_bytes()
    assert len(operation_ids(document)) == 64
