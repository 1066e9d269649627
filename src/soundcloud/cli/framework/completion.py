"""Shell completion: the scripts of bash, zsh and fish, and the values of arguments. No completion sends a request."""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

if TYPE_CHECKING:
    Completion = CompletionItem[Any]
else:
    # Only the newest click has a generic one.
    Completion = CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], list[Completion]]

# bash splits words at colons, so the words come from the line, and the part before the last colon is not inserted again.
_BASH = r"""
%(complete_func)s() {
    local IFS=$'\n' response completion type value word
    response=$(env COMP_WORDS="${COMP_LINE:0:COMP_POINT}" %(complete_var)s=bash_complete $1)
    for completion in $response; do
        IFS=',' read -r type value <<< "$completion"
        if [[ $type == dir ]]; then
            compopt -o dirnames
        elif [[ $type == file ]]; then
            compopt -o default
        elif [[ $type == plain ]]; then
            COMPREPLY+=("$value")
        fi
    done
    word="${COMP_LINE:0:COMP_POINT}"
    word="${word##*[[:space:]]}"
    if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${word%%"${word##*:}"}"}")
    fi
    return 0
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the complete words of the line before the cursor, and the incomplete one."""
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)[1:]
        return (words, "") if not words or line[-1:].isspace() else (words[:-1], words[-1])


class _Zsh(ZshComplete):
    def format_completion(self, item: Completion) -> str:
        """Escape colons before a description, which old versions of click do not."""
        value = item.value.replace(":", r"\:") if item.help else item.value
        return f"{item.type}\n{value}\n{item.help or '_'}"


class _Fish(FishComplete):
    # A value and its description may contain commas.
    source_template = FishComplete.source_template.replace("string split ", "string split -m 1 ")


def register() -> None:
    """Let click use the scripts of this module."""
    for shell in (_Bash, _Zsh, _Fish):
        add_completion_class(shell)


def complete_profiles(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[Completion]:  # noqa: ARG001 - click's signature
    """Return the names of the profiles."""
    from soundcloud.cli.auth.profiles import read_profiles
    from soundcloud.cli.framework.errors import CommandError

    try:
        names = read_profiles().names
    except (CommandError, OSError):
        # The command itself reports a file that cannot be read.
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def complete_fields(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[Completion]:  # noqa: ARG001 - click's signature
    """Return the fields of the objects that the command prints, after those that are complete."""
    from soundcloud.cli.output.fields import known_fields

    before, comma, last = incomplete.rpartition(",")
    views = getattr(ctx.command, "views", ())
    fields = dict.fromkeys(field for view in views for field in known_fields(view) if field.startswith(last))
    return [CompletionItem(f"{before}{comma}{field}") for field in fields]


def complete_commands(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[Completion]:
    """Return the commands, or the subcommands of the command that is named before."""
    found = ctx.find_root()
    for word in ctx.params.get(parameter.name or "") or ():
        command = found.command.get_command(found, word) if isinstance(found.command, click.Group) else None
        if command is None:
            return []
        found = click.Context(command, parent=found, info_name=word)
    return found.command.shell_complete(found, incomplete) if isinstance(found.command, click.Group) else []


def complete_resources(kind: str) -> Completer:
    """Return a function that completes rows of the last list; `kind` is that of `resource_argument`."""
    kinds = {f"{each}s" for each in kind.split("|")} if kind != "resource" else {"tracks", "users", "playlists"}
    if "playlists" in kinds:
        kinds.add("system-playlists")

    def complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[Completion]:  # noqa: ARG001 - click's signature
        return [*_rows(kinds, incomplete)]

    return complete


def _rows(kinds: set[str], incomplete: str) -> Iterator[Completion]:
    from soundcloud.cli.framework.last_list import read_rows

    for number, urn in read_rows():
        if urn.split(":")[1] in kinds and f":{number}".startswith(incomplete):
            yield CompletionItem(f":{number}", help=urn)
