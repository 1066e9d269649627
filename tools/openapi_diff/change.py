"""A change between two OpenAPI documents."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One change; tools/diff_spec.py describes the fields."""

    where: str
    what: str
    before: str | None
    after: str | None
    breaking: bool
    operations: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
