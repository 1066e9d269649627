"""The project's prose uses the glossary of CONTRIBUTING.md instead of private terms.

The test reads docstrings, comments and strings of the code, docstrings and comments of the tests, and the pages. It reads the
sources of generated files instead of the files. It does not read CHANGELOG.md, which quotes old names.
"""

import io
import re
import tokenize
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATED_FOLDERS = {"_sync", "__pycache__"}
GENERATED_PAGES = {"docs/operations.md"}
BANNED_PHRASES = (
    r"colour(?:s|ed|less)?",  # of a client: sync or async variant
    r"weather",  # faults
    r"whoever",
    r"those who",
    r"meanwhile",
    r"somebody(?:'s)?",
    r"nobody(?:'s)?",
    r"(?:is|are) told",
    r"spent",  # of a token: old, used, expired
    r"mint(?:s|ed|ing)?",  # of a token: request
    r"twins?",  # sync variant
    r"walks? itself",
    r"is had with",
    r"is got",
    r"that is none",
    r"surely",
    r"what comes in its place",
)
# A phrase may continue on the next line, which starts with `#` in a comment.
ALTERNATIVES = "|".join(phrase.replace(" ", r"(?:\s|#)+") for phrase in BANNED_PHRASES)
BANNED = re.compile(rf"\b(?:{ALTERNATIVES})\b", re.IGNORECASE)
PICTURES = "the colour of a picture"
# (file or folder, word) -> the reason.
ALLOWED = {
    ("benchmarks/plot.py", "colours"): PICTURES,
    ("src/soundcloud/sandbox/media/", "colour"): PICTURES,
    ("src/soundcloud/sandbox/media/", "colours"): PICTURES,
    ("src/soundcloud/widget.py", "colour"): "the colour of SoundCloud's player",
    ("tools/docs_site/diagrams.py", "colours"): PICTURES,
}
STRINGS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
LINE_ENDS = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}


def paths_of_code():
    """Return the Python files and templates whose strings are checked too."""
    found = (path for folder in ("src", "tools", "examples", "benchmarks") for path in (ROOT / folder).rglob("*.*"))
    return [path for path in found if path.suffix in {".py", ".jinja", ".ipynb", ".html"} and is_written(path)]


def paths_of_tests():
    return [path for path in (ROOT / "tests").rglob("*.py") if is_written(path)]


def paths_of_pages():
    names = (
        "*.md",
        "docs/*.md",
        "docs/*.toml",
        "Makefile",
        "Dockerfile",
        ".ci/*",
        ".github/*.*",
        ".github/*/*.yml",
        "*.cff",
        ".*.yaml",
    )
    found = (path for name in names for path in ROOT.glob(name))
    skipped = {ROOT / name for name in ("CHANGELOG.md", *GENERATED_PAGES)}
    return [path for path in found if path not in skipped]


def is_written(path):
    return GENERATED_FOLDERS.isdisjoint(path.relative_to(ROOT).parts)


def prose_ranges(source, *, strings):
    """Yield the start and end offsets of the comments and docstrings of a module; with `strings`, of all strings."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    before = tokenize.ENCODING
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_docstring = token.type == tokenize.STRING and before in LINE_ENDS
        if token.type == tokenize.COMMENT or is_docstring or (strings and token.type in STRINGS):
            yield starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1]
        if token.type not in {tokenize.COMMENT, tokenize.NL}:
            before = token.type


def violations(path, source, *, strings=True):
    """Return `file:line: word` for each banned word in the prose of a file."""
    found = [*BANNED.finditer(source)]
    if found and path.suffix == ".py":
        # Tokenizing is slow, so only files that hold a banned word are tokenized.
        ranges = [*prose_ranges(source, strings=strings)]
        found = [match for match in found if any(start <= match.start() < end for start, end in ranges)]
    name = path.relative_to(ROOT).as_posix()
    return [
        f"{name}:{source.count(chr(10), 0, match.start()) + 1}: {' '.join(match[0].split())}"
        for match in found
        if not is_allowed(name, match[0])
    ]


def is_allowed(name, word):
    return any(name.startswith(place) and word.lower() == allowed for place, allowed in ALLOWED)


def read(path):
    return path.read_text(encoding="utf-8")


def test_the_prose_has_no_banned_words():
    found = chain(
        *(violations(path, read(path)) for path in sorted([*paths_of_code(), *paths_of_pages()])),
        *(violations(path, read(path), strings=False) for path in sorted(paths_of_tests())),
    )
    listed = "\n".join(found)

    assert not listed, f"rewrite these by the glossary in CONTRIBUTING.md:\n{listed}"


@pytest.mark.parametrize(("place", "word"), ALLOWED)
def test_each_exception_is_needed(place, word):
    texts = [
        read(path)
        for path in [*paths_of_code(), *paths_of_pages()]
        if path.relative_to(ROOT).as_posix().startswith(place)
    ]

    assert any(word in text.lower() for text in texts)


@pytest.mark.parametrize(
    ("source", "strings", "lines"),
    [
        ('"""Nobody."""\n', False, ["1: Nobody"]),
        ("twin = 1\n# one of those\n# who wait\n", False, ["2: those # who"]),
        ('def f():\n    # first\n    """It is\n    told."""\n', False, ["3: is told"]),
        ('x = "a twin"\ny = ("nobody")\n', False, []),
        ('x = f"a twin of {x}"\n', True, ["1: twin"]),
        ("weathered = minty  # mints? no, peppermint and whether\n", True, ["1: mints"]),
    ],
)
def test_banned_words_are_found_in_prose_only(source, strings, lines):
    path = ROOT / "src" / "example.py"

    assert violations(path, source, strings=strings) == [f"src/example.py:{line}" for line in lines]
