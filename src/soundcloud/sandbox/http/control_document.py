"""The OpenAPI document of the control API, made from the table of its operations."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from re import findall
from typing import Any

from soundcloud.sandbox.http.control_operations import ControlOperation
from soundcloud.sandbox.http.control_schemas import ERROR, KIND, Schema, string

_DESCRIPTION = (
    "Controls a running sandbox of SoundCloud's API. It needs no token, and answers only to programs on the same machine and"
    " to pages of the same origin, unless the sandbox was started with --open-control."
)
_ERRORS = {
    "400": "The body is not JSON.",
    "403": "The request is from another machine or another origin.",
    "404": "There is no such resource.",
    "413": "The body is too long.",
    "422": "A setting, a field or a parameter is invalid; nothing was changed.",
}
_PATH_PARAMETERS: dict[str, Schema] = {
    "kind": KIND,
    "name": string("The name of a snapshot."),
    "id": string("The id of the resource."),
}


def make_document(operations: Sequence[ControlOperation]) -> dict[str, Any]:
    """Return the document, OpenAPI 3.1."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sandbox control API", "version": _version(), "description": _DESCRIPTION},
        "paths": paths,
        "components": {"schemas": {"Error": ERROR}},
    }


def _version() -> str:
    try:
        return version("soundcloud-sdk")
    except PackageNotFoundError:
        return "0"


def _describe(operation: ControlOperation) -> dict[str, Any]:
    in_path = findall(r"\{(\w+)\}", operation.path)
    parameters = [
        *({"name": name, "in": "path", "required": True, "schema": _PATH_PARAMETERS[name]} for name in in_path),
        *({"name": name, "in": "query", "schema": schema} for name, schema in operation.query.items()),
    ]
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        **({"parameters": parameters} if parameters else {}),
        "responses": {**_success(operation), **_failures(operation, has_path=bool(in_path))},
    }
    if operation.body is not None:
        content = {"application/json": {"schema": operation.body}}
        described["requestBody"] = {"required": operation.body_required, "content": content}
    return described


def _success(operation: ControlOperation) -> dict[str, Any]:
    if operation.response is None:
        return {"204": {"description": "Done."}}
    media_type = "text/event-stream" if operation.name == "request_events" else "application/json"
    content = {media_type: {"schema": operation.response}}
    return {str(operation.status): {"description": operation.summary, "content": content}}


def _failures(operation: ControlOperation, *, has_path: bool) -> dict[str, Any]:
    statuses = ["403"] if not operation.is_open else []
    statuses += ["404"] if has_path else []
    statuses += ["400", "413"] if operation.body is not None else []
    statuses += ["422"] if operation.body is not None or operation.query or has_path else []
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {status: {"description": _ERRORS[status], "content": content} for status in sorted(statuses)}
