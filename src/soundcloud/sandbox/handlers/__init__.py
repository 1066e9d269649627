"""What answers each operation: one module per theme."""

from importlib import import_module

from soundcloud.sandbox.http.routing import HANDLERS, HandlerRegistry

_MODULES = (
    "feed",
    "likes",
    "me",
    "playlist_edits",
    "playlists",
    "reposts",
    "resolve",
    "search",
    "sessions",
    "streams",
    "track_edits",
    "tracks",
    "users",
)


def load_handlers() -> HandlerRegistry:
    """Import every handler, so that each is in the table."""
    for name in _MODULES:
        import_module(f"{__name__}.{name}")
    return HANDLERS
