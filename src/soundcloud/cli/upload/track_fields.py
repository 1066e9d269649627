"""What a track can be told about itself: the options of `upload` and `track edit`, the columns of a manifest."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from soundcloud.cli.framework.errors import USAGE, CommandError

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

TEXTS = {
    "title": "The title.",
    "description": "The text below the track.",
    "genre": "The genre.",
    "permalink": "The last part of the track's address.",
    "label_name": "The label.",
    "release": "The release's number.",
    "release_date": "When it was released, such as 2026-11-23.",
    "isrc": "The International Standard Recording Code.",
    "purchase_url": "Where it can be bought.",
}
FLAGS = {
    "downloadable": "Whether people may download it.",
    "streamable": "Whether apps may stream it.",
    "commentable": "Whether people may comment.",
    "reveal_stats": "Whether play and like counts are shown.",
    "reveal_comments": "Whether comments are shown.",
}
CLEARABLE = ("description", "genre", "tag_list", "label_name", "release", "release_date", "isrc", "purchase_url")
COLUMNS = ("file", *TEXTS, *FLAGS, "tag_list", "sharing", "license", "embeddable_by", "artwork")
"""What a manifest may name, as the API calls it."""

LICENSES = (
    "no-rights-reserved",
    "all-rights-reserved",
    *(f"cc-by{rest}" for rest in ("", "-nc", "-nd", "-sa", "-nc-nd", "-nc-sa")),
)
_YES, _NO = {"true", "yes", "1"}, {"false", "no", "0"}


def field_options(function: Decorated) -> Decorated:
    """Add an option for each field."""
    options = [click.option(f"--{_dashed(name)}", name, metavar="TEXT", help=text) for name, text in TEXTS.items()]
    options += [
        click.option("--tag", "tags", multiple=True, metavar="TEXT", help="A tag; give it again for more."),
        click.option("--private/--public", "private", default=None, help="Who can see it."),
        click.option("--license", "license", type=click.Choice(LICENSES), help="What others may do with it."),
        click.option("--embeddable-by", type=click.Choice(["all", "me", "none"]), help="Who can embed it."),
        click.option(
            "--artwork",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="A picture: gif, jpeg or png.",
        ),
    ]
    options += [
        click.option(f"--{_dashed(name)}/--not-{_dashed(name)}", name, default=None, help=text)
        for name, text in FLAGS.items()
    ]
    for option in reversed(options):
        function = option(function)
    return function


def _dashed(name: str) -> str:
    return name.removesuffix("_name").replace("_", "-")


def fields_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the options say, as arguments of `tracks.upload` and `tracks.update`; what was not given is left out."""
    from soundcloud import Tags

    values = dict(given)
    tags, private = values.pop("tags", ()), values.pop("private", None)
    fields = {name: value for name, value in values.items() if value is not None}
    if tags:
        fields["tag_list"] = str(Tags(tags))
    if private is not None:
        fields["sharing"] = "private" if private else "public"
    return fields


def fields_of_row(row: Mapping[str, Any], folder: Path, where: str) -> dict[str, Any]:
    """What a row of a manifest says, checked; what is empty is left out.

    Args:
        row: The columns.
        folder: Where pictures are looked for.
        where: The row, for messages.

    Raises:
        CommandError: A column is unknown, or a value is wrong.
    """
    from soundcloud import Tags

    fields: dict[str, Any] = {}
    for name, value in row.items():
        if value is None or value == "" or name == "file":
            continue
        if name not in COLUMNS:
            raise CommandError(f"{where}: there is no column {name!r}", f"take of {', '.join(COLUMNS)}", code=USAGE)
        if name in FLAGS:
            fields[name] = _flag(value, f"{where}: {name}")
        elif name == "tag_list" and isinstance(value, list):
            fields[name] = str(Tags(cast("list[str]", value)))
        elif not isinstance(value, str):
            raise CommandError(f"{where}: {name} is no text", "put it into quotes", code=USAGE)
        else:
            fields[name] = folder / value if name == "artwork" else value
    return fields


def _flag(value: Any, where: str) -> bool:
    text = str(value).strip().lower()
    if text not in _YES | _NO:
        raise CommandError(f"{where}: {value!r} is neither yes nor no", "say yes or no", code=USAGE)
    return text in _YES
