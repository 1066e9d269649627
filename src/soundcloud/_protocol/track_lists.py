"""Changes to the list of a playlist's tracks: SoundCloud takes the whole list only."""

from collections.abc import Iterable, Sequence

from soundcloud._protocol.request_bodies import track_urns
from soundcloud.errors import InvalidInputError, PlaylistChangedError
from soundcloud.urn import Resource, to_urn
from soundcloud_api.models import Playlist, Track


def some_tracks(tracks: Iterable[Resource]) -> list[str]:
    """Name the tracks that a caller gave.

    Raises:
        InvalidInputError: One is no track, there are none, or more than a playlist holds.
    """
    urns = track_urns(tracks)
    if not urns:
        raise InvalidInputError("no tracks are given: nothing is to be changed")
    return urns


def listed_urns(playlist: Playlist, tracks: Iterable[Track], *, drop_hidden: bool) -> list[str]:
    """Name the tracks of a playlist, in its order.

    Args:
        playlist: The playlist, which says how many tracks it has.
        tracks: Those that SoundCloud lists.
        drop_hidden: Whether those that it does not list may get lost.

    Returns:
        The URNs.

    Raises:
        PlaylistChangedError: It has more than it lists, and they may not.
    """
    urns = [to_urn(track, "tracks") for track in tracks]
    count = playlist.track_count
    if not drop_hidden and count is not None and count > len(urns):
        raise PlaylistChangedError(
            f"the playlist has {count} tracks, and SoundCloud lists {len(urns)} of them; what is not written is lost",
            hint="give drop_hidden=True to write it without the others",
        )
    return urns


def check_unchanged(before: Sequence[str], after: Sequence[str]) -> None:
    """Check that nobody else has changed a playlist since it was read.

    Raises:
        PlaylistChangedError: Somebody has.
    """
    if before != after:
        raise PlaylistChangedError(
            f"the playlist was changed meanwhile: it had {len(before)} tracks, and has {len(after)} now"
            + ("" if len(before) != len(after) else ", others or in another order")
        )


def with_added(urns: Sequence[str], tracks: Sequence[str], position: int | None, *, duplicates: bool) -> list[str]:
    """Put tracks into a list.

    Args:
        urns: The list.
        tracks: What to put in, in order.
        position: Before which place, 0 for the first; None for the end.
        duplicates: Whether a track that is in the list already, or is named twice, is put in once more.

    Returns:
        The new list.

    Raises:
        InvalidInputError: There is no such place, or the list gets too long.
    """
    new = list(tracks)
    if not duplicates:
        present = set(urns)
        new = [urn for urn in dict.fromkeys(new) if urn not in present]
    if position is None:
        position = len(urns)
    if position.__class__ is not int or not 0 <= position <= len(urns):
        raise InvalidInputError(f"position={position!r}: give a place from 0 to {len(urns)}, or None for the end")
    return track_urns([*urns[:position], *new, *urns[position:]])


def without_removed(urns: Sequence[str], tracks: Sequence[str]) -> list[str]:
    """Take tracks out of a list, each as often as it stands there.

    Raises:
        InvalidInputError: One is not in the list.
    """
    gone = set(tracks)
    if absent := gone - set(urns):
        raise InvalidInputError(f"not in the playlist: {', '.join(sorted(absent))}; nothing was changed")
    return [urn for urn in urns if urn not in gone]


def reordered(urns: Sequence[str], tracks: Sequence[str]) -> list[str]:
    """Give a list another order.

    Raises:
        InvalidInputError: These are not the tracks of the list, each as often.
    """
    new = list(tracks)
    if sorted(new) != sorted(urns):
        missing, other = [urn for urn in urns if urn not in set(new)], [urn for urn in new if urn not in set(urns)]
        named = [("left out", missing), ("not in the playlist", other)]
        what = "; ".join(f"{text}: {', '.join(found)}" for text, found in named if found)
        raise InvalidInputError(
            f"the new order has to name each track of the playlist as often as it stands there: {what or 'it does not'}"
        )
    return new
