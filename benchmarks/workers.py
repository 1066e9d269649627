"""Starts each candidate in its own process, and runs their rounds in turn."""

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
WARM_UP = 2.5  # seconds; Node compiles hot code after some thousand requests


class Worker:
    """A process that reads rounds from its stdin; see worker.py."""

    def __init__(self, command: list[str], authority: Path | None = None) -> None:
        # All requests stay on this machine, without a proxy.
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        if authority is not None:
            environment |= dict.fromkeys(("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"), str(authority))
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
            raise RuntimeError(f"a candidate ended with status {self._process.wait()}; its output is above")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # closes its stdin, which ends it


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate, the URL of its server, and the settings of its rounds."""

    name: str
    url: str
    settings: Job = field(default_factory=dict[str, Any])

    def start(self, package: Path | None, authority: Path | None = None) -> Worker:
        """Start the process."""
        if self.name == "peer":
            script = str(Path(__file__).with_name("peer.mjs"))
            return Worker(["node", script, str(package), self.url], authority)
        return Worker([sys.executable, "-m", "benchmarks.worker", self.name, self.url], authority)


def race(
    candidates: Mapping[str, Candidate], job: Job, *, rounds: int, package: Path | None, expected: int
) -> dict[str, list[float]]:
    """Run the same job with all candidates in turn.

    Args:
        candidates: The candidates by label.
        job: The round.
        rounds: The number of rounds per candidate after the warm-up.
        package: The folder of the peer.
        expected: The number of requests or items of a round.

    Returns:
        Requests or items per second of each round.
    """
    with ExitStack() as stack:
        workers = {label: stack.enter_context(candidate.start(package)) for label, candidate in candidates.items()}

        def speed(label: str) -> float:
            outcome = workers[label].run({**job, **candidates[label].settings})
            if outcome["count"] != expected:
                raise RuntimeError(f"{label} processed {outcome['count']}, not {expected}")
            return expected / float(outcome["seconds"])

        for label in workers:
            start = time.perf_counter()
            while time.perf_counter() - start < WARM_UP:
                speed(label)
        return in_turns({label: partial(speed, label) for label in workers}, rounds=rounds)


def run_in_turns(
    candidates: Mapping[str, Candidate],
    job: Job,
    *,
    rounds: int,
    package: Path | None,
    authority: Path | None = None,
    connecting: Job | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Run the same job with all candidates in turn, and return the outcomes of each.

    A round before connects; `connecting` has its settings, if they are not those of the job.
    """
    outcomes: dict[str, list[dict[str, Any]]] = {label: [] for label in candidates}
    with ExitStack() as stack:
        workers = {
            label: stack.enter_context(candidate.start(package, authority)) for label, candidate in candidates.items()
        }
        for number in range(rounds + 1):
            for label, worker in workers.items():
                other = connecting if connecting and not number else {}
                outcome = worker.run({**job, **other, **candidates[label].settings})
                if number:
                    outcomes[label].append(outcome)
    return outcomes
