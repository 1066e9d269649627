"""POST /playlists. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.create_update_playlist_form_request import CreateUpdatePlaylistFormRequest
from ...models.create_update_playlist_request import CreateUpdatePlaylistRequest
from ...models.playlist import Playlist
from ...types import Operation


def post_playlists(
    *,
    body: CreateUpdatePlaylistRequest | CreateUpdatePlaylistFormRequest,
) -> Operation[Playlist]:
    """POST /playlists."""
    return Operation(
        "post_playlists",
        "POST",
        "/playlists",
        {
            201: Playlist,
        },
        body=body,
    )
