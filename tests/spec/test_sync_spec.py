"""Updating the client, all or nothing: `tools.sync_spec`."""

import contextlib
import copy
import functools
import json
import os
import re
import signal
import subprocess
import sys
import threading
import types
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import tools.sync_spec
from tools.generate import GenerateError
from tools.openapi.atomic_replace import staged
from tools.openapi.document import OPENAPI_JSON, DocumentError, dump, fetch, normalise, parse
from tools.sync_spec import main

OLD = {
    "openapi": "3.0.4",
    "info": {"title": "Small", "version": "1.0.0"},
    "paths": {"/me": {"get": {"responses": {"200": {"description": "Success."}}}}},
}
NEW = copy.deepcopy(OLD)
NEW["paths"]["/me"]["delete"] = {"summary": "Words.", "responses": {"204": {"description": "Gone."}}}

SLOW = b"a response that never comes"

Contents = dict[str, bytes]


@pytest.fixture(autouse=True)
def facade(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Replace the facade by one with one method."""
    methods = {"get_me": ["me.get_me"]}
    registry = types.SimpleNamespace(methods_by_operation=lambda: methods)
    monkeypatch.setitem(sys.modules, "soundcloud.registry", registry)
    return methods


@pytest.fixture(autouse=True)
def generated(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """Replace the generator by one that writes the document's paths, and return its arguments."""
    given: list[dict] = []

    def generate(document: dict, destination: Path, *, corrections: Path) -> None:
        given.append(document)
        destination.mkdir()
        (destination / "operations.txt").write_text("\n".join(document["paths"]))
        (destination / "models").mkdir()
        (destination / "models" / "made.txt").write_bytes(dump(document))

    monkeypatch.setattr(tools.sync_spec, "generate", generate)
    return given


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project after an earlier run."""
    root = tmp_path / "project"
    (root / "tools").mkdir(parents=True)
    (root / "generated" / "soundcloud_api" / "api").mkdir(parents=True)
    (root / "tools" / "openapi.json").write_bytes(dump(normalise(OLD)))
    (root / "generated" / "soundcloud_api" / "api" / "old.txt").write_text("old")
    return root


@pytest.fixture
def new(tmp_path: Path) -> str:
    return written(tmp_path / "new.json", json.dumps(NEW))


def written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def contents(root: Path) -> Contents:
    """Return the content of a folder, hidden files and empty folders included."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else b"(folder)" for path in root.rglob("*")
    }


def run(project: Path, *arguments: str) -> int:
    return main(
        arguments,
        openapi_json=project / "tools" / "openapi.json",
        generated=project / "generated" / "soundcloud_api",
    )


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Start local servers with one response each, and return their URLs."""
    servers: list[ThreadingHTTPServer] = []
    finished = threading.Event()

    def start(content: bytes, status: int = 200, **headers: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                finished.wait(10 if content is SLOW else 0)
                with contextlib.suppress(OSError):
                    self.wfile.write(content)
                self.close_connection = True

            def log_message(self, *arguments: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/api"

    yield start
    finished.set()
    for server in servers:
        server.shutdown()
        server.server_close()


# --- what is written


def test_drift_is_written_and_reported(project: Path, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "--source", new) == 0

    written = contents(project)
    assert json.loads(written.pop("tools/openapi-wording.json"))["DELETE /me > summary"] == "Words."
    assert [entry["id"] for entry in json.loads(written.pop("tools/openapi-operations.json"))] == [
        "get_me",
        "delete_me",
    ]
    assert written.pop("tools/openapi-history.txt").startswith(sha256(dump(normalise(NEW))).hexdigest().encode())
    assert written == {
        "tools": b"(folder)",
        "tools/openapi.json": dump(normalise(NEW)),
        "generated": b"(folder)",
        "generated/soundcloud_api": b"(folder)",
        "generated/soundcloud_api/operations.txt": b"/me",
        "generated/soundcloud_api/models": b"(folder)",
        "generated/soundcloud_api/models/made.txt": dump(normalise(NEW)),
    }
    output = capsys.readouterr()
    assert output.out == (
        "1 change: 0 breaking, 0 possibly breaking, 1 compatible\n\nCompatible\n\n  DELETE /me\n    operation added: delete_me\n\n"
        "1 new operation has no method yet: run `make openapi-coverage` to see what is missing.\n"
    )
    assert output.err == f"sync_spec: {new}\n"


def test_no_drift_regenerates_all_the_same(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    same = written(tmp_path / "same.json", json.dumps(OLD))

    assert run(project, "--source", same) == 0
    assert "generated/soundcloud_api/operations.txt" in contents(project)
    assert "generated/soundcloud_api/api/old.txt" not in contents(project)
    assert capsys.readouterr().out == "No changes.\n"


def test_twice_is_as_good_as_once(project: Path, new: str) -> None:
    run(project, "--source", new)
    before = contents(project)

    assert run(project, "--source", new) == 0
    assert contents(project) == before


def test_the_hint_is_only_for_operations_without_a_method(
    project: Path, new: str, facade: dict[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    facade["delete_me"] = ["me.delete"]

    run(project, "--source", new, "--check")

    output = capsys.readouterr().out
    assert "openapi-coverage" not in output
    assert "methods: me.delete" in output


def test_the_hint_names_new_fields_of_requests(project: Path, tmp_path: Path, facade, capsys) -> None:
    facade["put_me"] = ["me.update"]
    schema = {"type": "object", "properties": {"user": {"type": "object", "properties": {"city": {"type": "string"}}}}}
    document = copy.deepcopy(OLD)
    body = {"content": {"application/json": {"schema": schema}}}
    document["paths"]["/me"]["put"] = {"requestBody": body, "responses": {"200": {"description": ""}}}
    run(project, "--source", written(tmp_path / "a.json", json.dumps(document)))
    user = schema["properties"]["user"]
    user["properties"]["mood"] = {"type": "string", "enum": ["calm", "wild"]}
    user["required"] = ["mood"]
    capsys.readouterr()

    assert run(project, "--source", written(tmp_path / "b.json", json.dumps(document))) == 0
    assert capsys.readouterr().out.endswith(
        "1 new field of a request has no argument yet: run `make openapi-coverage` to see what is missing.\n"
    )


def test_without_a_document_at_hand_everything_was_added(project: Path, new: str, capsys) -> None:
    (project / "tools" / "openapi.json").unlink()

    assert run(project, "--source", new, "--format", "json") == 0

    report = json.loads(capsys.readouterr().out)
    added = [change["where"] for change in report["changes"] if change["what"] == "operation added"]
    assert added == ["GET /me", "DELETE /me"]
    assert (project / "tools" / "openapi.json").read_bytes() == dump(normalise(NEW))


def test_without_a_generated_package_one_is_made(project: Path, new: str) -> None:
    (project / "generated" / "soundcloud_api" / "api" / "old.txt").unlink()
    (project / "generated" / "soundcloud_api" / "api").rmdir()
    (project / "generated" / "soundcloud_api").rmdir()

    assert run(project, "--source", new) == 0
    assert (project / "generated" / "soundcloud_api" / "operations.txt").read_text() == "/me"


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
@pytest.mark.parametrize("check", [[], ["--check"]])
def test_the_report_file_is_what_is_printed(project: Path, new: str, tmp_path: Path, capsys, form: str, check) -> None:
    report = tmp_path / "report"
    report.write_text("old")

    run(project, "--source", new, "--format", form, "--report", str(report), *check)

    assert report.read_text(encoding="utf-8") == capsys.readouterr().out


# --- --check


@pytest.mark.parametrize(("document", "status"), [(OLD, 0), (NEW, 1)])
def test_check_writes_nothing(
    project: Path, tmp_path: Path, generated: list[dict], document: dict, status: int
) -> None:
    source = written(tmp_path / "document.json", json.dumps(document))
    before = contents(project)

    assert run(project, "--source", source, "--check") == status
    assert contents(project) == before
    assert generated == [normalise(document)]


def test_check_fails_if_the_current_document_cannot_be_generated(
    project: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    source = written(tmp_path / "document.json", json.dumps(OLD))
    monkeypatch.setattr(tools.sync_spec, "generate", failing(GenerateError("the correction 'a' matches nothing")))
    before = contents(project)

    assert run(project, "--source", source, "--check") == 2
    assert contents(project) == before
    assert "sync_spec: the correction 'a' matches nothing\n" in capsys.readouterr().err


def test_check_reports_changes_that_cannot_be_generated(project: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    source = written(tmp_path / "document.json", json.dumps(NEW))
    monkeypatch.setattr(tools.sync_spec, "generate", failing(GenerateError("the correction 'a' matches nothing")))
    before = contents(project)

    assert run(project, "--source", source, "--check") == 1
    assert contents(project) == before
    report = capsys.readouterr().out
    assert "changes:" in report or "change:" in report
    assert "cannot be generated from this document: the correction 'a' matches nothing" in report


# --- sources


def test_json_and_yaml_from_a_server_are_the_same(project: Path, serve, tmp_path: Path) -> None:
    with (tmp_path / "new.yaml").open("wb") as file:
        YAML(typ="safe", pure=True).dump(NEW, file)

    assert run(project, "--source", serve(json.dumps(NEW).encode())) == 0
    first = contents(project)
    assert run(project, "--source", serve((tmp_path / "new.yaml").read_bytes())) == 0
    assert contents(project) == first


def test_a_redirect_is_followed(project: Path, serve) -> None:
    target = serve(json.dumps(NEW).encode())

    assert run(project, "--source", serve(b"", 302, Location=target), "--check") == 1


BAD = {
    "page": (b"<!DOCTYPE html><title>Welcome</title>", 200, {}, "HTML"),
    "truncated body": (json.dumps(NEW).encode()[:-9], 200, {"Content_Length": "9999"}, "cannot be fetched"),
    "truncated document": (json.dumps(NEW).encode()[:-9], 200, {}, "invalid or incomplete JSON"),
    "error": (json.dumps(NEW).encode(), 500, {}, "answered 500"),
    "not OpenAPI": (b"a: 1", 200, {}, "not OpenAPI 3.x"),
    "too large": (b" " * (10 * 1024 * 1024 + 1), 200, {}, "larger than"),
    "redirect to http": (b"", 302, {"Location": "http://example.invalid/"}, "not https"),
}


@pytest.mark.parametrize(("content", "status", "headers", "said"), BAD.values(), ids=BAD)
def test_a_bad_source_is_named_and_the_next_one_used(
    project: Path, new: str, serve, capsys, content: bytes, status: int, headers: dict[str, str], said: str
) -> None:
    bad = serve(content, status, **headers)

    assert run(project, "--source", bad, new, "--check") == 1
    assert run(project, "--source", bad, "--source", new, "--check") == 1
    errors = capsys.readouterr().err.splitlines()
    assert errors[0].startswith(f"sync_spec: {bad}: ")
    assert said in errors[0]
    assert errors[1] == f"sync_spec: {new}"


@pytest.mark.parametrize(("content", "status", "headers", "said"), BAD.values(), ids=BAD)
def test_bad_sources_alone_change_nothing(
    project: Path, serve, capsys, content: bytes, status: int, headers: dict[str, str], said: str
) -> None:
    before = contents(project)

    assert run(project, "--source", serve(content, status, **headers), "http://127.0.0.1:1/", "missing.json") == 2
    assert contents(project) == before
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 4
    assert "no source works" in output.err.splitlines()[-1]


def test_a_slow_source_is_given_up(project: Path, new: str, serve, monkeypatch, capsys) -> None:
    monkeypatch.setattr("tools.openapi.document.fetch", functools.partial(fetch, timeout=0.3))
    slow = serve(SLOW)

    assert run(project, "--source", slow, new, "--check") == 1
    assert f"{slow}: not received within 0.3 seconds" in capsys.readouterr().err


def test_the_default_sources_are_soundclouds(project: Path, monkeypatch) -> None:
    asked: list[str] = []

    def read(source: str) -> dict:
        asked.append(source)
        raise DocumentError(source)

    monkeypatch.setattr(tools.sync_spec, "read", read)

    assert run(project) == 2
    assert asked == list(tools.sync_spec.SOURCES)
    assert [source.rpartition("/")[2] for source in asked] == ["api.json", "api.yaml"]


# --- all or nothing


def failing(error: BaseException) -> Callable[..., None]:
    def generate(document: dict, destination: Path, *, corrections: Path) -> None:
        destination.mkdir()
        (destination / "half.txt").write_text("half")
        raise error

    return generate


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (GenerateError("a warning"), 2, "sync_spec: a warning\n"),
        (ValueError("boom"), 2, "the generator failed on the document: ValueError: boom\n"),
        (OSError("disk full"), 2, "disk full\n"),
        (KeyboardInterrupt(), 130, "sync_spec: interrupted; nothing was changed\n"),
    ],
)
def test_a_failing_generator_changes_nothing(
    project: Path, new: str, tmp_path: Path, monkeypatch, capsys, error: BaseException, status: int, said: str
) -> None:
    monkeypatch.setattr(tools.sync_spec, "generate", failing(error))
    before = contents(tmp_path)

    assert run(project, "--source", new, "--report", str(tmp_path / "report")) == status
    assert contents(tmp_path) == before
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.endswith(said)


@pytest.mark.parametrize("moment", range(9))
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("error", "status"), [(OSError("disk gone"), 2), (KeyboardInterrupt(), 130)])
def test_a_swap_that_fails_half_way_is_undone(
    project: Path, new: str, tmp_path: Path, monkeypatch, moment: int, after: bool, error: BaseException, status: int
) -> None:
    # Three targets exist, with two renames each: what was there goes aside, what is new comes. The others are new.
    report = tmp_path / "report"
    report.write_text("old")
    before = contents(tmp_path)
    interrupt_rename(monkeypatch, {moment: error}, after=after)

    assert run(project, "--source", new, "--report", str(report)) == status
    assert contents(tmp_path) == before


def test_undoing_goes_on_when_it_is_interrupted(project: Path, new: str, tmp_path: Path, monkeypatch) -> None:
    before = contents(tmp_path)
    interrupts = {3: KeyboardInterrupt(), 4: KeyboardInterrupt(), 5: KeyboardInterrupt(), 7: KeyboardInterrupt()}
    interrupt_rename(monkeypatch, interrupts, after=False)

    assert run(project, "--source", new) == 130
    assert contents(tmp_path) == before


def interrupt_rename(monkeypatch: pytest.MonkeyPatch, errors: dict[int, BaseException], *, after: bool) -> None:
    rename = Path.rename
    calls = iter(range(1000))

    def interrupted(self: Path, target: Path) -> Path:
        error = errors.get(next(calls))
        if error is not None and not after:
            raise error
        moved = rename(self, target)
        if error is not None:
            raise error
        return moved

    monkeypatch.setattr(Path, "rename", interrupted)


@pytest.mark.parametrize("report", [".", "no/such/folder/report", "project"])
def test_a_report_that_cannot_be_written_changes_nothing(
    project: Path, new: str, tmp_path: Path, monkeypatch, capsys, report: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = contents(tmp_path)

    for check in ([], ["--check"]):
        assert run(project, "--source", new, "--report", str(tmp_path / report), *check) == 2
        assert contents(tmp_path) == before
    assert "cannot write" in capsys.readouterr().err


def test_a_broken_document_at_hand_is_left_alone(project: Path, new: str, capsys) -> None:
    (project / "tools" / "openapi.json").write_text("{")
    before = contents(project)

    assert run(project, "--source", new) == 2
    assert contents(project) == before
    assert "restore it, or delete it to start from scratch" in capsys.readouterr().err


def test_a_killed_run_leaves_the_tree_and_the_next_one_cleans_up(project: Path, new: str) -> None:
    """SIGKILL in the middle of the replacement, when the old document is aside already."""
    program = """
import os, signal, sys
from pathlib import Path
import tools.sync_spec
rename = Path.rename
def killed(self, target):
    moved = rename(self, target)
    if self.name == "openapi.json":
        os.kill(os.getpid(), signal.SIGKILL)
    return moved
Path.rename = killed
def generate(document, destination, *, corrections):
    destination.mkdir()
tools.sync_spec.generate = generate
root = Path(sys.argv[1])
targets = {"openapi_json": root / "tools/openapi.json", "generated": root / "generated/soundcloud_api"}
tools.sync_spec.main(["--source", sys.argv[2]], **targets)
"""
    before = contents(project)
    done = subprocess.run([sys.executable, "-c", program, str(project), new], capture_output=True, check=False)
    left = {name for name in contents(project) if ".staged" in name}

    assert done.returncode == -signal.SIGKILL
    assert left
    ignored = (OPENAPI_JSON.parents[1] / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert ".*.staged/" in ignored
    with staged([project / "tools" / "openapi.json"]):  # the next run begins
        assert (project / "tools" / "openapi.json").read_bytes() == before["tools/openapi.json"]
        (project / "tools" / ".openapi.json.staged" / "after" / "openapi.json").write_bytes(
            before["tools/openapi.json"]
        )
    assert run(project, "--source", new) == 0
    assert not [name for name in contents(project) if ".staged" in name]


def test_a_terminated_run_leaves_nothing(project: Path, new: str, tmp_path: Path) -> None:
    """SIGTERM while the client is generated: the temporary folder is deleted too."""
    program = """
import os, signal, sys
from pathlib import Path
import tools.sync_spec
def generate(document, destination, *, corrections):
    destination.mkdir()
    os.kill(os.getpid(), signal.SIGTERM)
tools.sync_spec.generate = generate
root = Path(sys.argv[1])
targets = {"openapi_json": root / "tools/openapi.json", "generated": root / "generated/soundcloud_api"}
sys.exit(tools.sync_spec.main(["--source", sys.argv[2]], **targets))
"""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    before = contents(project)
    done = subprocess.run(
        [sys.executable, "-c", program, str(project), new],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 130
    assert done.stderr.endswith("sync_spec: interrupted; nothing was changed\n")
    assert contents(project) == before
    assert list(temporary.iterdir()) == []


# --- older documents, other APIs, levels


def test_a_fallback_that_is_older_is_not_used(project: Path, new: str, tmp_path: Path, capsys) -> None:
    old = written(tmp_path / "old.json", json.dumps(OLD))
    assert run(project, "--source", old) == 0
    assert run(project, "--source", new) == 0
    before = contents(project)

    assert run(project, "--source", "missing.json", old) == 2
    assert contents(project) == before
    lines = capsys.readouterr().err.splitlines()
    assert lines[-2].startswith(f"sync_spec: {old}: older than ours, the document of ")
    assert "no source works" in lines[-1]


def test_an_older_document_of_the_first_source_is_used_with_a_note(
    project: Path, new: str, tmp_path: Path, capsys
) -> None:
    old = written(tmp_path / "old.json", json.dumps(OLD))
    run(project, "--source", old)
    run(project, "--source", new)
    capsys.readouterr()

    assert run(project, "--source", old) == 0
    out = capsys.readouterr().out
    assert re.match(
        r"This is SoundCloud's document of 20\d\d-\d\d-\d\d again, which is older than ours\.\n\n1 change: 1 breaking",
        out,
    )
    history = (project / "tools" / "openapi-history.txt").read_text().splitlines()
    assert [line.split()[0] for line in history] == [
        sha256(dump(normalise(document))).hexdigest() for document in (OLD, NEW, OLD)
    ]
    assert run(project, "--source", old, "--check") == 0
    assert capsys.readouterr().out == "No changes.\n"


def test_the_list_keeps_its_methods_if_the_facade_cannot_be_imported(
    project: Path, new: str, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    run(project, "--source", new)
    before = contents(project)
    monkeypatch.setitem(sys.modules, "soundcloud.registry", None)
    capsys.readouterr()

    assert run(project, "--source", new) == 0
    assert contents(project) == before
    assert b'"methods": ["me.get_me"]' in before["tools/openapi-operations.json"]
    assert "its methods are taken from" in capsys.readouterr().err


def test_broken_wording_at_hand_is_left_alone(project: Path, new: str, capsys) -> None:
    (project / "tools" / "openapi-wording.json").write_text("{")
    before = contents(project)

    assert run(project, "--source", new) == 2
    assert contents(project) == before
    assert "openapi-wording.json: not JSON" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("openapi-wording.json", "[]", "openapi-wording.json: not an object of strings; restore it"),
        ("openapi-history.txt", f"{'a' * 64} 2026-06-15\n\n", "openapi-history.txt, line 2: '' is not a checksum and"),
        ("openapi-history.txt", "<<<<<<< HEAD\n", "openapi-history.txt, line 1: '<<<<<<< HEAD' is not a checksum"),
        ("openapi-history.txt", f"\ufeff{'a' * 64} 2026-06-15\n", "openapi-history.txt, line 1: '\\ufeffaaa"),
        ("openapi-operations.json", "{", "openapi-operations.json: cannot be read (Expecting property name"),
        ("corrections.toml", "[[correction]\n", "corrections.toml: cannot be read (Expected ']]' at the end"),
        ("corrections.toml", "correction = 3\n", "corrections.toml: correction is 3, not a list of tables"),
    ],
)
def test_a_mistake_in_a_file_of_the_project_is_a_failure(
    project: Path, new: str, monkeypatch: pytest.MonkeyPatch, capsys, name: str, text: str, said: str
) -> None:
    monkeypatch.setitem(sys.modules, "soundcloud.registry", None)
    (project / "tools" / name).write_text(text, encoding="utf-8")
    before = contents(project)

    assert run(project, "--source", new, "--check") == 2
    assert contents(project) == before
    assert said in capsys.readouterr().err


def test_the_document_of_another_api_is_refused(project: Path, tmp_path: Path, capsys) -> None:
    other = {**NEW, "info": {"title": "Videos", "version": "1"}, "servers": [{"url": "https://videos.example"}]}
    before = contents(project)

    assert run(project, "--source", written(tmp_path / "other.json", json.dumps(other))) == 2
    assert contents(project) == before
    assert "documents of two APIs: 'Small' and 'Videos', without a common server." in capsys.readouterr().err


@pytest.mark.parametrize(("level", "status"), [("any", 1), ("possibly-breaking", 0), ("breaking", 0), ("never", 0)])
def test_check_fails_from_a_level_on(project: Path, new: str, level: str, status: int) -> None:
    assert run(project, "--source", new, "--check", "--fail-on", level) == status


def test_changed_wording_is_shown_and_does_not_count(project: Path, tmp_path: Path, capsys) -> None:
    document = copy.deepcopy(OLD)
    operation = document["paths"]["/me"]["get"]
    operation["description"] = "Returns you. It is fast."
    run(project, "--source", written(tmp_path / "a.json", json.dumps(document)))
    operation["description"] = "Returns you.  It is slow."
    operation["summary"] = "You"
    source = written(tmp_path / "b.json", json.dumps(document))
    capsys.readouterr()

    assert run(project, "--source", source, "--check") == 0
    assert capsys.readouterr().out == (
        "No changes.\n\nWording changed (2 places)\n\n"
        "  GET /me > description\n    - It is fast.\n    + It is slow.\n\n"
        "  GET /me > summary\n    + You\n"
    )


def test_a_document_without_prose_keeps_the_wording(project: Path, tmp_path: Path, capsys) -> None:
    document = copy.deepcopy(OLD)
    document["paths"]["/me"]["get"]["description"] = "Returns you."
    run(project, "--source", written(tmp_path / "a.json", json.dumps(document)))
    before = contents(project)
    capsys.readouterr()

    assert run(project, "--source", written(tmp_path / "b.json", dump(normalise(OLD)).decode())) == 0
    assert contents(project) == before
    assert capsys.readouterr().out == (
        "This document has no prose: the wording is not compared, and openapi-wording.json stays as it is.\n\n"
        "No changes.\n"
    )


# --- staged


def test_staged_refuses_to_replace_a_folder_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "kept.txt").write_text("kept")
    before = contents(tmp_path)

    with pytest.raises(FileExistsError, match="is a folder"), staged([tmp_path / "target"]) as (prepared,):
        prepared.write_text("new")

    assert contents(tmp_path) == before


def test_staged_restores_if_a_target_was_not_prepared(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    one.write_text("old")
    before = contents(tmp_path)

    with contextlib.suppress(FileNotFoundError), staged([three, one, two]) as (new_three, new_one, _):
        new_three.write_text("new")
        new_one.write_text("new")

    assert contents(tmp_path) == before


# --- the real generator


def test_the_document_at_hand_can_be_generated(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    document = parse(OPENAPI_JSON.read_bytes(), name="openapi.json")

    tools.sync_spec.generate(document, project / "made")

    assert (project / "made" / "models").is_dir()
