"""Lists the public names of both packages: what the reference has to hold, and what has to explain itself.

A module is public when no part of its path begins with an underscore; below `soundcloud` only its direct modules are,
as what lies deeper is reached through them. A module's public names are those of its `__all__`; where it has none,
the classes and functions that it defines.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

API = "soundcloud_api.api"


def public_modules() -> list[str]:
    """Return the public modules by name: the package, its modules, and those that are generated."""
    import soundcloud

    names = [soundcloud.__name__]
    names += [f"soundcloud.{found.name}" for found in pkgutil.iter_modules(soundcloud.__path__)]
    names += ["soundcloud_api.types", "soundcloud_api.models", "soundcloud_api.operations"]
    names += [f"{API}.{found.name}" for found in pkgutil.iter_modules(importlib.import_module(API).__path__)]
    return [name for name in names if not any(part.startswith("_") for part in name.split("."))]


def public_names(module: str) -> list[str]:
    """Return the public names of a module, without the module's own."""
    loaded = importlib.import_module(module)
    if hasattr(loaded, "__all__"):
        return [name for name in loaded.__all__ if name != "__version__"]
    return [name for name, value in vars(loaded).items() if not name.startswith("_") and _is_defined(value, loaded)]


def namespaces() -> dict[str, type[Any]]:
    """Return the classes behind `client.tracks` and the others, by name."""
    from soundcloud import SoundCloudClient
    from soundcloud.registry import namespace_classes

    return dict(namespace_classes(SoundCloudClient))


def homes() -> dict[str, str]:
    """Return where each public name is described, by its full name: at itself, or at the one that it is another name of."""
    described: dict[int, str] = {}
    found: dict[str, str] = {}
    # What the package itself exports is described in the module that it comes from, if that is public.
    for module in sorted(public_modules(), key=lambda module: module == "soundcloud"):
        loaded = importlib.import_module(module)
        for name in public_names(module):
            full_name = f"{module}.{name}"
            found[full_name] = described.setdefault(id(getattr(loaded, name)), full_name)
    return found


def undocumented() -> list[str]:
    """Return the public names, and the public members of public classes, that do not explain themselves."""
    return sorted({name for name, value in _everything() if not (value.__doc__ or "").strip()})


def _everything() -> Iterator[tuple[str, Any]]:
    for module in public_modules():
        loaded = importlib.import_module(module)
        yield module, loaded
        for name in public_names(module):
            value = getattr(loaded, name)
            if inspect.isclass(value) or inspect.isroutine(value):
                yield f"{module}.{name}", value
            if inspect.isclass(value):
                yield from _members(f"{module}.{name}", value)
    for name, cls in namespaces().items():
        yield f"client.{name}", cls
        yield from _members(f"client.{name}", cls)


def _members(where: str, cls: type[Any]) -> Iterator[tuple[str, Any]]:
    for name, value in inspect.getmembers_static(cls):
        ours = any(name in vars(each) for each in cls.__mro__ if each.__module__.startswith("soundcloud"))
        told = inspect.isfunction(value) or isinstance(value, property | classmethod | staticmethod)
        if ours and told and not name.startswith("_"):
            yield f"{where}.{name}", value


def _is_defined(value: Any, module: ModuleType) -> bool:
    return (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__ == module.__name__
