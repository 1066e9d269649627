"""Replaces several files and folders at once: either all of them, or none.

Each new version is prepared in a hidden folder beside its target, so that putting it in place is a rename, which either
happens or does not. What was there before waits in the same folder until everything is in place.
"""

import contextlib
import tempfile
from collections.abc import Generator, Sequence
from pathlib import Path


@contextlib.contextmanager
def staged(targets: Sequence[Path]) -> Generator[list[Path]]:
    """Offer a place to prepare each target; what is there at the end of the block replaces the targets.

    If the block raises, or a replacement fails or is interrupted, every target is as it was before. No temporary file
    is left in either case.

    Args:
        targets: Files and folders, which may exist; the folders that they are in must exist.

    Raises:
        OSError: A target cannot be replaced: a folder is missing, or a file would replace a folder.
    """
    with contextlib.ExitStack() as folders:
        stages = [Path(folders.enter_context(_folder_beside(target))) for target in targets]
        # A subfolder each, because the target's own name might be any.
        for stage in stages:
            (stage / "after").mkdir()
            (stage / "before").mkdir()
        prepared = [stage / "after" / target.name for stage, target in zip(stages, targets, strict=True)]
        yield prepared
        waiting = [stage / "before" / target.name for stage, target in zip(stages, targets, strict=True)]
        for new, target in zip(prepared, targets, strict=True):
            if target.exists() and target.is_dir() != new.is_dir():
                raise FileExistsError(f"{target} is {'a folder' if target.is_dir() else 'a file'}; it is left alone")
        existed = [target.exists() for target in targets]
        try:
            for new, old, target in zip(prepared, waiting, targets, strict=True):
                if target.exists():
                    target.rename(old)
                new.rename(target)
        except BaseException:
            for new, old, target, was_there in zip(prepared, waiting, targets, existed, strict=True):
                _restore_surely(new, old, target, was_there)
            raise


def _folder_beside(target: Path) -> tempfile.TemporaryDirectory[str]:
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{target.parent} is not a folder; make it, or name another place")
    return tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent, ignore_cleanup_errors=True)


def _restore_surely(new: Path, old: Path, target: Path, was_there: bool) -> None:
    """Put one target back, however often the user presses ctrl-C meanwhile: what waits is about to be deleted."""
    while True:
        try:
            return _restore(new, old, target, was_there)
        except KeyboardInterrupt:
            continue


def _restore(new: Path, old: Path, target: Path, was_there: bool) -> None:
    # Judged by what is on the disk, because an interrupt may fall between a rename and any note of it.
    replaced = target.exists() and not new.exists()
    if replaced and (old.exists() or not was_there):
        target.rename(new)
    if old.exists():
        old.rename(target)
