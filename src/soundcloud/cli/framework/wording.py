"""Rewords errors of the client, which speak of Python, in terms of commands and options."""

import re

import click

from soundcloud import errors

_ASSIGNMENT = re.compile(r"(\w+)=('[^']*'|\S+?): (.+)", re.DOTALL)
_PYTHON = re.compile(r"\w+\(|\bclient\.|\w=(\s|[,;:)]|$)|=True|\bNone\b|[a-z][A-Z]\w+Store|FileTokenStore")
_TIMED_OUT = re.compile(r"the user did not sign in within (\S+) seconds")
_RESOURCE = re.compile(r"/soundcloud:(track|user|playlist)s:(\w+)")
# Names of classes and numbers of errors: "no response (ConnectError): [Errno 111] Connection refused".
_PYTHON_NAMES = re.compile(r" \([A-Z]\w*(?:Error|Timeout)\)|\[Errno -?\d+\] ")
# Arguments of methods that are options with another name.
_OTHER_NAMES = {"prefer": "formats", "timestamp": "at", "position": "at", "tag_list": "tags", "artwork_data": "artwork"}
_HINTS = {
    "smaller pages": "use a smaller --limit",
    "larger timeout=": "try again; soundcloud doctor checks the network",
    "wait_until_playable": "SoundCloud may still be processing the upload: try again in a minute",
    "FileTokenStore": "unlock the keyring, or sign in with: soundcloud login --keep-in file",
    "clear()": "soundcloud logout --forget, then soundcloud login",
    "drop_hidden": "the playlist has hidden tracks: change it at soundcloud.com",
    "client.raw": "soundcloud api GET PATH",
    "web_url=": "set SOUNDCLOUD_WEB_URL to the sandbox's third URL",
    "refresh()": "run the command again",
}


def remove_python_names(reason: str) -> str:
    """Return why there is no response without the class and the number of the error."""
    return _PYTHON_NAMES.sub("", reason)


def reword_hint(error: errors.SoundCloudError) -> str | None:
    """Return the hint of an error in terms of the command; None if there is none."""
    if isinstance(error, errors.NotPlayableError) and error.available:
        return f"use another --format; available: {', '.join(error.available)}"
    hint = error.hint
    if isinstance(error, errors.SignInError) and _TIMED_OUT.match(error.message):
        return f"sign in without a browser here: soundcloud login --paste; or wait longer: --wait; {hint}"
    if not hint or not _PYTHON.search(hint):
        return hint
    return next((text for words, text in _HINTS.items() if words in hint), None)


def reword_message(error: errors.SoundCloudError) -> str:
    """Return the message of an error in terms of the command: with option names, without the request."""
    if isinstance(error, errors.SignInError):
        # The user of the command is the one who signs in.
        message = _TIMED_OUT.sub(r"timed out after \1 seconds waiting for the sign-in", error.message)
        message = message.replace("after 1 seconds", "after 1 second")
        return message.replace("the user denied access", "you declined access in the browser")
    if isinstance(error, errors.ConnectionFailedError | errors.RequestTimeoutError):
        return remove_python_names(error.message)
    # A 404 of DELETE may be about the like, the repost or the follow.
    if isinstance(error, errors.NotFoundError) and error.method != "DELETE":
        resource = _RESOURCE.search(error.path or "")
        if resource is None:
            return error.message
        reason = error.message.removeprefix("HTTP 404").removeprefix(": ")
        more = f": {reason}" if reason.lower() not in {"", "not found"} else ""
        return f"{resource[1]} {resource[2]} not found{more}"
    if not isinstance(error, errors.InvalidInputError):
        return error.message
    found = _ASSIGNMENT.fullmatch(error.message)
    if found is None:
        return error.message
    name, value, advice = found.groups()
    advice = re.sub(r",? or None for \w+ \w+|, or None", "", advice)
    return f"invalid value for {_label(name)}: {value}: {advice}"


def _label(name: str) -> str:
    """Return the option or the argument of the running command that has a name in Python."""
    context = click.get_current_context(silent=True)
    names = {name, _OTHER_NAMES.get(name, name)}
    for parameter in context.command.params if context is not None else ():
        if parameter.name in names:
            return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
    return name.replace("_", " ")
