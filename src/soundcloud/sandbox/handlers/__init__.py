"""Handlers of the API's operations, one module per topic."""

from importlib import import_module
from pkgutil import iter_modules

from soundcloud.sandbox.http.routing import HANDLERS, HandlerRegistry


def load_handlers() -> HandlerRegistry:
    """Import all handlers, which registers them, and return the registry."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return HANDLERS
