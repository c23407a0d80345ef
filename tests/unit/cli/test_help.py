import re
import subprocess
import sys
from types import SimpleNamespace

import click
import pytest

from sqaudit import __version__
from sqaudit.cli.main import COMMANDS, make_cli

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HEAVY = {
    "duckdb",
    "sqlalchemy",
    "alembic",
    "sqlglot",
    "httpx",
    "tenacity",
    "scipy",
    "jsonschema",
    "jinja2",
    "yaml",
    "openpyxl",
    "tabulate",
    "babel",
}


def _commands(group, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


ALL = list(_commands(make_cli()))


@pytest.mark.parametrize("path", [path for path, _ in ALL], ids=" ".join)
def test_every_command_explains_itself_in_both_languages(sqaudit, path):
    english, chinese = sqaudit(*path, "--help"), sqaudit(*path, "--help", "--lang", "zh")
    assert (english.exit_code, chinese.exit_code) == (0, 0)
    assert not CHINESE.search(english.output)
    assert english.output.startswith("Usage: sqaudit")
    assert chinese.output.startswith("用法： sqaudit")
    entries = [line for line in chinese.output.splitlines() if line.startswith("  ") and not line.startswith("   ")]
    assert entries
    assert all(CHINESE.search(line) or len(line) > 25 for line in entries), chinese.output


def test_one_process_speaks_both_languages_in_turn(sqaudit):
    first = sqaudit("--help").output
    assert "Chinese" not in first
    assert "命令" in sqaudit("--lang", "zh", "--help").output
    assert sqaudit("--help").output == first


def test_every_option_and_command_has_a_help():
    for path, command in ALL:
        assert command.help, path
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, (path, parameter.name)


def test_the_listing_names_what_there_is():
    names = (
        "demo init check run schedule form answers disputes plan collect score report cycle results scores findings"
        " actions concessions compare trend rank rescore sample calibration explain schema plugins doctor"
    )
    assert list(COMMANDS) == [*names.split(), "store"]


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["run", "--help"], ["results", "--help", "--lang", "zh"]]
)
def test_help_loads_no_heavy_library(arguments, tmp_path):
    script = (
        "import sys; from sqaudit.cli.main import main; code = main(sys.argv[1:]);"
        "print(code, sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stderr.startswith("0 ")
    assert not {name for name in HEAVY if f"'{name}'" in done.stderr}


def test_python_m_sqaudit_is_the_command():
    done = subprocess.run([sys.executable, "-m", "sqaudit", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"sqaudit {__version__}\n"


def test_a_mistyped_command_is_guessed(sqaudit):
    answer = sqaudit("rum")
    assert answer.exit_code == 2
    assert "there is no command 'rum'; did you mean 'run'?" in answer.stderr
    assert "没有命令“rum”；您是否想用“run”？" in sqaudit("rum", "--lang=zh").stderr
    assert "did you mean 'list'" in sqaudit("results", "lst").stderr


def test_no_arguments_show_the_help_as_a_usage_error(sqaudit):
    answer = sqaudit()
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert "Commands:" in answer.stderr


def test_click_itself_speaks_chinese(sqaudit):
    answer = sqaudit("run", "monthly", "--fail-on", "bad", "--lang", "zh")
    assert answer.exit_code == 2
    assert "'bad' 不在 'critical', 'major', 'minor', 'opportunity' 之中" in answer.stderr
    assert "没有选项 '--perid'" in sqaudit("--lang", "zh", "run", "monthly", "--perid", "x").stderr


def test_an_unknown_language_is_refused(sqaudit):
    answer = sqaudit("run", "--lang", "fr", "--help")
    assert answer.exit_code == 2
    assert answer.stderr == "error: SQA710 no language is called 'fr'\nhint: the languages are en, zh\n"
    assert sqaudit("run", "--lang").exit_code == 2


def test_a_project_speaks_its_own_language(sqaudit, tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "sqaudit.yaml").write_text("project: x\nlanguage: 'zh'  # ours\n")
    assert "用法" not in sqaudit("run", "--help").output
    assert "用法" in sqaudit("--project", "inner", "run", "--help").output
    assert "Usage" in sqaudit("--project", "inner", "run", "--help", "--lang", "en").output


def test_plugin_commands_are_listed_and_loaded_on_use(sqaudit, monkeypatch):
    @click.command()
    def clinic():
        click.echo("hello")

    class Found:
        value = "sqaudit_clinic.cli:command"
        dist = SimpleNamespace(read_text=lambda _name: "Name: sqaudit-clinic\nVersion: 1.0\n")

        def load(self):
            return clinic

    def find(*, allowed, disabled):
        return {} if disabled or allowed == ("hotel",) else {"clinic": Found(), "run": Found()}

    monkeypatch.setattr("sqaudit.plugin.discovery.find_commands", find)
    listing = sqaudit("--help").output
    assert "clinic" in listing
    assert "by the plugin sqaudit-clinic" in listing
    assert sqaudit("clinic", "--lang", "zh").output == "hello\n"
    assert "fail-on" in sqaudit("run", "--help").output, "a plugin cannot replace our own command"
    assert sqaudit("--no-plugins", "clinic").exit_code == 2
    assert "clinic" not in sqaudit("--no-plugins", "--help").output
    monkeypatch.setenv("SQAUDIT_PLUGINS", "hotel")
    assert "clinic" not in sqaudit("--help").output


def test_help_comes_even_if_plugins_cannot_be_listed(sqaudit, monkeypatch):
    def fail(**_):
        raise OSError("unreadable metadata")

    monkeypatch.setattr("sqaudit.plugin.discovery.find_commands", fail)
    assert sqaudit("--help").exit_code == 0


def test_a_plugin_command_that_cannot_be_loaded_is_named(sqaudit, monkeypatch):
    class Found:
        value = "gone"
        dist = None

        def load(self):
            raise ModuleNotFoundError("No module named 'gone'")

    monkeypatch.setattr("sqaudit.plugin.discovery.find_commands", lambda **_: {"clinic": Found()})
    answer = sqaudit("clinic")
    assert answer.exit_code == 3
    assert "'clinic'" in answer.stderr
    assert "No module named 'gone'" in answer.stderr
