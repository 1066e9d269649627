"""The `soundcloud` command, with the extra `cli`.

How a command is added:

1. Write it in `commands/`, with the decorator `command` of `definitions`. Its docstring is its help, its examples are run or
   parsed by the tests and shown on the page in the docs. Everything but `click` is imported inside the function: the help of all
   commands is shown without loading the client, httpx or rich.
2. Name it in `catalogue.py`, in the section where the help shows it.
3. Take what all commands share from the `CommandContext` that is its first argument: `context.client()` makes the client that
   `--profile`, `--sandbox`, `--debug` and `--dry-run` ask for; `context.show(model, shape)` and `context.show_list(page, shape)`
   print in the form that `--json`, `--jsonl`, `--csv` and `--fields` ask for; `context.note` tells people something on standard
   error; `context.confirm` asks before what cannot be undone. `change_each` of `changing.py` does something to many items.
4. Raise, never print, what goes wrong: `problems.py` makes two lines and an exit code of it. `CommandError` is for what no
   other error says.

The options of `options.py` are decorators: `list_options` for what prints lists, `output_options` for one object,
`writing_options` for what changes something. `--profile`, `--sandbox` and `--debug` are options of every command.
"""
