"""Which commands there are, in the order of the help, and where each is written."""

SECTIONS: dict[str, dict[str, str]] = {
    "Try it": {"demo": "sandbox", "sandbox": "sandbox"},
    "Your account": {
        "login": "auth",
        "logout": "auth",
        "whoami": "auth",
        "profiles": "profiles",
        "doctor": "doctor",
    },
    "Find and read": {
        "search": "search",
        "track": "tracks",
        "user": "users",
        "playlist": "playlists",
        "resolve": "resolve",
        "related": "tracks",
        "comments": "tracks",
        "streams": "tracks",
    },
    "What is yours": {
        "me": "me",
        "feed": "me",
        "likes": "lists",
        "reposts": "lists",
        "followers": "lists",
        "followings": "lists",
    },
    "Change it": {
        "like": "reactions",
        "unlike": "reactions",
        "repost": "reactions",
        "unrepost": "reactions",
        "follow": "reactions",
        "unfollow": "reactions",
        "comment": "reactions",
    },
    "Upload, play, keep": {"upload": "upload", "play": "play", "export": "export"},
    "For pages and programs": {"embed": "embed", "api": "api", "completion": "completion"},
}
"""The commands by section: their name, and the module of `commands/` that holds them under that name."""

HOMES = {name: module for commands in SECTIONS.values() for name, module in commands.items()}
