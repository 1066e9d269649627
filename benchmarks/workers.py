"""Starts the candidates, each in a process of its own, and has them run rounds in turn."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

from benchmarks.measuring import in_turns
from benchmarks.server import ROOT

Job = Mapping[str, Any]
WARM_UP = 2.5  # seconds; Node compiles what is hot, and is at its best after some thousand calls


class Worker:
    """A candidate that waits for rounds on its stdin; see worker.py."""

    def __init__(self, command: list[str]) -> None:
        # A proxy in the environment is meant for the way out; all candidates stay on this machine.
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answer()

    def run(self, job: Job) -> dict[str, Any]:
        """Run one round."""
        assert self._process.stdin
        print(json.dumps(job), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a candidate ended with status {self._process.wait()}; what it says is above")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # closes its stdin, so that it ends


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who runs, against what address, and what else its rounds need."""

    name: str
    address: str
    settings: Job = field(default_factory=dict[str, Any])

    def start(self, package: Path | None) -> Worker:
        """Start it."""
        if self.name == "peer":
            script = str(Path(__file__).with_name("peer.mjs"))
            return Worker(["node", script, str(package), self.address])
        return Worker([sys.executable, "-m", "benchmarks.worker", self.name, self.address])


def race(
    candidates: Mapping[str, Candidate], job: Job, *, rounds: int, package: Path | None, expected: int
) -> dict[str, list[float]]:
    """Have candidates do the same job in turn.

    Args:
        candidates: Who runs, by label.
        job: The round.
        rounds: How often each runs it, once it is warm.
        package: Where the peer is.
        expected: How many calls or items a round has.

    Returns:
        Calls or items per second, in the order of the rounds.
    """
    with ExitStack() as stack:
        workers = {label: stack.enter_context(candidate.start(package)) for label, candidate in candidates.items()}

        def speed(label: str) -> float:
            outcome = workers[label].run({**job, **candidates[label].settings})
            if outcome["count"] != expected:
                raise RuntimeError(f"{label} came to {outcome['count']}, not {expected}")
            return expected / float(outcome["seconds"])

        for label in workers:
            start = time.perf_counter()
            while time.perf_counter() - start < WARM_UP:
                speed(label)
        return in_turns({label: partial(speed, label) for label in workers}, rounds=rounds)
