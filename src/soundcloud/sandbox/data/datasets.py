"""What a sandbox starts from, as a whole database: built once for each seed and catalogue, then only copied."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from os import PathLike, fspath
from zlib import crc32

from soundcloud.sandbox.data.custom_dataset import DatasetSource, fill_custom_dataset, read_dataset
from soundcloud.sandbox.data.database import INDEXES_AND_VIEWS, TABLES, Database
from soundcloud.sandbox.data.generator import DEFAULT_USER, fill
from soundcloud.sandbox.data.storage import APPLICATION_ID, DataFile, connect, put_image, take_image
from soundcloud.sandbox.errors import SandboxError

DEFAULT_SEED = 7

# Data is kept for the tables that it was written with: any change to them is another version.
VERSION = crc32(" ".join((TABLES + INDEXES_AND_VIEWS).split()).encode()) & 0x7FFF_FFFF

_KEPT_WORLDS = 8
_LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a sandbox starts from, and goes back to.

    Attributes:
        seed: What chance starts from.
        catalogue: A catalogue of one's own, as `own_catalogue.read_catalogue` gives it; None for the invented one.
    """

    seed: int = DEFAULT_SEED
    catalogue: str | None = None

    def image(self) -> bytes:
        """Give the world as the bytes of a database.

        Raises:
            SandboxError: An entry of the catalogue is wrong; the message names it.
        """
        return _build(self.seed, self.catalogue)


@lru_cache(maxsize=_KEPT_WORLDS)
def _build(seed: int, catalogue: str | None) -> bytes:
    if abs(seed) > _LARGEST_SEED:
        raise SandboxError(f"the seed {seed} is too large: at most {_LARGEST_SEED}")
    connection = connect(":memory:")
    try:
        connection.executescript(TABLES)
        connection.execute("BEGIN")
        if catalogue is None:
            default_user = DEFAULT_USER
            fill(connection, seed)
        else:
            default_user = fill_custom_dataset(connection, seed, catalogue)
        connection.execute("INSERT INTO origin VALUES (?, ?, ?)", (seed, catalogue, default_user))
        connection.execute("COMMIT")
        connection.executescript(INDEXES_AND_VIEWS)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        return take_image(connection)
    finally:
        connection.close()


def choose_dataset(seed: int | None, catalogue: DatasetSource | None) -> Dataset | None:
    """Read what a sandbox shall start from, and build it.

    Args:
        seed: What chance starts from; None for the default.
        catalogue: A path or an object, see `own_catalogue`; None for the invented one.

    Returns:
        The world; None where nothing was asked for.

    Raises:
        SandboxError: The catalogue cannot be read, or an entry is wrong; the message says where.
    """
    if seed is None and catalogue is None:
        return None
    text = None if catalogue is None else read_dataset(catalogue)
    world = Dataset(DEFAULT_SEED if seed is None else seed, text)
    try:
        world.image()
    except SandboxError as problem:
        if catalogue is None or isinstance(catalogue, Mapping):
            raise
        raise SandboxError(f"{fspath(catalogue)}: {problem}") from problem
    return world


def open_dataset(wanted: Dataset | None, data: str | PathLike[str] | None) -> Database:
    """Open the data of a sandbox.

    Args:
        wanted: What it shall start from; None for what the file started from, else for the default.
        data: The file that keeps it; None keeps it in memory.

    Returns:
        The data.

    Raises:
        SandboxError: The file cannot be used, it started from something else, or an entry of the catalogue is wrong.
    """
    world = wanted or Dataset()
    if data is None:
        connection = connect(":memory:")
        put_image(world.image(), connection)
        return Database(connection, connection.close)
    file = DataFile(data, VERSION)
    try:
        if file.is_new:
            file.begin(world.image())
        kept = Dataset(*file.connection.execute("SELECT seed, catalogue FROM origin").fetchone())
        if wanted is not None and wanted != kept:
            origin = f"seed {kept.seed}" if kept.catalogue is None else "a catalogue, another one or with another seed"
            raise SandboxError(
                f"the world in {file.path} was started from {origin}: leave out seed and catalogue, or choose another file"
            )
        file.keep_log()
    except BaseException:
        file.close()
        raise
    return Database(file.connection, file.close)
