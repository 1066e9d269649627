"""Checks the fields of `--fields` and `--template`: before a request by the model, then by the objects of the response."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.output.columns import View, get_raw


def check_fields(fields: Iterable[str], *views: View) -> None:
    """Reject fields that no object of any of the views has. Nothing is known of a view without a model."""
    for field in fields:
        problems = [(problem, view) for view in views if (problem := _problem(field, view)) is not None]
        if problems and len(problems) == len(views):
            first = field.partition(".")[0]
            known = [(problem, known_fields(view)) for problem, view in problems]
            # An object of another view may have the first part of the path.
            raise next((problem for problem, names in known if first in names), None) or _unknown(
                first, "", {name for _, names in known for name in names if "." not in name}
            )


def known_fields(view: View) -> list[str]:
    """Return the fields of the objects of a view, as far as they are known, those of nested objects included."""
    if view.fields is not None:
        return [*view.fields]
    model = _model_of(view)
    nested = {name: each for name, each in getattr(model, "_nested", {}).items() if hasattr(each, "__attrs_attrs__")}
    below = [f"{name}.{field.name}" for name, each in nested.items() for field in each.__attrs_attrs__]
    return [*(field.name for field in getattr(model, "__attrs_attrs__", ())), *below]


def _model_of(view: View) -> Any:
    if view.model is None:
        return None
    import soundcloud.models

    return getattr(soundcloud.models, view.model)


def _problem(field: str, view: View) -> CommandError | None:
    """Return the error about a field that the objects of a view do not have."""
    try:
        if view.fields is not None and field not in view.fields:
            _check([field], {}, object, view.fields)
        elif view.model is not None:
            _check([field], {}, _model_of(view))
    except CommandError as error:
        return error
    return None


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
            raise _unknown(name, ".".join(parent), known)
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


def _unknown(name: str, parent: str, known: set[str]) -> CommandError:
    from difflib import get_close_matches

    below, prefix = (f" in {parent!r}", f"{parent}.") if parent else ("", "")
    near = get_close_matches(name, known, n=1)
    suggestion = f"; did you mean {prefix}{near[0]}?" if near else ""
    hint = f"available fields: {', '.join(sorted(known))}" if known else f"use {parent!r} itself"
    return CommandError(f"there is no field {name!r}{below}{suggestion}", hint, code=USAGE)
