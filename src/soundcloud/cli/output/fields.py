"""Checks the names that `--fields` selects: against the model before a request, and against the objects of a response."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.output.columns import View, get_raw


def check_fields(fields: Iterable[str], view: View) -> None:
    """Reject fields that no object of a view has. Nothing is known of a view without a model."""
    if view.fields is not None:
        _check(fields, {}, object, view.fields)
    elif fields and view.model is not None:
        import soundcloud_api.models

        _check(fields, {}, getattr(soundcloud_api.models, view.model))


def check_fields_of(fields: Iterable[str], item: object) -> None:
    """Reject fields that neither an object nor its model has: a misspelt one would be an empty column."""
    raw = cast("object", get_raw(item))
    _check(fields, raw if isinstance(raw, Mapping) else {}, type(item))


def _check(fields: Iterable[str], raw: Any, model: Any, known: Iterable[str] = ()) -> None:
    for field in fields:
        names = field.split(".")
        _check_path(names, raw, model, {*known})


def _check_path(names: list[str], raw: Any, model: Any, known: set[str]) -> None:
    parent: list[str] = []
    for name in names:
        if isinstance(raw, Mapping):
            known |= {*cast("Mapping[str, Any]", raw)}
        known |= {field.name for field in getattr(model, "__attrs_attrs__", ())}
        if name not in known:
            if raw is None and model is None:
                # An object that is not there, of an unknown kind.
                return
            below = f" in {'.'.join(parent)!r}" if parent else ""
            hint = f"available fields: {', '.join(sorted(known))}" if known else f"use {'.'.join(parent)!r} itself"
            raise CommandError(f"there is no field {name!r}{below}", hint, code=USAGE)
        raw = cast("Mapping[str, Any]", raw).get(name) if isinstance(raw, Mapping) else None
        nested = getattr(model, "_nested", {}).get(name)
        if isinstance(nested, dict):
            # One of several kinds.
            return
        has_model = hasattr(nested, "__attrs_attrs__")
        if model is not None and not has_model and not isinstance(raw, Mapping):
            raw = ()
        model, known = nested if has_model else None, set[str]()
        parent.append(name)
