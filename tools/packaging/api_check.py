"""Compares the public API with that of an earlier version, and lists the breaking changes.

    python -m tools.packaging.api_check [--against REF]

The default is the last version tag. The API is what `soundcloud` and its public modules export, the namespaces of the client with
their inherited methods, and `soundcloud_api`. Breaking changes are allowed if the newest section of CHANGELOG.md has a heading
`### Breaking`.

Exit status: 0 no breaking change, or they are announced; 1 a breaking change; 2 the versions cannot be compared.
"""

import argparse
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

import griffe

ROOT = Path(__file__).resolve().parents[2]
NAMESPACES = "soundcloud._sync.namespaces"
_EXPLANATION = griffe.ExplanationStyle.ONE_LINE


class ComparisonError(Exception):
    """The two versions cannot be compared; the message says why."""


def breaking_changes(old: Path, new: Path) -> list[str]:
    """Return the breaking changes between two folders with `src` and `generated`, one line each.

    Raises:
        ComparisonError: A version cannot be read.
    """
    before, after = _surface(old), _surface(new)
    found: dict[str, None] = {}
    for name, value in before.items():
        if name not in after:
            found[f"{name}: was removed"] = None
            continue
        for breakage in griffe.find_breaking_changes(value, after[name]):
            found[breakage.explain(style=_EXPLANATION)] = None
    # Remove the escape sequences, the folders and the line numbers.
    plain = (re.sub(r"\x1b\[[\d;]*m", "", text) for text in found)
    texts = (text.replace(f"{old}/", "").replace(f"{new}/", "") for text in plain)
    return sorted(dict.fromkeys(re.sub(r"^(\S+?):\d+: ", r"\1: ", text) for text in texts))


def _surface(folder: Path) -> dict[str, griffe.Module]:
    """Return the public API of a version: each name, alone in a module."""
    loader = griffe.GriffeLoader(search_paths=[folder / "src", folder / "generated"], allow_inspection=False)
    try:
        generated = loader.load("soundcloud_api")
        package = loader.load("soundcloud")
        loader.resolve_aliases(implicit=True)
    except (ImportError, griffe.LoadingError) as error:
        raise ComparisonError(f"{folder}: {error}") from None
    modules = [package, *(member for name, member in package.members.items() if not name.startswith("_"))]
    modules += [generated["models"], generated["types"]]
    found: dict[str, griffe.Module] = {}
    for module in modules:
        if isinstance(module, griffe.Module):
            found |= {f"{module.path}.{value.name}": _alone(value) for value in _exported(module)}
    for module in package[NAMESPACES.removeprefix("soundcloud.")].members.values():
        if isinstance(module, griffe.Module):
            # The module of a namespace is private, so it is not part of the name.
            found |= {cls.name: _alone(cls) for cls in module.classes.values() if not cls.is_alias}
    # Module and function have the same name, which the loader resolves to a cyclic alias.
    for file in sorted((folder / "generated" / "soundcloud_api" / "api").glob("*/[!_]*.py")):
        name = f"soundcloud_api.api.{file.parent.name}.{file.stem}"
        found[name] = griffe.visit(name, file, file.read_text(encoding="utf-8"))
    return found


def _exported(module: griffe.Module) -> list[griffe.Object | griffe.Alias]:
    """Return the members of `__all__`; without it, the public names that the module defines."""
    if module.exports is not None:
        found = [module.members.get(str(name)) for name in module.exports]
    else:
        found = [member for member in module.members.values() if not member.is_alias and member.is_public]
    return [value for value in found if value is not None and _is_ours(value)]


def _is_ours(value: griffe.Object | griffe.Alias) -> bool:
    try:
        return value.is_class or value.is_function
    except griffe.AliasResolutionError:  # a name of another package
        return False


def _alone(value: griffe.Object | griffe.Alias) -> griffe.Module:
    """Return a module with this member only, because Griffe compares the members of modules."""
    module = griffe.Module("alone")
    module.members["it"] = value.final_target if isinstance(value, griffe.Alias) else value
    return module


def last_tag(root: Path) -> str | None:
    """Return the last version tag before this commit, whose own tag would be the compared version."""
    command = ["git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD^"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def _announced(root: Path) -> bool:
    """Return whether the newest section of CHANGELOG.md announces breaking changes."""
    sections = re.split(r"^## ", (root / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return len(sections) > 1 and "\n### Breaking" in sections[1]


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.packaging.api_check", description="List breaking changes.")
    parser.add_argument("--against", metavar="REF", help="a tag, branch or commit; default the last version tag")
    options = parser.parse_args(arguments)
    reference = options.against or last_tag(root)
    if reference is None:
        print("api_check: there is no version tag yet", file=sys.stderr)
        return 0
    try:
        with tempfile.TemporaryDirectory() as name:
            old = Path(name).resolve()
            _extract(root, reference, old)
            found = breaking_changes(old, root)
    except ComparisonError as error:
        print(f"api_check: {error}", file=sys.stderr)
        return 2
    for line in found:
        print(line)
    announced = bool(found) and _announced(root)
    said = ", announced in CHANGELOG.md" if announced else ""
    print(f"api_check: {len(found)} breaking changes since {reference}{said}", file=sys.stderr)
    return 1 if found and not announced else 0


def _extract(root: Path, reference: str, folder: Path) -> None:
    archive = folder / "old.tar"
    command = ["git", "archive", "--output", str(archive), reference, "src", "generated"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ComparisonError(f"{reference} cannot be read: {done.stderr.strip()}")
    with tarfile.open(archive) as content:
        content.extractall(folder, filter="data")


if __name__ == "__main__":
    sys.exit(main())
