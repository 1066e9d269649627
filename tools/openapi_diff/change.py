"""A change between two OpenAPI documents, as a maintainer thinks of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        where: The place: an operation (`GET /me`), a component (`schema Track`) or the document, and what of it.
        what: The kind of change, `field added`; the same words for the same kind.
        before: What stood there, in words; None if nothing did or if the kind says it all.
        after: What stands there now, in words; None likewise.
        breaking: Whether code that calls the client as it was before may have to change.
        operations: The operations that it touches, however far away, by their names as of now, sorted.
        methods: The methods of the facade that call these operations, sorted.
    """

    where: str
    what: str
    before: str | None
    after: str | None
    breaking: bool
    operations: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
