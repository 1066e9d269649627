"""Proposes a version number and a changelog entry for the changes of SoundCloud's document, by the rules of docs/versions.md."""

from collections.abc import Sequence

from tools.openapi_diff.document_changes import Change
from tools.openapi_diff.report import code, printable

# What users do not notice: the client is generated in the same form.
_UNNOTICED = frozenset({"rearranged", "response added", "schema added"})


def proposal(changes: Sequence[Change], version: str) -> str:
    """Return the section of a pull request with the next version and the changelog entry.

    Args:
        changes: The changes of the document.
        version: The version of the project, `0.1.0`.
    """
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    noticed = [change for change in changes if change.what not in _UNNOTICED]
    breaking = [change for change in noticed if change.level == "breaking"]
    if breaking and major:
        following, why = f"{major + 1}.0.0", "something breaks"
    elif noticed:
        following, why = (
            f"{major}.{minor + 1}.0",
            "something breaks, and the major version is 0" if breaking else "something is added or may break",
        )
    else:
        following, why = f"{major}.{minor}.{patch + 1}", "users notice nothing"
    lines = [
        "## Proposed version",
        "",
        f"{following} after {version}, because {why} (docs/versions.md). The entry for CHANGELOG.md:",
        "",
    ]
    lines += ["````markdown"]
    for title, group in (("Breaking", breaking), ("Changed", [change for change in noticed if change not in breaking])):
        if group:
            lines += [f"### {title}", "", *map(_entry, group), ""]
    if not noticed:
        lines += ["- SoundCloud's document has changed; the client has not.", ""]
    return "\n".join([*lines[:-1], "````"])


def _entry(change: Change) -> str:
    values = " → ".join(code(value) for value in (change.before, change.after) if value is not None)
    methods = f" ({', '.join(f'`{name}`' for name in change.methods[:3])}{', ...' if len(change.methods) > 3 else ''})"
    return f"- {code(change.where)}: {printable(change.what)}{f': {values}' if values else ''}{methods if change.methods else ''}"
