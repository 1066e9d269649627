"""SoundCloud's documents of June and July 2026, normalised: the first one, and JSON merge patches (RFC 7396) to the next ones."""

import copy
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("documents")


def document(date: str) -> dict[str, Any]:
    """Return the document of 2026-06-15, 2026-07-15 or 2026-07-19."""
    found: dict[str, Any] = json.loads((FOLDER / "2026-06-15.json").read_text(encoding="utf-8"))
    for patch in sorted(FOLDER.glob("*.patch.json")):
        if patch.name[:10] <= date:
            found = patched(found, json.loads(patch.read_text(encoding="utf-8")))
    return found


def patched(value: Any, patch: Any) -> Any:
    """Apply a JSON merge patch."""
    if not isinstance(patch, dict):
        return patch
    result: dict[str, Any] = copy.deepcopy(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), change)
    return result
