"""`soundcloud api`: any request, as it is written."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import list_options, writing_options

if TYPE_CHECKING:
    from soundcloud import RawResponse, SoundCloudClient


def _read_query(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:  # noqa: ARG001 - click gives all three
    pairs = [value.partition("=") for value in values]
    if not all(name and mark for name, mark, _ in pairs):
        raise click.BadParameter("give a name and a value, such as q=lofi")
    return {name: value for name, _, value in pairs}


@command(
    "api",
    examples=[
        ("Read something", "soundcloud api GET /me"),
        ("With a query", "soundcloud api GET /tracks -q q=lofi -q limit=2"),
        ("Send a body", 'soundcloud api POST /playlists -d \'{"playlist": {"title": "From here"}}\''),
        ("Every page of a list, an object per line", "soundcloud api GET /me/followings --paginate --jsonl"),
    ],
)
@click.argument("method")
@click.argument("path")
@click.option("-q", "--query", multiple=True, metavar="NAME=VALUE", callback=_read_query, help="A value of the query.")
@click.option("-d", "--data", metavar="JSON", help="The body; @FILE reads a file, - reads standard input.")
@click.option("--paginate", is_flag=True, help="Walk all pages of a list, and print their items.")
@writing_options
@list_options
def api(
    context: CommandContext, method: str, path: str, query: dict[str, str], data: str | None, paginate: bool
) -> None:
    """Send any request to the API and print the reply.

    What the API refuses is printed too, and ends with the exit code of its kind.
    """
    from soundcloud.cli.output.columns import Shape

    body = _read_body(data)
    if paginate and (method.upper() != "GET" or body is not None):
        raise click.UsageError("--paginate walks lists: with GET, and without a body")
    if context.format == "table":
        context.given["format"] = "json"
    with context.client() as client:
        if paginate:
            # All of them, unless --limit says less.
            context.given.setdefault("limit", None)
            context.show_list(_walk(client, path, query, context.base_url), Shape("items", ()))
            return
        reply = context.change(None, lambda: client.raw.request(method, path, query, json=body))
        if reply is not None:
            _show(context, reply)
            _raise_for(reply, method, path)


def _show(context: CommandContext, reply: "RawResponse") -> None:
    from soundcloud.cli.output.columns import Shape

    data = cast("object", reply.data)
    if isinstance(data, dict):
        context.show(cast("dict[str, Any]", data), Shape("replies", ()))
    elif isinstance(data, list):
        context.given.setdefault("limit", None)
        context.show_list(cast("list[Any]", data), Shape("items", ()))
    elif data is not None:
        click.echo(data if isinstance(data, str) else json.dumps(data))


def _read_body(data: str | None) -> Any:
    if data is None:
        return None
    try:
        if data == "-":
            return json.loads(sys.stdin.read())
        return json.loads(Path(data[1:]).read_text(encoding="utf-8") if data.startswith("@") else data)
    except OSError as error:
        raise click.UsageError(f"--data: {data[1:]}: {error.strerror}") from None
    except ValueError as error:
        raise click.UsageError(f"--data: this is no JSON: {error}") from None


def _walk(client: "SoundCloudClient", path: str, query: Mapping[str, str], base_url: str) -> Iterator[Any]:
    """The items of all pages, from the first one on."""
    from soundcloud import PaginationError
    from soundcloud._protocol.pagination import next_page_url

    parameters: dict[str, str] = {"linked_partitioning": "true", **query}
    seen: set[str] = set()
    while True:
        reply = client.raw.get(path, parameters)
        _raise_for(reply, "GET", path)
        data = cast("object", reply.data)
        page = cast("dict[str, object]", data) if isinstance(data, dict) else {"collection": data}
        items = page.get("collection")
        if not isinstance(items, list):
            raise click.UsageError("--paginate walks lists, and this is none")
        yield from cast("list[Any]", items)
        link = page.get("next_href")
        if not isinstance(link, str) or not link:
            return
        parts = urlsplit(next_page_url(link, base_url))
        path, parameters = parts._replace(scheme="", netloc="").geturl(), {}
        if path in seen:
            raise PaginationError("the link to the next page repeats, so the walk would never end; it ends here")
        seen.add(path)


def _raise_for(reply: "RawResponse", method: str, path: str) -> None:
    """Raise what the client's other methods would raise for this status."""
    from soundcloud import errors

    if reply.ok:
        return
    kinds: dict[int, type[errors.StatusError]] = {
        401: errors.UnauthorizedError,
        403: errors.ForbiddenError,
        404: errors.NotFoundError,
        429: errors.RateLimitError,
    }
    kind = kinds.get(reply.status, errors.ServerError if reply.status >= 500 else errors.StatusError)
    error = kind(f"HTTP {reply.status}", status=reply.status, method=method.upper(), path=path.partition("?")[0])
    after = reply.headers.get("retry-after", "")
    if isinstance(error, errors.RateLimitError) and after.isdigit():
        error.retry_after = float(after)
    raise error
