"""Writes the report of a live check as Markdown. It holds names, types and counts of fields, and no value of a response."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

import attrs

from soundcloud._live_check.comparison import Differences, differences
from soundcloud._live_check.document import Document
from soundcloud._live_check.plan import Check, not_called
from soundcloud._live_check.runner import UNANSWERED, Result
from soundcloud._live_check.shapes import Objects
from soundcloud._version import __version__

_NAMED = 3
_NOISE = frozenset({"date", "content-length", "connection", "keep-alive", "transfer-encoding", "server"})


@attrs.frozen(slots=False)
class Report:
    """The results of a live check, compared with the document, the models and the sandbox.

    Attributes:
        host: The origin of the API.
        day: The day of the check.
        plan: The checks.
        results: Their results, in the order of the plan.
        sandbox: The results of the sandbox by id; empty without one.
        document: The document, or None.
        writes: Whether the plan has writes.
        left: How many objects could not be deleted.
    """

    host: str
    day: date
    plan: Sequence[Check]
    results: Sequence[Result]
    sandbox: Mapping[str, Result]
    document: Document | None
    writes: bool = False
    left: int = 0

    @property
    def sent(self) -> int:
        """The number of requests that have a response."""
        return sum(result.status is not None for result in self.results)

    @property
    def unanswered(self) -> list[Result]:
        """The requests without an answer of the API."""
        checks = zip(self.plan, self.results, strict=True)
        return [
            result
            for check, result in checks
            if not result.skipped and (result.status is None or (check.kind != "error" and result.error in UNANSWERED))
        ]

    @cached_property
    def compared(self) -> list[tuple[Check, Result, Mapping[str, Differences]]]:
        """The checks that have a response, with their differences; those from the document that are known are left out."""
        lacking = {result.id for result in self.unanswered}
        return [
            (check, result, {**found, "document": self._new(check, found["document"])})
            for check, result in zip(self.plan, self.results, strict=True)
            if result.status is not None and result.id not in lacking
            for found in (differences(check, result, self.sandbox.get(check.id), self.document),)
        ]

    @cached_property
    def _known(self) -> dict[tuple[str, str, str], str]:
        """The differences of the sandbox from the document, which the package expects; fields are the same in all checks."""
        return {
            _key(check, kind, place): f"{place}: {kind}"
            for check in self.plan
            if (result := self.sandbox.get(check.id)) is not None and result.status is not None
            for kind, places in differences(check, result, None, self.document)["document"].items()
            for place in places
        }

    def _new(self, check: Check, found: Differences) -> Differences:
        left = {
            kind: [place for place in places if _key(check, kind, place) not in self._known]
            for kind, places in found.items()
        }
        return {kind: places for kind, places in left.items() if places}

    @property
    def differing(self) -> int:
        """The number of responses with a difference."""
        return sum(any(found.values()) for _, _, found in self.compared)

    def markdown(self) -> str:
        """Return the report."""
        return "\n".join(
            [*self._head(), *self._table(), *self._details(), *self._headers(), *self._skipped(), *self._fields()]
        )

    def _head(self) -> list[str]:
        lines = [
            "# Live check of SoundCloud's API",
            "",
            "This report has names, types and counts of fields. It has no token, and no value of a response but the words of",
            "enumerations such as `sharing`.",
            "",
            f"- {self.day.isoformat()}, soundcloud-sdk {__version__}, {self.host}",
            f"- {self.sent} responses, {self.differing} of them with a difference; {'with' if self.writes else 'without'} writes",
        ]
        if self.document is None:
            lines.append("- The document is not installed, so nothing was compared with it.")
        if not self.sandbox:
            lines.append("- The sandbox is not installed, so nothing was compared with it.")
        if self.unanswered:
            names = ", ".join(f"{result.id} ({result.error})" for result in self.unanswered)
            lines.append(f"- Without an answer of the API: {names}. Run the check again: it sends these requests only.")
        if self.left:
            lines.append(f"- Objects that could not be deleted: {self.left}. Delete them at soundcloud.com/you.")
        return [*lines, ""]

    def _table(self) -> list[str]:
        lines = [
            "## Responses",
            "",
            "The numbers are those of the differences from the document, the models and the sandbox, which are listed below.",
            "",
            "| request | status | document | models | sandbox |",
            "| --- | --- | --- | --- | --- |",
        ]
        for check, result, found in self.compared:
            cells = [str(sum(map(len, each.values())) or "as expected") for each in found.values()]
            if self.document is None:
                cells[0] = "-"
            if check.id not in self.sandbox or self.sandbox[check.id].skipped:
                cells[2] = "-"
            status = f"{result.status} {result.error}".strip()
            lines.append(f"| {check.id} | {status} | {' | '.join(cells)} |")
        return [*lines, ""]

    def _details(self) -> list[str]:
        """Return the differences by their kind, each place once with the requests in which it was seen."""
        seen: dict[tuple[str, str], dict[str, list[str]]] = {}
        for check, _, found in self.compared:
            for against, kinds in found.items():
                for kind, places in kinds.items():
                    for place in dict.fromkeys(places):
                        seen.setdefault((against, kind), {}).setdefault(place, []).append(check.id)
        lines = ["## Differences", ""]
        for against, kind in sorted(seen):
            lines += [f"### {against}: {kind}", ""]
            lines += [f"- `{place}`: {_requests(ids)}" for place, ids in sorted(seen[against, kind].items())]
            lines.append("")
        if self._known:
            counts = Counter(text.partition(": ")[2] for text in self._known.values())
            lines += [
                "### document: known",
                "",
                "The package expects these differences from the document, and the sandbox has them too, so they are not listed:",
                "",
                *(f"- {kind}: {count}" for kind, count in sorted(counts.items())),
                "",
            ]
        invented = {name: result.invented for name, result in self.sandbox.items() if result.invented}
        if invented:
            lines += [
                "### sandbox: invented",
                "",
                "SoundCloud has not published these, so differences are to be expected.",
                "",
            ]
            lines += [*(f"- {name}: {parts}" for name, parts in sorted(invented.items())), ""]
        return lines if seen else [*lines, "None.", ""]

    def _headers(self) -> list[str]:
        lines = ["## Headers", "", "| header | SoundCloud | sandbox | values |", "| --- | --- | --- | --- |"]
        live = [result for result in self.results if result.status is not None]
        local = [result for result in self.sandbox.values() if result.status is not None]
        counts = [Counter(name for result in each for name in result.headers) for each in (live, local)]
        for name in sorted((counts[0].keys() | counts[1].keys()) - _NOISE):
            values = sorted({result.headers[name] for result in live if result.headers.get(name)})
            shown = ", ".join(f"`{value}`" for value in values[:4])
            lines.append(f"| {name} | {counts[0][name]} of {len(live)} | {counts[1][name]} of {len(local)} | {shown} |")
        return [*lines, ""]

    def _skipped(self) -> list[str]:
        reasons = {result.id: result.skipped for result in self.results if result.skipped}
        reasons |= not_called(writes=self.writes)
        return ["## Not called", "", *(f"- {name}: {reason}" for name, reason in reasons.items()), ""]

    def _fields(self) -> list[str]:
        """Return the counts of the fields by the kind of the object: present / null / empty / absent."""
        kinds: dict[str, Objects] = {}
        for result in self.results:
            for kind, objects in result.shape.kinds.items():
                kinds.setdefault(kind, Objects()).add(objects)
        lines = [
            "## Fields",
            "",
            "`name present/null/empty/absent types forms`; empty: 0, false, an empty string or list.",
            "",
        ]
        for kind, objects in sorted(kinds.items()):
            lines += [f"### {kind}: {objects.count} {'object' if objects.count == 1 else 'objects'}", ""]
            for name, field in sorted(objects.fields.items()):
                counts = f"{field.present}/{field.null}/{field.empty}/{objects.count - field.present}"
                types = "|".join(sorted(field.types))
                lines.append(f"- `{name}` {counts} {types} {', '.join(sorted(field.forms))}".rstrip())
            lines.append("")
        return lines


def _key(check: Check, kind: str, place: str) -> tuple[str, str, str]:
    return kind, place, "" if "." in place else check.id


def _requests(ids: Sequence[str]) -> str:
    return ", ".join(ids) if len(ids) <= _NAMED else f"{len(ids)} requests"
