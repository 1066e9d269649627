"""Which commands there are, in the order of the help, and where each is written."""

SECTIONS: dict[str, dict[str, str]] = {
    "Try it": {"demo": "trying", "sandbox": "trying"},
    "Your account": {
        "login": "signing_in",
        "logout": "signing_in",
        "whoami": "signing_in",
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
        "likes": "people",
        "reposts": "people",
        "followers": "people",
        "followings": "people",
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
