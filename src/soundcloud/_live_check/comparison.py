"""Compares the result of a check with the document, with the models and with the sandbox."""

from collections.abc import Mapping

from soundcloud._live_check.document import Document
from soundcloud._live_check.plan import Check
from soundcloud._live_check.runner import Result
from soundcloud._live_check.shapes import OTHER_NAME, Shape, name_of

Differences = dict[str, list[str]]
"""The places of differences, by the kind of the difference."""


def with_document(check: Check, result: Result, document: Document | None) -> Differences:
    """Return the differences of a response from the document; none for a request that the document does not have."""
    if document is None or result.status is None:
        return {}
    return document.compare(check.method, check.path, result.status, result.media_type, result.shape)


def with_models(check: Check, result: Result) -> Differences:
    """Return the differences of a response from the models: the drift, and a success that could not be decoded."""
    found: Differences = {}
    for place, expected, actual, count in result.drifts:
        text = f"{place} ({expected} expected, {actual} received{'' if count == 1 else f', {count} times'})"
        found.setdefault("drift", []).append(text)
    if result.error and result.status is not None and result.status < 400:
        found["response that could not be decoded"] = [result.error]
    if check.kind != "error" and result.status is not None and result.status >= 400:
        found["error of a request that should succeed"] = [f"{result.status} {result.error}"]
    return found


def with_sandbox(result: Result, expected: Result | None) -> Differences:
    """Return the differences of a response from the sandbox's; none if one of the two was not sent."""
    if expected is None or expected.skipped or result.skipped:
        return {}
    found: Differences = {}
    for name, live, local in (
        ("status", result.status, expected.status),
        ("error", result.error or "none", expected.error or "none"),
        ("body", result.body, expected.body),
        ("media type", result.media_type or "none", expected.media_type or "none"),
    ):
        if live != local:
            found[name] = [f"{live}; in the sandbox {local}"]
    if "status" not in found and "body" not in found:
        _compare_shapes(result.shape, expected.shape, found)
    return found


def _compare_shapes(live: Shape, local: Shape, found: Differences) -> None:
    for place, objects in sorted(live.places.items()):
        others = local.places.get(place)
        if others is None:
            continue
        kinds = sorted(objects.types.keys() - others.types.keys() - {"null"})
        if kinds and not objects.types.keys() & others.types.keys():
            text = f"{place} ({', '.join(kinds)}; in the sandbox {', '.join(sorted(others.types))})"
            found.setdefault("type that differs from the sandbox", []).append(text)
        if not (objects.fields and others.fields):
            continue
        for name in sorted(objects.fields.keys() | others.fields.keys()):
            where, mine, theirs = name_of(place, name), objects.fields.get(name), others.fields.get(name)
            if mine is None:
                # A field that some objects of the sandbox lack may be missing by chance.
                if theirs is not None and theirs.present == others.count and OTHER_NAME not in objects.fields:
                    found.setdefault("field that only the sandbox sends", []).append(where)
            elif theirs is None:
                found.setdefault("field that the sandbox does not send", []).append(where)
            else:
                types = sorted(mine.types.keys() - theirs.types.keys() - {"null"})
                if types and theirs.types.keys() - {"null"}:
                    text = f"{where} ({', '.join(types)}; in the sandbox {', '.join(sorted(theirs.types))})"
                    found.setdefault("type that differs from the sandbox", []).append(text)
                if mine.null and not theirs.null:
                    found.setdefault("null that the sandbox does not send", []).append(where)


def differences(
    check: Check, result: Result, expected: Result | None, document: Document | None
) -> Mapping[str, Differences]:
    """Return the differences of a response by what it is compared with."""
    return {
        "document": with_document(check, result, document),
        "models": with_models(check, result),
        "sandbox": with_sandbox(result, expected),
    }
