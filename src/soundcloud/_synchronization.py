"""What the two shells do differently, in pairs: `async_x` and `AsyncX` for one, `x` and `X` for the other.

Everything else of the synchronous shell is made from the asynchronous one by renaming, see tools/codegen/unasync.py.
"""

import inspect
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Iterable
from typing import Any, Protocol, Self, TypeVar

from soundcloud._checks import check_callable
from soundcloud.errors import InvalidInputError


async def async_invoke(
    function: Callable[..., Any], *arguments: Any, blocking: bool = False, abandon: bool = False
) -> Any:
    """Call what may or may not be a coroutine function; what may take a while is called in a thread.

    Args:
        function: What to call.
        arguments: Its arguments.
        blocking: Whether it may take a while without being a coroutine function.
        abandon: Whether its thread is left to itself when the task is cancelled.

    Returns:
        What it returns.
    """
    if blocking and not inspect.iscoroutinefunction(function):
        from anyio.to_thread import run_sync

        return await run_sync(lambda: function(*arguments), abandon_on_cancel=abandon)
    value = function(*arguments)
    return await value if inspect.isawaitable(value) else value


def invoke(
    function: Callable[..., Any],
    *arguments: Any,
    blocking: bool = False,  # noqa: ARG001 - as the other
    abandon: bool = False,  # noqa: ARG001
) -> Any:
    """Call a function.

    Args:
        function: What to call.
        arguments: Its arguments.
        blocking: Of no interest here.
        abandon: Of no interest here.

    Returns:
        What it returns.

    Raises:
        InvalidInputError: It is a coroutine function, which this client cannot wait for.
    """
    value = function(*arguments)
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()
        name = getattr(function, "__qualname__", repr(function))
        raise InvalidInputError(f"{name} is asynchronous; use AsyncSoundCloudClient, or its synchronous form")
    return value


def async_check_function(name: str, function: Any) -> None:
    """Check that a setting is a function, plain or of coroutines, or None."""
    check_callable(name, function)


def check_function(name: str, function: Any) -> None:
    """Check that a setting is a plain function, or None: this client cannot wait for coroutines."""
    check_callable(name, function)
    if inspect.iscoroutinefunction(function):
        raise InvalidInputError(f"{name} is asynchronous; use AsyncSoundCloudClient, or its synchronous form")


def async_check_methods(name: str, value: Any, methods: Iterable[str], example: str) -> None:
    """Check that a setting is an object with some methods, plain or of coroutines, or None."""
    _check_methods(name, value, methods, example, async_check_function)


def check_methods(name: str, value: Any, methods: Iterable[str], example: str) -> None:
    """Check that a setting is an object with some plain methods, or None."""
    _check_methods(name, value, methods, example, check_function)


def _check_methods(
    name: str, value: Any, methods: Iterable[str], example: str, check: Callable[[str, Any], None]
) -> None:
    if value is None:
        return
    if isinstance(value, type):
        raise InvalidInputError(f"{name}={value.__name__}: give an object, not its class, for example {example}")
    for method in methods:
        function = getattr(value, method, None)
        if function is None:
            kind = type(value).__name__
            raise InvalidInputError(
                f"{name} is of type {kind}, which has no method {method}: give for example {example}"
            )
        check(f"{name}.{method}", function)


async def async_protected(function: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> Any:
    """Run something to its end, whoever gives up waiting for it meanwhile; what was given up is given up after that.

    Args:
        function: What must not be left half done.
        arguments: Its arguments.

    Returns:
        What it returns.
    """
    import asyncio

    from anyio import CancelScope

    # The scope holds off what anyio and trio cancel. asyncio's own cancelling knows no scopes: there the work is a task of
    # its own, which is waited for.
    with CancelScope(shield=True):
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return await function(*arguments)
        task = asyncio.ensure_future(function(*arguments))
        given_up: asyncio.CancelledError | None = None
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError as error:
                given_up = error
        if given_up is not None:
            if not task.cancelled():
                task.exception()  # looked at, so that asyncio does not complain of it
            raise given_up
        return task.result()


def protected(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run something; a thread cannot be cancelled."""
    return function(*arguments)


def async_readable(value: Any) -> Any:
    """Give back something to send: this client takes all kinds."""
    return value


def readable(value: Any) -> Any:
    """Give back something to send.

    Raises:
        InvalidInputError: It gives its bytes asynchronously, which this client cannot wait for.
    """
    if hasattr(value, "__aiter__") and not hasattr(value, "read"):
        raise InvalidInputError(
            "the file gives its bytes asynchronously; use AsyncSoundCloudClient, or a plain iterator"
        )
    return value


async def async_sleep(seconds: float) -> None:
    """Let time pass."""
    from anyio import sleep

    await sleep(seconds)


def sleep(seconds: float) -> None:
    """Let time pass."""
    time.sleep(seconds)


class AsyncGate:
    """Lets one task through at a time."""

    def __init__(self) -> None:
        """Open the gate."""
        self._lock: Any = None

    async def __aenter__(self) -> None:
        if self._lock is None:
            from anyio import Lock

            self._lock = Lock()
        await self._lock.acquire()

    async def __aexit__(self, *error: object) -> None:
        self._lock.release()


class Gate:
    """Lets one thread through at a time."""

    def __init__(self) -> None:
        """Open the gate."""
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()


class AsyncLoads(Protocol):
    """Something that is asked for when it is awaited."""

    def load(self) -> Coroutine[Any, Any, Self]: ...

    def __await__(self) -> Generator[Any, Any, Self]:
        """Ask for it; awaiting it again does not ask again."""
        return self.load().__await__()


class Loads(Protocol):
    """Something that is asked for at once."""

    def load(self) -> Self: ...


AsyncLoaded = TypeVar("AsyncLoaded", bound=AsyncLoads)
Loaded = TypeVar("Loaded", bound=Loads)


def async_start(value: AsyncLoaded) -> AsyncLoaded:
    """Give it back as it is: it is asked for when it is awaited or iterated."""
    return value


def start(value: Loaded) -> Loaded:
    """Ask for it now, so that what goes wrong is raised where the call stands."""
    return value.load()


def async_startable(value: object) -> bool:
    """Whether it may give a page when it is awaited."""
    return inspect.isawaitable(value)


def startable(_value: object) -> bool:
    """Whether it may give a page although it is none: never."""
    return False
