"""The size of load tests: small by default, full with SOUNDCLOUD_STRESS=1."""

import os
import sys

FULL = os.environ.get("SOUNDCLOUD_STRESS") == "1"


def report(text: str) -> None:
    """Write a line of results to stdout; pytest shows it with -s."""
    sys.stdout.write(f"\n  {text}")
