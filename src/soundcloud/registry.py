"""Which method is which operation of the document. The methods say it themselves: it cannot claim what is not there."""

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import attrs

NAMESPACES = ("auth", "likes", "me", "playlists", "raw", "reposts", "resolve", "search", "tracks", "users")

Method = TypeVar("Method", bound=Callable[..., Any])


@attrs.frozen
class Implementation:
    """A method of the client and what it implements.

    Attributes:
        namespace: The namespace, for example `tracks`.
        method: The method's name, for example `get_track`.
        operation: The id of the operation; None when it is not in the document.
        beyond: What the method can send that the document does not list, or the call that the document lacks.
        sync: Whether the synchronous client has it.
        asynchronous: Whether the asynchronous client has it.
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
    """Mark a method of a namespace with the operations that it implements.

    Args:
        operations: Ids of operations, such as `get_tracks_track_urn`; none for a call that the document lacks.
        beyond: What is sent although the document does not list it: query parameters, `body`, or the whole call.

    Returns:
        A decorator that gives back the method itself: a call costs nothing more.
    """

    def mark(method: Method) -> Method:
        method.__implements__ = (operations, beyond)  # type: ignore[attr-defined]  # functions take attributes
        return method

    return mark


def batched(kind: str, many: str) -> Callable[[Method], Method]:
    """Mark a method that gets one resource with the one of its namespace that gets many.

    Args:
        kind: What the resources are: `tracks`, `users`.
        many: The name of the method that takes a list of URNs and gives a page.

    Returns:
        A decorator that gives back the method itself.
    """

    def mark(method: Method) -> Method:
        method.__batch__ = (kind, many)  # type: ignore[attr-defined]  # functions take attributes
        return method

    return mark


def batch_of(method: Callable[..., Any]) -> tuple[Callable[..., Any] | None, str]:
    """The method that gets many of what a method gets one of, and what these are; None where there is none."""
    kind, many = getattr(method, "__batch__", ("", ""))
    owner = getattr(method, "__self__", None)
    return (getattr(owner, many), kind) if many and owner is not None else (None, "")


def implementations() -> list[Implementation]:
    """Collect what the methods of both clients say they implement.

    Returns:
        One entry for each pair of method and operation, in the order of namespaces and methods.
    """
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


def namespace_classes(client: type) -> dict[str, type]:
    """Return the classes of a client's namespaces.

    Args:
        client: `SoundCloudClient`, `AsyncSoundCloudClient`, or a subclass.

    Returns:
        The classes, by the attribute of the client.
    """
    home = next(base.__module__ for base in client.__mro__ if base.__module__.startswith("soundcloud._"))
    package, prefix = home.rpartition(".")[0], "Async" if "_async" in home else ""
    return {
        name: getattr(import_module(f"{package}.namespaces.{name}"), f"{prefix}{name.title()}Namespace")
        for name in NAMESPACES
    }


def methods_by_operation() -> dict[str, list[str]]:
    """The methods of each operation that has any.

    Returns:
        Names such as `tracks.get_track`, by the operation's id.
    """
    methods: dict[str, list[str]] = {}
    for entry in implementations():
        if entry.operation is not None:
            methods.setdefault(entry.operation, []).append(entry.name)
    return methods
