"""`soundcloud upload`: uploads files, with fields from options, a manifest and the files' metadata."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import attrs
import click

from soundcloud._protocol.printable import replace_surrogates
from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.completion import complete_resources
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import USAGE, CommandError, describe_error, print_error
from soundcloud.cli.framework.options import argument, file_option, output_options, writing_options
from soundcloud.cli.framework.resolver import resolve
from soundcloud.cli.output.columns import REQUESTS, UPLOADS
from soundcloud.cli.output.formatting import with_noun
from soundcloud.cli.output.progress import UploadProgress
from soundcloud.cli.output.terminal import write_output
from soundcloud.cli.upload.audio_metadata import can_read_metadata, read_metadata
from soundcloud.cli.upload.journal import UploadJournal, journal_path
from soundcloud.cli.upload.manifest import PlanItem, plan_uploads
from soundcloud.cli.upload.track_fields import field_options, fields_of
from soundcloud.cli.upload.uploader import Result, Uploader, exit_code
from soundcloud.errors import SoundCloudError

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient

_MEGABYTE = 1_000_000


@command(
    ("Upload a file, with its own metadata", "soundcloud upload night.wav --private"),
    ("The audio files of a folder", "soundcloud upload demos --private"),
    (
        "Upload two files, and add them to a playlist",
        'soundcloud upload 01.flac 02.flac --genre "Deep House" --playlist 1212781357',
    ),
    ("Files and fields from a manifest", "soundcloud upload --manifest tracks.csv"),
    ("Print the results as JSON lines", "soundcloud upload 01.flac 02.flac --jsonl"),
    views=[UPLOADS],
)
@argument(
    "files", nargs=-1, metavar="[FILE...]", type=click.Path(path_type=Path), help="Audio files, or folders of them."
)
@field_options
@file_option(
    "--manifest",
    help="A CSV file with a header row, or a JSON list of objects: file, title, genre, tag_list, artwork...",
)
@click.option(
    "--allow-outside", is_flag=True, help="Accept files in the manifest that are not below the manifest's folder."
)
@click.option(
    "--playlist",
    metavar="PLAYLIST",
    help="Add the tracks to this playlist of yours.",
    shell_complete=complete_resources("playlist"),
)
@click.option("--no-tags", is_flag=True, help="Ignore the metadata in the files.")
@click.option("--again", is_flag=True, help="Upload files again that were, or may have been, uploaded before.")
@click.option("--arrived", is_flag=True, help="Treat uploads in an unknown state as done.")
@file_option("--journal", help="The file of the upload journal; default one for each account.")
@output_options
@writing_options
def upload(
    context: CommandContext,
    /,
    files: tuple[Path, ...],
    manifest: Path | None,
    allow_outside: bool,
    playlist: str | None,
    no_tags: bool,
    again: bool,
    arrived: bool,
    journal: Path | None,
    **options: Any,
) -> int:
    """Upload files.

    A folder stands for its audio files, in the order of their names. Its subfolders are left out.

    A manifest overrides the options, and the options override the metadata in the files. The default title is the name of the file.
    The files of a manifest must be below its folder, unless you pass --allow-outside.

    Uploads are recorded in a journal. Run the same command again to resume an interrupted batch: without --again, no file is
    uploaded twice to one account. With --sandbox there is no journal, unless --journal names a file.
    """
    if allow_outside and manifest is None:
        raise click.UsageError("--allow-outside needs --manifest")
    if again and arrived:
        raise click.UsageError("use either --again or --arrived, not both")
    items = plan_uploads(files, fields_of(options), manifest, allow_outside=allow_outside)
    title_and_fields = _FieldReader(context, reads_metadata=not no_tags)
    _check_forms(items, title_and_fields)
    with context.client(spinner=False) as client:
        # Before the uploads: a playlist that does not exist would be found after them.
        found = None if playlist is None else _find_playlist(client, playlist)
        if context.dry_run:
            _print_requests(context, client, items, title_and_fields)
            return 0
        results = _upload_files(context, client, items, title_and_fields, journal, again=again, arrived=arrived)
        code = _print_results(context, results)
        if found is not None:
            _add_to_playlist(context, client, found, results)
    return code


def _check_forms(items: Sequence[PlanItem], title_and_fields: "_FieldReader") -> None:
    """Check the fields of all files before the first upload."""
    from soundcloud import InvalidInputError
    from soundcloud._files import make_image_part
    from soundcloud._protocol.request_bodies import build_upload_form
    from soundcloud_api.types import File

    for item in items:
        title, fields = title_and_fields(item)
        if title == item.path.stem and replace_surrogates(title) != title:
            raise CommandError(
                f"{item.path}: the name of the file is not UTF-8, so it cannot be the title",
                "pass --title, or rename the file; nothing was sent",
                code=USAGE,
            )
        try:
            artwork = fields.pop("artwork", None)
            image = None if artwork is None else make_image_part("artwork", artwork)
            build_upload_form(File(BytesIO()), title, image, **fields)
        except InvalidInputError as error:
            hint = error.hint or "correct the option, or the manifest; nothing was sent"
            raise CommandError(f"{item.path}: {error.message}", hint, code=USAGE) from None


def _find_playlist(client: "SoundCloudClient", playlist: str) -> str:
    urn = resolve(client, playlist, "playlists").urn
    client.playlists.get_playlist(urn, show_tracks=False)
    return urn


class _FieldReader:
    """Returns the title and the other fields of a file."""

    def __init__(self, context: CommandContext, *, reads_metadata: bool) -> None:

        self._reads_metadata = reads_metadata and can_read_metadata()
        if reads_metadata and not self._reads_metadata:
            context.note("the metadata in the files is not read: pip install 'soundcloud-sdk[audio]'")
        self._metadata = lru_cache(maxsize=4)(self._read)

    def __call__(self, item: PlanItem) -> tuple[str, dict[str, Any]]:
        """Combine metadata and given fields."""
        fields = {**self._metadata(item.path), **item.fields}
        return fields.pop("title", None) or item.path.stem, fields

    def _read(self, path: Path) -> dict[str, Any]:

        return read_metadata(path) if self._reads_metadata else {}


def _print_requests(
    context: CommandContext, client: "SoundCloudClient", items: Sequence[PlanItem], title_and_fields: _FieldReader
) -> None:
    from soundcloud.cli.framework.dry_run import NotSentError

    requests: list[dict[str, Any]] = []
    for item in items:
        title, fields = title_and_fields(item)
        shown = {"title": title, **fields}
        if isinstance(shown.get("artwork"), bytes):
            shown["artwork"] = "the image in the file"
        try:
            client.tracks.upload(item.path, title=title, **fields)
        except NotSentError as stopped:
            if context.format == "table":
                values = ", ".join(f"{name}={str(value)!r}" for name, value in shown.items())
                write_output(f"{item.path}: {values}\n{stopped.request}\n")
            else:
                fields = {name: str(value) if isinstance(value, Path) else value for name, value in shown.items()}
                requests.append({"file": str(item.path), "fields": fields, **stopped.details})
    if context.format != "table":
        attrs.evolve(context.printer, fields=()).show_list(requests, REQUESTS)


def _upload_files(
    context: CommandContext,
    client: "SoundCloudClient",
    items: Sequence[PlanItem],
    title_and_fields: _FieldReader,
    journal: Path | None,
    *,
    again: bool,
    arrived: bool,
) -> list[Result]:

    me = client.me.get_me()
    size = sum(item.path.stat().st_size for item in items)
    context.note(f"uploading {with_noun(len(items), 'file')}, {size / _MEGABYTE:.1f} MB, as {me.username}")
    results: list[Result] = []
    with ExitStack() as stack:
        if journal is None and context.sandbox:
            journal = Path(stack.enter_context(TemporaryDirectory())) / "uploads.json"
        path = journal or journal_path(context.base_url, me.urn or "")
        opened = stack.enter_context(UploadJournal(path).opened())
        progress = None
        if sys.stderr.isatty():
            progress = stack.enter_context(UploadProgress(len(items)))
        uploader = Uploader(client, opened, progress, title_and_fields, again=again, arrived=arrived)
        try:
            for result in uploader.upload_all(items):
                results.append(result)
                if progress is None and result.problem is None:
                    context.note(f"{result.file}: {result.status}{f' as {result.urn}' if result.urn else ''}")
        except KeyboardInterrupt:
            if progress is not None:
                progress.__exit__()
            context.note(
                f"finished {len(results)} of {with_noun(len(items), 'file')}: run the same command again to resume"
            )
            raise
    return results


def _add_to_playlist(
    context: CommandContext, client: "SoundCloudClient", playlist: str, results: Sequence[Result]
) -> None:

    urns = [result.urn for result in results if result.urn is not None]
    if not urns:
        return
    try:
        client.playlists.add_tracks(playlist, urns, duplicates=False)
    except SoundCloudError as error:
        message = describe_error(error)
        raise CommandError(
            f"the tracks are uploaded, but not added to {playlist}: {message.text}",
            f"soundcloud playlist add {playlist} {' '.join(urns)}",
            code=message.code,
        ) from None
    context.note(f"{with_noun(len(urns), 'track')} in playlist {playlist}")


def _print_results(context: CommandContext, results: Sequence[Result]) -> int:

    context.given["limit"] = None
    context.show_list(results, UPLOADS)
    for result in results:
        if result.problem is not None:
            print_error(result.problem.with_subject(result.file))
    done = sum(result.urn is not None or result.status == "already uploaded" for result in results)
    if done < len(results):
        context.note(f"{done} of {len(results)} files are uploaded; run the same command again for the rest")
    return exit_code(results)
