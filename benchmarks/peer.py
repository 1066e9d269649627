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
    """This machine lacks what a measurement needs; the message says what."""


def node_version() -> str:
    """The version of Node.

    Raises:
        UnavailableError: There is no Node, no npm, or another Node than the peer is measured on.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise UnavailableError(f"no {program} here; the peer needs Node {NODE[1:]} with npm")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if version.split(".")[0] != NODE:
        raise UnavailableError(f"Node {version[1:]} is here; the peer is measured on Node {NODE[1:]}")
    return version


def fetch() -> Path:
    """Get the peer, once.

    Returns:
        The folder of its package.json.

    Raises:
        UnavailableError: npm cannot get it, or gave another version.
    """
    package = user_cache_path("soundcloud-sdk-benchmarks") / f"{NAME}-{VERSION}" / "package"
    if not package.exists():
        package.parent.parent.mkdir(parents=True, exist_ok=True)
        # Unpacked beside its place and moved there whole, so that a broken download is not taken for the peer.
        with TemporaryDirectory(dir=package.parent.parent) as folder:
            command = ["npm", "pack", f"{NAME}@{VERSION}", "--loglevel=error", "--pack-destination", folder]
            packed = subprocess.run(command, capture_output=True, text=True, check=False)
            if packed.returncode:
                # The first line has npm's code; the others have addresses and paths, which a report shall not show.
                reason = packed.stderr.partition("\n")[0] or f"status {packed.returncode}"
                raise UnavailableError(f"npm cannot get {NAME} {VERSION}: {reason}")
            with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
                archive.extractall(Path(folder) / "unpacked", filter="data")
            shutil.rmtree(package.parent, ignore_errors=True)
            (Path(folder) / "unpacked").rename(package.parent)
    found = json.loads((package / "package.json").read_bytes())
    if (found["name"], found["version"]) != (NAME, VERSION):
        raise UnavailableError(f"{NAME} {VERSION} was asked for; the cache holds {found['name']} {found['version']}")
    return package
