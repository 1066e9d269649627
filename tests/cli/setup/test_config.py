"""`soundcloud config`: the user's own defaults, and the order in which they apply."""

import json
import stat
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from soundcloud.cli.framework.settings import SETTINGS, variable_of
from soundcloud.sandbox import Faults
from tests.helpers.platforms import posix_only


@pytest.fixture
def config_file(home):
    return home / ".config" / "soundcloud-sdk" / "config.toml"


pytestmark = pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the settings folder has another path")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_set_get_unset(bare_shell, config_file):
    assert bare_shell.run_in_process("config", "get", "limit").output == "20\n"
    assert bare_shell.run_in_process("config", "set", "limit", "50").errors == f"set limit to 50 in {config_file}\n"
    assert bare_shell.run_in_process("config", "set", "pager", 'less -R "a\\b"').code == 0
    assert bare_shell.run_in_process("config", "set", "timeout", "2.5").code == 0
    assert config_file.read_text() == 'limit = 50\npager = "less -R \\"a\\\\b\\""\ntimeout = 2.5\n'
    assert bare_shell.run_in_process("config", "get", "limit").output == "50\n"
    assert bare_shell.run_in_process("config", "unset", "limit").errors.endswith("; the default is 20\n")
    assert bare_shell.run_in_process("config", "unset", "limit").errors == f"limit is not set in {config_file}\n"
    assert bare_shell.run_in_process("config", "get", "limit").output == "20\n"


def test_comments_and_other_lines_stay(bare_shell, config_file):
    write(config_file, '# mine\n\nlimit = 7 # why\npager = "less # R"\n# end')
    for arguments in (("set", "limit", "9"), ("set", "retries", "2"), ("set", "pager", "cat")):
        assert bare_shell.run_in_process("config", *arguments).code == 0

    assert config_file.read_text() == '# mine\n\nlimit = 9 # why\npager = "cat"\n# end\nretries = 2\n'
    assert bare_shell.run_in_process("config", "unset", "limit").code == 0
    assert config_file.read_text() == '# mine\n\npager = "cat"\n# end\nretries = 2\n'


@pytest.mark.parametrize("text", ['pager = """\nless"""\nlimit = 5\n', '"limit" = 5 # a\r\npager="""\\\n  less"""\r\n'])
def test_values_in_other_forms(bare_shell, config_file, text):
    write(config_file, text)
    assert bare_shell.run_in_process("config", "set", "pager", "cat").code == 0

    assert bare_shell.run_in_process("config", "get", "pager").output == "cat\n"
    assert bare_shell.run_in_process("config", "get", "limit").output == "5\n"


def test_a_byte_order_mark(bare_shell, config_file):
    write(config_file, b"\xef\xbb\xbflimit = 5\r\n")

    assert bare_shell.run_in_process("config", "get", "limit").output == "5\n"
    assert bare_shell.run_in_process("config", "set", "limit", "6").code == 0
    assert bare_shell.run_in_process("config", "get", "limit").output == "6\n"


@posix_only
def test_a_symbolic_link_is_followed(bare_shell, config_file, tmp_path):
    target = tmp_path / "dotfiles.toml"
    write(target, "limit = 5\n")
    config_file.parent.mkdir(parents=True)
    config_file.symlink_to(target)
    assert bare_shell.run_in_process("config", "set", "limit", "9").code == 0

    assert (config_file.is_symlink(), target.read_text()) == (True, "limit = 9\n")


def test_settings_at_the_same_time(bare_shell, config_file):
    settings = {"limit": "3", "retries": "4", "output": "jsonl", "timeout": "9", "volume": "3", "color": "never"}
    with ThreadPoolExecutor(len(settings)) as pool:
        done = [*pool.map(lambda setting: bare_shell.run_piped("config", "set", *setting), settings.items())]

    assert [each.code for each in done] == [0] * len(settings)
    assert {line.split(" = ")[0] for line in config_file.read_text().splitlines()} == settings.keys()


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_no_value_that_the_file_cannot_hold(bare_shell, config_file, value):
    write(config_file, "retries = 1\n")
    done = bare_shell.run_in_process("config", "set", "--", "timeout", value)

    assert done.code == 2
    assert done.errors.startswith("error: Invalid value for 'timeout': ")
    assert bare_shell.run_in_process("config", "get", "retries").output == "1\n"


@posix_only
def test_file_is_private_and_replaced_as_a_whole(bare_shell, config_file):
    write(config_file, "limit = 5\n")
    config_file.chmod(0o644)
    before = config_file.stat().st_ino
    bare_shell.run_in_process("config", "set", "limit", "6")

    assert stat.S_IMODE(config_file.stat().st_mode) == 0o600
    assert config_file.stat().st_ino != before
    assert [path.name for path in config_file.parent.iterdir()] == ["config.toml"]


def test_order_option_environment_file_default(shell, config_file):
    def count(*options, **variables):
        return len(shell.run_in_process("search", "lofi", "--jsonl", *options, **variables).lines)

    assert count() == 20
    write(config_file, "limit = 4\n")
    assert count() == 4
    assert count(SOUNDCLOUD_LIMIT="3") == 3
    assert count("--limit", "2", SOUNDCLOUD_LIMIT="3") == 2
    assert count("--all", SOUNDCLOUD_LIMIT="3") > 20


def test_list_says_where_each_value_comes_from(bare_shell, config_file):
    write(config_file, "limit = 4\nretries = 1\n")
    environment = {"SOUNDCLOUD_LIMIT": "3", "NO_COLOR": "1"}
    rows = bare_shell.run_in_process("config", "list", "--json", **environment).data
    found = {row["name"]: (row["value"], row["source"]) for row in rows}

    assert found["limit"] == (3, "SOUNDCLOUD_LIMIT")
    assert found["retries"] == (1, str(config_file))
    assert found["timeout"] == (30, "built-in")
    assert found["color"] == ("never", "NO_COLOR")
    assert found["pager"] == ("cat", "PAGER")
    assert found.keys() == SETTINGS.keys()


def test_list_shows_an_invalid_variable(bare_shell):
    done = bare_shell.run_in_process("config", "list", "--json", SOUNDCLOUD_LIMIT="many")
    limit = next(row for row in done.data if row["name"] == "limit")

    assert done.code == 2
    assert (limit["value"], limit["source"]) == ("many", "SOUNDCLOUD_LIMIT, invalid")
    assert done.errors.startswith("error: SOUNDCLOUD_LIMIT: 'many' is not a valid integer.\n")


def test_set_names_the_variable_that_overrides(bare_shell):
    done = bare_shell.run_in_process("config", "set", "limit", "5", SOUNDCLOUD_LIMIT="3")

    assert done.errors.endswith("the environment variable SOUNDCLOUD_LIMIT overrides it\n")


def test_output_format(shell, config_file):
    write(config_file, 'output = "jsonl"\n')

    assert json.loads(shell.run_in_process("search", "lofi", "--limit", "1").output)["kind"] == "track"
    assert shell.run_in_process("search", "lofi", "--csv", "--fields", "id").output.startswith("id\n")
    assert shell.run_in_process("search", "lofi", "--template", "-{id}").output.startswith("-")
    assert shell.run_in_process("search", "lofi", "--table").lines[0].startswith("Title ")
    assert shell.run_in_process("search", "lofi", SOUNDCLOUD_OUTPUT="csv").output.startswith("title,")


def test_timeout_and_retries_reach_the_client(sandbox, shell, config_file, retrying):
    write(config_file, "retries = 1\n")
    sandbox.set_faults(Faults(error_rate={"unavailable_text": 1}, paths="GET /me"))
    try:
        done = shell.run_in_process("me")
        again = shell.run_in_process("me", SOUNDCLOUD_RETRIES="0")
        sandbox.set_faults(Faults(latency=1.5, paths="GET /me"))
        late = shell.run_in_process("me", SOUNDCLOUD_RETRIES="0", SOUNDCLOUD_TIMEOUT="0.2")
    finally:
        sandbox.clear_faults()

    assert done.code == again.code == late.code == 1
    assert "(after 2 attempts)" in done.errors
    assert "attempts" not in again.errors
    assert "no response in time" in late.errors


def test_options_of_one_command(shell, config_file, monkeypatch):
    write(config_file, 'player = "vlc"\n')
    done = shell.run_in_process("play", "1")

    assert done.code == 2
    assert done.errors.splitlines() == [
        f"error: {config_file}, line 1: player: 'vlc' is not one of 'mpv', 'ffplay'.",
        "  what to do: soundcloud config set player VALUE, or: soundcloud config unset player",
    ]
    write(config_file, 'player = "ffplay"\n')
    done = shell.run_in_process("play", "2287190367", PATH="/nowhere")
    assert "ffplay" in done.errors


def test_color(bare_shell, config_file):
    assert "\x1b[" in bare_shell.run_in_terminal("--help").output
    write(config_file, 'color = "never"\n')
    assert "\x1b[" not in bare_shell.run_in_terminal("--help").output
    assert "\x1b[" in bare_shell.run_in_terminal("--help", SOUNDCLOUD_COLOR="auto").output


def test_pager(shell, config_file):
    write(config_file, "pager = \"sed 's/^/paged: /'\"\n")
    arguments = ("search", "lofi", "--limit", "60")

    assert shell.run_in_terminal(*arguments).text.count("paged: ") > 60
    assert "paged: " not in shell.run_in_terminal(*arguments, SOUNDCLOUD_PAGER="").text
    assert "paged: " not in shell.run_in_terminal(*arguments, "--no-pager").text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "-5"),
        ("limit", "1.5"),
        ("limit", ""),
        ("timeout", "0"),
        ("timeout", "soon"),
        ("retries", "21"),
        ("output", "xml"),
        ("color", "always"),
        ("pager", "less '"),
        ("pager", "a\x1bb"),
        ("player", "vlc"),
        ("volume", "101"),
    ],
)
def test_value_is_checked_with_the_type_of_the_option(bare_shell, config_file, name, value):
    done = bare_shell.run_in_process("config", "set", name, value)

    assert done.code == 2
    assert done.errors.startswith(f"error: Invalid value for '{name}': ")
    assert not config_file.exists()
    # An empty variable is no value.
    if value:
        done = bare_shell.run_in_process("config", "get", name, **{variable_of(name): value})
        assert done.code == 2
        assert done.errors.startswith(f"error: {variable_of(name)}: ")


@pytest.mark.parametrize("name", ["client_secret", "client-secret", "access_token", "REFRESH_TOKEN", "password"])
def test_secrets_are_refused(bare_shell, config_file, name):
    done = bare_shell.run_in_process("config", "set", name, "very-private-value")

    assert done.code == 2
    assert done.errors.startswith(f"error: {name} is a secret, and the config file has none\n")
    assert "soundcloud login" in done.errors
    assert "very-private-value" not in done.text
    assert not config_file.exists()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("limt", "there is no setting 'limt'; did you mean limit?"),
        ("zzz", "there is no setting 'zzz'"),
        ("profile", "the current profile is not in the config file"),
        ("client-id", "the app's id is part of a profile"),
    ],
)
def test_unknown_names(bare_shell, name, problem):
    for command in (["get", name], ["set", name, "1"], ["unset", name]):
        done = bare_shell.run_in_process("config", *command)

        assert done.code == 2
        assert done.errors.startswith(f"error: {problem}\n")


@pytest.mark.parametrize(
    ("content", "line", "problem", "cure"),
    [
        ("limit = 5\n\nretries 3\n", 3, "not TOML: Expected '=' after a key", "correct line 3 in an editor"),
        ("limit = \n", 1, "not TOML: Invalid value", "correct line 1"),
        ('pager = "less', 1, "not TOML: ", "correct line 1"),
        (b"limit = 5\npager = '\xff'\n", 2, "not UTF-8 text", "correct line 2"),
        ("# mine\nlimt = 5\n", 2, "there is no setting 'limt'; did you mean limit?", "soundcloud config unset limt"),
        ("retries = 1\nlimit = true\n", 2, "limit: 'true' is not a valid integer.", "soundcloud config unset limit"),
        ("limit = 2026-01-01\n", 1, "limit: ", "soundcloud config unset limit"),
        ("\n[limit]\nx = 1\n", 2, "limit: ", "soundcloud config unset limit"),
        ("volume = 20\nclient_secret = 'x'\n", 2, "client_secret is a secret", "soundcloud config unset client_secret"),
    ],
)
def test_invalid_file(shell, sandbox, config_file, content, line, problem, cure):
    write(config_file, content)
    done = shell.run_in_process("search", "lofi")
    first, second = done.errors.splitlines()

    assert done.code == 2
    assert first.startswith(f"error: {config_file}, line {line}: {problem}")
    assert cure in second
    assert "/tracks" not in {request.path for request in sandbox.requests}
    assert shell.run_in_process("--help").code == shell.run_in_process("help", "config").code == 0
    if "unset" in cure:
        assert shell.run_in_process(*second.split("soundcloud ")[-1].split()).code == 0
        assert shell.run_in_process("search", "lofi").code == 0


def test_invalid_value_is_replaced(bare_shell, config_file):
    write(config_file, 'limit = "many"\n')

    assert bare_shell.run_in_process("config", "set", "limit", "5").code == 0
    assert config_file.read_text() == "limit = 5\n"


def test_unreadable_file(bare_shell, config_file):
    config_file.mkdir(parents=True)
    done = bare_shell.run_in_process("config", "list")

    assert done.code == 1
    assert done.errors.splitlines()[0] == f"error: {config_file}: Is a directory"
