"""What every namespace has."""

from soundcloud._sync.pipeline import Pipeline


class Namespace:
    """Calls that belong together; reached as an attribute of the client."""

    __slots__ = ("_pipeline",)

    def __init__(self, pipeline: Pipeline) -> None:
        """Keep what sends the calls."""
        self._pipeline = pipeline
