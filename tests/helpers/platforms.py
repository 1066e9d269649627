"""Marks for tests of what only some systems have."""

import os
from pathlib import Path

import pytest

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs modes, links, signals, terminals or shells of POSIX")
linux_only = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc, which only Linux has")
