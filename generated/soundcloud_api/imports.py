"""Imports of modules at their first use.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

import os
import sys
import threading
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["IMPORT_LOCK", "lazy_module", "lazy_names"]

IMPORT_LOCK = threading.RLock()
"""The lock to hold while something is imported by a call.

A fork waits for it. Otherwise a child process could inherit a half-imported module, and its first import of it would wait forever.
"""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=IMPORT_LOCK.acquire, after_in_parent=IMPORT_LOCK.release, after_in_child=IMPORT_LOCK.release
    )


class _LazyPackage(ModuleType):
    """A package that imports its modules when one of their names is first used."""

    _modules: dict[str, str]

    def __getattr__(self, name: str) -> Any:
        module = self.__dict__["_modules"].get(name)
        if module is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        with IMPORT_LOCK:
            value = getattr(import_module(f"{self.__name__}.{module}"), name)
            setattr(self, name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        # The import system sets each module that it imports as an attribute of the package; that of an operation has its name.
        if isinstance(value, ModuleType) and self._modules.get(name) == name:
            value = getattr(value, name)
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._modules})


def lazy_names(package: str, modules: dict[str, str]) -> None:
    """Make a package import its modules when one of their names is first used.

    Args:
        package: The package.
        modules: The module of each name, within the package.
    """
    module: Any = sys.modules[package]
    module.__dict__["_modules"] = modules
    module.__class__ = _LazyPackage


class lazy_module:  # noqa: N801 - it stands for a module
    """A module that is imported when one of its names is first used.

    Args:
        name: The full name of the module.
    """

    def __init__(self, name: str) -> None:
        self.__module = name

    def __getattr__(self, name: str) -> Any:
        with IMPORT_LOCK:
            value = getattr(import_module(self.__module), name)
        setattr(self, name, value)
        return value
