"""Real distributions, made by hand on ``sys.path``."""

import subprocess
import sys
import textwrap

import pytest
from click.testing import CliRunner

from sqaudit.cli.main import make_cli
from sqaudit.errors import Incomplete
from sqaudit.plugin.discovery import discover, find_commands
from sqaudit.plugin.host import open_host
from sqaudit.plugin.loading import PluginState

SCORER = """
    from sqaudit.plugin import hookimpl

    sqaudit_api = ">=1,<2"

    class Stars:
        name = "stars"
        parameters_schema = {}
        def problem(self, parameters, target): return None
        def score(self, value, target, parameters): return 0

    @hookimpl
    def sqaudit_scorers():
        return [Stars()]
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Write a distribution's modules and metadata into a folder on ``sys.path``."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name, version, entry_points, **modules):
        folder = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (folder / "entry_points.txt").write_text(textwrap.dedent(entry_points))
        for module, content in modules.items():
            (tmp_path / f"{module}.py").write_text(textwrap.dedent(content))
            monkeypatch.delitem(sys.modules, module, raising=False)
        return folder

    return write


def install_hotel(install):
    install("sqaudit-hotel", "1.2", "[sqaudit]\nhotel = hotel_plugin_module\n", hotel_plugin_module=SCORER)


def test_a_plugin_is_found_without_being_imported(install):
    install_hotel(install)
    found = {plugin.name: plugin for plugin in discover()}
    assert (found["hotel"].distribution, found["hotel"].version) == ("sqaudit-hotel", "1.2")
    assert "hotel_plugin_module" not in sys.modules
    host = open_host()
    assert "hotel_plugin_module" not in sys.modules
    assert host.versions()["hotel"] == "1.2"
    assert next(one for one in host.plugins() if one.name == "hotel").offers == {"scorers": ("stars",)}


def test_ours_comes_first_and_the_others_by_name(install):
    for name in ("zoo", "apple"):
        install(f"sqaudit-{name}", "1", f"[sqaudit]\n{name} = {name}_module\n")
    names = [plugin.name for plugin in discover()]
    assert names[0] == "builtin"
    assert names.count("builtin") == 1
    assert names[1:] == sorted(names[1:])


def test_a_plugin_whose_module_is_missing_is_broken(install):
    install("sqaudit-hotel", "1.2", "[sqaudit]\nhotel = no_such_module_at_all\n")
    found = next(one for one in open_host().plugins() if one.name == "hotel")
    assert found.state is PluginState.BROKEN
    assert "no_such_module_at_all" in str(found.reason)


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ({}, PluginState.LOADED),
        ({"allowed": ["hotel"]}, PluginState.LOADED),
        ({"allowed": ["sqaudit-hotel"]}, PluginState.LOADED),
        ({"allowed": []}, PluginState.BLOCKED),
        ({"allowed": ["other"]}, PluginState.BLOCKED),
        ({"disabled": True}, PluginState.BLOCKED),
        ({"disabled": True, "allowed": ["hotel"]}, PluginState.BLOCKED),
    ],
)
def test_what_is_blocked_is_listed_and_not_imported(install, how, state):
    install_hotel(install)
    records = {one.name: one for one in open_host(**how).plugins()}
    assert records["hotel"].state is state
    assert ("hotel_plugin_module" in sys.modules) is (state is PluginState.LOADED)
    assert records["builtin"].state is not PluginState.BLOCKED


def test_unreadable_entry_points_hide_nobody_else(install):
    install_hotel(install)
    install("sqaudit-odd", "1", "[sqaudit]\nthis is not an entry point\n")
    install("unrelated", "1", "[other]\nthis is not an entry point\n")
    records = {one.name: one for one in open_host().plugins()}
    assert records["hotel"].state is PluginState.LOADED
    assert records["sqaudit-odd"].state is PluginState.BROKEN
    assert "unrelated" not in records


def test_a_distribution_without_metadata_still_offers_its_plugin(install):
    folder = install("sqaudit-hotel", "1.2", "[sqaudit]\nhotel = hotel_plugin_module\n", hotel_plugin_module=SCORER)
    (folder / "METADATA").unlink()
    assert "stars" in next(one for one in open_host().plugins() if one.name == "hotel").offers["scorers"]


def test_of_a_distribution_found_twice_the_first_counts(install, tmp_path, monkeypatch):
    install_hotel(install)
    second = tmp_path / "second" / "sqaudit_hotel-0.1.dist-info"
    second.mkdir(parents=True)
    (second / "METADATA").write_text("Metadata-Version: 2.1\nName: sqaudit-hotel\nVersion: 0.1\n")
    (second / "entry_points.txt").write_text("[sqaudit]\nhotel = hotel_plugin_module\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(second.parent)])
    assert [plugin.version for plugin in discover() if plugin.name == "hotel"] == ["1.2"]


def test_commands_are_found_and_loaded_on_use(install):
    install(
        "sqaudit-hotel",
        "1.2",
        "[sqaudit.commands]\nhotel-night = hotel_command_module:command\n",
        hotel_command_module="command = 42",
    )
    commands = find_commands()
    assert "hotel_command_module" not in sys.modules
    assert commands["hotel-night"].load() == 42
    assert "hotel-night" not in find_commands(disabled=True)
    assert "hotel-night" not in find_commands(allowed=["other"])
    assert "hotel-night" in find_commands(allowed=["sqaudit-hotel"])


def test_a_command_offered_twice_can_be_listed_and_says_so_when_called(install):
    for name in ("one", "two"):
        install(f"sqaudit-{name}", "1", "[sqaudit.commands]\nnight = night_module:command\n")
    with pytest.raises(Incomplete, match=r"SQA405 .*'night': sqaudit-one, sqaudit-two"):
        find_commands()["night"].load()


def test_the_door_is_light():
    code = (
        "import sys, sqaudit.plugin.host, sqaudit.builtin\n"
        "heavy = {'duckdb', 'sqlglot', 'sqlalchemy', 'alembic', 'jsonschema', 'openpyxl', 'yaml'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_help_imports_nothing_of_plugins_whatever_is_installed(install):
    """50 plugins with commands: each is listed, none is imported."""
    for place in range(50):
        name = f"lazy{place}"
        entry_points = f"[sqaudit]\n{name} = {name}_module\n[sqaudit.commands]\n{name} = {name}_module:command\n"
        install(f"sqaudit-{name}", "1", entry_points, **{f"{name}_module": "1 / 0"})
    shown = CliRunner().invoke(make_cli(), ["--help"])
    assert shown.exit_code == 0
    assert "by the plugin sqaudit-lazy49" in shown.output
    assert not [name for name in sys.modules if name.startswith("lazy")]
