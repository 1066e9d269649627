"""The context of a command: the values of the shared options, the client, and the output."""

import os
import re
import sys
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from soundcloud._protocol.printable import to_printable
from soundcloud.cli.framework.errors import USAGE, CancelledError, CommandError
from soundcloud.cli.framework.options import PICK_LIMIT
from soundcloud.cli.output.terminal import terminal_width, wrap, write_message, write_output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import Console

    from soundcloud import InvalidInputError, Page, SoundCloudClient
    from soundcloud.cli.auth.credentials import Account
    from soundcloud.cli.output.columns import View
    from soundcloud.cli.output.printer import Printer
    from soundcloud.cli.output.progress import Counter
    from soundcloud.events import RetryInfo

T = TypeVar("T")

LARGEST_PAGE = 200
_NUMBERED = {"tracks", "users", "playlists", "stations", "activities", "uploads"}
"""The lists whose rows can be named in the next command."""


class _Flag:
    """Whether a shared option was given, by the name of the attribute."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, context: "CommandContext", owner: type) -> bool:
        return bool(context.given.get(self._name))


class CommandContext:
    """The first argument of every command; `given` holds the values of the shared options that were given."""

    sandbox, debug, dry_run, yes, quiet, pick = _Flag(), _Flag(), _Flag(), _Flag(), _Flag(), _Flag()

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}
        self.base_url = "https://api.soundcloud.com"
        self.checks_fields = True
        self._config: dict[str, Any] | None = None

    @property
    def profile(self) -> str | None:
        """The name that `--profile` gives."""
        return self.given.get("profile")

    @property
    def limit(self) -> int | None:
        """The maximum number of items to print; None for all."""
        if "limit" in self.given:
            return cast("int | None", self.given["limit"])
        return int(self.setting("limit", built_in=not self.pick) or PICK_LIMIT)

    @property
    def page_size(self) -> int:
        """The number of items to request at once."""
        return LARGEST_PAGE if self.limit is None else min(self.limit, LARGEST_PAGE)

    @property
    def format(self) -> str:
        """The output format: `table`, `json`, `jsonl`, `csv` or `template`."""
        return str(self.given.get("format") or self.setting("output"))

    def setting(self, name: str, *, built_in: bool = True) -> Any:
        """Return a default of the environment, of the config file, or the built-in one; without it None."""
        from soundcloud.cli.framework.settings import BUILT_IN, find_setting, read_config

        if self._config is None:
            self._config = read_config()
        found = find_setting(name, self._config)
        return found.value if built_in or found.source != BUILT_IN else None

    def apply_color(self) -> None:
        """Turn colors off, here and in the programs that the command starts, if the user's own default says so."""
        if sys.stdout.isatty() or sys.stderr.isatty():
            # A command that needs the config file reports its errors. The help does not need it.
            with suppress(CommandError, OSError):
                if self.setting("color") == "never":
                    os.environ["NO_COLOR"] = "1"

    @cached_property
    def account(self) -> "Account":
        """The account to use."""
        from soundcloud.cli.auth.credentials import find_account

        return find_account(self.profile)

    @contextmanager
    def client(self, *, spinner: bool = True, **settings: Any) -> "Generator[SoundCloudClient, None, None]":
        """Open the client that the command line asks for; `settings` are further arguments of the client.

        Without `spinner`, slow requests show none: for commands with a display of their own.
        """
        from soundcloud import InvalidInputError, SoundCloudClient

        if self.debug:
            from soundcloud.cli.framework.event_log import print_event

            settings.setdefault("on_event", print_event)
        else:
            settings.setdefault("on_retry", self._print_retry)
            if spinner and sys.stderr.isatty():
                from soundcloud.cli.output.spinner import Spinner

                settings.setdefault("on_event", Spinner().on_event)
        for option, setting in (("timeout", "timeout"), ("retries", "max_retries")):
            value = self.given[option] if option in self.given else self.setting(option, built_in=False)
            if value is not None:
                settings.setdefault(setting, value)
        with self.client_settings() as own:
            self.base_url = own.get("base_url", self.base_url)
            if self.dry_run:
                from soundcloud.cli.framework.dry_run import DryRunTransport

                settings.setdefault("transport", DryRunTransport(self.base_url))
            try:
                client = SoundCloudClient(**{**own, **settings})
            except InvalidInputError as error:
                if self.sandbox:
                    raise
                raise self._wrong_setting(error) from None
            with client:
                yield client

    def _wrong_setting(self, error: "InvalidInputError") -> CommandError:
        """Return the error of a setting of the account with the place where the setting is."""
        from soundcloud._protocol.environment import NAMES

        setting = re.match(r"\w+", error.message)
        variable = next((name for name, argument in NAMES.items() if setting and argument == setting[0]), None)
        if self.account.name is not None or variable is None:
            return CommandError(f"{self.account.source}: {error.message}", "soundcloud doctor", code=USAGE)
        text = error.message.removeprefix(NAMES[variable])
        return CommandError(f"{variable}{text}", f"correct or unset {variable}", code=USAGE)

    @contextmanager
    def client_settings(self) -> Generator[dict[str, Any], None, None]:
        """Return the arguments of the client, from the account or from a sandbox."""
        if not self.sandbox:
            yield {**self.account.settings, "token_store": self.account.store}
            return
        from soundcloud.cli.framework.sandbox import sandbox_settings

        with sandbox_settings(self.hint) as settings:
            yield settings

    @cached_property
    def console(self) -> "Console":
        """The console for standard output."""
        from soundcloud.cli.output.details import TextConsole

        return TextConsole(highlight=False, emoji=False, markup=False)

    @property
    def width(self) -> int | None:
        """The width of the terminal in cells; None if standard output is not a terminal."""
        return terminal_width() if sys.stdout.isatty() else None

    @property
    def printer(self) -> "Printer":
        """The printer for the output format."""
        from soundcloud.cli.output.printer import Printer

        width = self.width if self.format == "table" else None
        fields, safe_csv = self.given.get("fields", ()), bool(self.given.get("csv_safe"))
        template = self.given.get("template")
        return Printer(self.format, fields, lambda: self.console, width, safe_csv, self.checks_fields, template)

    def check_fields(self, *views: "View") -> None:
        """Reject fields of `--fields` and `--template` that the objects of all views lack, before the first request."""
        if fields := self.given.get("fields", ()):
            from soundcloud.cli.output.fields import check_fields

            check_fields(fields, *views)

    def _paged(self) -> AbstractContextManager[None]:
        """Send output that is longer than the terminal to the pager."""
        if self.given.get("no_pager") or not sys.stdout.isatty():
            return nullcontext()
        from soundcloud.cli.output.pager import paged

        return paged(self.setting("pager"))

    def show(self, item: object, view: "View") -> None:
        """Print one object: a model, or plain values."""
        with self._paged():
            self.printer.show(item, view)

    def show_list(self, found: "Page[Any] | Iterable[Any]", view: "View") -> None:
        """Print a list up to `--limit`: a page and the pages after it, or any items."""
        from soundcloud.cli.output.progress import Counter

        # If standard output is a terminal, the items themselves show the progress.
        counter = Counter(shown=not sys.stdout.isatty())
        items = _LimitedItems(found, self.limit, counter)
        try:
            if self.pick:
                self._show_picked(list(items), view)
                return
            with self._paged():
                count = self._show_rows(items, view)
        finally:
            counter.clear()
        if count == 0 and self.format == "table":
            self.note(f"no {view.plural}")
        elif items.more and "limit" not in self.given:
            self.hint(f"showing the first {count}; use --limit N or --all for more")

    def _show_picked(self, items: list[Any], view: "View") -> None:
        """Let the user choose, and print the chosen items; as a table in a pipe, print their URNs."""
        from soundcloud.cli.framework.picker import pick

        if not items:
            self.note(f"no {view.plural}")
            return
        picked = pick(items, view)
        has_urns = view.plural in _NUMBERED and self.format == "table" and not self.given.get("fields")
        if has_urns and not sys.stdout.isatty():
            write_output("".join(f"{_urn_of(item, view)}\n" for item in picked))
        else:
            self._show_rows(picked, view)

    def _show_rows(self, items: "Iterable[Any]", view: "View") -> int:
        """Print a list; number the rows of a table at a terminal, and record them for arguments such as `:3`."""
        is_numbered = view.plural in _NUMBERED and not self.given.get("fields") and view.columns
        if self.format != "table" or not sys.stdout.isatty() or not is_numbered:
            return self.printer.show_list(items, view)
        import attrs

        from soundcloud.cli.framework.last_list import RecordedList
        from soundcloud.cli.output.columns import Column

        recorded = RecordedList(items, partial(_urn_of, view=view))
        number = Column("#", "row_number", right=True, style="dim")
        try:
            return self.printer.show_list(recorded, attrs.evolve(view, columns=(number, *view.columns)))
        finally:
            recorded.write()

    def note(self, text: str) -> None:
        """Write a message to standard error, unless `--quiet` is given."""
        if not self.quiet:
            write_message(wrap(to_printable(text)))

    def hint(self, text: str) -> None:
        """Write a message to standard error if it is a terminal."""
        if sys.stderr.isatty():
            self.note(text)

    def _print_retry(self, info: "RetryInfo") -> None:
        # In a pipe too: without it, a long wait looks like a hanging command.
        ends = datetime.now().astimezone() + timedelta(seconds=info.delay)
        from soundcloud.cli.framework.wording import remove_python_names

        self.note(f"{remove_python_names(info.reason)}: retrying in {info.delay:.0f} s, at {ends:%H:%M:%S}")

    def confirm(self, question: str) -> None:
        """Ask a question before a change that cannot be undone; raise an error unless the answer is yes."""
        if self.yes or self.dry_run:
            return
        if not sys.stdin.isatty():
            raise CommandError(
                f"standard input is not a terminal, so this cannot be confirmed: {question}",
                "use --yes to confirm",
                code=USAGE,
            )
        if not click.confirm(to_printable(question), err=True):
            raise CancelledError("cancelled: nothing was changed; answer y, or use --yes, to go on")

    def change(self, message: str | None, request: "Callable[[], T]") -> T | None:
        """Send a request that changes something, then print `message`.

        With `--dry-run`, print the request instead, in the output format, and return None.
        """
        from soundcloud.cli.framework.dry_run import NotSentError

        try:
            value = request()
        except NotSentError as stopped:
            if self.format in {"table", "template"}:
                write_output(f"{stopped.request}\n")
            else:
                import attrs

                from soundcloud.cli.output.columns import REQUESTS

                # --fields selects fields of the response.
                attrs.evolve(self.printer, fields=()).show(stopped.details, REQUESTS)
            return None
        if message is not None:
            self.note(message)
        return value


def _urn_of(item: Any, view: "View") -> Any:
    """Return the URN of a row; that of an activity is the one of its track or playlist."""
    from soundcloud.cli.output.columns import get_field

    return get_field(item, "origin.urn" if view.plural == "activities" else "urn")


class _LimitedItems:
    """The items of a list up to a limit; `more` is set if the list has further items."""

    def __init__(self, found: Any, limit: int | None, counter: "Counter") -> None:
        self._found, self._limit, self._counter = found, limit, counter
        self.more = False

    def __iter__(self) -> Iterator[Any]:
        number = 0
        pages = self._found.pages() if hasattr(self._found, "pages") else [self._found]
        for page in pages:
            for item in getattr(page, "collection", page):
                if number == self._limit:
                    self.more = True
                    return
                number += 1
                yield item
            self._counter.show(number)
            if number == self._limit:
                self.more = bool(getattr(page, "next_href", None))
                return
