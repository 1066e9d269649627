"""Handlers of the API's operations, one module per topic."""

from importlib import import_module

from soundcloud.sandbox.http.routing import HANDLERS, HandlerRegistry

_MODULES = (
    "feed",
    "follows",
    "likes_and_reposts",
    "me",
    "playlists",
    "resolve",
    "search",
    "streams",
    "tracks",
    "users",
)


def load_handlers() -> HandlerRegistry:
    """Import all handlers, which registers them, and return the registry."""
    for name in _MODULES:
        import_module(f"{__name__}.{name}")
    return HANDLERS
