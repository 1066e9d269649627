"""Shows one object or several: in the output format, or in the browser."""

import webbrowser
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from soundcloud.cli.framework.bulk import combine_exit_codes, stops_batch
from soundcloud.cli.framework.errors import CommandError, ErrorMessage, describe_error, print_error
from soundcloud.cli.framework.resolver import resolve, web_url
from soundcloud.cli.framework.stdin import read_items
from soundcloud.cli.output.columns import PLAYLISTS, TRACKS, USERS, View
from soundcloud.cli.output.terminal import write_output
from soundcloud.errors import SoundCloudError

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.cli.framework.context import CommandContext

Found: TypeAlias = tuple[Any, View]


def show_each(context: "CommandContext", arguments: Sequence[str], kind: str | None, *, web: bool = False) -> int:
    """Show the resources that the arguments name, and return the exit code.

    An error stops the command only if all later resources would fail too. `web` opens them in the browser instead; a name or a
    URL needs no request for that.
    """
    items = read_items(arguments)
    if web:
        urls = [url for item in items if (url := web_url(item, kind)) is not None]
        if len(urls) == len(items):
            for url in urls:
                open_in_browser(context, url)
            return 0
    with context.client() as client:
        if len(items) == 1:
            _show(context, _fetch(context, client, items[0], kind), web=web)
            return 0
        problems: list[ErrorMessage] = []
        found = _fetch_each(context, client, items, kind, problems)
        if web or context.format == "table":
            for number, each in enumerate(found):
                if number and not web:
                    write_output("\n")
                _show(context, each, web=web)
        elif (first := next(found, None)) is not None:
            context.given["limit"] = None
            context.show_list((model for model, _ in chain([first], found)), first[1])
        return combine_exit_codes(problems)


def open_in_browser(context: "CommandContext", url: str) -> None:
    """Open a URL in the browser; without one, print it."""
    from soundcloud_api.types import redact

    if not url.startswith(("https://", "http://")):
        raise CommandError(f"{redact(url)!r} is not a URL of a web page", "use --json to see all fields")
    context.note(f"opening {redact(url)}")
    if not webbrowser.open(url):
        context.note("there is no browser; open this URL yourself")
        write_output(f"{url}\n")


def _show(context: "CommandContext", found: Found, *, web: bool) -> None:
    model, view = found
    if web:
        open_in_browser(context, model.permalink_url or "")
    else:
        context.show(model, view)


def _fetch_each(
    context: "CommandContext",
    client: "SoundCloudClient",
    items: Sequence[str],
    kind: str | None,
    problems: list[ErrorMessage],
) -> Iterator[Found]:
    for item in items:
        try:
            found = _fetch(context, client, item, kind)
        except (SoundCloudError, CommandError) as error:
            if stops_batch(error):
                raise
            problems.append(describe_error(error).with_subject(item))
            print_error(problems[-1])
        else:
            yield found


def _fetch(context: "CommandContext", client: "SoundCloudClient", item: str, kind: str | None) -> Found:
    resource = resolve(client, item, kind)
    token = resource.secret_token
    match resource.kind:
        case "tracks":
            return client.tracks.get_track(resource.urn, secret_token=token), TRACKS
        case "users":
            return client.users.get_user(resource.urn), USERS
        case _:
            has_tracks = context.format != "table"
            playlist = client.playlists.get_playlist(resource.urn, secret_token=token, show_tracks=has_tracks)
            return playlist, PLAYLISTS
