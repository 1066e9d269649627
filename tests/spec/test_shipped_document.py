"""The committed document is normalised, complete and equal to itself."""

import json
from hashlib import sha256

import pytest

from tools.openapi.document import OPENAPI_JSON, dump, normalise, operation_ids, parse
from tools.sync_spec import main as sync

NO_PROSE = "This document has no prose: the wording is not compared, and openapi-wording.json stays as it is.\n\n"


@pytest.fixture
def document():
    return parse(OPENAPI_JSON.read_bytes(), name=OPENAPI_JSON.name)


def test_the_check_says_same(capsys):
    assert sync(["--check", "--source", str(OPENAPI_JSON)]) == 0
    assert capsys.readouterr().out == f"{NO_PROSE}No changes.\n"


def test_the_check_names_what_changed(document, tmp_path, capsys):
    del document["paths"]["/me/feed"]
    document["components"]["parameters"]["limit"]["schema"]["maximum"] = 100
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document), encoding="utf-8")

    assert sync(["--check", "--source", str(path)]) == 1
    report = capsys.readouterr().out
    assert "operation removed: get_me_feed\n    methods: me.get_feed" in report
    assert "maximum" in report
    assert report.startswith(f"{NO_PROSE}2 changes: 2 breaking")


def test_it_is_normal_and_whole(document):
    assert dump(normalise(document)) == OPENAPI_JSON.read_bytes()
    listed = json.loads(OPENAPI_JSON.with_name("openapi-operations.json").read_text(encoding="utf-8"))
    assert {entry["id"] for entry in listed} == operation_ids(document).keys()
    assert all(entry["methods"] for entry in listed)


def test_it_is_the_last_of_the_history():
    history = OPENAPI_JSON.with_name("openapi-history.txt").read_text(encoding="utf-8").splitlines()

    assert history[-1].split()[0] == sha256(OPENAPI_JSON.read_bytes()).hexdigest()
