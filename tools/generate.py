"""Generates generated/soundcloud_api/ from tools/openapi.json and tools/corrections.toml, and tools/openapi-operations.json.

    python -m tools.generate [--check]

Exit status: 0 done (with --check: the files are up to date), 1 (--check) they are not, 2 failed.
"""

import argparse
import contextlib
import difflib
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError

from tools.codegen.checks import TEMPLATES, GenerateError, check_document, check_imports
from tools.codegen.template_data import PRESENT_FIELDS, TemplateData, quote, raw, snake
from tools.diff_spec import methods_by_operation
from tools.openapi.atomic_replace import staged
from tools.openapi.corrections import CORRECTIONS, CorrectionError, apply_corrections, load_corrections
from tools.openapi.document import OPENAPI_JSON, dump, parse
from tools.openapi.fetch import DocumentError
from tools.openapi.interface import is_mapping, is_sequence
from tools.openapi.operation_list import OPERATIONS_JSON, operation_list

__all__ = ["GENERATED", "GenerateError", "differences", "generate", "main"]

GENERATED = Path(__file__).resolve().parent.parent / "generated" / "soundcloud_api"
UNUSED_FILES = ("client.py", "errors.py")
RUFF = ("ruff", "--quiet", "--isolated", "--config", "line-length=120", "--config", "target-version='py311'")

Node = dict[str, Any]


def generate(document: Mapping[str, Any], destination: Path, *, corrections: Path = CORRECTIONS) -> None:
    """Generate the package `soundcloud_api` in a new folder from a normalised document; the order of its keys does not matter.

    Args:
        document: The document.
        destination: The folder, which must not exist.
        corrections: The file of corrections to apply; default tools/corrections.toml.

    Raises:
        GenerateError: A correction is stale, the generator warned, a name is not possible in Python, or a module cannot be
            imported.
    """
    try:
        _generate(json.loads(dump(dict(document))), destination, corrections)
    except BaseException:
        shutil.rmtree(destination, ignore_errors=True)
        raise


def _generate(document: Node, destination: Path, corrections: Path) -> None:
    try:
        corrected = _without_formats(apply_corrections(document, load_corrections(corrections)))
        check_document(corrected)
    except (CorrectionError, DocumentError) as error:
        raise GenerateError(str(error)) from error
    settings = ConfigFile(
        project_name_override="soundcloud-api",
        package_name_override="soundcloud_api",
        use_path_prefixes_for_title_model_names=False,
        post_hooks=[],
    )
    config = Config.from_sources(
        settings,
        MetaType.NONE,
        document_source=OPENAPI_JSON,
        file_encoding="utf-8",
        overwrite=False,
        output_path=destination,
    )
    data = GeneratorData.from_dict(cast("Node", json.loads(json.dumps(corrected))), config=config)
    if isinstance(data, GeneratorError):
        raise GenerateError(f"the generator rejects the document: {_message(data)}")
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    templates = TemplateData(corrected, data)
    names = cast("Node", project.env.globals)
    names |= {"shape_of": templates.shape_of, "operation_of": templates.operation_of, "raw": raw}
    project.env.filters |= {"py": quote, "snake": snake}
    with contextlib.redirect_stdout(io.StringIO()):
        warnings = project.build()
    if warnings:
        raise GenerateError(f"the generator warned: {'; '.join(map(_message, warnings))}")
    for name in UNUSED_FILES:
        (destination / name).unlink()
    table = project.env.get_template("operations.py.jinja").render(operations=templates.table())
    (destination / "operations.py").write_text(table, encoding="utf-8")
    imports = project.env.get_template("imports.py.jinja").render()
    (destination / "imports.py").write_text(imports, encoding="utf-8")
    (destination / "py.typed").write_text("", encoding="utf-8")
    (destination / "VERSIONS").write_text(_versions(document, corrections), encoding="utf-8")
    _format(destination)
    functions = {path.stem for path in destination.glob("api/*/*.py")} - {"__init__"}
    if functions != templates.operations.keys():
        raise GenerateError("the generator skipped operations without a warning; compare its api folder")
    check_imports(destination)


def _without_formats(value: Any) -> Any:
    """Return a document without the formats of dates and UUIDs: they are strings in the models and in the arguments."""
    if is_sequence(value):
        return [_without_formats(item) for item in value]
    if not is_mapping(value):
        return value
    return {
        key: _without_formats(item)
        for key, item in value.items()
        if key != "format" or item not in ("date", "date-time", "uuid")
    }


def _message(problem: GeneratorError) -> str:
    text = " ".join(raw(part) for part in (problem.header, problem.detail) if part)
    # In its messages the generator shows the repr of a marked string instead of the string.
    return re.sub(r"<[^<>]*UntrustedString object at 0x[0-9a-f]+>", "(a string of the document)", text)


def _versions(document: Node, corrections: Path) -> str:
    """Return the versions of the package's sources, one per line."""
    templates = hashlib.sha256()
    sources = (
        PRESENT_FIELDS,
        Path(__file__),
        *(TEMPLATES.with_name(name) for name in ("checks.py", "template_data.py")),
    )
    for path in [*sorted(TEMPLATES.glob("*.jinja")), *sources]:
        templates.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return "".join(
        f"{name}: {value}\n"
        for name, value in (
            ("document", f"sha256 {hashlib.sha256(dump(document)).hexdigest()}"),
            ("corrections", f"sha256 {hashlib.sha256(corrections.read_bytes()).hexdigest()}"),
            ("templates", f"sha256 {templates.hexdigest()}"),
            ("openapi-python-client", version("openapi-python-client")),
            ("ruff", version("ruff")),
        )
    )


def _format(folder: Path) -> None:
    """Remove unused imports and format, without the configuration of the project."""
    for step in (("check", "--select", "F401,I", "--fix"), ("format",)):
        command = [sys.executable, "-m", RUFF[0], step[0], *RUFF[1:], *step[1:], str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise GenerateError(f"ruff cannot read the generated code: {(done.stdout + done.stderr).strip()}")


def _tree(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def differences(expected: Path, actual: Path) -> list[str]:
    """Return the files of two trees that are missing, unexpected or different, with the first different lines."""
    new, old = dict(_tree(expected)), dict(_tree(actual)) if actual.is_dir() else {}
    lines = [f"missing: {name}" for name in sorted(new.keys() - old.keys())]
    lines += [f"not generated: {name}" for name in sorted(old.keys() - new.keys())]
    for name in sorted(new.keys() & old.keys()):
        if new[name] != old[name]:
            change = list(difflib.unified_diff(old[name].splitlines(), new[name].splitlines(), lineterm="", n=0))
            lines.append(f"different: {name}\n    " + "\n    ".join(change[2:8]))
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.generate", description="Generate the client from tools/openapi.json and the corrections."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if generated/ is out of date")
    options = parser.parse_args(arguments)
    operations = OPERATIONS_JSON
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "soundcloud_api"
        try:
            document = parse(OPENAPI_JSON.read_bytes(), name=OPENAPI_JSON.name)
            generate(document, made)
            listed = operation_list(document, methods_by_operation())
        except (GenerateError, DocumentError, OSError) as error:
            print(f"failed: {error}", file=sys.stderr)
            return 2
        if options.check:
            lines = differences(made, GENERATED)
            if not operations.exists() or operations.read_bytes() != listed:
                lines.append(f"different: {operations.name}")
            print("\n".join(lines or ["generated/soundcloud_api is up to date"]))
            if lines:
                print("run `make openapi-generate` and commit the result", file=sys.stderr)
            return 1 if lines else 0
        with staged([GENERATED, operations]) as (new, new_operations):
            shutil.copytree(made, new)
            new_operations.write_bytes(listed)
        print(f"generated {sum(1 for _ in _tree(GENERATED))} files from {OPENAPI_JSON.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
