"""Uploads a batch of files, none of them twice, whatever happens in the middle."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs

from soundcloud.cli.framework.bulk import code_of, ends_everything
from soundcloud.cli.framework.errors import FAILED, CommandError, Problem, problem_of
from soundcloud.cli.upload.history import Entry, UploadJournal, digest_of
from soundcloud.cli.upload.manifest import Planned

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.cli.output.progress import FileBars
    from soundcloud.models import Track

Status: TypeAlias = Literal["uploaded", "there already", "arrived earlier", "unknown", "failed", "not begun"]

_LOOKED_THROUGH = 2_000
_UNKNOWN_HINT = "look at your tracks; if it is not there: --again uploads it anew. If it is: --arrived remembers that"


@attrs.frozen
class Result:
    """What became of a file.

    Attributes:
        file: Its path.
        title: The track's title.
        status: What became of it.
        urn: The track, if there is one.
        permalink_url: Its address.
        problem: What went wrong.
    """

    file: str
    title: str
    status: Status
    urn: str | None = None
    permalink_url: str | None = None
    problem: Problem | None = None

    @property
    def raw(self) -> dict[str, Any]:
        """The same as plain values."""
        fields = attrs.asdict(self, filter=lambda field, _: field.name != "problem")
        return {**fields, "error": None if self.problem is None else self.problem.message}


class Uploader:
    """Uploads files one after the other.

    Args:
        client: Sends them.
        journal: Says what was uploaded before; open.
        bars: Shows how far each is; None for nobody.
        title_and_fields: Decides about a file what is sent with it.
        again: Whether files are uploaded that may be there, or are.
        arrived: Whether uploads whose fate is unknown are taken for done.
    """

    def __init__(
        self,
        client: "SoundCloudClient",
        journal: UploadJournal,
        bars: "FileBars | None",
        title_and_fields: Callable[[Planned], tuple[str, dict[str, Any]]],
        *,
        again: bool = False,
        arrived: bool = False,
    ) -> None:
        self._client, self._journal, self._bars = client, journal, bars
        self._describe = title_and_fields
        self._again, self._arrived = again, arrived
        self._newest: datetime | None = None

    def upload_all(self, planned: Sequence[Planned]) -> Iterator[Result]:
        """Upload them, and tell of each what became of it; what fails does not keep the rest from being uploaded."""
        from soundcloud.errors import SoundCloudError

        made = [track.created_at for track in self._client.me.get_tracks(limit=10).collection]
        self._newest = max((moment for moment in made if isinstance(moment, datetime)), default=None)
        for number, each in enumerate(planned, start=1):
            try:
                yield self._upload(each)
            except (SoundCloudError, CommandError, OSError) as error:
                title, _ = self._describe(each)
                yield Result(str(each.path), title, "failed", problem=problem_of(error))
                if ends_everything(error):
                    for left in planned[number:]:
                        yield Result(str(left.path), self._describe(left)[0], "not begun")
                    return

    def _upload(self, each: Planned) -> Result:
        file, digest = str(each.path), digest_of(each.path)
        title, fields = self._describe(each)
        known = self._journal.get(digest)
        if known is not None and not self._again:
            if known.state == "done":
                return Result(file, known.title, "there already", known.urn)
            if known.state == "sent":
                return self._settled(file, digest, known)
        entry = Entry("begun", file, title, None if self._newest is None else self._newest.isoformat())
        self._journal.put(digest, entry)
        try:
            track = self._client.tracks.upload(
                each.path, title=title, on_progress=self._progress(each, digest, entry), **fields
            )
        except BaseException as error:
            return self._after(error, file, digest)
        self._keep(digest, entry, track)
        return _result(file, "uploaded", track)

    def _progress(self, each: Planned, digest: str, entry: Entry) -> Callable[[int, int], None]:
        show = None if self._bars is None else self._bars.begin(each.path.name, each.path.stat().st_size)

        def tell(sent: int, total: int) -> None:
            if sent >= total:
                # The end of the form comes after this: until it is sent there can be no track.
                self._journal.put(digest, attrs.evolve(entry, state="sent"))
            if show is not None:
                show(sent, total)

        return tell

    def _after(self, error: BaseException, file: str, digest: str) -> Result:
        """Decide about an upload that did not end well: raise, or tell what is known of it."""
        entry = self._journal.get(digest)
        if entry is None or entry.state != "sent" or _surely_refused(error):
            self._journal.drop(digest)
            raise error
        if not isinstance(error, Exception):
            raise error
        return self._settled(file, digest, entry, error)

    def _settled(self, file: str, digest: str, entry: Entry, error: Exception | None = None) -> Result:
        """Look for the track of an upload whose fate is not known."""
        from soundcloud.errors import SoundCloudError

        if self._arrived:
            self._journal.put(digest, attrs.evolve(entry, state="done"))
            return Result(file, entry.title, "there already")
        try:
            found = self._look_for(entry)
        except SoundCloudError:
            found = []
        if len(found) == 1:
            self._keep(digest, entry, found[0])
            return _result(file, "arrived earlier", found[0])
        why = f": {problem_of(error).message}" if error is not None else ""
        may = f", {len(found)} may be it" if found else ", and no track of this title came since"
        problem = Problem(f"it is not known whether this made a track{may}{why}", _UNKNOWN_HINT, FAILED)
        return Result(file, entry.title, "unknown", problem=problem)

    def _look_for(self, entry: Entry) -> list["Track"]:
        """The account's tracks of that title which came since, and are of no other upload."""
        after = None if entry.after is None else datetime.fromisoformat(entry.after)
        known, title = self._journal.urns, _plain(entry.title)
        return [
            track
            for track in islice(self._client.me.get_tracks(limit=200), _LOOKED_THROUGH)
            if _plain(track.title or "") == title
            and track.urn not in known
            and (after is None or (isinstance(track.created_at, datetime) and track.created_at >= after))
        ]

    def _keep(self, digest: str, entry: Entry, track: "Track") -> None:
        if isinstance(track.created_at, datetime):
            self._newest = max(filter(None, (self._newest, track.created_at)))
        self._journal.put(digest, attrs.evolve(entry, state="done", urn=track.urn))


def _surely_refused(error: BaseException) -> bool:
    """Whether the answer says that there is no track."""
    from soundcloud.errors import EdgeError, InvalidInputError, StatusError, UploadInterruptedError

    if isinstance(error, StatusError):
        return (error.status or 500) < 500 and not isinstance(error, EdgeError)
    return isinstance(error, InvalidInputError | UploadInterruptedError)


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _result(file: str, status: Status, track: "Track") -> Result:
    from soundcloud_api.types import redact

    link = None if track.permalink_url is None else redact(track.permalink_url)
    return Result(file, track.title or "", status, track.urn, link)


def exit_code(results: Sequence[Result]) -> int:
    """The exit code of a batch."""
    stopped = any(result.status == "not begun" for result in results)
    problems = [result.problem for result in results if result.problem is not None]
    return problems[-1].code if stopped and problems else code_of(problems)
