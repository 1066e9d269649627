"""JSON schemas of the control API, for its OpenAPI document."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeAlias

from soundcloud.sandbox.data.custom_dataset import LISTS
from soundcloud.sandbox.data.datasets import DEFAULT_TRACKS, MAXIMUM_TRACKS
from soundcloud.sandbox.data.entries import KINDS
from soundcloud.sandbox.faults.settings import DRIFT_KINDS, ERROR_KINDS, FLAKY_KINDS, RATE_LIMIT_KINDS, Faults
from soundcloud.sandbox.http.request_log import SUMMARY_FIELDS
from soundcloud.sandbox.settings import SETTING_TEXTS, Settings

Schema: TypeAlias = dict[str, Any]

_SECONDS = 10**9
_SEED = 2**63 - 1


def string(description: str = "", **keywords: Any) -> Schema:
    """Return the schema of a string."""
    return {"type": "string", **({"description": description} if description else {}), **keywords}


def integer(description: str = "", minimum: int | None = None, maximum: int | None = None) -> Schema:
    """Return the schema of a whole number."""
    limits = {"minimum": minimum, "maximum": maximum}
    given = {name: value for name, value in limits.items() if value is not None}
    return {"type": "integer", **({"description": description} if description else {}), **given}


def _object(properties: Mapping[str, Schema], *, required: bool = True, closed: bool = True) -> Schema:
    names = {"required": [*properties]} if required else {}
    return {"type": "object", "properties": dict(properties), **names, "additionalProperties": not closed}


def _nullable(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_TIME = string("A time such as `2027-01-01T00:00:00.000Z`.", format="date-time")
_USER = string("The username or permalink of a user.")

HEALTH = _object({"status": {"const": "ok"}, "users": integer("The number of users.", 0)})
ENVIRONMENT: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
COUNTS: Schema = {"type": "object", "additionalProperties": integer("", 0)}
USERNAMES = _array({"type": "string"})

TOKEN_REQUEST = _object(
    {
        "user": _nullable(string("The username or permalink of a user; by default the first one.")),
        "app": {"type": "boolean", "description": "Whether to return a token of the app, without a user."},
        "expires_in": integer("Seconds until the access token expires; default 3599.", 0, _SECONDS),
    },
    required=False,
)
TOKEN = _object(
    {
        "access_token": string("The access token."),
        "refresh_token": string("The refresh token."),
        "expires_in": integer("Seconds until the access token expires.", 0),
        "scope": string(),
        "token_type": string(),
        "user": _nullable(string("The permalink of the user; null for a token of the app.")),
    }
)

_SETTING_TYPES: Mapping[Any, Schema] = {
    bool: {"type": "boolean"},
    float: {"type": "number", "minimum": -_SECONDS, "maximum": _SECONDS},
}
_SETTINGS: dict[str, Schema] = {
    field.name: {**_SETTING_TYPES[field.type], "description": SETTING_TEXTS[field.name]} for field in fields(Settings)
}
SETTINGS = _object(_SETTINGS)
SETTINGS_CHANGE = _object(_SETTINGS, required=False)

DATASET: Schema = {
    "type": "object",
    "description": "A custom dataset; docs/sandbox.md lists its fields.",
    "properties": {
        **{name: _array({"type": "object"}) for name in LISTS},
        "default_user": string("The permalink of the user who is signed in by default."),
    },
    "required": ["users"],
    "additionalProperties": False,
}
RESET = _object(
    {
        "seed": _nullable(integer("The seed of other generated data, also for later resets.", -_SEED, _SEED)),
        "tracks": _nullable(
            integer(
                "The number of tracks of other generated data, also for later resets; not with a dataset.",
                DEFAULT_TRACKS,
                MAXIMUM_TRACKS,
            )
        ),
        "dataset": {**DATASET, "type": ["object", "null"]},
        **_SETTINGS,
    },
    required=False,
)

_RATE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_FAULTS: dict[str, Schema] = {
    "latency": {
        "oneOf": [
            {"type": "number", "minimum": 0, "maximum": 3600},
            {**_array({"type": "number", "minimum": 0, "maximum": 3600}), "minItems": 2, "maxItems": 2},
        ],
        "description": "Seconds by which each request is delayed, or a range.",
    },
    "error_rate": {
        "oneOf": [_RATE, _object(dict.fromkeys(ERROR_KINDS, _RATE), required=False)],
        "description": "The share of requests that fail, for all kinds together or by kind.",
    },
    "rate_limit": {
        "oneOf": [
            {"type": "null"},
            {
                **_object(
                    {
                        "requests": integer("Requests in a window.", 1),
                        "seconds": {"type": "number", "exclusiveMinimum": 0, "maximum": 86_400},
                        "kind": string(enum=[*RATE_LIMIT_KINDS]),
                    },
                ),
                "required": ["requests", "seconds"],
            },
        ],
        "description": "A limit after which requests get 429.",
    },
    "expire_tokens": {
        "type": ["integer", "null"],
        "minimum": 1,
        "description": "Expire tokens before each n-th request.",
    },
    "drift": _array(string(enum=[*DRIFT_KINDS])),
    "drift_rate": _RATE,
    "flaky_pages": _array(string(enum=[*FLAKY_KINDS])),
    "flaky_rate": _RATE,
    "paths": _array(
        string("A pattern such as `/tracks/*` or `POST /likes/*`.", pattern=r"^([A-Z]+ )?[/*][^\s?\[\]]*$")
    ),
    "seed": integer("The seed of the random selection."),
    "times": {"type": ["integer", "null"], "minimum": 0, "description": "The maximum number of faults."},
    "slow_seconds": {"type": "number", "minimum": 0, "maximum": 3600},
}
assert _FAULTS.keys() == {field.name for field in fields(Faults)}, "every fault has a schema"  # noqa: S101
FAULTS = _object(_FAULTS)
FAULTS_CHANGE = _object(_FAULTS, required=False)

SNAPSHOT_NAME = _object(
    {"name": _nullable(string("By default `snapshot-1`, and so on.", pattern=r"^[A-Za-z0-9._-]{1,64}$"))},
    required=False,
)
SNAPSHOT = _object({"name": string(), "created_at": _TIME, "size": integer("Bytes.", 0)})
SNAPSHOTS = _object({"items": _array(SNAPSHOT)})

KIND = string("A kind of entries.", enum=[*KINDS])
ENTRY: Schema = {
    "type": "object",
    "description": "An entry in the format of a custom dataset.",
    "properties": {"id": {"type": ["integer", "string"]}},
    "required": ["id"],
}
CHANGES: Schema = {"type": "object", "description": "Fields of an entry in the format of a custom dataset."}
PAGE = _object({"items": _array(ENTRY), "total": integer("The number of all entries that were found.", 0)})

_QUOTA = _object({"used": integer("", 0), "limit": integer("", 1), "seconds": integer("", 1)})
QUOTAS = _object({"app": _QUOTA, "addresses": {"type": "object", "additionalProperties": _QUOTA}})

CLOCK = _object({"time": _TIME, "offset": {"type": "number", "description": "Seconds ahead of this machine's clock."}})
CLOCK_CHANGE = _object(
    {
        "time": {**_TIME, "type": ["string", "null"], "description": "The new time; null is the time of this machine."},
        "advance": {"type": "number", "description": "Seconds to add.", "minimum": -_SECONDS, "maximum": _SECONDS},
    },
    required=False,
)

_STRINGS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
_SUMMARY: dict[str, Schema] = {
    "id": integer("A number that increases with each request.", 1),
    "time": _TIME,
    "method": string(),
    "path": string("The path, percent-decoded."),
    "query": _STRINGS,
    "operation": _nullable(string("The id of the operation.")),
    "status": _nullable(integer("The status of the response; null without one.")),
    "user": _nullable(string("The permalink of the user.")),
    "faults": _array({"type": "string"}),
    "duration": {"type": "number", "minimum": 0, "description": "Seconds."},
    "origin": string(enum=["api", "sign-in", "sound"]),
}
assert _SUMMARY.keys() == {*SUMMARY_FIELDS}, "every field of a summary has a schema"  # noqa: S101
REQUEST = _object(
    {
        **_SUMMARY,
        "headers": _STRINGS,
        "body": {"description": "A JSON value, the fields of a form, or a description."},
        "response_headers": _STRINGS,
        "response_body": {"description": "A JSON value, a text, or a description."},
    }
)
REQUESTS = _array(REQUEST)

ERROR = {
    **_object(
        {
            "code": integer("The status of the response.", 400, 599),
            "message": string("What failed, with the value, and what to do."),
            "setting": string("The invalid setting, field or parameter."),
        }
    ),
    "required": ["code", "message"],
}
