"""Generates the sync client from the async client, token by token, with the same file names and line numbers.

    python -m tools.codegen.unasync [--check]

Exit status: 0 done (with --check: the files are up to date), 1 (--check) they are not, 2 a rule matches nothing.
"""

import argparse
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAIRS = tuple(
    (ROOT / folder / "_async", ROOT / folder / "_sync")
    for folder in ("src/soundcloud", "src/soundcloud/_transport", "tests/client")
)

# Names other than the pairs AsyncX and X, async_x and x.
NAMES = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "anext": "next",
    "StopAsyncIteration": "StopIteration",
    "aclose": "close",
    "aiter_raw": "iter_raw",
    "aread": "read",
    "handle_async_request": "handle_request",
    "asynchronous": "synchronous",
}
PATTERNS = (
    ("AsyncX", re.compile(r"\bAsync([A-Z]\w*)"), r"\1"),
    ("async_x", re.compile(r"\basync_(\w+)"), r"\1"),
    ("_async", re.compile(r"\b_async\b"), "_sync"),
)
PROSE = (
    ("await in prose", re.compile(r"\bawait (?=[\w(])"), ""),
    ("async in prose", re.compile(r"\basync (?=(?:for|with|def)\b)"), ""),
)
DROPPED = {"async", "await"}
UNWRAPPED = "Awaitable"


class UnasyncError(Exception):
    """The sync variant cannot be generated; the message says where and why."""


def sync_variant(source: str, hits: Counter[str]) -> str:
    """Return the sync variant of a module, with as many lines; count in `hits` how often each rule applied.

    Raises:
        UnasyncError: The module is not Python, or the number of lines would change.
    """
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, IndentationError, SyntaxError) as error:
        raise UnasyncError(f"not Python: {error}") from error
    lines = source.split("\n")  # the line ends of the tokenizer: splitlines() splits at others too
    changes = list(_changes(tokens, hits))
    # Last change first, so that the other positions stay valid.
    for (row, start), (end_row, end), text in reversed(changes):
        if row == end_row:
            lines[row - 1] = lines[row - 1][:start] + text + lines[row - 1][end:]
        else:
            joined = lines[row - 1][:start] + text + lines[end_row - 1][end:]
            lines[row - 1 : end_row] = joined.split("\n")
    made = "\n".join(lines)
    if made.count("\n") != source.count("\n"):
        raise UnasyncError("the number of lines would change")
    return made


Change = tuple[tuple[int, int], tuple[int, int], str]


def _changes(tokens: list[tokenize.TokenInfo], hits: Counter[str]) -> Iterator[Change]:
    closing: list[int] = []
    depth = 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else token
        if token.type == tokenize.OP and token.string == "[":
            depth += 1
            if index and tokens[index - 1].string == UNWRAPPED:
                closing.append(depth)
        elif token.type == tokenize.OP and token.string == "]":
            if closing and closing[-1] == depth:
                closing.pop()
                yield token.start, token.end, ""
            depth -= 1
        elif token.type == tokenize.NAME and token.string in DROPPED:
            hits[token.string] += 1
            yield token.start, following.start if following.start[0] == token.end[0] else token.end, ""
        elif token.type == tokenize.NAME and token.string == UNWRAPPED and following.string == "[":
            hits[UNWRAPPED] += 1
            yield token.start, following.end, ""
        elif token.type == tokenize.NAME and token.string == UNWRAPPED and following.string == ",":
            yield token.start, tokens[index + 2].start, ""  # in an import
        elif token.type in _TEXTS or token.type == tokenize.NAME:
            text = _renamed(token.string, hits, prose=token.type in _TEXTS)
            if text != token.string:
                yield token.start, token.end, text


_TEXTS = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


def _renamed(text: str, hits: Counter[str], *, prose: bool) -> str:
    for name, other in NAMES.items():
        text, count = re.subn(rf"\b{name}\b", other, text)
        hits[name] += count
    for name, pattern, other in (*PATTERNS, *(PROSE if prose else ())):
        text, count = pattern.subn(other, text)
        hits[name] += count
    if prose:  # quoted annotations
        text, count = re.subn(rf"\b{UNWRAPPED}\[((?:[^\[\]]|\[[^\[\]]*\])*)\]", r"\1", text)
        hits[UNWRAPPED] += count
    return text


def sync_variants() -> dict[Path, str]:
    """Return the content of all sync files by path.

    Raises:
        UnasyncError: A module cannot be converted, or a rule matches nothing.
    """
    hits: Counter[str] = Counter()
    made: dict[Path, str] = {}
    for origin, target in PAIRS:
        for path in sorted(origin.rglob("*.py")):
            try:
                made[target / path.relative_to(origin)] = sync_variant(path.read_text(encoding="utf-8"), hits)
            except UnasyncError as error:
                raise UnasyncError(f"{path.relative_to(ROOT)}: {error}") from error
    idle = [
        name
        for name in (*NAMES, *(rule[0] for rule in (*PATTERNS, *PROSE)), *sorted(DROPPED), UNWRAPPED)
        if not hits[name]
    ]
    if idle:
        raise UnasyncError(f"these rules of tools/codegen/unasync.py match nothing, delete them: {', '.join(idle)}")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.codegen.unasync", description="Generate the sync client.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file is out of date")
    options = parser.parse_args(arguments)
    try:
        made = sync_variants()
    except UnasyncError as error:
        print(f"failed: {error}", file=sys.stderr)
        return 2
    stray = {path for _, target in PAIRS for path in target.rglob("*.py")} - made.keys()
    different = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if options.check:
        for path in sorted([*different, *stray]):
            print(f"out of date, run `make sync-client`: {path.relative_to(ROOT)}")
        return 1 if different or stray else 0
    for path in stray:
        path.unlink()
    for path in different:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], encoding="utf-8")
    print(f"{len(made)} files, {len(different) + len(stray)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
