"""The operations of the control API: one table, from which requests are routed and the OpenAPI document is made."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, cast

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from soundcloud.sandbox.controls import Snapshot
from soundcloud.sandbox.errors import SandboxError, WrongSettingError
from soundcloud.sandbox.faults.settings import Faults
from soundcloud.sandbox.http.control_document import make_document
from soundcloud.sandbox.http.control_operation import ControlOperation, ControlRequest, Fields, as_object, refuse
from soundcloud.sandbox.http.control_schemas import (
    CHANGES,
    CLOCK,
    CLOCK_CHANGE,
    COUNTS,
    DATASET,
    ENTRY,
    ENVIRONMENT,
    FAULTS,
    FAULTS_CHANGE,
    HEALTH,
    PAGE,
    QUOTAS,
    REQUEST,
    REQUESTS,
    RESET,
    SETTINGS,
    SETTINGS_CHANGE,
    SNAPSHOT,
    SNAPSHOT_NAME,
    SNAPSHOTS,
    TOKEN,
    TOKEN_REQUEST,
    USERNAMES,
    Schema,
    integer,
    string,
)
from soundcloud.sandbox.http.request_log import RecordedRequest, RequestLog

_KEEP_ALIVE_SECONDS = 15
_NO_STORE = {"Cache-Control": "no-store"}


def json_response(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON response; unlike Starlette's it can have a lone surrogate of a recorded body."""
    body = json.dumps(content, separators=(",", ":"))
    return Response(body, status, {**_NO_STORE, **(headers or {})}, "application/json")


def _health(request: ControlRequest) -> Response:
    return json_response({"status": "ok", "users": len(request.sandbox.usernames())})


def _openapi(_request: ControlRequest) -> Response:
    return json_response(make_document(OPERATIONS))


def _create_token(request: ControlRequest) -> Response:
    fields = request.fields("user", "app", "expires_in")
    user, app = fields.get("user"), fields.get("app", False)
    if user is not None and not isinstance(user, str):
        refuse("user", user, "a username or permalink")
    if not isinstance(app, bool) or (app and user is not None):
        refuse("app", app, "true without a user, or false")
    expires_in = _integer(fields, "expires_in")
    return json_response(request.sandbox.create_tokens(user, app=app, expires_in=expires_in), 201)


def _reset(request: ControlRequest) -> None:
    fields = request.fields("seed", "tracks", "dataset", *request.sandbox.settings)
    seed, tracks = _integer(fields, "seed", optional=True), _integer(fields, "tracks", optional=True)
    dataset = fields.get("dataset")
    if dataset is not None and not isinstance(dataset, dict):
        refuse("dataset", dataset, "a JSON object, the dataset itself")
    settings: Any = {name: value for name, value in fields.items() if name not in {"seed", "tracks", "dataset"}}
    request.sandbox.reset(seed=seed, tracks=tracks, dataset=cast("Fields | None", dataset), **settings)


def _change_settings(request: ControlRequest) -> Response:
    settings: Any = request.fields(*request.sandbox.settings)
    request.sandbox.change_settings(**settings)
    return json_response(request.sandbox.settings)


def _set_faults(request: ControlRequest) -> Response:
    request.sandbox.set_faults(Faults.from_json(request.body))
    return json_response(request.sandbox.faults.to_json())


def _format_snapshot(snapshot: Snapshot) -> Fields:
    return {"name": snapshot.name, "created_at": _format_time(snapshot.created_at), "size": len(snapshot.image)}


def _create_snapshot(request: ControlRequest) -> Response:
    name = request.fields("name").get("name")
    if name is not None and not isinstance(name, str):
        refuse("name", name, "a string")
    if name is None:
        taken, number = request.sandbox.snapshots, 1
        while f"snapshot-{number}" in taken:
            number += 1
        name = f"snapshot-{number}"
    return json_response(_format_snapshot(request.sandbox.snapshot(name)), 201)


def _list_snapshots(request: ControlRequest) -> Response:
    return json_response({"items": [_format_snapshot(found) for found in request.sandbox.snapshots.values()]})


def _list_entries(request: ControlRequest) -> Response:
    request.check_query("q", "limit", "offset")
    limit, offset = request.query_integer("limit", 50), request.query_integer("offset", 0)
    page = request.sandbox.list_data(request.path["kind"], q=request.query.get("q", ""), limit=limit, offset=offset)
    return json_response(page)


def _add_entry(request: ControlRequest) -> Response:
    return json_response(request.sandbox.add_data(request.path["kind"], request.body), 201)


def _change_entry(request: ControlRequest) -> Response:
    return json_response(request.sandbox.change_data(request.path["kind"], _entry_id(request), request.body))


def _delete_entry(request: ControlRequest) -> None:
    request.sandbox.delete_data(request.path["kind"], _entry_id(request))


def _entry_id(request: ControlRequest) -> int | str:
    value = request.path["id"]
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 16 else value


def _clock(request: ControlRequest) -> Response:
    now, offset = request.sandbox.clock, request.sandbox.clock_offset
    return json_response({"time": _format_time(now), "offset": offset})


def _change_clock(request: ControlRequest) -> Response:
    fields = request.fields("time", "advance")
    if len(fields) != 1:
        raise WrongSettingError("body", 'give either {"time": "2027-01-01T00:00:00Z"} or {"advance": 3600}')
    if "advance" in fields:
        seconds = fields["advance"]
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            refuse("advance", seconds, "a number of seconds")
        request.sandbox.advance_clock(seconds)
        return _clock(request)
    try:
        time = None if fields["time"] is None else datetime.fromisoformat(fields["time"])
        request.sandbox.set_clock(time)
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, WrongSettingError):
            raise
        refuse("time", fields["time"], "a time such as 2027-01-01T00:00:00Z, or null for this machine's time")
    return _clock(request)


def _list_requests(request: ControlRequest) -> Response:
    filters: dict[str, Any] = dict(request.query)
    request.check_query(*_FILTERS, "limit")
    limit = request.query_integer("limit", len(request.sandbox.requests))
    filters.pop("limit", None)
    if "status" in filters:
        filters["status"] = request.query_integer("status", 0)
    found = request.sandbox.requests.matching(**filters)
    return json_response([item.to_json() for item in found[max(0, len(found) - limit) :]])


def _get_request(request: ControlRequest) -> Response:
    value = request.path["id"]
    number = int(value) if value.isascii() and value.isdecimal() and len(value) < 16 else -1
    found = request.request_log.find(number)
    if found is None:
        raise SandboxError(f"there is no recorded request {value!r}: list /-/requests to see those that are kept")
    return json_response(found.to_json())


def _stream_requests(request: ControlRequest) -> Response:
    request.check_query("after")
    after = request.query_integer("after", 0)
    return _EventStream(_events(request.request_log, after), 200, _NO_STORE, "text/event-stream")


class _EventStream(StreamingResponse):
    """A stream that ends when its client leaves."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn 0.30 announces ASGI 2.4, whose `send` raises an error then, but it does not raise one.
        await super().__call__({**scope, "asgi": {**scope["asgi"], "spec_version": "2.3"}}, receive, send)


async def _events(request_log: RequestLog, last_id: int) -> AsyncGenerator[str, None]:
    """Yield server-sent events: `request` for each new request, and `clear` when the log is emptied."""
    changed, loop = asyncio.Event(), asyncio.get_running_loop()
    with request_log.listening(partial(loop.call_soon_threadsafe, changed.set)):
        generation = request_log.generation
        # Sent at once, so that the browser knows that the stream is open.
        yield ": open\n\n"
        while not request_log.is_closed:
            changed.clear()
            if request_log.generation != generation:
                generation = request_log.generation
                yield "event: clear\ndata: {}\n\n"
            for recorded in request_log.after(last_id):
                last_id = recorded.id
                yield f"id: {recorded.id}\nevent: request\ndata: {_summary(recorded)}\n\n"
                # Lets the server notice that the browser is gone, before it writes to a closed connection.
                await asyncio.sleep(0)
            try:
                await asyncio.wait_for(changed.wait(), _KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield ": keep-alive\n\n"


def _summary(recorded: RecordedRequest) -> str:
    return json.dumps(recorded.summary(), separators=(",", ":"))


def _integer(fields: Fields, name: str, *, optional: bool = False) -> Any:
    value = fields.get(name)
    if value is None and (optional or name not in fields):
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        refuse(name, value, "a whole number")
    return value


def _format_time(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_FILTERS = ("method", "path", "operation", "status", "user", "fault", "origin")
_ORIGINS = ("api", "sign-in", "sound")
_FILTER_SCHEMAS: Mapping[str, Schema] = {
    "method": string("The HTTP method."),
    "path": string("The path; `*` matches anything."),
    "operation": string("The id of the operation, such as `get_tracks_track_urn`."),
    "status": integer("The status of the response.", 0),
    "user": string("The permalink of the user."),
    "fault": string("An injected fault."),
    "origin": {"type": "string", "enum": [*_ORIGINS], "description": "The origin that received the request."},
    "limit": integer("The number of requests, of which the latest are returned.", 0),
}
_PAGING: Mapping[str, Schema] = {
    "q": string("Words that an entry must have."),
    "limit": integer("The maximum number of entries, 1 to 200.", 1, 200),
    "offset": integer("The number of entries to skip.", 0),
}

OPERATIONS: tuple[ControlOperation, ...] = (
    ControlOperation(
        "GET", "/-/health", "health", "", "Says that the sandbox is ready.", _health, HEALTH, is_open=True
    ),
    ControlOperation(
        "GET",
        "/-/openapi.json",
        "openapi",
        "",
        "Returns this OpenAPI document.",
        _openapi,
        {"type": "object"},
        is_open=True,
    ),
    ControlOperation(
        "GET",
        "/-/environment",
        "environment",
        "environment",
        "Returns the variables for a program that uses the sandbox.",
        lambda request: json_response(request.sandbox.environment()),
        ENVIRONMENT,
    ),
    ControlOperation(
        "POST",
        "/-/tokens",
        "create_tokens",
        "create_tokens user_token",
        "Signs a user or the app in without the sign-in page.",
        _create_token,
        TOKEN,
        status=201,
        body=TOKEN_REQUEST,
        body_hint="the user",
    ),
    ControlOperation(
        "POST",
        "/-/tokens/expire",
        "expire_tokens",
        "expire_tokens",
        "Expires all access tokens. Refresh tokens stay valid.",
        lambda request: request.sandbox.expire_tokens(),
    ),
    ControlOperation(
        "GET",
        "/-/tokens/requests",
        "token_requests",
        "token_requests",
        "Counts the requests to the token endpoint.",
        lambda request: json_response(request.sandbox.token_requests()),
        COUNTS,
    ),
    ControlOperation(
        "GET",
        "/-/users",
        "usernames",
        "usernames",
        "Lists the permalinks of all users.",
        lambda request: json_response(request.sandbox.usernames()),
        USERNAMES,
    ),
    ControlOperation(
        "POST",
        "/-/reset",
        "reset",
        "reset",
        "Restores the initial data, faults, settings and clock.",
        _reset,
        body=RESET,
        body_hint="a seed, a number of tracks, a dataset or settings",
        is_large=True,
    ),
    ControlOperation(
        "GET",
        "/-/settings",
        "settings",
        "settings",
        "Returns the settings.",
        lambda request: json_response(request.sandbox.settings),
        SETTINGS,
    ),
    ControlOperation(
        "PATCH",
        "/-/settings",
        "change_settings",
        "change_settings",
        "Changes the given settings only.",
        _change_settings,
        SETTINGS,
        body=SETTINGS_CHANGE,
        body_hint="the settings",
        body_required=True,
    ),
    ControlOperation(
        "GET",
        "/-/faults",
        "faults",
        "faults",
        "Returns the injected faults.",
        lambda request: json_response(request.sandbox.faults.to_json()),
        FAULTS,
    ),
    ControlOperation(
        "PUT",
        "/-/faults",
        "set_faults",
        "set_faults",
        "Replaces all faults. A setting that is missing gets its default.",
        _set_faults,
        FAULTS,
        body=FAULTS_CHANGE,
        body_hint="the faults",
        body_required=True,
    ),
    ControlOperation(
        "DELETE",
        "/-/faults",
        "clear_faults",
        "clear_faults",
        "Removes all faults.",
        lambda request: request.sandbox.clear_faults(),
    ),
    ControlOperation(
        "GET", "/-/snapshots", "snapshots", "snapshots", "Lists the snapshots.", _list_snapshots, SNAPSHOTS
    ),
    ControlOperation(
        "POST",
        "/-/snapshots",
        "snapshot",
        "snapshot",
        "Saves the data, the tokens and the used quotas.",
        _create_snapshot,
        SNAPSHOT,
        status=201,
        body=SNAPSHOT_NAME,
        body_hint="the name of the snapshot",
    ),
    ControlOperation(
        "POST",
        "/-/snapshots/{name}/restore",
        "restore",
        "restore",
        "Restores a snapshot.",
        lambda request: request.sandbox.restore(request.path["name"]),
    ),
    ControlOperation(
        "DELETE",
        "/-/snapshots/{name}",
        "delete_snapshot",
        "delete_snapshot",
        "Deletes a snapshot.",
        lambda request: request.sandbox.delete_snapshot(request.path["name"]),
    ),
    ControlOperation(
        "GET",
        "/-/data",
        "export_data",
        "export_data",
        "Returns all data as a custom dataset.",
        lambda request: json_response(request.sandbox.export_data()),
        DATASET,
        is_large=True,
    ),
    ControlOperation(
        "PUT",
        "/-/data",
        "import_data",
        "import_data",
        "Replaces all data with a custom dataset.",
        lambda request: request.sandbox.import_data(as_object(request.body, "dataset")),
        body=DATASET,
        body_hint="the dataset",
        body_required=True,
        is_large=True,
    ),
    ControlOperation(
        "GET",
        "/-/data/{kind}",
        "list_data",
        "list_data",
        "Lists and searches entries, newest first.",
        _list_entries,
        PAGE,
        query=_PAGING,
    ),
    ControlOperation(
        "POST",
        "/-/data/{kind}",
        "add_data",
        "add_data",
        "Adds an entry, in the format of a custom dataset.",
        _add_entry,
        ENTRY,
        status=201,
        body=CHANGES,
        body_hint="the entry",
        body_required=True,
    ),
    ControlOperation(
        "PATCH",
        "/-/data/{kind}/{id}",
        "change_data",
        "change_data",
        "Changes fields of an entry.",
        _change_entry,
        ENTRY,
        body=CHANGES,
        body_hint="the changed fields",
        body_required=True,
    ),
    ControlOperation(
        "DELETE",
        "/-/data/{kind}/{id}",
        "delete_data",
        "delete_data",
        "Deletes an entry with all that belongs to it.",
        _delete_entry,
    ),
    ControlOperation(
        "GET",
        "/-/quotas",
        "quota_usage",
        "quota_usage",
        "Returns how many app tokens count against the quotas.",
        lambda request: json_response(request.sandbox.quota_usage()),
        QUOTAS,
    ),
    ControlOperation(
        "DELETE",
        "/-/quotas",
        "refill_quotas",
        "refill_quotas",
        "Resets all quotas: no app token counts any more.",
        lambda request: request.sandbox.refill_quotas(),
    ),
    ControlOperation(
        "GET", "/-/clock", "clock", "clock clock_offset", "Returns the time of the sandbox.", _clock, CLOCK
    ),
    ControlOperation(
        "PATCH",
        "/-/clock",
        "change_clock",
        "set_clock advance_clock",
        "Sets the clock, or moves it by some seconds.",
        _change_clock,
        CLOCK,
        body=CLOCK_CHANGE,
        body_hint="a time or seconds",
        body_required=True,
    ),
    ControlOperation(
        "GET",
        "/-/requests",
        "requests",
        "requests",
        "Returns the recorded requests, oldest first.",
        _list_requests,
        REQUESTS,
        query=_FILTER_SCHEMAS,
    ),
    ControlOperation(
        "DELETE",
        "/-/requests",
        "clear_requests",
        "clear_requests",
        "Removes the recorded requests.",
        lambda request: request.sandbox.clear_requests(),
    ),
    ControlOperation(
        "GET",
        "/-/requests/events",
        "request_events",
        "requests",
        "Sends each request as a server-sent event when it ends.",
        _stream_requests,
        string("A stream of server-sent events."),
        query={"after": integer("The id of a request: only later ones are sent.", 0)},
    ),
    ControlOperation(
        "GET", "/-/requests/{id}", "request", "requests", "Returns a recorded request.", _get_request, REQUEST
    ),
)
