"""The base class of the namespaces.

Error reporters record the local variables of every frame in a traceback. A method that keeps a token in a variable while it
waits for a response therefore deletes the variable or makes it a `Secret`.
"""

from soundcloud._sync.pipeline import Pipeline


class Namespace:
    """A group of operations, available as an attribute of the client."""

    __slots__ = ("_pipeline",)

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
