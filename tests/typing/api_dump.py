"""Writes the public API with its types to `public_api.txt`, so that every change of a signature is visible in a review.

    python -m tests.typing.api_dump

The names are those of `soundcloud`, its public modules and `soundcloud_api`, and the namespaces of the sync client. Of the
async client only the names are listed, because the sync client is generated from it. Griffe reads the source code, so that the file
does not depend on the version of Python.
"""

from collections.abc import Iterator
from pathlib import Path

import griffe

from tools.docs_site.public_names import public_modules

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("public_api.txt")
HEADER = """\
# The public API with its types, written by `make api-dump`. A change here is a change of the public API: see docs/versions.md.
# Of the two clients this is the sync one; the async one has the same methods, as coroutines where a request is sent.
"""
NAMESPACES = "soundcloud._sync.namespaces"
SPECIAL_METHODS = {"__init__", "__call__"}
MAXIMUM_LENGTH = 120


def public_api(root: Path) -> str:
    """Return the public API of the packages in `src` and `generated`, a line per class, function and attribute."""
    loader = griffe.GriffeLoader(search_paths=[root / "src", root / "generated"], allow_inspection=False)
    loader.load("soundcloud_api")
    loader.load("soundcloud")
    loader.resolve_aliases(implicit=True)
    lines: dict[str, None] = {}
    homes: dict[str, str] = {}
    # A name that `soundcloud` exports is described in its module, if that is public.
    for name in sorted(public_modules(), key=lambda name: (name == "soundcloud", name)):
        module = loader.modules_collection[name]
        for member in _exported(module):
            path = f"{name}.{member.name}"
            if "._async." in member.canonical_path:
                lines[f"class {path}"] = None
                continue
            home = homes.setdefault(member.canonical_path, path)
            for line in _describe(member, path) if home == path else [f"{path} = {home}"]:
                lines[line] = None
    for _, module in sorted(loader.modules_collection[NAMESPACES].modules.items()):
        for member in module.classes.values():
            if not member.is_alias and member.name != "Namespace":
                lines.update(dict.fromkeys(_describe(member, f"client.{module.name}")))
    # The function of an operation has the name of its module, which Griffe cannot tell apart.
    for file in sorted((root / "generated" / "soundcloud_api" / "api").glob("*/[!_]*.py")):
        operation = griffe.visit(file.stem, file, file.read_text(encoding="utf-8"))[file.stem]
        lines.update(dict.fromkeys(_describe(operation, f"soundcloud_api.api.{file.parent.name}.{file.stem}")))
    return HEADER + "".join(f"{line}\n" for line in lines)


def _exported(module: griffe.Module) -> Iterator[griffe.Object | griffe.Alias]:
    """Yield the members in `__all__`; without it, the public names that the module defines."""
    names = [str(name) for name in module.exports] if module.exports is not None else [*module.members]
    for name in sorted(names):
        member = module.members.get(name)
        if member is None or name.startswith("_"):
            continue
        if module.exports is None and (member.is_alias or member.is_module or _is_unannotated(member)):
            continue
        if not member.is_alias or member.resolved:  # type: ignore[union-attr]
            yield member


def _is_unannotated(member: griffe.Object | griffe.Alias) -> bool:
    return isinstance(member, griffe.Attribute) and member.annotation is None


def _describe(member: griffe.Object | griffe.Alias, path: str) -> Iterator[str]:
    """Yield the lines of a class with its members, a function or an attribute."""
    value = member.final_target if isinstance(member, griffe.Alias) else member
    if isinstance(value, griffe.Class):
        bases = ", ".join(str(base) for base in value.bases)
        yield f"class {path}({bases})" if bases else f"class {path}"
        for name, inner in sorted(value.members.items()):
            if isinstance(inner, griffe.Attribute) and _is_unannotated(inner):
                yield from _describe_unannotated(inner, value, f"{path}.{name}")
            elif not inner.is_alias and (not name.startswith("_") or name in SPECIAL_METHODS):
                yield from _describe(inner, f"{path}.{name}")
    elif isinstance(value, griffe.Function):
        for function in value.overloads or [value]:
            yield f"{path}{_signature(function)}{_marks(value)}"
    elif isinstance(value, griffe.Attribute):
        default = "" if value.value is None or "property" in value.labels else f" = {value.value}"
        yield f"{path}: {value.annotation}{default}{_marks(value)}" if value.annotation else path


def _describe_unannotated(value: griffe.Attribute, owner: griffe.Class, path: str) -> Iterator[str]:
    """Yield the line of a member of an enum, or of an attribute that `__init__` sets to one of its arguments."""
    if value.name.startswith("_"):
        return
    init = owner.members.get("__init__")
    if any("Enum" in str(base) for base in owner.bases):
        yield f"{path} = {value.value}"
    elif isinstance(init, griffe.Function) and str(value.value) in init.parameters:
        yield f"{path}: {init.parameters[str(value.value)].annotation}"
    else:
        yield path


def _marks(value: griffe.Function | griffe.Attribute) -> str:
    """Return the decorators that a caller notices."""
    marks: list[str] = [name for name in ("classmethod", "staticmethod", "property", "cached") if name in value.labels]
    decorators: list[griffe.Decorator] = getattr(value, "decorators", [])
    marks += ["deprecated" for decorator in decorators if str(decorator.value).startswith("deprecated")]
    return f"  # {', '.join(marks)}" if marks else ""


def _signature(function: griffe.Function) -> str:
    """Return the arguments, without `self` and `cls`, and the type of the result; a long signature has a line per argument."""
    arguments: list[str] = []
    for parameter in function.parameters:
        if parameter.kind is griffe.ParameterKind.keyword_only and not any(text.startswith("*") for text in arguments):
            arguments.append("*")
        if parameter.name in {"self", "cls"}:
            continue
        stars = "**" if parameter.kind is griffe.ParameterKind.var_keyword else ""
        stars = "*" if parameter.kind is griffe.ParameterKind.var_positional else stars
        annotation = f": {parameter.annotation}" if parameter.annotation is not None else ""
        default = f" = {parameter.default}" if parameter.default is not None and not stars else ""
        arguments.append(f"{stars}{parameter.name}{annotation}{default}")
    text = ", ".join(arguments)
    if len(text) > MAXIMUM_LENGTH:
        text = "".join(f"\n    {argument}," for argument in arguments) + "\n"
    return f"({text})" + (f" -> {function.returns}" if function.returns is not None else "")


if __name__ == "__main__":
    FILE.write_text(public_api(ROOT), encoding="utf-8")
