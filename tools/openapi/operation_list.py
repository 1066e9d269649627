"""Lists the operations of the document in tools/openapi-operations.json, for programs that do not read OpenAPI."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.openapi.document import OPENAPI_JSON
from tools.openapi.fetch import DocumentError
from tools.openapi.operation_index import operations, parameters, path_items
from tools.openapi.schema_text import items_of

OPERATIONS_JSON = OPENAPI_JSON.with_name("openapi-operations.json")
"""The list of the operations of tools/openapi.json."""


def listed_methods(path: Path) -> dict[str, list[str]]:
    """Return the methods by operation of a list that was written before; none if there is no list.

    Raises:
        DocumentError: The list cannot be read.
    """
    try:
        entries: Any = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        return {entry["id"]: entry["methods"] for entry in entries}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DocumentError(f"{path}: cannot be read ({error}); restore it") from None


def operation_list(document: dict[str, Any], methods: Mapping[str, Sequence[str]]) -> bytes:
    """Return the list as JSON, sorted by path, with one operation in each line.

    Args:
        document: A normalised document.
        methods: The facade's methods by operation.
    """
    entries = [
        {
            "id": operation.name,
            "method": operation.method,
            "path": operation.path,
            "tags": items_of(operation.value.get("tags")),
            "parameters": [
                {"name": found.name, "in": found.place, "required": found.value.get("required") is True}
                for found in parameters(document, operation)
            ],
            "deprecated": operation.value.get("deprecated") is True,
            "methods": sorted(methods.get(operation.name, ())),
        }
        for path, item in sorted(path_items(document).items())
        for operation in operations(path, item).values()
    ]
    lines = (json.dumps(entry, ensure_ascii=False) for entry in entries)
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()
