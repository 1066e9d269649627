"""Which commands there are, in the order of the help, and where each is written."""

SECTIONS: dict[str, dict[str, str]] = {
    "Find and read": {
        "search": "search",
        "track": "tracks",
        "related": "tracks",
        "comments": "tracks",
        "streams": "tracks",
    },
}
"""The commands by section: their name, and the module of `commands/` that holds them under that name."""

HOMES = {name: module for commands in SECTIONS.values() for name, module in commands.items()}
