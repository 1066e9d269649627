"""Options that commands share, as decorators. Their values are stored in `CommandContext.given`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from soundcloud.cli.framework.completion import complete_fields, complete_profiles, complete_resources
from soundcloud.cli.framework.param_types import IntegerType, NumberType

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

FORMATS = {
    "table": "Print a table: the default, unless `soundcloud config` sets another format.",
    "json": "Print one JSON document with all fields.",
    "jsonl": "Print one JSON object per line, as they arrive.",
    "csv": "Print comma-separated values with a header row. For a spreadsheet use --csv-safe.",
}
CSV_SAFE = "put an apostrophe before cells that a spreadsheet would run as formulas"
DEFAULT_LIMIT, PICK_LIMIT = 20, 200
OUTPUT, WRITING, COMMON = "Output options", "Options for changes", "Common options"


def _store(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Store a value in the context. The command line overrides the environment."""
    if ctx.resilient_parsing:
        # Shell completion: there is no context.
        return
    name = parameter.name or ""
    given: dict[str, Any] = ctx.obj.given
    source = ctx.get_parameter_source(name)
    if source is ParameterSource.COMMANDLINE or (source is ParameterSource.ENVIRONMENT and name not in given):
        given[name] = value


def _store_format(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    given: dict[str, Any] = ctx.obj.given
    if given.setdefault("format", parameter.name) != parameter.name:
        raise click.UsageError(f"use either --{given['format']} or --{parameter.name}, not both", ctx)


def _store_csv_safe(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    given: dict[str, Any] = ctx.obj.given
    if given.setdefault("format", "csv") != "csv":
        raise click.UsageError(f"use either --{given['format']} or --csv-safe, not both", ctx)
    given[parameter.name or ""] = True


def parse_fields(value: str) -> tuple[str, ...]:
    """Return the names in the value of `--fields`."""
    fields = tuple(field.strip() for field in value.split(","))
    if not all(all(part for part in field.split(".")) for field in fields):
        raise click.BadParameter("separate field names with commas, for example title,user.username")
    return fields


def _store_fields(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is None or ctx.resilient_parsing:
        return
    _check_one_selection(ctx, "fields")
    try:
        ctx.obj.given["fields"] = parse_fields(value)
    except click.BadParameter as error:
        raise click.BadParameter(error.message, ctx, parameter) from None


def _store_template(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is None or ctx.resilient_parsing:
        return
    from soundcloud.cli.output.template import RowTemplate

    given: dict[str, Any] = ctx.obj.given
    try:
        template = RowTemplate.parse(value)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, parameter) from None
    if given.setdefault("format", "template") != "template":
        raise click.UsageError(f"use either --{given['format']} or --template, not both", ctx)
    _check_one_selection(ctx, "template")
    given |= {"template": template, "fields": template.fields}


def _check_one_selection(ctx: click.Context, name: str) -> None:
    """Reject `--fields` together with `--template`, which selects fields too."""
    other = "fields" if name == "template" else "template"
    if ctx.obj.given.get(other):
        raise click.UsageError("use either --fields or --template, not both", ctx)


def _store_limit(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    if ctx.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE and not ctx.resilient_parsing:
        if "limit" in ctx.obj.given:
            raise click.UsageError("use either --limit or --all, not both", ctx)
        ctx.obj.given["limit"] = None if value is True else value


class Argument(click.Argument):
    """An argument with a description, which the help shows."""

    def __init__(self, *arguments: Any, description: str, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.description = description


def argument(name: str, *, help: str, **settings: Any) -> Callable[[Decorated], Decorated]:  # noqa: A002 - click's name
    """Return a decorator that adds an argument with a description."""

    def decorate(function: Decorated) -> Decorated:
        # Made anew each time: click 8.1.0 changes the settings of a decorator when it is used.
        return click.argument(name, cls=Argument, description=help, **settings)(function)

    return decorate


FORMS = {
    "track": "an id, a URN, artist/title or a URL",
    "user": "an id, a URN, a name or a URL",
    "playlist": "an id, a URN, artist/sets/title or a URL",
    "track|playlist": "an id, a URN, artist/title, artist/sets/title or a URL",
    "resource": "an id, a URN, a name, artist/title or a URL",
}


def resource_argument(
    kind: str, name: str | None = None, *, many: bool = False, required: bool = True, forms: str | None = None
) -> Callable[[Decorated], Decorated]:
    """Return a decorator that adds an argument for one resource of a kind, such as `track`, or for many.

    `forms` says what the argument can be; by default the forms of the kind.
    """
    settings: dict[str, Any] = {"required": required}
    if many:
        metavar = f"{kind.upper()}..."
        settings |= {"nargs": -1, "metavar": metavar if required else f"[{metavar}]"}
    text = f"{'Each is' if many else 'It is'} {forms or FORMS[kind]}; :3 is row 3 of the last list; - reads standard input."
    settings["shell_complete"] = complete_resources(kind)
    return argument(name or (f"{kind}s" if many else kind), help=text, **settings)


class SectionOption(click.Option):
    """An option that the help lists in its own section."""

    def __init__(self, *arguments: Any, section: str, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.section = section


class SharedOption(SectionOption):
    """An option of many commands."""


def _option(*names: str, section: str, **settings: Any) -> SharedOption:
    return SharedOption(names, section=section, expose_value=False, **{"callback": _store, **settings})


def _decorate(*options: SharedOption) -> Callable[[Decorated], Decorated]:
    def decorate(function: Decorated) -> Decorated:
        # click stores the parameters of decorators in reverse: the last decorator is applied first.
        parameters: list[click.Parameter] = function.__dict__.setdefault("__click_params__", [])
        parameters.extend(reversed(options))
        return function

    return decorate


COMMON_OPTIONS = (
    _option(
        "--profile",
        section=COMMON,
        metavar="NAME",
        envvar="SOUNDCLOUD_PROFILE",
        help="Use the account of this profile; see `soundcloud profiles`.",
        shell_complete=complete_profiles,
    ),
    _option(
        "--sandbox",
        section=COMMON,
        is_flag=True,
        help="Use the sandbox that runs on this machine, or start one for this command.",
    ),
    _option(
        "--timeout",
        section=COMMON,
        type=NumberType(min=0, min_open=True, max=3600),
        metavar="SECONDS",
        help="Wait at most this long for a connection, and for each part of a response; default 30.",
    ),
    _option(
        "--retries",
        section=COMMON,
        type=IntegerType(min=0, max=20),
        metavar="N",
        help="Send a failed request again up to N times; default 3.",
    ),
    _option("--quiet", section=COMMON, is_flag=True, help="Print the result and errors only, no other messages."),
    _option("--debug", section=COMMON, is_flag=True, help="Show the requests, and the traceback of an error."),
)
"""The options of every command."""

_FORMAT_OPTIONS = (
    *(
        _option(
            *(["-j"] if name == "json" else []),
            f"--{name}",
            section=OUTPUT,
            is_flag=True,
            callback=_store_format,
            help=text,
        )
        for name, text in FORMATS.items()
    ),
    _option("--csv-safe", section=OUTPUT, is_flag=True, callback=_store_csv_safe, help=f"Like --csv, and {CSV_SAFE}."),
    _option(
        "--fields",
        section=OUTPUT,
        metavar="A,B.C",
        callback=_store_fields,
        help="Print only these fields.",
        shell_complete=complete_fields,
    ),
    _option(
        "--template",
        section=OUTPUT,
        metavar="TEXT",
        callback=_store_template,
        help="Print a line for each object, with its fields in braces: '{title} by {user.username}'; \\n and \\t work.",
    ),
    _option("--no-pager", section=OUTPUT, is_flag=True, help="Do not send long output to a pager."),
)
LIMIT_OPTION = _option(
    "-n",
    "--limit",
    section=OUTPUT,
    type=IntegerType(min=1),
    metavar="N",
    callback=_store_limit,
    help=f"Print at most N items; default {DEFAULT_LIMIT}.",
)
_ALL = _option("--all", section=OUTPUT, is_flag=True, callback=_store_limit, help="Print all items.")
_PICK = _option(
    "--pick",
    section=OUTPUT,
    is_flag=True,
    help=f"Choose rows with the arrow keys, by default from the first {PICK_LIMIT}; in a pipe, print their URNs.",
)
_DRY_RUN = _option(
    "--dry-run",
    section=WRITING,
    is_flag=True,
    help="Show the changes without making them; requests that only read are still sent.",
)
_YES = _option("--yes", "-y", section=WRITING, is_flag=True, help="Do not ask for confirmation.")

output_options = _decorate(*_FORMAT_OPTIONS)
"""Adds `--table`, `--json`, `--jsonl`, `--csv`, `--csv-safe`, `--fields`, `--template` and `--no-pager`."""
list_options = _decorate(LIMIT_OPTION, _ALL, _PICK, *_FORMAT_OPTIONS)
"""Adds `--limit`, `--all` and `--pick`, and the output options."""
writing_options = _decorate(_DRY_RUN)
"""Adds `--dry-run`."""
deleting_options = _decorate(_YES, _DRY_RUN)
"""Adds `--yes` and `--dry-run`, for changes that cannot be undone."""


web_option = click.option("--web", "-w", is_flag=True, help="Open it in the browser instead.")


def file_option(*names: str, help: str, writable: bool = False) -> Callable[[Decorated], Decorated]:  # noqa: A002 - click's name
    """Return a decorator that adds an option for a file."""
    kind = click.Path(path_type=Path, dir_okay=False, writable=writable)
    return click.option(*names, type=kind, metavar="FILE", help=help)


failed_option = file_option(
    "--failed",
    writable=True,
    help="A file for the items that failed or were not started; to retry, pass it as standard input.",
)
