"""User-supplied functions and objects, checked and called, in async/sync pairs."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from soundcloud._checks import check_callable
from soundcloud.errors import InvalidInputError


async def async_call_user_function(
    function: Callable[..., Any], *arguments: Any, blocking: bool = False, abandon: bool = False
) -> Any:
    """Call a plain or a coroutine function; a plain one that may block runs in a thread, which `abandon` leaves on cancellation."""
    if blocking and not inspect.iscoroutinefunction(function):
        from anyio.to_thread import run_sync

        return await run_sync(lambda: function(*arguments), abandon_on_cancel=abandon)
    value = function(*arguments)
    return await value if inspect.isawaitable(value) else value


def call_user_function(
    function: Callable[..., Any],
    *arguments: Any,
    blocking: bool = False,  # noqa: ARG001 - kept for parity with async_call_user_function
    abandon: bool = False,  # noqa: ARG001
) -> Any:
    """Call a plain function and return its result."""
    value = function(*arguments)
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()
        raise _is_asynchronous(getattr(function, "__qualname__", repr(function)))
    return value


def async_check_callback(name: str, function: Any) -> None:
    """Check that a setting is a plain or a coroutine function, or None."""
    check_callable(name, function)


def check_callback(name: str, function: Any) -> None:
    """Check that a setting is a plain function, or None."""
    check_callable(name, function)
    if inspect.iscoroutinefunction(function):
        raise _is_asynchronous(name)


def _is_asynchronous(name: str) -> InvalidInputError:
    return InvalidInputError(f"{name} is asynchronous: use AsyncSoundCloudClient, or pass a plain function")


def async_check_methods(name: str, value: Any, methods: Iterable[str], example: str) -> None:
    """Check that a setting is an object with some methods, plain or async, or None."""
    _check_methods(name, value, methods, example, async_check_callback)


def check_methods(name: str, value: Any, methods: Iterable[str], example: str) -> None:
    """Check that a setting is an object with some plain methods, or None."""
    _check_methods(name, value, methods, example, check_callback)


def _check_methods(
    name: str, value: Any, methods: Iterable[str], example: str, check: Callable[[str, Any], None]
) -> None:
    if value is None:
        return
    if isinstance(value, type):
        raise InvalidInputError(f"{name}={value.__name__} is a class: pass an object, for example {example}")
    for method in methods:
        function = getattr(value, method, None)
        if function is None:
            kind = type(value).__name__
            raise InvalidInputError(
                f"{name} is of type {kind}, which has no method {method}: pass for example {example}"
            )
        check(f"{name}.{method}", function)


def async_check_sync_iterable(value: Any) -> Any:
    """Return a file or an iterable of bytes: the async client takes plain and async ones."""
    return value


def check_sync_iterable(value: Any) -> Any:
    """Return a file or an iterable of bytes; refuse an async iterable."""
    if hasattr(value, "__aiter__") and not hasattr(value, "read"):
        raise InvalidInputError("the file is an async iterable: use AsyncSoundCloudClient, or pass a plain iterable")
    return value
