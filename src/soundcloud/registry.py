"""Maps client methods to the operations of SoundCloud's OpenAPI document, and to what SoundCloud has announced beyond it.

Decorators on the methods are the registry.
"""

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import attrs

from soundcloud._protocol.announced.entries import ANNOUNCED as ANNOUNCED
from soundcloud._protocol.announced.entries import ENTRIES
from soundcloud._protocol.announced.entries import Announcement as Announcement

NAMESPACES = ("auth", "likes", "me", "playlists", "raw", "reposts", "resolve", "search", "tracks", "users")

Method = TypeVar("Method", bound=Callable[..., Any])


@attrs.frozen
class Implementation:
    """A client method and the operation that it implements.

    Attributes:
        namespace: The namespace, for example `tracks`.
        method: The method's name, for example `get_track`.
        operation: The operation id; None if the document has no such operation.
        beyond: Parameters that the method sends although the document does not list them.
        sync: Whether the sync client has the method.
        asynchronous: Whether the async client has the method.
    """

    namespace: str
    method: str
    operation: str | None
    beyond: tuple[str, ...]
    sync: bool
    asynchronous: bool

    @property
    def name(self) -> str:
        """Namespace and method, for example `tracks.get_track`."""
        return f"{self.namespace}.{self.method}"


def implements(*operations: str, beyond: tuple[str, ...] = ()) -> Callable[[Method], Method]:
    """Mark a method with the operations that it implements.

    Args:
        operations: Operation ids such as `get_tracks_track_urn`; none if the document has no such operation.
        beyond: What the method sends although the document does not list it: query parameters, `body`, or the request.
    """

    def mark(method: Method) -> Method:
        method.__implements__ = (operations, beyond)  # type: ignore[attr-defined]  # functions take attributes
        return method

    return mark


def uses_announced(*entries: str) -> Callable[[Method], Method]:
    """Mark a method with the entries of `ANNOUNCED` that it uses.

    Args:
        entries: Ids such as `get_system_playlists_urn`.

    Raises:
        LookupError: There is no such entry.
    """
    for entry in entries:
        if entry not in ENTRIES:
            raise LookupError(f"no announced entry {entry!r}: use one of {', '.join(ENTRIES)}")

    def mark(method: Method) -> Method:
        method.__announced__ = entries  # type: ignore[attr-defined]  # functions take attributes
        return method

    return mark


def batched(kind: str, many: str) -> Callable[[Method], Method]:
    """Mark a method that fetches one of `tracks` or `users` with the method of its namespace that fetches a page of many."""

    def mark(method: Method) -> Method:
        method.__batch__ = (kind, many)  # type: ignore[attr-defined]  # functions take attributes
        return method

    return mark


def batch_of(method: Callable[..., Any]) -> tuple[Callable[..., Any] | None, str]:
    """Return the batch method of a method and the kind of its resources; None and "" without one."""
    kind, many = getattr(method, "__batch__", ("", ""))
    owner = getattr(method, "__self__", None)
    return (getattr(owner, many), kind) if many and owner is not None else (None, "")


def implementations() -> list[Implementation]:
    """List the implementations of both clients by namespace and method, one per method and operation."""
    from soundcloud import AsyncSoundCloudClient, SoundCloudClient

    found: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    for side, client in (("sync", SoundCloudClient), ("asynchronous", AsyncSoundCloudClient)):
        for namespace, cls in namespace_classes(client).items():
            for name, method in inspect.getmembers(cls, inspect.isfunction):
                operations, beyond = getattr(method, "__implements__", (None, ()))
                for operation in () if operations is None else operations or (None,):
                    entry = found.setdefault(
                        (namespace, name, operation), {"beyond": beyond, "sync": False, "asynchronous": False}
                    )
                    entry[side] = True
    return [
        Implementation(namespace, method, operation, **entry) for (namespace, method, operation), entry in found.items()
    ]


def methods_by_announcement() -> dict[str, list[str]]:
    """Return the names of the methods of both clients, such as `playlists.get_station`, by the entry that they use."""
    from soundcloud import AsyncSoundCloudClient, SoundCloudClient

    methods: dict[str, list[str]] = {entry.id: [] for entry in ANNOUNCED}
    for entry, name in sorted(_uses_of(SoundCloudClient) & _uses_of(AsyncSoundCloudClient)):
        methods[entry].append(name)
    return methods


def _uses_of(client: type) -> set[tuple[str, str]]:
    """Return the announced entries that the methods of a client use, with the names of the methods."""
    return {
        (entry, f"{namespace}.{name}")
        for namespace, cls in namespace_classes(client).items()
        for name, method in inspect.getmembers(cls, inspect.isfunction)
        for entry in getattr(method, "__announced__", ())
    }


def namespace_classes(client: type) -> dict[str, type]:
    """Return the classes of a client's namespaces by the attribute of the client."""
    home = next(base.__module__ for base in client.__mro__ if base.__module__.startswith("soundcloud._"))
    package, prefix = home.rpartition(".")[0], "Async" if "_async" in home else ""
    return {
        name: getattr(import_module(f"{package}.namespaces.{name}"), f"{prefix}{name.title()}Namespace")
        for name in NAMESPACES
    }


def methods_by_operation() -> dict[str, list[str]]:
    """Return the names of methods, such as `tracks.get_track`, by operation id."""
    methods: dict[str, list[str]] = {}
    for entry in implementations():
        if entry.operation is not None:
            methods.setdefault(entry.operation, []).append(entry.name)
    return methods
