"""Results of `client.map`."""

from typing import Generic, TypeVar, cast

import attrs

from soundcloud.errors import SoundCloudError

T_co = TypeVar("T_co", covariant=True)
V_co = TypeVar("V_co", covariant=True)


@attrs.frozen
class Outcome(Generic[T_co, V_co]):
    """The result of `client.map` for one item.

    Attributes:
        item: The item.
        value: The returned value; None after a failure.
        error: The exception; None after a success.

    Example:
        >>> outcomes = client.map(client.tracks.get_track, urns)
        >>> failed = [outcome.item for outcome in outcomes if not outcome.ok]
    """

    item: T_co
    value: V_co | None = None
    error: SoundCloudError | None = None

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.error is None

    def result(self) -> V_co:
        """Return the value, or raise the error."""
        if self.error is not None:
            raise self.error
        return cast("V_co", self.value)
