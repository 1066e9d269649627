"""Replaces several files and folders at once: either all of them or none.

With `staged`, each new version is prepared in a hidden folder beside its target, so that a rename, which is atomic, puts it in
place. The old version stays in that folder until all targets are replaced. A run that was killed leaves these folders; the next one
restores what was missing, and deletes them.
"""

import contextlib
import os
import shutil
from collections.abc import Generator, Sequence
from pathlib import Path

_MADE_AGAIN = frozenset({"__pycache__", "build", "dist", "node_modules"})


@contextlib.contextmanager
def staged(targets: Sequence[Path]) -> Generator[list[Path]]:
    """Yield a path to prepare each target at; at the end of the block the prepared files and folders replace the targets.

    If the block raises, or a replacement fails or is interrupted, every target keeps its old content. No temporary file is left.

    Args:
        targets: Files and folders, which need not exist; their parents must.

    Raises:
        OSError: A target cannot be replaced, because its parent is missing or a file would replace a folder.
    """
    with contextlib.ExitStack() as folders:
        stages = [folders.enter_context(_folder_beside(target)) for target in targets]
        for stage in stages:
            (stage / "after").mkdir()
            (stage / "before").mkdir()
        prepared = [stage / "after" / target.name for stage, target in zip(stages, targets, strict=True)]
        yield prepared
        for new, target in zip(prepared, targets, strict=True):
            if target.exists() and target.is_dir() != new.is_dir():
                raise FileExistsError(f"{target} is {'a folder' if target.is_dir() else 'a file'} and is not replaced")
        replacements = [
            (new, stage / "before" / target.name, target, target.exists())
            for new, stage, target in zip(prepared, stages, targets, strict=True)
        ]
        try:
            for new, old, target, existed in replacements:
                if existed:
                    target.rename(old)
                new.rename(target)
        except BaseException:
            for replacement in replacements:
                _restore_uninterrupted(*replacement)
            raise


@contextlib.contextmanager
def _folder_beside(target: Path) -> Generator[Path]:
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{target.parent} is not a folder; create it, or choose another one")
    folder = target.with_name(f".{target.name}.staged")
    if folder.exists():
        old = folder / "before" / target.name
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(folder)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _restore_uninterrupted(new: Path, old: Path, target: Path, existed: bool) -> None:
    """Restore one target, however often the user presses Ctrl-C: the folder with the old version is about to be deleted."""
    while True:
        try:
            # An interrupt may fall between a rename and any record of it, so look at the disk.
            if target.exists() and not new.exists() and (old.exists() or not existed):
                target.rename(new)
            if old.exists():
                old.rename(target)
        except KeyboardInterrupt:
            continue
        return


@contextlib.contextmanager
def restored(root: Path) -> Generator[None]:
    """Restore the files of a project if the block raises, and delete those that it created; hidden and built files stay."""
    before = {path: path.read_bytes() for path in _files(root)}
    try:
        yield
    except BaseException:
        while True:  # however often the user presses Ctrl-C
            try:
                for path in _files(root) - before.keys():
                    path.unlink()
                for path, content in before.items():
                    if not path.exists() or path.read_bytes() != content:
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_bytes(content)
            except KeyboardInterrupt:
                continue
            break
        raise


def _files(root: Path) -> set[Path]:
    found = set[Path]()
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _MADE_AGAIN and not name.startswith(".")]
        found |= {path for name in names if (path := Path(folder, name)).is_file() and not name.startswith(".")}
    return found
