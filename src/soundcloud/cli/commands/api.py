"""`soundcloud api`: any request to the API."""

import json
import math
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import urlencode

import click

from soundcloud._protocol.printable import to_printable
from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import CommandError, shorten
from soundcloud.cli.framework.event_log import print_request
from soundcloud.cli.framework.options import argument, list_options, writing_options
from soundcloud.cli.output.columns import View
from soundcloud.cli.output.terminal import write_output

if TYPE_CHECKING:
    from soundcloud import Page, RawResponse, SoundCloudClient, SoundCloudError


Field: TypeAlias = tuple[list[str], Any]
"""The path of a field of the body, and its value."""

_METHODS = ("GET", "POST", "PUT", "DELETE")


def _complete_methods(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - click's signature
    return [method for method in _METHODS if method.startswith(incomplete.upper())]


def _parse_query(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:  # noqa: ARG001 - click's signature
    pairs = [value.partition("=") for value in values]
    if not all(name and separator for name, separator, _ in pairs):
        raise click.BadParameter("use NAME=VALUE, for example q=lofi")
    return {name: value for name, _, value in pairs}


def _parse_headers(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:  # noqa: ARG001 - click's signature
    pairs = [value.partition(":") for value in values]
    if not all(name.strip() and separator for name, separator, _ in pairs):
        raise click.BadParameter("use NAME:VALUE, for example Accept-Language:en")
    if any(name.strip().lower() == "authorization" for name, _, _ in pairs):
        raise click.BadParameter("Authorization is made from the token: use --profile, or SOUNDCLOUD_ACCESS_TOKEN")
    return {name.strip(): value.strip() for name, _, value in pairs}


_FIELD = re.compile(r"([^\[\]=]+)((?:\[[^\[\]=]+\])*)=(.*)", re.DOTALL)


def _parse_fields(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> list[Field]:  # noqa: ARG001 - click's signature
    """Return the path and the value of each field; those of --field are JSON if they can be."""
    fields: list[Field] = []
    for text in values:
        found = _FIELD.fullmatch(text)
        if found is None:
            raise click.BadParameter(
                f"{text!r}: use NAME=VALUE or NAME[PART]=VALUE, for example playlist[title]=Evening"
            )
        value: Any = found[3]
        if parameter.name == "typed_fields":
            with suppress(ValueError):
                value = _parse_json(found[3])
        fields.append(([found[1], *found[2].strip("[]").split("][")] if found[2] else [found[1]], value))
    return fields


def _parse_json(text: str) -> Any:
    """Parse JSON; raise a ValueError for NaN and infinity, which JSON does not have."""
    return json.loads(text, parse_constant=_refuse_constant, parse_float=_parse_float)


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is not a JSON value")


def _parse_float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {shorten(text)} is too large")
    return value


@command(
    ("Send a GET request", "soundcloud api /me"),
    ("With its method", "soundcloud api GET /me"),
    ("With a query", "soundcloud api GET /tracks -q q=lofi -q limit=2"),
    ("With a body", 'soundcloud api POST /playlists -d \'{"playlist": {"title": "From here"}}\''),
    (
        "With a body of fields",
        "soundcloud api POST /playlists -F 'playlist[title]=Evening' -F 'playlist[sharing]=private'",
    ),
    ("With the status and the headers", "soundcloud api -i /me"),
    ("Print all pages of a list as JSON lines", "soundcloud api GET /me/followings --paginate --jsonl"),
)
@argument("method", default="GET", help="The HTTP method; GET may be left out.", shell_complete=_complete_methods)
@argument("path", required=False, metavar="PATH", help="The path of the operation, for example /me.")
@click.option("-q", "--query", multiple=True, metavar="NAME=VALUE", callback=_parse_query, help="A query parameter.")
@click.option("-d", "--data", metavar="JSON", help="The body; @FILE reads a file, - reads standard input.")
@click.option(
    "-F",
    "--field",
    "typed_fields",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_parse_fields,
    help="A field of the body; numbers, true, false, null and other JSON keep their type.",
)
@click.option(
    "-f",
    "--raw-field",
    "raw_fields",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_parse_fields,
    help="A field of the body; its value is a string.",
)
@click.option(
    "-H", "--header", "headers", multiple=True, metavar="NAME:VALUE", callback=_parse_headers, help="A header."
)
@click.option("-i", "--include", is_flag=True, help="Print the status and the headers of the response first.")
@click.option("--paginate", is_flag=True, help="Fetch all pages of a list and print their items.")
@writing_options
@list_options
def api(
    context: CommandContext,
    method: str,
    path: str | None,
    query: dict[str, str],
    data: str | None,
    typed_fields: list[Field],
    raw_fields: list[Field],
    headers: dict[str, str],
    include: bool,
    paginate: bool,
) -> None:
    """Send a request to the API and print the response.

    An error response is printed too; the exit code is that of the error.
    """
    if path is None:
        if method.upper() in _METHODS:
            raise click.UsageError(f"name a path, for example: soundcloud api {method.upper()} /me")
        method, path = "GET", method
    if "://" not in path:
        path = f"/{path.removeprefix('/')}"
    if data is not None and (typed_fields or raw_fields):
        raise click.UsageError("use either --data or fields, not both")
    body = _build_body([*typed_fields, *raw_fields]) if typed_fields or raw_fields else _read_body(data)
    if body is not None and method.upper() == "GET":
        raise click.UsageError("GET has no body: use -q for the query, or name another method")
    if paginate and (include or headers):
        raise click.UsageError("--paginate takes neither --include nor --header")
    if paginate and (method.upper() != "GET" or body is not None):
        raise click.UsageError("--paginate needs the method GET and no --data")
    # After a change it is too late to reject --fields.
    context.checks_fields = method.upper() == "GET"
    with context.client() as client:
        if paginate:
            _default_to_json(context)
            # Print all items, unless --limit is given.
            context.given.setdefault("limit", None)
            context.show_list(_first_page(client, path, query), View("items", ()))
            return

        def send() -> "RawResponse":
            started, result = perf_counter(), "no response"
            try:
                response = client.raw.request(method, path, query, json=body, headers=headers)
                result = str(response.status)
            finally:
                if context.debug and not context.dry_run:
                    # client.raw calls no hooks.
                    url = path if "://" in path else f"{context.base_url}{path}"
                    url = f"{url}?{urlencode(query)}" if query else url
                    print_request(method.upper(), url, result, perf_counter() - started)
            return response

        response = context.change(None, send)
        if response is not None:
            _default_to_json(context)
            _warn_of_missing_fields(context, response)
            if include:
                _print_head(response)
            _print_response(context, response)
            if not response.ok:
                raise _error_of(response, method, path)


def _default_to_json(context: CommandContext) -> None:
    if context.format == "table":
        context.given["format"] = "json"


def _build_body(fields: list[Field]) -> dict[str, Any]:
    """Return the object that fields describe: `a[b]=1` is `{"a": {"b": 1}}`."""
    body: dict[str, Any] = {}
    for path, value in fields:
        place = body
        for name in path[:-1]:
            below = place.setdefault(name, {})
            if not isinstance(below, dict):
                raise click.UsageError(f"the field {name!r} has both a value and parts")
            place = cast("dict[str, Any]", below)
        place[path[-1]] = value
    return body


def _print_head(response: "RawResponse") -> None:
    """Print the status and the headers of a response, without secrets."""
    from soundcloud_api.types import redact

    lines = [f"HTTP {response.status}", *(f"{name}: {redact(value)}" for name, value in response.headers.items())]
    write_output("".join(f"{to_printable(line)}\n" for line in lines) + "\n")


def _read_body(data: str | None) -> Any:
    if data is None:
        return None
    try:
        text = sys.stdin.read() if data == "-" else data
        if data.startswith("@"):
            text = Path(data[1:]).read_text(encoding="utf-8")
        # Editors of Windows put a byte order mark before the text.
        return _parse_json(text.removeprefix("\ufeff"))
    except OSError as error:
        raise click.UsageError(f"--data: {data[1:]}: {error.strerror}") from None
    except ValueError as error:
        raise click.UsageError(f"--data is not valid JSON: {error}") from None
    except RecursionError:
        raise click.UsageError("--data is nested too deeply") from None


def _first_page(client: "SoundCloudClient", path: str, query: Mapping[str, str]) -> "Page[Any]":
    """Fetch the first page of any list, with items as plain values."""
    from soundcloud import Page
    from soundcloud._lazy_page import make_lazy
    from soundcloud._protocol.http.messages import Request
    from soundcloud._protocol.http.urls import fill_template
    from soundcloud_api.types import Model, model

    @model
    class AnyPage(Model):
        _nested = {"collection": list[Any]}  # noqa: RUF012 - a class variable of Model

        collection: list[Any] | None = None
        next_href: str | None = None

    pipeline = client._pipeline  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - no public method takes a path
    url, filled = fill_template(pipeline.base_url, path, {"linked_partitioning": "true", **query})
    page = make_lazy(Page[Any](pipeline, Request("GET", url, filled, responses={200: AnyPage})))
    raw = [] if page.collection else cast("dict[str, Any] | list[Any]", page.raw)
    if isinstance(raw, dict) and "collection" not in raw:
        raise click.UsageError(f"--paginate needs a list, and the response of {filled} is not one")
    return page


def _warn_of_missing_fields(context: CommandContext, response: "RawResponse") -> None:
    """Name the `--fields` that the response to a change does not have; they are null."""
    data = cast("object", response.data)
    if context.checks_fields or not isinstance(data, dict):
        return
    from soundcloud.cli.output.fields import check_fields_of

    try:
        check_fields_of(context.given.get("fields", ()), cast("dict[str, Any]", data))
    except CommandError as error:
        context.note(f"warning: {error.message}, so it is null; {error.hint}")


def _print_response(context: CommandContext, response: "RawResponse") -> None:

    data = cast("object", response.data)
    if isinstance(data, dict):
        context.show(cast("dict[str, Any]", data), View("responses", ()))
    elif isinstance(data, list):
        context.given.setdefault("limit", None)
        context.show_list(cast("list[Any]", data), View("items", ()))
    elif data is not None:
        write_output(f"{data if isinstance(data, str) else json.dumps(data)}\n")


def _error_of(response: "RawResponse", method: str, path: str) -> "SoundCloudError":
    """Return the error that the client's other methods would raise."""
    from soundcloud._protocol.error_mapping import error_from_response
    from soundcloud._protocol.http.messages import Request, Response

    data = response.data
    content = "" if data is None else data if isinstance(data, str) else json.dumps(data)
    request = Request(method.upper(), "", path.partition("?")[0])
    return error_from_response(Response(response.status, response.headers, content.encode()), request=request)
