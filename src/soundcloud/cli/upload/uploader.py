"""Uploads a batch of files; an interrupted batch can be run again without uploading a file twice."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import attrs

from soundcloud import errors
from soundcloud.cli.framework.bulk import combine_exit_codes, stops_batch
from soundcloud.cli.framework.errors import FAILED, CommandError, ErrorMessage, describe_error
from soundcloud.cli.upload.journal import Entry, UploadJournal, hash_content
from soundcloud.cli.upload.manifest import PlanItem

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.cli.output.progress import UploadProgress
    from soundcloud.models import Track

Status: TypeAlias = Literal["uploaded", "already uploaded", "found", "unknown", "failed", "not started"]

_MAXIMUM_SEARCHED_TRACKS = 2_000
_UNKNOWN_HINT = (
    "check your tracks: if it is missing, upload it again with --again; if it is there, confirm with --arrived"
)


@attrs.frozen
class Result:
    """The result of one file."""

    file: str
    title: str
    status: Status
    urn: str | None = None
    permalink_url: str | None = None
    problem: ErrorMessage | None = None

    @property
    def raw(self) -> dict[str, Any]:
        """The result as plain values."""
        fields = attrs.asdict(self, filter=lambda field, _: field.name != "problem")
        track_id = (self.urn or "").rpartition(":")[2]
        return {
            **fields,
            "id": int(track_id) if track_id.isdigit() else None,
            "error": None if self.problem is None else self.problem.text,
        }


@attrs.define
class Uploader:
    """Uploads files one after the other.

    `again` uploads files again that are uploaded, or may be; `arrived` treats uploads in an unknown state as done.
    """

    _client: "SoundCloudClient"
    _journal: UploadJournal
    _progress: "UploadProgress | None"
    _title_and_fields: Callable[[PlanItem], tuple[str, dict[str, Any]]]
    _again: bool = attrs.field(default=False, kw_only=True, alias="again")
    _arrived: bool = attrs.field(default=False, kw_only=True, alias="arrived")
    _newest: datetime | None = attrs.field(default=None, init=False)

    def upload_all(self, items: Sequence[PlanItem]) -> Iterator[Result]:
        """Upload files and yield the result of each. An error does not stop the batch, unless all later files would fail too."""
        created = [_created_at(track) for track in self._client.me.get_tracks(limit=10).collection]
        self._newest = max(filter(None, created), default=None)
        for number, item in enumerate(items, start=1):
            try:
                yield self._upload(item)
            except (errors.SoundCloudError, CommandError, OSError) as error:
                title, _ = self._title_and_fields(item)
                yield Result(str(item.path), title, "failed", problem=describe_error(error))
                if stops_batch(error):
                    for left in items[number:]:
                        yield Result(str(left.path), self._title_and_fields(left)[0], "not started")
                    return

    def _upload(self, item: PlanItem) -> Result:
        file, digest = str(item.path), hash_content(item.path)
        title, fields = self._title_and_fields(item)
        known = self._journal.get(digest)
        if known is not None and not self._again:
            if known.state == "done":
                return Result(file, known.title, "already uploaded", known.urn)
            if known.state == "sent":
                return self._settle(file, digest, known)
        entry = Entry("begun", file, title, None if self._newest is None else self._newest.isoformat())
        try:
            # Ctrl-C can come before this returns, with the entry on disk.
            self._journal.put(digest, entry)
            track = self._client.tracks.upload(
                item.path, title=title, on_progress=self._track_progress(item, digest, entry), **fields
            )
        except BaseException as error:
            return self._handle_error(error, file, digest)
        self._save_done(digest, entry, track)
        return _make_result(file, "uploaded", track)

    def _track_progress(self, item: PlanItem, digest: str, entry: Entry) -> Callable[[int, int], None]:
        show = None if self._progress is None else self._progress.add_file(item.path.name, item.path.stat().st_size)

        def on_progress(sent: int, total: int) -> None:
            if sent >= total:
                # The end of the form is sent after this; there cannot be a track before.
                self._journal.put(digest, attrs.evolve(entry, state="sent"))
            if show is not None:
                show(sent, total)

        return on_progress

    def _handle_error(self, error: BaseException, file: str, digest: str) -> Result:
        """Raise the error of a failed upload, or find out whether it created a track."""
        entry = self._journal.get(digest)
        if entry is None or entry.state != "sent" or _is_rejected(error):
            self._journal.remove(digest)
            raise error
        if not isinstance(error, Exception):
            raise error
        return self._settle(file, digest, entry, error)

    def _settle(self, file: str, digest: str, entry: Entry, error: Exception | None = None) -> Result:
        """Search for the track of an upload in an unknown state."""
        if self._arrived:
            self._journal.put(digest, attrs.evolve(entry, state="done"))
            return Result(file, entry.title, "already uploaded")
        try:
            found = self._find_tracks(entry)
        except errors.SoundCloudError:
            found = []
        if len(found) == 1:
            self._save_done(digest, entry, found[0])
            return _make_result(file, "found", found[0])
        reason = f": {describe_error(error).text}" if error is not None else ""
        candidates = f", {len(found)} tracks could be it" if found else ", and no new track has this title"
        text = f"it is unknown whether this upload created a track{candidates}{reason}"
        return Result(file, entry.title, "unknown", problem=ErrorMessage(text, _UNKNOWN_HINT, FAILED))

    def _find_tracks(self, entry: Entry) -> list["Track"]:
        """Return the account's tracks with that title which are newer than the upload and belong to no other upload."""
        after = None if entry.after is None else datetime.fromisoformat(entry.after)
        known, title = self._journal.urns, _normalize(entry.title)
        return [
            track
            for track in islice(self._client.me.get_tracks(limit=200), _MAXIMUM_SEARCHED_TRACKS)
            if _normalize(track.title) == title
            and track.urn not in known
            and (after is None or ((created := _created_at(track)) is not None and created >= after))
        ]

    def _save_done(self, digest: str, entry: Entry, track: "Track") -> None:
        self._newest = max(filter(None, (self._newest, _created_at(track))), default=None)
        self._journal.put(digest, attrs.evolve(entry, state="done", urn=track.urn))


def _is_rejected(error: BaseException) -> bool:
    """Return whether the error proves that no track was created."""
    if isinstance(error, errors.StatusError):
        return (error.status or 500) < 500 and not isinstance(error, errors.EdgeError)
    return isinstance(error, errors.InvalidInputError | errors.UploadInterruptedError)


def _created_at(track: "Track") -> datetime | None:
    """Return the time of a track, or None if SoundCloud sent something that is no time."""
    value = cast("object", track.created_at)
    return value if isinstance(value, datetime) else None


def _normalize(title: str) -> str:
    return " ".join(title.split()).casefold()


def _make_result(file: str, status: Status, track: "Track") -> Result:
    from soundcloud_api.types import redact

    return Result(file, track.title, status, track.urn, redact(track.permalink_url) or None)


def exit_code(results: Sequence[Result]) -> int:
    """Return the exit code of a batch."""
    is_stopped = any(result.status == "not started" for result in results)
    problems = [result.problem for result in results if result.problem is not None]
    return problems[-1].code if is_stopped and problems else combine_exit_codes(problems)
