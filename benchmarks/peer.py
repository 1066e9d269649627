"""The peer, soundcloud-api-ts for Node: got from npm into a cache, at one version, never into this tree."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from platformdirs import user_cache_path

NAME, VERSION = "soundcloud-api-ts", "1.13.4"
NODE = "v20"


class UnavailableError(Exception):
    """A program that a measurement needs is missing."""


def node_version() -> str:
    """Return the version of Node.

    Raises:
        UnavailableError: Node or npm is missing, or Node has another version.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise UnavailableError(f"{program} is missing: install Node {NODE[1:]} with npm")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if version.split(".")[0] != NODE:
        raise UnavailableError(f"Node {version[1:]} is installed: install Node {NODE[1:]}")
    return version


def fetch() -> Path:
    """Download the peer unless it is cached.

    Returns:
        The folder of its package.json.

    Raises:
        UnavailableError: npm cannot download it, or returned another version.
    """
    package = user_cache_path("soundcloud-sdk-benchmarks") / f"{NAME}-{VERSION}" / "package"
    if not package.exists():
        package.parent.parent.mkdir(parents=True, exist_ok=True)
        # Unpacked in a temporary folder and renamed, so that an incomplete download is never used.
        with TemporaryDirectory(dir=package.parent.parent) as folder:
            command = ["npm", "pack", f"{NAME}@{VERSION}", "--loglevel=error", "--pack-destination", folder]
            packed = subprocess.run(command, capture_output=True, text=True, check=False)
            if packed.returncode:
                # The first line is npm's error code; the others contain URLs and paths.
                reason = packed.stderr.partition("\n")[0] or f"status {packed.returncode}"
                raise UnavailableError(f"npm cannot download {NAME} {VERSION}: {reason}")
            with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
                archive.extractall(Path(folder) / "unpacked", filter="data")
            shutil.rmtree(package.parent, ignore_errors=True)
            (Path(folder) / "unpacked").rename(package.parent)
    found = json.loads((package / "package.json").read_bytes())
    if (found["name"], found["version"]) != (NAME, VERSION):
        raise UnavailableError(f"{NAME} {VERSION} is needed, but the cache contains {found['name']} {found['version']}")
    return package
