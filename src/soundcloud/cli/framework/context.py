"""What every command is given: the settings of the command line, the client that they ask for, the way to print."""

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import click

from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.framework.options import DEFAULT_LIMIT
from soundcloud.cli.output.formatting import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import Console

    from soundcloud import Page, SoundCloudClient
    from soundcloud.cli.auth.accounts import Account
    from soundcloud.cli.output.columns import Shape
    from soundcloud.cli.output.printer import Output
    from soundcloud.events import RetryInfo

T = TypeVar("T")

LARGEST_PAGE = 200


class CommandContext:
    """What a command works with.

    Attributes:
        given: What the shared options were given, by their names.
        base_url: The API's address, once there is a client.
    """

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}
        self.base_url = "https://api.soundcloud.com"

    @property
    def profile(self) -> str | None:
        """The account that was asked for by name."""
        return self.given.get("profile")

    @property
    def sandbox(self) -> bool:
        """Whether a sandbox is to be used."""
        return bool(self.given.get("sandbox"))

    @property
    def debug(self) -> bool:
        """Whether the requests are to be shown."""
        return bool(self.given.get("debug"))

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be changed."""
        return bool(self.given.get("dry_run"))

    @property
    def yes(self) -> bool:
        """Whether everything is confirmed beforehand."""
        return bool(self.given.get("yes"))

    @property
    def limit(self) -> int | None:
        """How many items to print; None for all."""
        found: int | None = self.given.get("limit", DEFAULT_LIMIT)
        return found

    @property
    def page_size(self) -> int:
        """How many items to ask for at once."""
        return LARGEST_PAGE if self.limit is None else min(self.limit, LARGEST_PAGE)

    @property
    def format(self) -> str:
        """How to print: `table`, `json`, `jsonl` or `csv`."""
        return str(self.given.get("format", "table"))

    @cached_property
    def account(self) -> "Account":
        """Who acts, and where its secrets are kept.

        Raises:
            CommandError: There is no account.
        """
        from soundcloud.cli.auth.accounts import find_account

        return find_account(self.profile)

    @contextmanager
    def client(self, **settings: Any) -> "Generator[SoundCloudClient, None, None]":
        """Make the client that the command line asks for.

        Args:
            settings: Further arguments of the client.

        Raises:
            CommandError: There is no account.
        """
        from soundcloud import SoundCloudClient

        if self.debug:
            from soundcloud.cli.framework.debug import tell_event

            settings.setdefault("on_event", tell_event)
        else:
            # A wait that nobody explains looks like a command that hangs.
            settings.setdefault("on_retry", self._tell_retry)
        with self.settings() as own:
            self.base_url = own.get("base_url", self.base_url)
            if self.dry_run:
                from soundcloud.cli.framework.dry_run import DryRunTransport

                settings.setdefault("transport", DryRunTransport(self.base_url))
            with SoundCloudClient(**own, **settings) as client:
                yield client

    @contextmanager
    def settings(self) -> Generator[dict[str, Any], None, None]:
        """The arguments of the client: of the account, or of a sandbox.

        Raises:
            CommandError: There is no account, or the sandbox cannot be used.
        """
        if not self.sandbox:
            yield {**self.account.settings, "token_store": self.account.store}
            return
        from soundcloud.cli.framework.sandbox import sandbox_settings

        with sandbox_settings(self.remark) as settings:
            yield settings

    @cached_property
    def console(self) -> "Console":
        """Prints to standard output."""
        from soundcloud.cli.output.tables import TableConsole

        return TableConsole(highlight=False, emoji=False, markup=False)

    @property
    def window(self) -> int | None:
        """How many cells a line of standard output has; None where it is no terminal."""
        return self.console.width if sys.stdout.isatty() else None

    @property
    def output(self) -> "Output":
        """Prints objects and lists."""
        from soundcloud.cli.output.printer import Output

        table = self.format == "table"
        return Output(self.format, self.given.get("fields", ()), lambda: self.console, self.window if table else None)

    def show(self, item: object, shape: "Shape") -> None:
        """Print one object.

        Args:
            item: A model, or plain values.
            shape: What is printed of it.
        """
        self.output.show(item, shape)

    def show_list(self, found: "Page[Any] | Iterable[Any]", shape: "Shape") -> None:
        """Print a list, as far as `--limit` goes.

        Args:
            found: A page, which is walked, or the items themselves.
            shape: What is printed of each.
        """
        walk = _Walk(found, self.limit, self.progress())
        try:
            number = self.output.show_list(walk, shape)
        finally:
            walk.done()
        if number == 0 and self.format == "table":
            self.note(f"no {shape.plural}")
        elif walk.more and "limit" not in self.given:
            self.remark(f"the first {number}; there are more: --limit N, or --all")

    def progress(self) -> "Callable[[int], None] | None":
        """What is told how many items there were so far, where nobody sees them: at a terminal whose output goes elsewhere."""
        if sys.stdout.isatty() or not sys.stderr.isatty():
            return None

        def tell(number: int) -> None:
            sys.stderr.write(f"\r{number:,} so far" if number >= 0 else "\r\x1b[K")
            sys.stderr.flush()

        return tell

    def note(self, text: str) -> None:
        """Tell people something, on standard error; programs that read standard output see nothing of it."""
        click.echo(printable(text), err=True)

    def remark(self, text: str) -> None:
        """Tell people something that is not of the matter, on standard error, where it is a terminal."""
        if sys.stderr.isatty():
            self.note(text)

    def _tell_retry(self, info: "RetryInfo") -> None:
        self.remark(f"{info.reason}: again in {info.delay:.0f} s")

    def confirm(self, question: str) -> None:
        """Ask before what cannot be undone.

        Args:
            question: What is about to happen, as a question.

        Raises:
            CommandError: Nobody can be asked.
            click.Abort: The answer is no.
        """
        if self.yes or self.dry_run:
            return
        if not sys.stdin.isatty():
            raise CommandError(f"{question} Nobody can be asked here", "say --yes on the command line", code=USAGE)
        if not click.confirm(printable(question), err=True):
            raise CommandError("nothing was changed", "say y, or --yes on the command line")

    def change(self, what: str | None, call: "Callable[[], T]") -> T | None:
        """Do something that changes SoundCloud; with `--dry-run`, show the request instead.

        Args:
            what: What is done, in the past: "liked Flickermood"; None to say nothing.
            call: Does it.

        Returns:
            What the call returned; None where nothing was sent.
        """
        from soundcloud.cli.framework.dry_run import NotSentError

        try:
            value = call()
        except NotSentError as stopped:
            click.echo(stopped.request)
            return None
        if what is not None:
            self.note(what)
        return value


class _Walk:
    """The items of a list up to a limit, and whether there are more."""

    def __init__(self, found: Any, limit: int | None, progress: "Callable[[int], None] | None") -> None:
        self._found, self._limit, self._progress = found, limit, progress
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
            if self._progress is not None:
                self._progress(number)
            if number == self._limit:
                self.more = bool(getattr(page, "next_href", None))
                return

    def done(self) -> None:
        """End the line of the progress."""
        if self._progress is not None:
            self._progress(-1)
