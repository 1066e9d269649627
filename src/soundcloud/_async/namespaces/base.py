"""What every namespace has."""

from soundcloud._async.pipeline import AsyncPipeline


class AsyncNamespace:
    """Calls that belong together; reached as an attribute of the client."""

    __slots__ = ("_pipeline",)

    def __init__(self, pipeline: AsyncPipeline) -> None:
        """Keep what sends the calls."""
        self._pipeline = pipeline
