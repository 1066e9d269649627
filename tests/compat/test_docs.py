"""The snippets of docs/testing.md and docs/telemetry.md that need packages outside the development set."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```python( no-run)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def snippets(page, package):
    """Return the snippets of a page that import a package, and do not run with the page."""
    found = [code for mark, code in BLOCK.findall((DOCS / page).read_text(encoding="utf-8")) if mark]
    return [pytest.param(code, id=package) for code in found if re.search(rf"^(from|import) {package}\b", code, re.M)]


def of_packages(page, *packages):
    return [snippet for package in packages for snippet in snippets(page, package)]


@pytest.mark.parametrize("code", of_packages("testing.md", "respx", "pytest_httpx", "pook", "pytest_socket"))
def test_testing(pytester: pytest.Pytester, code):
    pytester.makepyfile(test_snippet=code)

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert result.ret == 0
    assert result.parseoutcomes().keys() <= {"passed", "warnings", "warning"}


def test_pytest_recording(pytester: pytest.Pytester):
    (code,) = [
        code for _, code in BLOCK.findall((DOCS / "testing.md").read_text(encoding="utf-8")) if "mark.vcr" in code
    ]
    pytester.makepyfile(test_snippet=code)

    assert pytester.runpytest_subprocess("-p", "no:cacheprovider", "--record-mode=once").ret == 0
    (cassette,) = pytester.path.glob("cassettes/*/*.yaml")
    assert "Authorization" not in cassette.read_text(encoding="utf-8")
    # The sandbox of the second run has another port.
    assert pytester.runpytest_subprocess("-p", "no:cacheprovider", "--record-mode=none").ret == 0


@pytest.mark.parametrize(
    "code", of_packages("telemetry.md", "opentelemetry.instrumentation.httpx", "sentry_sdk", "logfire")
)
def test_telemetry(tmp_path, code):
    first = BLOCK.findall((DOCS / "telemetry.md").read_text(encoding="utf-8"))[0][1]
    script = tmp_path / "snippet.py"
    script.write_text(f"{first}\n{code}\nsandbox.close()\n", encoding="utf-8")

    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "GET" in done.stdout
