"""`soundcloud api`: any request to the API."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import CommandError
from soundcloud.cli.framework.options import argument, list_options, writing_options
from soundcloud.cli.output.columns import View
from soundcloud.cli.output.terminal import write_output

if TYPE_CHECKING:
    from soundcloud import Page, RawResponse, SoundCloudClient, SoundCloudError


_METHODS = ("GET", "POST", "PUT", "DELETE")


def _complete_methods(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - click's signature
    return [method for method in _METHODS if method.startswith(incomplete.upper())]


def _parse_query(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:  # noqa: ARG001 - click's signature
    pairs = [value.partition("=") for value in values]
    if not all(name and separator for name, separator, _ in pairs):
        raise click.BadParameter("use NAME=VALUE, for example q=lofi")
    return {name: value for name, _, value in pairs}


@command(
    ("Send a GET request", "soundcloud api /me"),
    ("With its method", "soundcloud api GET /me"),
    ("With a query", "soundcloud api GET /tracks -q q=lofi -q limit=2"),
    ("With a body", 'soundcloud api POST /playlists -d \'{"playlist": {"title": "From here"}}\''),
    ("Print all pages of a list as JSON lines", "soundcloud api GET /me/followings --paginate --jsonl"),
)
@argument("method", help="The HTTP method; GET may be left out.", shell_complete=_complete_methods)
@argument("path", required=False, help="The path of the operation, for example /me.")
@click.option("-q", "--query", multiple=True, metavar="NAME=VALUE", callback=_parse_query, help="A query parameter.")
@click.option("-d", "--data", metavar="JSON", help="The body; @FILE reads a file, - reads standard input.")
@click.option("--paginate", is_flag=True, help="Fetch all pages of a list and print their items.")
@writing_options
@list_options
def api(
    context: CommandContext, method: str, path: str | None, query: dict[str, str], data: str | None, paginate: bool
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
    body = _read_body(data)
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
        response = context.change(None, lambda: client.raw.request(method, path, query, json=body))
        if response is not None:
            _default_to_json(context)
            _warn_of_missing_fields(context, response)
            _print_response(context, response)
            if not response.ok:
                raise _error_of(response, method, path)


def _default_to_json(context: CommandContext) -> None:
    if context.format == "table":
        context.given["format"] = "json"


def _read_body(data: str | None) -> Any:
    if data is None:
        return None
    try:
        text = sys.stdin.read() if data == "-" else data
        if data.startswith("@"):
            text = Path(data[1:]).read_text(encoding="utf-8")
        # Editors of Windows put a byte order mark before the text.
        return json.loads(text.removeprefix("\ufeff"))
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
