"""The initial dataset of a sandbox: built once per seed and custom dataset as a database image, then copied."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from os import PathLike, fspath
from zlib import crc32

from soundcloud.sandbox.data.custom_dataset import DatasetLoader, DatasetSource, read_dataset
from soundcloud.sandbox.data.database import INDEXES_AND_VIEWS, TABLES, Database, search_tables
from soundcloud.sandbox.data.generator import DEFAULT_TRACKS, DEFAULT_USER, Generator
from soundcloud.sandbox.data.storage import APPLICATION_ID, DataFile, connect, load_image, save_image
from soundcloud.sandbox.errors import SandboxError, WrongSettingError
from soundcloud.sandbox.settings import check_range, check_types

__all__ = ["DEFAULT_SEED", "DEFAULT_TRACKS", "MAXIMUM_TRACKS", "Dataset", "choose_dataset", "open_dataset"]

DEFAULT_SEED = 7

# The version of a data file changes with every change of the tables.
VERSION = crc32(" ".join((TABLES + INDEXES_AND_VIEWS + search_tables()).split()).encode()) & 0x7FFF_FFFF

_CACHED_IMAGES = 8
_MAXIMUM_SEED = 2**63 - 1
MAXIMUM_TRACKS = 100_000


@dataclass(frozen=True, slots=True)
class Dataset:
    """The initial data of a sandbox, which `reset` restores; `custom` is the result of `read_dataset`."""

    seed: int = DEFAULT_SEED
    custom: str | None = None
    tracks: int = DEFAULT_TRACKS

    def image(self) -> bytes:
        """Return the dataset as the image of a database."""
        build = _build_small if self.tracks == DEFAULT_TRACKS else _build_large
        return build(self.seed, self.custom, self.tracks)


def _build(seed: int, custom: str | None, tracks: int) -> bytes:
    if abs(seed) > _MAXIMUM_SEED:
        raise SandboxError(f"the seed {seed} is too large: use at most {_MAXIMUM_SEED}")
    connection = connect(":memory:")
    try:
        connection.executescript(TABLES)
        connection.execute("BEGIN")
        if custom is None:
            default_user = DEFAULT_USER
            Generator(connection, seed, tracks).generate()
        else:
            default_user = DatasetLoader(connection, seed, custom).load()
        connection.execute("INSERT INTO origin VALUES (?, ?, ?, ?)", (seed, custom, tracks, default_user))
        connection.execute("COMMIT")
        connection.executescript(INDEXES_AND_VIEWS)
        connection.executescript(search_tables())
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        return save_image(connection)
    finally:
        connection.close()


_build_small = lru_cache(maxsize=_CACHED_IMAGES)(_build)
_build_large = lru_cache(maxsize=1)(_build)  # hundreds of megabytes


def choose_dataset(seed: int | None, source: DatasetSource | None, tracks: int | None = None) -> Dataset | None:
    """Read and build a dataset; return None if all arguments are None."""
    check_types({"seed": seed, "tracks": tracks}, int | None, "a whole number")
    check_types({"dataset": source}, str | PathLike | Mapping | None, "the path of a file, or a dict")
    if seed is None and source is None and tracks is None:
        return None
    if tracks is not None:
        if source is not None:
            raise WrongSettingError("tracks", "a custom dataset has its own size: omit tracks or dataset")
        check_range("tracks", tracks, DEFAULT_TRACKS, MAXIMUM_TRACKS)
    custom = None if source is None else read_dataset(source)
    dataset = Dataset(DEFAULT_SEED if seed is None else seed, custom, tracks or DEFAULT_TRACKS)
    try:
        dataset.image()
    except SandboxError as error:
        if source is None or isinstance(source, Mapping):
            raise
        raise SandboxError(f"{fspath(source)}: {error}") from error
    return dataset


def open_dataset(dataset: Dataset | None, data: str | PathLike[str] | None) -> Database:
    """Open the database of a sandbox, in memory or in a file; without `dataset` it is the file's or the default one."""
    initial = dataset or Dataset()
    if data is None:
        connection = connect(":memory:")
        load_image(initial.image(), connection)
        return Database(connection, connection.close)
    file = DataFile(data, VERSION)
    try:
        if file.is_new:
            file.initialize(initial.image())
        stored = Dataset(*file.connection.execute("SELECT seed, dataset, tracks FROM origin").fetchone())
        if dataset is not None and dataset != stored:
            origin = (
                f"seed {stored.seed} with {stored.tracks:,} tracks"
                if stored.custom is None
                else "another custom dataset or seed"
            )
            raise SandboxError(
                f"the data in {file.path} was created from {origin}: omit seed, tracks and dataset, or choose another file"
            )
        file.enable_wal()
    except BaseException:
        file.close()
        raise
    return Database(file.connection, file.close)
