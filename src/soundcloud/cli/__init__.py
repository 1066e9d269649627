"""The `soundcloud` command, installed with the extra `cli`.

To add a command:

1. Write a function in `commands/` with the decorator `command` of `framework/commands.py`, or `subcommand` of a group. Its
   docstring is the help text. The tests parse or run its examples, and the documentation shows them. Import the client, httpx
   and rich inside the function: the help of all commands is shown without loading them.
2. Add its name to `framework/command_index.py`, in the section in which the help lists it.
3. Use the `CommandContext` that every command takes as its first argument. `context.client()` opens the client that
   `--profile`, `--sandbox`, `--debug` and `--dry-run` ask for. `context.show(model, view)` and `context.show_list(page, view)`
   print in the format that `--json`, `--jsonl`, `--csv` and `--fields` select. `context.note` writes a message to standard
   error. `context.confirm` asks before a change that cannot be undone. `apply_to_each` of `framework/bulk.py` changes many items.
4. Raise errors, never print them: `framework/errors.py` turns them into two lines and an exit code. `CommandError` is for
   errors that no other class describes.
5. Check everything before the first request that changes something: `context.check_fields(view)` checks `--fields`.

`framework/options.py` has decorators for arguments: `resource_argument` for tracks, users and playlists, which `resolve` of
`framework/resolver.py` finds, and `argument` for all others. It also has decorators for shared options: `list_options` for commands
that print lists, `output_options` for commands that print one object, `writing_options` for commands that change something. Every
command has `--profile`, `--sandbox` and `--debug`.
"""
