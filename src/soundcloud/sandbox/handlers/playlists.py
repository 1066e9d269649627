"""Reading playlists: one, its tracks, who reposted it."""

from soundcloud.sandbox.data.lookups import playlist_row, views
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS
from soundcloud.sandbox.http.messages import Answer, Call
from soundcloud.sandbox.http.pagination import access_levels, flag, page_by_key
from soundcloud.sandbox.http.routing import handles


@handles("get_playlists_playlist_urn")
def playlist(call: Call) -> Answer:
    """Show one playlist, with its tracks unless `show_tracks` says otherwise."""
    row, levels = playlist_row(call), access_levels(call, DEFAULT_ACCESS)
    return Answer(views(call).playlist(row, levels, show_tracks=flag(call, "show_tracks", default=True)))


@handles("get_playlists_playlist_urn_tracks")
def tracks(call: Call) -> Answer:
    """List the tracks of a playlist, in its order."""
    row, levels, seen = playlist_row(call), access_levels(call, DEFAULT_ACCESS), views(call)
    statement = "SELECT position AS key, track_id AS item FROM playlist_tracks WHERE playlist_id = :playlist"
    return page_by_key(call, statement, lambda page: seen.tracks(page, levels), array=True, order=1, playlist=row["id"])


@handles("get_playlists_playlist_urn_reposters")
def reposters(call: Call) -> Answer:
    """List who reposted a playlist, the latest first."""
    statement = "SELECT id AS key, user_id AS item FROM playlist_reposts WHERE item_id = :playlist"
    return page_by_key(call, statement, views(call).users, playlist=playlist_row(call)["id"])
