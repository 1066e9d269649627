"""An operation of the control API, and a request to it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias, cast

from starlette.responses import Response

from soundcloud.sandbox.controls import SandboxControls
from soundcloud.sandbox.errors import WrongSettingError
from soundcloud.sandbox.http.control_schemas import Schema
from soundcloud.sandbox.http.request_log import RequestLog

Fields: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """A request: parameters of the path and the query, and the decoded body."""

    sandbox: SandboxControls
    request_log: RequestLog
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None

    def fields(self, *known: str) -> Fields:
        """Return the body, an object with some of the known fields; an empty body has none."""
        if self.body is None:
            return {}
        fields = as_object(self.body, "body")
        for name in fields:
            if name not in known:
                raise WrongSettingError(name, f"unknown field: use {', '.join(known)}")
        return fields

    def check_query(self, *known: str) -> None:
        """Reject unknown parameters, which are most often misspelt."""
        for name in self.query:
            if name not in known:
                raise WrongSettingError(name, f"unknown parameter: use {', '.join(known) or 'none'}")

    def query_integer(self, name: str, default: int) -> int:
        """Return a parameter of the query as a number."""
        value = self.query.get(name, str(default))
        if not (value.isascii() and value.isdecimal() and len(value) < 16):
            raise WrongSettingError(name, f"{value!r} is not a whole number of 0 or more")
        return int(value)


Handler: TypeAlias = Callable[[ControlRequest], Response | None]


@dataclass(frozen=True, slots=True)
class ControlOperation:
    """An operation; without `response` it answers 204. `python` is what does the same in `Sandbox`."""

    method: str
    path: str
    name: str
    python: str
    summary: str
    handle: Handler
    response: Schema | None = None
    status: int = 200
    body: Schema | None = None
    body_hint: str = ""
    body_required: bool = False
    query: Mapping[str, Schema] = field(default_factory=dict[str, Schema])
    # Whether other machines may use it, too.
    is_open: bool = False
    # Whether it may handle a whole dataset.
    is_large: bool = False


def as_object(body: Any, name: str) -> Fields:
    """Return a JSON object; raise an error for another value."""
    if not isinstance(body, dict):
        refuse(name, body, "a JSON object")
    return cast("Fields", body)


def refuse(name: str, value: object, expected: str) -> NoReturn:
    """Raise an error about a value of a request."""
    raise WrongSettingError(name, f"{json.dumps(value)[:100]} is not valid: give {expected}")
