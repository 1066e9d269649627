"""Opens the files of a multipart form that are given by their paths."""

import os
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from soundcloud.errors import InvalidInputError


def open_file(path: "PathLike[str]") -> tuple[BinaryIO, int]:
    """Open a file for reading; return it with its size in bytes.

    Raises:
        InvalidInputError: It cannot be read.
    """
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - the form closes it
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise InvalidInputError(f"{str(path)!r} is not a path") from None
    return file, os.fstat(file.fileno()).st_size
