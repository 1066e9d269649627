"""The sync variants: generated token by token, line by line."""

from collections import Counter

import pytest

from tools.codegen import unasync
from tools.codegen.unasync import UnasyncError, main, sync_variant, sync_variants

RULES = {
    *unasync.NAMES,
    *(rule[0] for rule in (*unasync.PATTERNS, *unasync.PROSE)),
    *unasync.DROPPED,
    unasync.UNWRAPPED,
}
EVERY_RULE = '''"""For asynchronous use: `await x` and `async with y`."""

from collections.abc import Awaitable

from a._async.b import AsyncPage, async_start


class AsyncThing:
    async def __aenter__(self) -> "Awaitable[AsyncPage[T]]":
        return await self.aclose()

    async def __aexit__(self) -> None: ...

    def __aiter__(self) -> Awaitable[int]:
        return self

    async def __anext__(self) -> None:
        raise StopAsyncIteration
''' + "".join(f"\n\ndef use(x): return x.{name}\n" for name in unasync.NAMES)


def test_every_rule_at_once():
    hits = Counter()
    made = sync_variant(EVERY_RULE, hits)

    assert (
        made
        == '''"""For synchronous use: `x` and `with y`."""

from collections.abc import Awaitable

from a._sync.b import Page, start


class Thing:
    def __enter__(self) -> "Page[T]":
        return self.close()

    def __exit__(self) -> None: ...

    def __iter__(self) -> int:
        return self

    def __next__(self) -> None:
        raise StopIteration
'''
        + "".join(f"\n\ndef use(x): return x.{other}\n" for other in unasync.NAMES.values())
    )
    assert {name for name in RULES if not hits[name]} == set()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("async def f(): ...", "def f(): ..."),
        ("async  with a as b: pass", "with a as b: pass"),
        ("[x async for x in y]", "[x for x in y]"),
        ("return (await f(await g()))", "return (f(g()))"),
        ("a = await(b)", "a = (b)"),
        ("AsyncPage, MyAsyncPage, Asynchrony", "Page, MyAsyncPage, Asynchrony"),
        ("async_start(x.async_load, an_async_thing)", "start(x.load, an_async_thing)"),
        ("from soundcloud._async.pages import x", "from soundcloud._sync.pages import x"),
        ("an_asynchronous, asynchronous", "an_asynchronous, synchronous"),
        ("x.aclose(aclose=1)", "x.close(close=1)"),
        # Awaitable[X] is X, however deep the brackets.
        ("x: Awaitable[int]", "x: int"),
        ("x: Callable[[], Awaitable[dict[str, list[int]]]]", "x: Callable[[], dict[str, list[int]]]"),
        ("x: Awaitable[Awaitable[a[0]]][1]", "x: a[0][1]"),
        ("a[b[Awaitable[c[d]]], e[f]]", "a[b[c[d]], e[f]]"),
        ("MyAwaitable[int]", "MyAwaitable[int]"),
        ("from a import Awaitable, Callable", "from a import Callable"),
        ("from a import Any, Awaitable", "from a import Any, Awaitable"),
        # Texts and comments: names and prose, but no code is taken for what it is not.
        ('"AsyncPage of _async"', '"Page of _sync"'),
        ("'async for x in await y()'", "'for x in y()'"),
        ('"an async call, awaited; we await."', '"an async call, awaited; we await."'),
        ('r"\\d" + b"AsyncPage".decode()', 'r"\\d" + b"Page".decode()'),
        ('f"{await x} of {AsyncPage!r:>{width}} async_do"', 'f"{x} of {Page!r:>{width}} do"'),
        ('"Awaitable[AsyncPage[T]] | Callable[[], Awaitable[int]]"', '"Page[T] | Callable[[], int]"'),
        ("x = 1  # await f(), then async with g", "x = 1  # f(), then with g"),
        ("# AsyncPage\\\\nasync", "# Page\\\\nasync"),
        ('"ä„…“", await x, "日本"', '"ä„…“", x, "日本"'),
        ("pass", "pass"),
        ("", ""),
    ],
)
def test_a_line(source, expected):
    assert sync_variant(source + "\n", Counter()) == expected + "\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = (\n    await f(\n        AsyncA,\n    )\n)\n", "x = (\n    f(\n        A,\n    )\n)\n"),
        ('"""AsyncA\n\nawait x\n"""\ny = async_z\n', '"""A\n\nx\n"""\ny = z\n'),
        ("x: Awaitable[\n    dict[str, int]\n]\n", "x: \n    dict[str, int]\n\n"),
        ("async def f(\n    a,\n    b,\n): ...\n", "def f(\n    a,\n    b,\n): ...\n"),
        ("x = await \\\n    f()\n", "x =  \\\n    f()\n"),
        ("if x:\n\tawait y\n", "if x:\n\ty\n"),
        # Only \n ends a line: other separators may stand in a text.
        ('x = "\u2028 and so on"\nAsyncA\n', 'x = "\u2028 and so on"\nA\n'),
        ('x = """\x0c\x85"""\nawait y\n', 'x = """\x0c\x85"""\ny\n'),
    ],
)
def test_several_lines(source, expected):
    made = sync_variant(source, Counter())

    assert made == expected
    assert made.count("\n") == source.count("\n")


@pytest.mark.parametrize("source", ['"""open', "f(", "  x\n y\n"])
def test_a_module_with_a_syntax_error(source):
    with pytest.raises(UnasyncError, match="not Python"):
        sync_variant(source, Counter())


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a project with one module and its sync variant."""
    origin, target = tmp_path / "src/_async", tmp_path / "src/_sync"
    (origin / "inner").mkdir(parents=True)
    (origin / "inner/thing.py").write_text(EVERY_RULE, encoding="utf-8")
    monkeypatch.setattr(unasync, "ROOT", tmp_path)
    monkeypatch.setattr(unasync, "PAIRS", ((origin, target),))
    return tmp_path


def test_writing_the_sync_variants(project, capsys):
    sync_path = project / "src/_sync/inner/thing.py"
    stray = project / "src/_sync/stray.py"
    stray.parent.mkdir()
    stray.write_text("", encoding="utf-8")

    assert main([]) == 0
    assert capsys.readouterr().out == "1 files, 2 changed\n"
    assert sync_path.read_text(encoding="utf-8") == sync_variant(EVERY_RULE, Counter())
    assert not stray.exists()
    assert main([]) == 0
    assert capsys.readouterr().out == "1 files, 0 changed\n"
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("change", ["change", "stray", "missing"])
def test_a_check_finds_a_difference_and_writes_nothing(project, capsys, change):
    main([])
    path = project / "src/_sync/inner" / ("stray.py" if change == "stray" else "thing.py")
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if change == "missing":
        path.unlink()
    else:
        path.write_text(text + "# changed\n", encoding="utf-8")
    capsys.readouterr()

    assert main(["--check"]) == 1
    assert capsys.readouterr().out == f"out of date, run `make sync-client`: {path.relative_to(project)}\n"
    assert (path.read_text(encoding="utf-8") if path.exists() else None) == (
        None if change == "missing" else text + "# changed\n"
    )


@pytest.mark.parametrize(
    ("text", "other", "rules"),
    [
        ("StopAsyncIteration", "StopIteration", "StopAsyncIteration"),
        ("AsyncPage, async_start", "Page, start", "async_x"),
        ("a._async.b", "a.b", "_async"),
        ("`await x` and `async with y`", "text", "await in prose, async in prose"),
        ("    async def", "    def", "async"),
        ("Awaitable", "Waitable", "Awaitable"),
    ],
)
def test_a_rule_that_matches_nothing(project, capsys, text, other, rules):
    module = project / "src/_async/inner/thing.py"
    changed = EVERY_RULE.replace(text, other)
    module.write_text(changed, encoding="utf-8")

    assert changed != EVERY_RULE
    assert main([]) == 2
    assert capsys.readouterr().err == (
        f"failed: these rules of tools/codegen/unasync.py match nothing, delete them: {rules}\n"
    )
    assert not (project / "src/_sync").exists()


def test_a_module_that_is_not_python_is_named(project, capsys):
    (project / "src/_async/broken.py").write_text("f(", encoding="utf-8")

    assert main(["--check"]) == 2
    assert capsys.readouterr().err.startswith("failed: src/_async/broken.py: not Python")


def test_the_sync_client_is_up_to_date():
    made = sync_variants()

    assert {path: path.read_text(encoding="utf-8") for path in made} == made
    assert {path for _, target in unasync.PAIRS for path in target.rglob("*.py")} == made.keys()
    assert len(made) > 20
    for origin, target in unasync.PAIRS:
        for path in origin.rglob("*.py"):
            lines = path.read_text(encoding="utf-8").count("\n")
            assert made[target / path.relative_to(origin)].count("\n") == lines


def test_nothing_asynchronous_is_left():
    words = {
        word
        for text in sync_variants().values()
        for word in ("await ", "async def", "AsyncSoundCloud", "_async")
        if word in text
    }

    assert words == set()
