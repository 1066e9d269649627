"""The fields of a track: the options of `upload` and `track edit`, and the columns of a manifest."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.framework.options import file_option
from soundcloud.cli.framework.param_types import ParsedType

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

STRINGS = {
    "title": "The title.",
    "description": "The description.",
    "genre": "The genre.",
    "permalink": "The last part of the track's URL.",
    "label_name": "The label.",
    "release": "The release number.",
    "release_date": "The release date, for example 2026-11-23.",
    "isrc": "The International Standard Recording Code.",
    "purchase_url": "The URL of a shop that sells it.",
}
FLAGS = {
    "downloadable": "Whether users may download it.",
    "streamable": "Whether apps may stream it.",
    "commentable": "Whether users may comment on it.",
    "reveal_stats": "Whether the numbers of plays and likes are public.",
    "reveal_comments": "Whether comments are public.",
}
CLEARABLE = ("description", "genre", "tag_list", "label_name", "release", "release_date", "isrc", "purchase_url")
COLUMNS = ("file", *STRINGS, *FLAGS, "tag_list", "sharing", "license", "embeddable_by", "artwork")
"""The columns of a manifest, by their names in the API."""

LICENSES = (
    "no-rights-reserved",
    "all-rights-reserved",
    *(f"cc-by{suffix}" for suffix in ("", "-nc", "-nd", "-sa", "-nc-nd", "-nc-sa")),
)
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_YES, _NO = {"true", "yes", "1"}, {"false", "no", "0"}


tag_option = click.option("--tag", "tags", multiple=True, metavar="TEXT", help="A tag; repeatable.")
sharing_option = click.option("--private/--public", "private", default=None, help="Who can see it.")
artwork_option = file_option("--artwork", help="A GIF, JPEG or PNG image.")


def field_options(function: Decorated) -> Decorated:
    """Add an option for each field."""
    options: list[Callable[[Any], Any]] = [
        click.option(
            f"--{_option_name(name)}",
            name,
            metavar="TEXT",
            help=text,
            type=ParsedType(parse_isrc) if name == "isrc" else None,
        )
        for name, text in STRINGS.items()
    ]
    options += [
        tag_option,
        sharing_option,
        click.option(
            "--license", type=click.Choice(LICENSES), metavar="LICENSE", help=f"The license: {', '.join(LICENSES)}."
        ),
        click.option("--embeddable-by", type=click.Choice(["all", "me", "none"]), help="Who can embed it."),
        artwork_option,
    ]
    options += [
        click.option(f"--{_option_name(name)}/--not-{_option_name(name)}", name, default=None, help=text)
        for name, text in FLAGS.items()
    ]
    for option in reversed(options):
        function = option(function)
    return function


def _option_name(field: str) -> str:
    return field.removesuffix("_name").replace("_", "-")


def check_file(path: Path) -> None:
    """Reject a file that is not there or is empty, before anything is sent."""
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "not a regular file"
        problem = f"{path} is {kind}" if path.exists() else f"no such file: {path}"
        raise CommandError(problem, "check the path; nothing was sent", code=USAGE)
    if not path.stat().st_size:
        raise CommandError(f"{path} is empty", "use another file; nothing was sent", code=USAGE)


def parse_isrc(value: str) -> str:
    """Check an International Standard Recording Code (ISO 3901) and return it."""
    if not _ISRC.fullmatch(value.replace("-", "").upper()):
        raise ValueError(f"{value!r} is not an ISRC; example: US-S1Z-99-00001")
    return value


def fields_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given options as arguments of `tracks.upload` and `tracks.update`."""
    from soundcloud import Tags

    values = dict(options)
    if (artwork := values.get("artwork")) is not None:
        check_file(artwork)
    tags, private = values.pop("tags", ()), values.pop("private", None)
    fields = {name: value for name, value in values.items() if value is not None}
    if tags:
        fields["tag_list"] = str(Tags(tags))
    if private is not None:
        fields["sharing"] = "private" if private else "public"
    return fields


def check_columns(names: Iterable[str], where: str) -> None:
    """Check that these columns of a manifest exist."""
    for name in names:
        if name not in COLUMNS:
            raise CommandError(
                f"{where}: there is no column {name!r}", f"available columns: {', '.join(COLUMNS)}", code=USAGE
            )


def fields_of_row(row: Mapping[str, Any], folder: Path, where: str) -> dict[str, Any]:
    """Return a row of a manifest as arguments of `tracks.upload`; empty cells are left out."""
    from soundcloud import Tags

    fields: dict[str, Any] = {}
    for name, value in row.items():
        if value is None or value == "" or name == "file":
            continue
        check_columns([name], where)
        if name in FLAGS:
            fields[name] = _parse_flag(value, f"{where}: {name}")
        elif name == "tag_list" and isinstance(value, list):
            fields[name] = str(Tags(cast("list[str]", value)))
        elif not isinstance(value, str):
            raise CommandError(f"{where}: {name} is not a string", "quote the value", code=USAGE)
        else:
            fields[name] = folder / value if name == "artwork" else value
            if name == "isrc":
                _check_isrc(value, where)
    return fields


def _check_isrc(value: str, where: str) -> None:
    try:
        parse_isrc(value)
    except ValueError as error:
        raise CommandError(f"{where}: {error}", "correct it; nothing was uploaded", code=USAGE) from None


def _parse_flag(value: Any, where: str) -> bool:
    text = str(value).strip().lower()
    if text not in _YES | _NO:
        raise CommandError(f"{where}: {value!r} is not a yes or no value", "use yes or no", code=USAGE)
    return text in _YES
