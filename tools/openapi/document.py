"""Reads SoundCloud's OpenAPI document, reduces it to its interface and writes it in one canonical form.

The JSON and the YAML edition of the document, from the network or a file, give the same bytes in `tools/openapi.json`.
"""

import json
import math
import re
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tools.openapi.fetch import MAX_BYTES, DocumentError, fetch
from tools.openapi.interface import HTTP_METHODS, canonical, is_mapping, is_sequence, normalise, references, resolve
from tools.openapi.yaml_loader import YamlTextError, read_yaml

OPENAPI_JSON = Path(__file__).parents[1] / "openapi.json"
"""The normalised document that the client is generated from."""

_MAX_NODES = 500_000
_MAX_DEPTH = 100

_HINT = "give the URL of the OpenAPI document itself, as JSON or YAML"


def parse(content: bytes, *, name: str) -> dict[str, Any]:
    """Read an OpenAPI 3.x document, JSON or YAML 1.2.

    Timestamps stay strings, as in JSON. Nothing is dropped; see `normalise` for that.

    Args:
        content: The document, UTF-8, at most 10 MiB.
        name: The document's URL or path, for errors.

    Raises:
        DocumentError: It is not an OpenAPI document, or it is incomplete.
    """
    if len(content) > MAX_BYTES:
        raise DocumentError(f"{name}: larger than {MAX_BYTES} bytes; {_HINT}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{name}: not UTF-8 text (byte {error.start}); {_HINT}") from None
    start = text.lstrip()[:1]
    if not start:
        raise DocumentError(f"{name}: empty; {_HINT}")
    if start == "<":
        raise DocumentError(f"{name}: HTML or XML, not an OpenAPI document; {_HINT}")
    value = _read_json(text, name) if start in "{[" else _read_yaml(text, name)
    _check_bounds(value, name)
    return _checked(value, name)


def read(source: str) -> dict[str, Any]:
    """Fetch a document from a URL or a path and parse it.

    Raises:
        DocumentError: It cannot be fetched, or is not an OpenAPI document.
    """
    return parse(fetch(source), name=source)


def load(source: str) -> dict[str, Any]:
    """Fetch a document from a URL or a path, and return its interface; see `normalise`.

    Raises:
        DocumentError: It cannot be fetched, or is not an OpenAPI document.
    """
    return normalise(read(source))


def load_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file of this project.

    Raises:
        DocumentError: It cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise DocumentError(f"{path}: cannot be read ({error}); repair it") from None


def load_entries(path: Path, name: str, needed: Collection[str]) -> list[dict[str, Any]]:
    """Read the entries `[[name]]` of a TOML file of this project.

    Raises:
        DocumentError: The file cannot be read, or an entry lacks one of the needed keys.
    """
    entries: Any = load_toml(path).get(name, [])
    if not is_sequence(entries) or not all(is_mapping(entry) for entry in entries):
        raise DocumentError(f"{path}: {name} is {entries!r}, not a list of tables; begin each entry with [[{name}]]")
    for number, entry in enumerate(entries, start=1):
        if missing := sorted({*needed} - entry.keys()):
            raise DocumentError(f"{path}, entry {number} lacks {', '.join(missing)}; add what is missing")
    return entries


def dump(document: dict[str, Any]) -> bytes:
    """Write a document as canonical JSON: UTF-8, sorted keys, two spaces of indent, a newline at the end."""
    return (json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def operation_id(method: str, path: str) -> str:
    """Derive the name of an operation: `get_tracks_track_urn` from `get` and `/tracks/{track_urn}`."""
    return re.sub(r"[^a-z0-9]+", "_", f"{method} {path}".lower()).strip("_")


def operation_ids(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return (method in upper case, path template) by the name of the operation, in the order of the document.

    Raises:
        DocumentError: Two operations would have the same name.
    """
    names: dict[str, tuple[str, str]] = {}
    paths: Any = document.get("paths")
    for path, item in (paths if is_mapping(paths) else {}).items():
        if not is_mapping(item) or path.startswith("x-"):
            continue
        for method in HTTP_METHODS:
            if not is_mapping(item.get(method)):
                continue
            name = operation_id(method, path)
            if name in names:
                other_method, other_path = names[name]
                raise DocumentError(
                    f"{method.upper()} {path} and {other_method} {other_path} would both be called {name}; "
                    "remove one of them with the rule remove in tools/corrections.toml"
                )
            names[name] = (method.upper(), path)
    return names


def _read_json(text: str, name: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise DocumentError(f"{name}: key {twice!r} occurs twice in one object; report it to SoundCloud")
        return values

    try:
        return json.loads(text, object_pairs_hook=unique)
    except RecursionError:
        raise DocumentError(f"{name}: nested deeper than {_MAX_DEPTH} levels; {_HINT}") from None
    except ValueError as error:
        raise DocumentError(f"{name}: invalid or incomplete JSON ({error}); fetch it again or {_HINT}") from None


def _read_yaml(text: str, name: str) -> Any:
    try:
        return read_yaml(text, max_nodes=_MAX_NODES, max_depth=_MAX_DEPTH)
    except YamlTextError as error:
        raise DocumentError(f"{name}: invalid or incomplete YAML ({error}); fetch it again or {_HINT}") from None


def _check_bounds(document: Any, name: str) -> None:
    """Reject a document that is too large or too deep for recursion, and numbers and strings that JSON cannot write."""
    waiting = [(document, 1)]
    nodes = 0
    while waiting:
        value, depth = waiting.pop()
        nodes += 1
        if nodes > _MAX_NODES:
            raise DocumentError(f"{name}: holds more than {_MAX_NODES} values; {_HINT}")
        if depth > _MAX_DEPTH:
            raise DocumentError(f"{name}: nested deeper than {_MAX_DEPTH} levels; {_HINT}")
        if isinstance(value, float) and not math.isfinite(value):
            raise DocumentError(f"{name}: holds a number that JSON cannot write ({value}); report it to SoundCloud")
        if is_mapping(value):
            waiting.extend((item, depth + 1) for item in value.values())
        elif is_sequence(value):
            waiting.extend((item, depth + 1) for item in value)
    try:
        canonical(document).encode()
    except UnicodeEncodeError:
        raise DocumentError(f"{name}: holds a lone surrogate; report it to SoundCloud") from None


def _checked(document: Any, name: str) -> dict[str, Any]:
    """Return the value if it is an OpenAPI 3.x document with paths whose references all resolve."""
    if not is_mapping(document):
        raise DocumentError(f"{name}: {_kind(document)} at the top, not an object with OpenAPI's keys; {_HINT}")
    version: Any = document.get("openapi")
    if not isinstance(version, str) or not re.fullmatch(r"3\.\d+(\.\d+)?(-.*)?", version):
        said = f"swagger {document['swagger']}" if "swagger" in document else f"openapi: {version!r}"
        raise DocumentError(f"{name}: not OpenAPI 3.x (it says {said}); {_HINT}")
    paths: Any = document.get("paths")
    if not is_mapping(paths) or not any(is_mapping(item) for item in paths.values()):
        raise DocumentError(f"{name}: no paths in it, so no operations; {_HINT}")
    # A truncated document is often valid YAML, so check for what OpenAPI 3.0 requires: `responses` in each operation.
    for path, item in paths.items():
        if not is_mapping(item) and not path.startswith("x-"):
            raise DocumentError(f"{name}: {path} has nothing under it; incomplete? fetch it again or {_HINT}")
        for method in HTTP_METHODS if is_mapping(item) and version.startswith("3.0") else ():
            operation = item.get(method)
            if method in item and not (is_mapping(operation) and is_mapping(operation.get("responses"))):
                where = f"{method.upper()} {path}"
                raise DocumentError(f"{name}: {where} has no responses; incomplete? fetch it again or {_HINT}")
    for reference in sorted(references(normalise(document))):
        if resolve(document, reference) is None:
            raise DocumentError(
                f"{name}: refers to {reference}, which is not in it; incomplete? fetch it again or {_HINT}"
            )
    return document


def _kind(value: Any) -> str:
    return "an array" if is_sequence(value) else "nothing" if value is None else f"a {type(value).__name__}"
