"""The index of all commands: sections and order of the help, and the module of each command."""

SECTIONS: dict[str, dict[str, str]] = {
    "Try it": {"demo": "sandbox", "sandbox": "sandbox"},
    "Account": {
        "login": "auth",
        "logout": "auth",
        "whoami": "auth",
        "profiles": "profiles",
        "doctor": "doctor",
    },
    "Search and show": {
        "search": "search",
        "track": "tracks",
        "user": "users",
        "playlist": "playlists",
        "resolve": "resolve",
        "open": "resolve",
        "related": "tracks",
        "comments": "tracks",
        "streams": "tracks",
    },
    "Your profile and lists": {
        "me": "me",
        "feed": "me",
        "likes": "users",
        "reposts": "users",
        "followers": "users",
        "followings": "users",
    },
    "Likes, reposts, follows and comments": {
        "like": "social_actions",
        "unlike": "social_actions",
        "repost": "social_actions",
        "unrepost": "social_actions",
        "follow": "social_actions",
        "unfollow": "social_actions",
        "comment": "social_actions",
    },
    "Upload, play and export": {"upload": "upload", "play": "play", "export": "export"},
    "Web pages and scripts": {"embed": "embed", "api": "api", "completion": "completion"},
}
"""The commands by section: the name of each, and the module of `commands/` that defines it under that name."""

MODULES = {name: module for commands in SECTIONS.values() for name, module in commands.items()}
