"""What came of one of many calls."""

from typing import Generic, TypeVar, cast

import attrs

from soundcloud.errors import SoundCloudError

T_co = TypeVar("T_co", covariant=True)
V_co = TypeVar("V_co", covariant=True)


@attrs.frozen
class Outcome(Generic[T_co, V_co]):
    """What `client.map` got for one item.

    Attributes:
        item: The item.
        value: What the call returned; None where it failed.
        error: What it failed with; None where it did not.

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
        """What the call returned.

        Raises:
            SoundCloudError: What it failed with.
        """
        if self.error is not None:
            raise self.error
        return cast("V_co", self.value)
