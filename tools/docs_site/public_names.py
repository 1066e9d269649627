"""Lists the public names of both packages.

A module is public if no part of its path begins with an underscore; of `soundcloud`, only the direct modules are. The public
names of a module are those of its `__all__`, or, without one, the classes and functions that it defines.
"""

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import Any

API = "soundcloud_api.api"


def public_modules() -> list[str]:
    """Return the names of the public modules: the package, its modules, and the generated ones."""
    import soundcloud

    names = [soundcloud.__name__]
    names += [f"soundcloud.{found.name}" for found in pkgutil.iter_modules(soundcloud.__path__)]
    names += ["soundcloud_api.types", "soundcloud_api.models", "soundcloud_api.operations"]
    names += [f"{API}.{found.name}" for found in pkgutil.iter_modules(importlib.import_module(API).__path__)]
    return [name for name in names if not any(part.startswith("_") for part in name.split("."))]


def public_names(module: str) -> list[str]:
    """Return the public names of a module."""
    loaded = importlib.import_module(module)
    if hasattr(loaded, "__all__"):
        return [name for name in loaded.__all__ if name != "__version__"]
    return [name for name, value in vars(loaded).items() if not name.startswith("_") and _is_defined(value, loaded)]


def namespaces() -> dict[str, type[Any]]:
    """Return the classes of the namespaces (`client.tracks`) by name."""
    from soundcloud import SoundCloudClient
    from soundcloud.registry import namespace_classes

    return dict(namespace_classes(SoundCloudClient))


def homes() -> dict[str, str]:
    """Return for each full public name the one under which it is described: itself, or the name that it is an alias of."""
    described: dict[int, str] = {}
    found: dict[str, str] = {}
    # A name that the package exports is described in the module that it comes from, if that is public.
    for module in sorted(public_modules(), key=lambda module: module == "soundcloud"):
        loaded = importlib.import_module(module)
        for name in public_names(module):
            full_name = f"{module}.{name}"
            found[full_name] = described.setdefault(id(getattr(loaded, name)), full_name)
    return found


def _is_defined(value: Any, module: ModuleType) -> bool:
    return (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__ == module.__name__
