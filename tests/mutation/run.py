"""Measures the tests: makes a random sample of one-line mistakes (mutants) with Cosmic Ray, and lists those that no test notices.

    python tests/mutation/run.py [--sample 200] [--seed NUMBER] [--workers NUMBER]

Everything happens in copies of the project below build/mutation; the working tree is never changed. First the fast tests run once,
to learn which tests run which lines. Then each mutant is tested with the tests that run its line and those that read the source
code; see run_tests.py. Survivors in equivalents.toml behave like the original, or the difference does not matter; they are not
counted. The sync variant is generated again for each mutant of the async one. The report is written to build/mutation.txt.
"""

import argparse
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
BUILD = ROOT / "build" / "mutation"
PYTHON = BUILD / "venv" / "bin" / "python"
CONFIG = "tests/mutation/cosmic-ray.toml"
COVERAGE = BUILD / "coverage"
ORIGINAL = BUILD / "original"
TESTS = tuple(f"tests/{name}" for name in ("unit", "client", "web", "spec", "resilience", "sandbox", "cli"))
# `A | B` is nearly always a type here, and a type that cannot be evaluated is noticed by any import.
SKIPPED = re.compile("BitOr_")


def install() -> None:
    """Create an environment with the packages of .venv and Cosmic Ray."""
    uv, site = Path(sys.executable).with_name("uv"), next(path for path in sys.path if path.endswith("site-packages"))
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, BUILD / "venv"], check=True)
    own = next((BUILD / "venv" / "lib").glob("python*/site-packages"))
    (own / "venv.pth").write_text(f"import site; site.addsitedir({site!r})\n", encoding="utf-8")
    pins = ("-r", FOLDER / "requirements.txt", "-c", ROOT / "requirements-dev.txt")
    subprocess.run([uv, "pip", "install", "--quiet", "--python", PYTHON, *pins], check=True)


def copy_project(name: str) -> Path:
    """Copy the files that git knows or would add."""
    copy = BUILD / name
    shutil.rmtree(copy, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for file in filter(None, listed.stdout.split("\0")):
        if (ROOT / file).is_file():
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, copy / file)
    return copy


def start(copy: Path, *command: str | Path) -> subprocess.Popen[bytes]:
    """Start a program of the environment in a copy."""
    path = os.pathsep.join([str(copy / "src"), str(copy / "generated"), str(copy)])
    programs = f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {
        "PYTHONPATH": path,
        "PATH": programs,
        "COVERAGE_FILE": str(COVERAGE),
        "MUTATION_ORIGINAL": str(ORIGINAL),
    }
    return subprocess.Popen([PYTHON, "-B", "-m", *command], cwd=copy, env=os.environ | environment)


def run(copy: Path, *command: str | Path) -> None:
    """Run a program of the environment in a copy; raise an error if it fails."""
    process = start(copy, *command)
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, process.args)


def draw(session: Path, sample: int, seed: int) -> list[str]:
    """Return the ids of a random sample of mutants: of one place and one kind of mistake at most one."""
    with sqlite3.connect(session) as database:
        rows = database.execute(
            "SELECT module_path, start_pos_row, start_pos_col, operator_name, occurrence, job_id FROM mutation_specs"
        ).fetchall()
    places: dict[tuple[object, ...], list[str]] = {}
    for path, row, column, operator, _, job in sorted(rows):
        if not SKIPPED.search(operator):
            places.setdefault((path, row, column, operator.partition("_")[0]), []).append(job)
    chance = random.Random(seed)
    return [chance.choice(places[place]) for place in chance.sample(sorted(places), min(sample, len(places)))]


def keep_only(session: Path, jobs: Sequence[str]) -> None:
    """Delete all other mutants from a session."""
    marks = ",".join("?" * len(jobs))
    with sqlite3.connect(session) as database:
        database.execute(f"DELETE FROM mutation_specs WHERE job_id NOT IN ({marks})", jobs)
        database.execute(f"DELETE FROM work_items WHERE job_id NOT IN ({marks})", jobs)


def results(sessions: Sequence[Path]) -> Iterator[tuple[str, str, str]]:
    """Yield the outcome, the output and the difference of each mutant."""
    for session in sessions:
        with sqlite3.connect(session) as database:
            rows = database.execute(
                "SELECT worker_outcome, test_outcome, output, diff FROM work_results JOIN mutation_specs USING (job_id) "
                "ORDER BY module_path, start_pos_row"
            )
            for worker, outcome, output, diff in rows:
                yield (str(outcome if worker == "NORMAL" else worker).lower(), (output or "").strip(), diff or "")


def changed_lines(diff: str) -> tuple[str, str, str]:
    """Return the file of a difference, and the lines before and after, stripped."""
    lines = diff.split("\n")[1:]
    sides = (
        " ".join(line[1:].strip() for line in lines[2:] if line.startswith(sign) and line[1:].strip()) for sign in "-+"
    )
    return (lines[0].removeprefix("--- a/"), *sides) if lines and lines[0] else ("", "", "")


def report(sessions: Sequence[Path], heading: str) -> str:
    """Return the report."""
    known = tomllib.loads((FOLDER / "equivalents.toml").read_text(encoding="utf-8"))
    accepted = {(entry["file"], entry["before"], entry["after"]) for entry in known.get("equivalent", ())}
    counts, survivors = Counter[str](), list[str]()
    for outcome, output, diff in results(sessions):
        kind = "timed out" if output == "timeout" else outcome
        if outcome == "survived" and changed_lines(diff) in accepted:
            kind = "equivalent"
        elif outcome != "killed":
            survivors.append(diff.replace("--- mutation diff ---", output.rpartition("\n")[2].strip() or kind))
        counts[kind] += 1
    relevant = counts.total() - counts["equivalent"]
    caught = counts["killed"] + counts["timed out"]
    numbers = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    share = f"{100 * caught / relevant:.1f} %" if relevant else "-"
    return "\n\n".join([heading, *survivors, f"{heading}: {numbers}; caught without the equivalents: {share}"])


def main(arguments: Sequence[str]) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    print(f"SAMPLE={options.sample} SEED={options.seed}", flush=True)
    install()
    original = copy_project(ORIGINAL.name)
    copies = [copy_project(f"copy-{number}") for number in range(options.workers)]
    coverage = ("--cov=soundcloud", "--cov-config=tests/mutation/coverage.ini", "--cov-context=test", "--cov-report=")
    tests = ("pytest", "-q", "--no-header", "-m", "not slow", *coverage, *TESTS)
    if start(original, *tests, "-n", str(options.workers), "--dist", "loadfile").wait():
        # A test that fails under load only must not cost the whole run.
        run(original, *tests, "--last-failed", "--cov-append")
    session = BUILD / "session.sqlite"
    session.unlink(missing_ok=True)
    run(original, "cosmic_ray.cli", "init", CONFIG, session)
    jobs = draw(session, options.sample, options.seed)
    sessions = [BUILD / f"session-{number}.sqlite" for number in range(options.workers)]
    processes: list[subprocess.Popen[bytes]] = []
    for number, (copy, part) in enumerate(zip(copies, sessions, strict=True)):
        shutil.copyfile(session, part)
        keep_only(part, jobs[number :: options.workers])
        processes.append(start(copy, "cosmic_ray.cli", "exec", CONFIG, part))
    for process in processes:
        process.wait()
    text = report(sessions, f"SAMPLE={options.sample} SEED={options.seed}")
    (ROOT / "build" / "mutation.txt").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
