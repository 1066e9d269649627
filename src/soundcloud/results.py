"""Results of `client.map` and `client.map_completed`."""

from typing import Generic, Literal, NoReturn, TypeAlias, TypeVar

import attrs

from soundcloud.errors import SoundCloudError

T = TypeVar("T")
V = TypeVar("V")
T_co = TypeVar("T_co", covariant=True)
V_co = TypeVar("V_co", covariant=True)


@attrs.frozen
class Success(Generic[T_co, V_co]):
    """The outcome of a call that succeeded.

    Attributes:
        item: The item.
        value: The returned value.
        error: None.

    Example:
        >>> for outcome in client.map(client.tracks.get_track, urns):
        ...     if outcome.ok:
        ...         print(outcome.value.title)
    """

    item: T_co
    value: V_co
    error: None = attrs.field(default=None, init=False, repr=False)

    @property
    def ok(self) -> Literal[True]:
        """Whether the call succeeded: True."""
        return True

    def result(self) -> V_co:
        """Return the value."""
        return self.value


@attrs.frozen
class Failure(Generic[T_co]):
    """The outcome of a call that failed or, with a `NotStartedError`, was not made.

    Attributes:
        item: The item.
        error: The exception.

    Example:
        >>> outcomes = client.map(client.tracks.get_track, urns)
        >>> failed = [outcome.item for outcome in outcomes if not outcome.ok]
    """

    item: T_co
    error: SoundCloudError

    @property
    def ok(self) -> Literal[False]:
        """Whether the call succeeded: False."""
        return False

    # Pyright narrows a union by `outcome.error is None`, not by the truth of `outcome.ok`. As reading this property never
    # returns, `outcome.value` of the union has the type of the value, so that code after `if outcome.ok:` is accepted.
    @property
    def value(self) -> NoReturn:
        """Raise the error: there is no value."""
        raise self.error

    def result(self) -> NoReturn:
        """Raise the error."""
        raise self.error


Outcome: TypeAlias = Success[T, V] | Failure[T]
"""The outcome of `client.map` for one item: a `Success` or a `Failure`; `ok` says which."""
