"""The structure of the code: no import cycles, no I/O in `_protocol`, and a limited number of modules per folder."""

import ast
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

import soundcloud

PACKAGE = Path(soundcloud.__file__).parent
PROJECT = Path(__file__).parents[2]
IO_MODULES = {
    *("os", "io", "logging", "time", "random", "secrets", "socket", "threading", "asyncio", "pathlib", "tempfile"),
    *("subprocess", "ssl", "httpx", "httpcore", "anyio"),
}
MAX_MODULES = 21
# `soundcloud.registry` imports the clients when it is called, to list the methods of their namespaces.
LAZY = {"soundcloud.registry"}

Imports = dict[str, set[str]]


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def parse_modules(root: Path) -> dict[str, ast.Module]:
    """Parse the modules of a package; `_sync` is left out, as it mirrors `_async`."""
    return {
        module_name(path, root): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(root.rglob("*.py"))
        if "_sync" not in path.parts
    }


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def walk(tree: ast.Module, *, lazy: bool) -> Iterator[ast.AST]:
    """Yield the nodes of a module; those inside functions only if `lazy` is false."""
    pending: deque[ast.AST] = deque([tree])
    while pending:
        node = pending.popleft()
        yield node
        if not (lazy and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            pending.extend(ast.iter_child_nodes(node))


def imported_names(node: ast.AST, module: str, *, is_package: bool) -> Iterator[tuple[str, str | None]]:
    """Yield the module and the name of each import of a node; the name is None for `import module`."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name, None
    elif isinstance(node, ast.ImportFrom):
        source = node.module or ""
        if node.level:
            parents = module.split(".")
            base = parents[: len(parents) - node.level + is_package]
            source = ".".join([*base, source] if source else base)
        for alias in node.names:
            yield source, alias.name


def re_exports(tree: ast.Module) -> dict[str, str]:
    """Return the names that a module imports under TYPE_CHECKING, with the modules that define them."""
    found = {}
    for block in filter(is_type_checking, tree.body):
        for node in ast.walk(block):
            if isinstance(node, ast.ImportFrom):
                found |= {alias.asname or alias.name: node.module for alias in node.names}
    return found


def import_graph(root: Path) -> Imports:
    """Return the modules that each module imports: at module level, for type checking, and inside functions.

    A name that the package re-exports lazily counts as an import of the module that defines it.
    """
    trees = parse_modules(root)
    exported = re_exports(trees[root.name]) if root.name in trees else {}
    packages = {module_name(path, root) for path in root.rglob("__init__.py")}
    graph: Imports = {}
    for module, tree in trees.items():
        edges = graph[module] = set[str]()
        skipped = {id(node) for block in filter(is_type_checking, tree.body) for node in ast.walk(block)}
        for node in walk(tree, lazy=module in LAZY):
            if module == root.name and id(node) in skipped:
                continue
            for source, name in imported_names(node, module, is_package=module in packages):
                target = f"{source}.{name}"
                if target not in trees:
                    target = exported.get(name or "", source) if source == root.name else source
                if target in trees and target != module:
                    edges.add(target)
    return graph


def shortest_cycle(graph: Imports, start: str) -> list[str] | None:
    """Return the shortest cycle through a module."""
    previous = dict.fromkeys(graph[start], start)
    pending = deque(graph[start])
    while pending:
        module = pending.popleft()
        if module == start:
            path = [start]
            while (module := previous[module]) != start:
                path.append(module)
            return [start, *reversed(path)]
        for target in graph[module]:
            if target not in previous:
                previous[target] = module
                pending.append(target)
    return None


def import_cycles(graph: Imports) -> list[str]:
    """Return the shortest cycle through each module that is in a cycle, each cycle once."""
    cycles: dict[frozenset[str], str] = {}
    for module in sorted(graph):
        if (path := shortest_cycle(graph, module)) is not None:
            cycles.setdefault(frozenset(path), " -> ".join(path))
    return sorted(cycles.values(), key=lambda cycle: (cycle.count("->"), cycle))


@pytest.mark.parametrize("root", [PACKAGE, PROJECT / "tools"], ids=["soundcloud", "tools"])
def test_there_are_no_import_cycles(root):
    graph = import_graph(root)

    cycles = import_cycles(graph)

    assert len(graph) > 10
    assert not cycles, "\n".join(["import cycles:", *cycles])


def test_every_kind_of_import_is_counted(tmp_path):
    root = tmp_path / "package"
    files = {
        "__init__.py": "__version__ = '1'\nif TYPE_CHECKING:\n    from package.home import Home\n",
        "home.py": "from package import a\n",
        "a.py": "if TYPE_CHECKING:\n    from package.b import B\n",
        "b.py": "def function():\n    import package.sub.c\n",
        "sub/__init__.py": "",
        "sub/c.py": "from ..a import A\nfrom . import d\n",
        "sub/d.py": "from package import Home\n",
        "leaf.py": "from package import __version__\n",
        "_sync/a.py": "import package.a\n",
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")

    graph = import_graph(root)

    assert graph == {
        "package": set(),
        "package.home": {"package.a"},
        "package.a": {"package.b"},
        "package.b": {"package.sub.c"},
        "package.sub": set(),
        "package.sub.c": {"package.a", "package.sub.d"},
        "package.sub.d": {"package.home"},
        "package.leaf": {"package"},
    }
    assert import_cycles(graph) == [
        "package.a -> package.b -> package.sub.c -> package.a",
        "package.home -> package.a -> package.b -> package.sub.c -> package.sub.d -> package.home",
    ]


def test_the_protocol_does_no_io():
    found = []
    for module, tree in parse_modules(PACKAGE / "_protocol").items():
        for node in ast.walk(tree):
            names = {source.partition(".")[0] for source, _ in imported_names(node, module, is_package=True)}
            if names & IO_MODULES:
                found.append(f"{module}:{node.lineno} imports {', '.join(sorted(names & IO_MODULES))}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "open":
                found.append(f"{module}:{node.lineno} calls open()")

    assert not found, "\n".join(["I/O in _protocol:", *found])


def test_no_folder_has_too_many_modules():
    roots = [PACKAGE, PROJECT / "tools", PROJECT / "tests"]
    folders = [folder for root in roots for folder in (root, *root.rglob("*")) if folder.is_dir() and folder != PACKAGE]
    sizes = {str(folder): len(list(folder.glob("*.py"))) for folder in folders}

    assert len(sizes) > 30
    assert {folder: size for folder, size in sizes.items() if size > MAX_MODULES} == {}
