"""Shows one object or several: in the output format, or in the browser."""

import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from soundcloud.cli.framework.bulk import combine_exit_codes, stops_batch
from soundcloud.cli.framework.errors import CommandError, ErrorMessage, describe_error, print_error
from soundcloud.cli.framework.resolver import resolve, web_url
from soundcloud.cli.framework.stdin import read_items
from soundcloud.cli.output.columns import PLAYLISTS, STATIONS, TRACKS, USERS, View
from soundcloud.cli.output.terminal import write_output
from soundcloud.errors import SoundCloudError

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.cli.framework.context import CommandContext

_SHOWN_TRACKS = 20

Found: TypeAlias = tuple[Any, View]


def show_each(context: "CommandContext", arguments: Sequence[str], kind: str | None, *, web: bool = False) -> int:
    """Show the resources that the arguments name, or open them in the browser, and return the exit code.

    An error stops the command only if all later resources would fail too.
    """
    items = read_items(arguments)
    problems: list[ErrorMessage] = []
    if web:
        _open_each(context, items, kind, problems)
        return combine_exit_codes(problems)
    with context.client() as client:
        found = _fetch_each(client, items, kind, problems)
        if len(items) == 1:
            _show_one(context, *next(found))
        elif context.format == "table":
            for number, (model, view) in enumerate(found):
                if number:
                    write_output("\n")
                _show_one(context, model, view)
        else:
            context.given["limit"] = None
            first = next(found, None)
            rest = [first] if first is not None else []
            view = TRACKS if first is None else first[1]
            context.show_list((model for model, _ in chain(rest, found)), view)
    return combine_exit_codes(problems)


def _show_one(context: "CommandContext", model: Any, view: View) -> None:
    """Show a resource; as text, with the first tracks of a playlist or a station."""
    context.show(model, view)
    tracks = getattr(model, "tracks", None) if context.format == "table" and not context.given.get("fields") else None
    if tracks:
        write_output("\n")
        context.given["limit"] = None
        context.show_list(tracks[:_SHOWN_TRACKS], TRACKS)
        if len(tracks) > _SHOWN_TRACKS:
            identifier = str(model.urn).rpartition("soundcloud:playlists:")[2]
            command = f"soundcloud playlist tracks {identifier} --all"
            context.hint(f"showing the first {_SHOWN_TRACKS} of {len(tracks)} tracks; for all: {command}")


def _open_each(context: "CommandContext", items: Sequence[str], kind: str | None, problems: list[ErrorMessage]) -> None:
    """Open each resource; a name or a URL needs no request, and keeps the secret of a share link."""
    with ExitStack() as stack:
        client: SoundCloudClient | None = None
        for item in items:
            url = web_url(item, kind)
            if url is None:
                client = client or stack.enter_context(context.client())
                for model, _ in _fetch_each(client, [item], kind, problems, stops=len(items) == 1):
                    url = model.permalink_url
            if url is not None:
                open_in_browser(context, url)


def open_in_browser(context: "CommandContext", url: str) -> None:
    """Open a URL in the browser; without one, print it, unless it has the secret of a share link."""
    from soundcloud_api.types import redact

    is_secret = redact(url) != url
    if not url.startswith(("https://", "http://")):
        raise CommandError(f"{redact(url)!r} is not a URL of a web page", "use --json to see all fields")
    context.note(f"opening {redact(url)}")
    if not webbrowser.open(url):
        context.note("there is no browser; open the URL yourself")
        if not is_secret:
            write_output(f"{url}\n")


def _fetch_each(
    client: "SoundCloudClient",
    items: Sequence[str],
    kind: str | None,
    problems: list[ErrorMessage],
    *,
    stops: bool | None = None,
) -> Iterator[Found]:
    """Fetch each resource; print the errors of several, and add them to `problems`. `stops` raises the error of any."""
    for item in items:
        try:
            found = _fetch(client, item, kind)
        except (SoundCloudError, CommandError) as error:
            if (len(items) == 1 if stops is None else stops) or stops_batch(error):
                raise
            problems.append(describe_error(error).with_subject(item))
            print_error(problems[-1])
        else:
            yield found


def _fetch(client: "SoundCloudClient", item: str, kind: str | None) -> Found:
    resource = resolve(client, item, kind)
    token = resource.secret_token
    match resource.kind:
        case "tracks":
            return client.tracks.get_track(resource.urn, secret_token=token), TRACKS
        case "users":
            return client.users.get_user(resource.urn), USERS
        case _ if resource.is_station:
            return client.playlists.get_station(resource.urn), STATIONS
        case _:
            return client.playlists.get_playlist(resource.urn, secret_token=token), PLAYLISTS
