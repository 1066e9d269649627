"""Syncing SoundCloud's own document with the real generator, in a copy of the files that it writes."""

import json
import shutil
from pathlib import Path

import pytest

from tools.generate import GENERATED
from tools.openapi.document import OPENAPI_JSON
from tools.sync_spec import main

pytestmark = pytest.mark.slow

FILES = ("openapi.json", "openapi-wording.json", "openapi-operations.json", "openapi-history.txt", "corrections.toml")
ODD = {"type": "string"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    for name in FILES:
        shutil.copy(OPENAPI_JSON.with_name(name), tmp_path / "tools" / name)
    shutil.copytree(GENERATED, tmp_path / "generated" / "soundcloud_api", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def contents(project: Path) -> dict[str, bytes]:
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in project.rglob("*") if path.is_file()}


def sync(project: Path, document: object, *options: str) -> int:
    source = project.parent / f"{project.name}.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    return main(
        ["--source", str(source), *options],
        openapi_json=project / "tools" / "openapi.json",
        generated=project / "generated" / "soundcloud_api",
    )


def published() -> dict:
    """Return the document as SoundCloud publishes it: with its prose, and in another order."""
    document = json.loads(OPENAPI_JSON.read_text(encoding="utf-8"))
    texts = json.loads(OPENAPI_JSON.with_name("openapi-wording.json").read_text(encoding="utf-8"))
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for key in ("summary", "description"):
                if text := texts.get(f"{method.upper()} {path} > {key}"):
                    operation[key] = f"{text}\n"
    return turned(document)


def turned(value):
    if isinstance(value, dict):
        return {name: turned(value[name]) for name in reversed(value)}
    return [turned(item) for item in value] if isinstance(value, list) else value


def test_the_unchanged_document_changes_no_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(project)
    del before["tools/openapi-wording.json"]  # the descriptions of responses and schemas are not in `published()`

    assert sync(project, published()) == 0
    after = contents(project)
    del after["tools/openapi-wording.json"]
    assert after == before
    assert capsys.readouterr().out.startswith("No changes.\n")
    assert sync(project, published()) == 0
    assert capsys.readouterr().out == "No changes.\n"


def test_stale_corrections_are_left_out_together_and_removed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = published()
    document["paths"]["/sign-out"]["post"]["tags"] = ["oauth"]
    document["components"]["schemas"]["Comment"]["properties"]["timestamp"] = {"type": "integer"}
    del document["paths"]["/me/recently-played/tracks"]

    assert sync(project, document) == 0
    out = capsys.readouterr().out
    assert "GET /me/recently-played/tracks\n    operation removed" in out
    assert "Corrections that are no longer needed (2)" in out
    before = (OPENAPI_JSON.with_name("corrections.toml")).read_text(encoding="utf-8")
    after = (project / "tools" / "corrections.toml").read_text(encoding="utf-8")
    assert before.count("[[correction]]") - after.count("[[correction]]") == 2
    assert sync(project, document, "--check") == 0


def test_a_failure_without_the_stale_corrections_has_the_whole_report(project: Path, capsys) -> None:
    document = published()
    document["paths"]["/sign-out"]["post"]["tags"] = ["oauth"]
    document["components"]["schemas"]["Track"]["properties"]["class"] = ODD
    before = contents(project)

    assert sync(project, document) == 2
    assert "Track has a field 'class'" in capsys.readouterr().err
    assert contents(project) == before
    assert sync(project, document, "--check") == 1
    out = capsys.readouterr().out
    assert "schema Track, class\n    field added: string" in out
    assert "Corrections that are no longer needed (1)" in out
    assert "The client cannot be generated from this document: Track has a field 'class'" in out


def test_a_correction_that_is_not_safe_any_more_has_the_whole_report(project: Path, capsys) -> None:
    document = published()
    user = document["components"]["schemas"]["Comment"]["properties"]["user"]
    user["properties"]["mood"] = ODD
    del document["paths"]["/me/recently-played/tracks"]
    before = contents(project)

    assert sync(project, document) == 2
    assert "has fields that User lacks: mood" in capsys.readouterr().err
    assert contents(project) == before
    assert sync(project, document, "--check") == 1
    out = capsys.readouterr().out
    assert "GET /me/recently-played/tracks\n    operation removed" in out
    assert (
        "The client cannot be generated from this document: components > schemas > Comment > properties > user" in out
    )
