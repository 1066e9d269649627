"""Defaults of options that the user sets once: from environment variables, or from `config.toml` in the settings folder.

The order of the search:

1. the option on the command line, which the callers handle,
2. the environment variable, for example `SOUNDCLOUD_LIMIT`,
3. the file,
4. the built-in default.
"""

import json
import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import click

from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.framework.options import COMMON_OPTIONS, DEFAULT_LIMIT, FORMATS, LIMIT_OPTION
from soundcloud.cli.framework.param_types import ParamType, ParsedType

BUILT_IN = "built-in"
_LOCK_SECONDS = 10
_SECRET = re.compile("secret|token|password|credential", re.IGNORECASE)
_POSITION = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")


def _parse_pager(value: str) -> str:
    try:
        shlex.split(value)
    except ValueError:
        raise ValueError(f"{value!r} has a quote without its partner") from None
    if not value.isprintable():
        raise ValueError(f"{value!r} is not a command line")
    return value


@attrs.frozen
class Setting:
    """A default that the user can set. `command` is the one that has the option, None for an option of many commands.

    `type` is that of the option; None looks it up in the command.
    """

    meaning: str
    default: Any
    command: str | None = None
    type: ParamType | None = None


_COMMON_TYPES = {option.name: option.type for option in (*COMMON_OPTIONS, LIMIT_OPTION)}
SETTINGS = {
    "limit": Setting("--limit: the number of items that a list prints", DEFAULT_LIMIT, type=_COMMON_TYPES["limit"]),
    "output": Setting("the output format without --table, --json and so on", "table", type=click.Choice([*FORMATS])),
    "timeout": Setting("--timeout: seconds to wait for a response", 30, type=_COMMON_TYPES["timeout"]),
    "retries": Setting("--retries: how often a failed request is sent again", 3, type=_COMMON_TYPES["retries"]),
    "color": Setting("colors at a terminal", "auto", type=click.Choice(["auto", "never"])),
    "pager": Setting("the program for long output; cat for none", "less", type=ParsedType(_parse_pager)),
    "player": Setting("--player of play and browse", None, "play"),
    "volume": Setting("--volume of play and browse", 100, "play"),
}


@attrs.frozen
class Value:
    """The value of a setting, and where it comes from."""

    value: Any
    source: str


def config_path() -> Path:
    """Return the path of the file."""
    from platformdirs import user_config_path

    return user_config_path("soundcloud-sdk", appauthor=False) / "config.toml"


def variable_of(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"SOUNDCLOUD_{name.upper()}"


def find_setting(name: str, file: Mapping[str, Any] | None = None) -> Value:
    """Return the value of a setting; `file` is the content of the file, which is read by default."""
    variable, setting = variable_of(name), SETTINGS[name]
    if name == "color" and os.environ.get("NO_COLOR"):
        return Value("never", "NO_COLOR")
    text = os.environ.get(variable, "")
    # An empty pager is a value: it turns the pager off.
    if text.strip() or (name == "pager" and variable in os.environ):
        try:
            return Value(convert(name, text), variable)
        except click.BadParameter as error:
            hint = f"set {variable} to another value, or unset it"
            raise CommandError(f"{variable}: {error.message}", hint, code=USAGE) from None
    file = read_config() if file is None else file
    if name in file:
        return Value(file[name], str(config_path()))
    if name == "pager":
        # PAGER is for all programs, so a setting for this one comes first.
        from shutil import which

        pager = os.environ.get("PAGER")
        return Value("less" if which("less") else "", BUILT_IN) if pager is None else Value(pager, "PAGER")
    return Value(setting.default, BUILT_IN)


def convert(name: str, value: Any) -> Any:
    """Convert and check a value with the type of its option.

    Raises:
        click.BadParameter: The value is invalid.
    """
    kind = type_of(name)
    # As text, so that `true` is not the number 1, and 1.5 is not 1.
    return kind.convert(value.strip() if isinstance(value, str) else json.dumps(value, default=str), None, None)


def type_of(name: str) -> Any:
    """Return the type of the option of a setting."""
    setting = SETTINGS[name]
    if setting.type is not None:
        return setting.type
    from importlib import import_module

    command = getattr(import_module(f"soundcloud.cli.commands.{setting.command}"), str(setting.command))
    return next(option.type for option in command.params if option.name == name)


def check_name(name: str) -> str:
    """Check the name of a setting and return it."""
    if name not in SETTINGS:
        raise _unknown(name)
    return name


def read_config(*, except_for: str | None = None) -> dict[str, Any]:
    """Read and check the file, or all but one setting of it; without a file there are no settings."""
    path, values = config_path(), read_unchecked()
    values.pop(except_for or "", None)
    checked: dict[str, Any] = {}
    for name, value in values.items():
        where = f"{path}, line {_line_of(path, name)}"
        if name not in SETTINGS:
            problem = _unknown(name)
            raise CommandError(
                f"{where}: {problem.message}", f"soundcloud config unset {shlex.quote(name)}", code=USAGE
            )
        try:
            checked[name] = convert(name, value)
        except click.BadParameter as error:
            hint = f"soundcloud config set {name} VALUE, or: soundcloud config unset {name}"
            raise CommandError(f"{where}: {name}: {error.message}", hint, code=USAGE) from None
    return checked


def read_unchecked() -> dict[str, Any]:
    """Read the file without checking names and values."""
    path = config_path()
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    import tomllib

    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line, problem = content.count(b"\n", 0, error.start) + 1, "not UTF-8 text"
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _POSITION.search(str(error))
        line = int(found[1]) if found is not None and found[1] else content.rstrip().count(b"\n") + 1
        problem = f"not TOML: {_POSITION.sub('', str(error))}"
    hint = f"correct line {line} in an editor, for example to: limit = 50; without the file, the defaults are used"
    raise CommandError(f"{path}, line {line}: {problem}", hint, code=USAGE)


def change_config(name: str, value: Any = None) -> None:
    """Set a setting in the file, or remove it if the value is None; other lines and comments stay.

    Only the owner can read the file. A symbolic link is followed. Commands that run at the same time wait for each other.
    """
    from platformdirs import user_state_path

    from soundcloud._atomic_file import replace_file
    from soundcloud.cli.framework.file_lock import lock_file

    path = Path(os.path.realpath(config_path()))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = user_state_path("soundcloud-sdk", appauthor=False, ensure_exists=True) / "config.lock"
    held = CommandError(
        f"another command has been changing {path} for {_LOCK_SECONDS} seconds", "run the command again"
    )
    with lock_file(lock, held, seconds=_LOCK_SECONDS):
        values = {key: item for key, item in read_unchecked().items() if key != name or value is not None}
        if value is not None:
            read_config(except_for=name)
            values[name] = value
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        changed = _change_line(text, name, value)
        # A table, or a value of several lines, needs more than the change of one line: write all values again.
        if not _has_values(changed, values):
            changed = "".join(_line(path, key, item) for key, item in values.items())
        replace_file(path, changed.encode())


def _has_values(text: str, values: Mapping[str, Any]) -> bool:
    import tomllib

    try:
        return tomllib.loads(text) == values
    except tomllib.TOMLDecodeError:
        return False


def _change_line(text: str, name: str, value: Any) -> str:
    """Return the text of the file with the line of a setting changed, added, or without a value removed."""
    key = re.escape(name)
    line = re.compile(
        rf"""^([ \t]*(?:{key}|"{key}"|'{key}')[ \t]*=[ \t]*)(?:"[^"\n]*"|'[^'\n]*'|[^#"'\n]*?)([ \t]*(?:#.*)?)$\n?""",
        re.MULTILINE,
    )
    if value is None:
        return line.sub("", text, count=1)
    new = json.dumps(value, ensure_ascii=False)
    changed, count = line.subn(lambda found: f"{found[1]}{new}{found[2]}\n", text, count=1)
    end = "\n" if text and not text.endswith("\n") else ""
    return changed if count else f"{text}{end}{name} = {new}\n"


def _line(path: Path, name: str, value: Any) -> str:
    # JSON strings, numbers and booleans are TOML too.
    return f"{name if name.isidentifier() else json.dumps(name)} = {_to_toml(path, name, value)}\n"


def _to_toml(path: Path, name: str, value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise CommandError(f"{path}: {name!r} is not a single value", "remove it in an editor", code=USAGE)
    return json.dumps(value, ensure_ascii=False)


def _unknown(name: str) -> CommandError:
    plain = name.replace("-", "_").lower()
    if _SECRET.search(plain):
        hint = (
            "soundcloud login stores secrets in the keyring, or in a file that only you can read; "
            "in scripts, set SOUNDCLOUD_CLIENT_SECRET or SOUNDCLOUD_ACCESS_TOKEN"
        )
        return CommandError(f"{name} is a secret, and the config file has none", hint, code=USAGE)
    others = {
        "profile": (
            "the current profile is not in the config file",
            "soundcloud profiles use NAME, or SOUNDCLOUD_PROFILE",
        ),
        "client_id": ("the app's id is part of a profile", "soundcloud login --client-id ID"),
        "redirect_uri": ("the redirect URI is part of a profile", "soundcloud login --redirect-uri URI"),
    }
    if plain in others:
        return CommandError(*others[plain], code=USAGE)
    from difflib import get_close_matches

    near = get_close_matches(plain, SETTINGS, n=1)
    suggestion = f"; did you mean {near[0]}?" if near else ""
    return CommandError(
        f"there is no setting {name!r}{suggestion}", f"available settings: {', '.join(SETTINGS)}", code=USAGE
    )


def _line_of(path: Path, name: str) -> int:
    """Return the number of the line that sets a name; 1 if it is not found."""
    assignment = re.compile(rf"\s*(?:\[+\s*)?[\"']?{re.escape(name)}[\"']?\s*[=.\]]")
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if assignment.match(line)), 1)
