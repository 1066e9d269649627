"""`soundcloud upload`: files, with what is said about them on the command line, in a manifest or in their own tags."""

import sys
from contextlib import ExitStack
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import output_options, writing_options
from soundcloud.cli.upload.track_fields import field_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from soundcloud import SoundCloudClient
    from soundcloud.cli.upload.manifest import Planned
    from soundcloud.cli.upload.uploader import Result

_MEGABYTE = 1_000_000


@command(
    "upload",
    examples=[
        ("A file, with what its own tags say", "soundcloud upload night.wav --private"),
        ("An album, in a playlist", 'soundcloud upload 01.flac 02.flac --genre "Deep House" --playlist 1212781357'),
        ("What a table says", "soundcloud upload --manifest tracks.csv"),
        ("What became of each, for a program", "soundcloud upload 01.flac 02.flac --jsonl"),
    ],
)
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path(path_type=Path))
@field_options
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A CSV file with a heading, or a JSON list of objects: file, title, genre, tag_list, artwork...",
)
@click.option("--playlist", metavar="PLAYLIST", help="Add them to this playlist of yours.")
@click.option("--no-tags", is_flag=True, help="Do not read the files' own tags.")
@click.option("--again", is_flag=True, help="Upload what was uploaded before, too, and what may have been.")
@click.option("--arrived", is_flag=True, help="Take what may have been uploaded for uploaded.")
@click.option(
    "--journal",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep what was uploaded in this file, in place of the account's own.",
)
@output_options
@writing_options
def upload(
    context: CommandContext,
    /,
    files: tuple[Path, ...],
    manifest: Path | None,
    playlist: str | None,
    no_tags: bool,
    again: bool,
    arrived: bool,
    journal: Path | None,
    **given: Any,
) -> int:
    """Upload files.

    A manifest wins over the options, the options over the files' own tags. Where there is no title it is the file's name.

    What was uploaded is written to a journal. When a batch breaks off, run the same command again: it goes on, and no content
    is uploaded twice to one account. With --sandbox nothing is remembered, unless --journal names a file.
    """
    from soundcloud.cli.upload.manifest import plan
    from soundcloud.cli.upload.track_fields import fields_of

    planned = plan(files, fields_of(given), manifest)
    describe = _Describer(context, reads_tags=not no_tags)
    with context.client() as client:
        if context.dry_run:
            _show_requests(context, client, planned, describe)
            return 0
        results = _upload(context, client, planned, describe, journal, again=again, arrived=arrived)
        code = _tell(context, results)
        if playlist is not None:
            _add_to(context, client, playlist, results)
    return code


class _Describer:
    """Decides what is sent with a file."""

    def __init__(self, context: CommandContext, *, reads_tags: bool) -> None:
        from soundcloud.cli.upload.audio_tags import can_read_tags

        self._reads_tags = reads_tags and can_read_tags()
        if reads_tags and not self._reads_tags:
            context.note("the files' own tags are not read: pip install 'soundcloud-sdk[audio]'")
        self._tags = lru_cache(maxsize=4)(self._read)

    def __call__(self, each: "Planned") -> tuple[str, dict[str, Any]]:
        """The title, and the other fields."""
        fields = {**self._tags(each.path), **each.fields}
        return fields.pop("title", None) or each.path.stem, fields

    def _read(self, path: Path) -> dict[str, Any]:
        from soundcloud.cli.upload.audio_tags import read_tags

        return read_tags(path) if self._reads_tags else {}


def _show_requests(
    context: CommandContext, client: "SoundCloudClient", planned: "Sequence[Planned]", describe: _Describer
) -> None:
    for each in planned:
        title, fields = describe(each)
        shown = {"title": title, **fields}
        if isinstance(shown.get("artwork"), bytes):
            shown["artwork"] = "the picture in the file"
        click.echo(f"{each.path}: " + ", ".join(f"{name}={str(value)!r}" for name, value in shown.items()))
        context.change(None, partial(client.tracks.upload, each.path, title=title, **fields))


def _upload(
    context: CommandContext,
    client: "SoundCloudClient",
    planned: "Sequence[Planned]",
    describe: _Describer,
    journal: Path | None,
    *,
    again: bool,
    arrived: bool,
) -> "list[Result]":
    from soundcloud.cli.upload.history import UploadJournal, journal_path
    from soundcloud.cli.upload.uploader import Uploader

    me = client.me.get_me()
    size = sum(each.path.stat().st_size for each in planned)
    context.note(f"uploading {len(planned)} files, {size / _MEGABYTE:.1f} MB, as {me.username}")
    results: list[Result] = []
    with ExitStack() as stack:
        if journal is None and context.sandbox:
            journal = Path(stack.enter_context(TemporaryDirectory())) / "uploads.json"
        path = journal or journal_path(context.base_url, me.urn or "")
        kept = stack.enter_context(UploadJournal(path).opened())
        bars = None
        if sys.stderr.isatty():
            from soundcloud.cli.output.progress import FileBars

            bars = stack.enter_context(FileBars(len(planned)))
        for result in Uploader(client, kept, bars, describe, again=again, arrived=arrived).upload_all(planned):
            results.append(result)
            if bars is None and result.problem is None:
                context.note(f"{result.file}: {result.status}{f' as {result.urn}' if result.urn else ''}")
    return results


def _add_to(context: CommandContext, client: "SoundCloudClient", playlist: str, results: "Sequence[Result]") -> None:
    from soundcloud.cli.framework.resources import locate

    urns = [result.urn for result in results if result.urn is not None]
    if not urns:
        return
    found = locate(client, playlist, "playlists").urn
    client.playlists.add_tracks(found, urns, duplicates=False)
    context.note(f"{len(urns)} of them are in {found}")


def _tell(context: CommandContext, results: "Sequence[Result]") -> int:
    from soundcloud.cli.framework.errors import Problem, tell
    from soundcloud.cli.output.columns import UPLOADS
    from soundcloud.cli.upload.uploader import exit_code

    context.given["limit"] = None
    context.show_list(results, UPLOADS)
    for result in results:
        if result.problem is not None:
            tell(Problem(f"{result.file}: {result.problem.message}", result.problem.hint, result.problem.code))
    there = sum(result.urn is not None or result.status == "there already" for result in results)
    if there < len(results):
        context.note(f"{there} of {len(results)} are on SoundCloud; for the rest run the same command again")
    return exit_code(results)
