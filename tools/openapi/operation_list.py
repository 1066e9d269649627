"""Lists the operations of the document in tools/openapi-operations.json, for programs that do not read OpenAPI."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tools.openapi.operation_index import operations, parameters, path_items
from tools.openapi.schema_text import items_of


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
