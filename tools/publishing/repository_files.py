"""Writes the files that name the repository, from `repository` of `[tool.project-site]` in pyproject.toml.

    python -m tools.publishing.repository_files

These are `.github/CODEOWNERS`, the links of `.github/ISSUE_TEMPLATE/config.yml`, and `repository-code` of `CITATION.cff`. While the
setting is empty, there is no CODEOWNERS file and there are no links.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODEOWNERS = ".github/CODEOWNERS"
ISSUE_CONFIG = ".github/ISSUE_TEMPLATE/config.yml"
CITATION = "CITATION.cff"
LINKS = """contact_links:
  - name: Report a vulnerability
    url: {url}/security/advisories/new
    about: In private. See SECURITY.md.
  - name: Ask a question
    url: {url}/discussions
    about: How to do something with the package.
"""


def repository(root: Path = ROOT) -> str:
    """Return the URL of the repository, or an empty string if it is not set.

    Raises:
        ValueError: The setting is not a URL such as `https://github.com/owner/name`.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    url = str(project["tool"].get("project-site", {}).get("repository", "")).rstrip("/")
    if url and not re.fullmatch(r"https://[^/\s]+/[^/\s]+/[^/\s]+", url):
        raise ValueError(f"repository in pyproject.toml is {url!r}: use a URL such as https://github.com/owner/name")
    return url


def contents(root: Path = ROOT) -> dict[str, str | None]:
    """Return the content of each file; None if the file must not exist."""
    url = repository(root)
    owner = url.split("/")[-2] if url else ""
    citation = re.sub(r"^repository-code: .*\n", "", (root / CITATION).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        CODEOWNERS: f"* @{owner}\n" if url else None,
        ISSUE_CONFIG: "blank_issues_enabled: false\n" + (LINKS.format(url=url) if url else ""),
        CITATION: citation + (f"repository-code: {url}\n" if url else ""),
    }


def main(root: Path = ROOT) -> int:
    """Run the command and return its exit status."""
    try:
        written = contents(root)
    except ValueError as error:
        print(f"repository_files: {error}", file=sys.stderr)
        return 2
    for name, content in written.items():
        path = root / name
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
