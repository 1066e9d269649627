"""`python -m soundcloud`: the `soundcloud` command."""

import sys

from soundcloud.cli.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
