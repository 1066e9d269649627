"""Which operation a method and a path reach, for those who look on from outside the application."""

from collections.abc import Iterable

from soundcloud.sandbox.http.routing import Route


class OperationFinder:
    """Finds operations.

    Args:
        routes: What the API answers.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_shape: dict[tuple[str, str, int], list[tuple[list[str], str]]] = {}
        for route in routes:
            # The first part is a plain name in every path.
            _, first, *parts = route.path.split("/")
            self._by_shape.setdefault((route.method, first, len(parts)), []).append((parts, route.operation))
        for routes_of_shape in self._by_shape.values():
            # Plain names before placeholders, as the application has them.
            routes_of_shape.sort(key=lambda route: [part.startswith("{") for part in route[0]])

    def find(self, method: str, path: str) -> str | None:
        """Find an operation.

        Args:
            method: The HTTP method; HEAD is a GET without its body.
            path: The path.

        Returns:
            The operation's id, or the name of a call beyond the document; None where nothing is there.
        """
        _, first, *parts = path.split("/") if path.startswith("/") else ("", path)
        shape = ("GET" if method == "HEAD" else method, first, len(parts))
        for pattern, operation in self._by_shape.get(shape, ()):
            if all(name == part or (name[:1] == "{" and part) for name, part in zip(pattern, parts, strict=True)):
                return operation
        return None
