"""Changes to the list of tracks of a playlist, as lists of URNs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from soundcloud._protocol.request_bodies import check_track_list
from soundcloud.errors import InvalidInputError, PlaylistChangedError
from soundcloud.urn import Resource, to_urn

if TYPE_CHECKING:
    from soundcloud_api.models import Playlist, Track


def require_tracks(tracks: Iterable[Resource]) -> list[str]:
    """Return the URNs of 1 to 500 tracks."""
    urns = check_track_list(tracks)
    if not urns:
        raise InvalidInputError("there are no tracks: give at least one")
    return urns


def collect_urns(playlist: Playlist, tracks: Iterable[Track], *, drop_hidden: bool) -> list[str]:
    """Return the URNs of the listed tracks; raise if the playlist has more and they must not be dropped."""
    urns = [to_urn(track, "tracks") for track in tracks]
    # The model has 0 for a missing count, which would look like a playlist without hidden tracks.
    count: Any = playlist.to_dict().get("track_count")
    known = count.__class__ is int
    if drop_hidden or (known and count <= len(urns)):
        return urns
    problem = (
        f"the playlist has {count} tracks, but SoundCloud lists {len(urns)} of them: the others would be removed"
        if known
        else f"SoundCloud lists {len(urns)} tracks, but does not say how many the playlist has: others would be removed"
    )
    raise PlaylistChangedError(problem, hint="pass drop_hidden=True to remove the tracks that are not listed")


def check_unchanged(before: Sequence[str], after: Sequence[str]) -> None:
    """Raise if a playlist changed since it was read."""
    if before != after:
        raise PlaylistChangedError(
            f"the playlist changed since it was read: it had {len(before)} tracks and has {len(after)} now"
            + ("" if len(before) != len(after) else ", but different ones or in another order")
        )


def insert_tracks(urns: Sequence[str], tracks: Sequence[str], position: int | None, *, duplicates: bool) -> list[str]:
    """Insert tracks at a position, from 0; None appends them."""
    new = list(tracks)
    if not duplicates:
        present = set(urns)
        new = [urn for urn in dict.fromkeys(new) if urn not in present]
    if position is None:
        position = len(urns)
    if position.__class__ is not int or not 0 <= position <= len(urns):
        raise InvalidInputError(f"position={position!r}: give an index from 0 to {len(urns)}, or None for the end")
    return check_track_list([*urns[:position], *new, *urns[position:]])


def remove_tracks(urns: Sequence[str], tracks: Sequence[str]) -> list[str]:
    """Remove every occurrence of tracks."""
    removed = set(tracks)
    if absent := removed - set(urns):
        raise InvalidInputError(f"not in the playlist: {', '.join(sorted(absent))}; nothing was changed")
    return [urn for urn in urns if urn not in removed]


def reorder_tracks(urns: Sequence[str], tracks: Sequence[str]) -> list[str]:
    """Check that a new order has the same tracks as the list, including duplicates, and return it."""
    new = list(tracks)
    if sorted(new) != sorted(urns):
        missing, other = [urn for urn in urns if urn not in set(new)], [urn for urn in new if urn not in set(urns)]
        named = [("left out", missing), ("not in the playlist", other)]
        problems = "; ".join(f"{text}: {', '.join(found)}" for text, found in named if found)
        raise InvalidInputError(
            f"the new order must contain each track as often as the playlist: {problems or 'the number of duplicates differs'}"
        )
    return new
