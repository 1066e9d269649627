"""What the settings `[tool.project-site]` of pyproject.toml produce: URLs, badges, install lines and the long description.

Hatchling runs `MetadataHook` for each build. The README keeps relative links, because they work in the repository and in a clone.
A package index has no files beside the description, so the hook makes the links absolute. Without a repository it turns links into
text and leaves out pictures, because a link that leads nowhere is worse than none.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hatchling.metadata.plugin.interface import MetadataHookInterface

PACKAGE = "soundcloud-sdk"
BRANCH = "main"
CLONE = "/path/to/clone"
"""What the pages install before the first release: a reader is in the folder of a program."""
_ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?://|mailto:)([^)\s]+)\)")
_ATTRIBUTE = re.compile(r'\b(src|srcset|href)="(?!https?://)([^"]+)"')
_PICTURE = re.compile(r"(?:<p>)?<picture>.*?</picture>(?:</p>)?\s*|<img [^>]*>\s*", re.DOTALL)
_INSTALL = re.compile(rf"(pip install )(\\?['\"]|)(?:{PACKAGE}|{CLONE}|\.)(\[[a-z,]+\])?\2(?=[\s`]|$)", re.MULTILINE)
_BLOCK = "<!-- {name} -->\n(.*?)<!-- /{name} -->"


@dataclass(frozen=True, slots=True)
class ProjectSite:
    """The settings.

    Args:
        repository: The URL of the repository without a slash at the end, or "" while there is none.
        published: Whether the package is on a package index.
    """

    repository: str
    published: bool

    @classmethod
    def read(cls, root: Path = _ROOT) -> "ProjectSite":
        """Read the settings from pyproject.toml.

        Raises:
            ValueError: The repository is not an https URL with a path.
        """
        settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["project-site"]
        site = cls(settings["repository"].rstrip("/"), settings["published"])
        parts = urlsplit(site.repository)
        if site.repository and (parts.scheme != "https" or not parts.path):
            raise ValueError(
                f"[tool.project-site] repository is {site.repository!r}: use a URL such as https://github.com/OWNER/NAME"
            )
        return site

    @property
    def documentation(self) -> str:
        """The URL of the documentation site with a slash at the end: GitHub Pages, or "" for other hosts."""
        parts = urlsplit(self.repository)
        if parts.netloc != "github.com":
            return ""
        owner, _, name = parts.path.strip("/").partition("/")
        return f"https://{owner.lower()}.github.io/{name}/"

    def urls(self) -> dict[str, str]:
        """Return the content of `[project.urls]`."""
        if not self.repository:
            return {}
        return {
            "Homepage": self.repository,
            "Documentation": self.documentation or f"{self.repository}/blob/{BRANCH}/docs/index.md",
            "Changelog": f"{self.repository}/blob/{BRANCH}/CHANGELOG.md",
            "Issues": f"{self.repository}/issues",
        }

    def badges(self) -> str:
        """Return the badges of the README in one line, or "" without a repository."""
        badges: list[str] = []
        if self.published:
            badges += [
                f"![PyPI](https://img.shields.io/pypi/v/{PACKAGE})",
                f"![Python](https://img.shields.io/pypi/pyversions/{PACKAGE})",
            ]
        if urlsplit(self.repository).netloc == "github.com":
            workflow = f"{self.repository}/actions/workflows/ci.yml"
            badges.append(f"[![Tests]({workflow}/badge.svg?branch={BRANCH})]({workflow})")
        if self.documentation:
            badges.append(f"[![Documentation](https://img.shields.io/badge/docs-site-blue)]({self.documentation})")
        return " ".join(badges)

    def install_steps(self) -> str:
        """Return how to install the package, in Markdown: from an index, or from a clone before the first release."""
        if self.published:
            return f'```sh\npip install "{PACKAGE}[sandbox]"\n```\n'
        clone = f"git clone {self.repository}\ncd {self.repository.rpartition('/')[2]}\n" if self.repository else ""
        return (
            "The package is not on PyPI yet. To use it in a project of your own, activate the project's environment, "
            "and run this in a clone of the repository:\n\n"
            f'```sh\n{clone}pip install ".[sandbox]"\n```\n'
        )

    def apply(self, text: str, clone: str = CLONE) -> str:
        """Return a page with the install lines, the block `install` and the block `badges` as the settings say.

        Args:
            text: The page.
            clone: The path of the clone in install lines before the first release; default `CLONE`.
        """
        name = PACKAGE if self.published else clone

        def replace(found: re.Match[str]) -> str:
            extras = found[3] or ""
            # In double quotes, because cmd.exe does not know single quotes; escaped in the JSON of a notebook.
            quote = ('\\"' if found[2].startswith("\\") else '"') if extras else ""
            return f"{found[1]}{quote}{name}{extras}{quote}"

        text = _INSTALL.sub(replace, text)
        badges = self.badges()
        text = fill_block(text, "badges", f"{badges}\n" if badges else "")
        return fill_block(text, "install", self.install_steps())

    def long_description(self, readme: str, version: str) -> str:
        """Return the README with absolute links, or without links and pictures if there is no repository."""
        parts: list[str] = []
        end = 0
        for fence in _FENCE.finditer(readme):
            parts += [self._with_absolute_links(readme[end : fence.start()], version), fence[0]]
            end = fence.end()
        text = "".join([*parts, self._with_absolute_links(readme[end:], version)])
        return re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)

    def _with_absolute_links(self, text: str, version: str) -> str:
        if not self.repository:
            text = _PICTURE.sub("", text)
            return _LINK.sub(lambda found: "" if found[1] else found[2], text)

        def absolute(path: str, kind: str) -> str:
            path = f"README.md{path}" if path.startswith("#") else path.removeprefix("./")
            return f"{self.repository}/{kind}/v{version}/{path}"

        text = _LINK.sub(
            lambda found: f"{found[1]}[{found[2]}]({absolute(found[3], 'raw' if found[1] else 'blob')})", text
        )
        return _ATTRIBUTE.sub(
            lambda found: f'{found[1]}="{absolute(found[2], "blob" if found[1] == "href" else "raw")}"', text
        )


class MetadataHook(MetadataHookInterface):
    """Sets the long description and the URLs of the package."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `readme` and `urls`."""
        root = Path(self.root)
        site = ProjectSite.read(root)
        version = re.search(
            r'__version__ = "(.+)"', (root / "src" / "soundcloud" / "_version.py").read_text(encoding="utf-8")
        )
        if version is None:
            raise ValueError("src/soundcloud/_version.py contains no version")
        readme = (root / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": site.long_description(readme, version[1])}
        metadata["urls"] = site.urls()


def fill_block(text: str, name: str, content: str) -> str:
    """Return a page with other content between the marks of a block."""
    pattern = re.compile(_BLOCK.format(name=name), re.DOTALL)
    return pattern.sub(lambda _: f"<!-- {name} -->\n{content}<!-- /{name} -->", text)
