"""What is in ``sqaudit.__all__`` stays; everything else may change any day."""

from __future__ import annotations

import importlib
import subprocess
import sys

import sqaudit


def test_the_public_names_are_sorted_and_there():
    assert list(sqaudit.__all__) == sorted(set(sqaudit.__all__))
    assert [name for name in sqaudit.__all__ if not hasattr(sqaudit, name)] == []
    assert set(sqaudit.__all__) <= set(dir(sqaudit))


def test_every_public_name_says_what_it_is():
    named = {name: getattr(sqaudit, name) for name in sqaudit.__all__ if not name.startswith("__")}
    assert [name for name, thing in named.items() if isinstance(thing, type) and not thing.__doc__] == []


def test_other_names_are_refused():
    with_nothing = importlib.import_module("sqaudit")
    assert not hasattr(with_nothing, "no_such_name")


def test_importing_the_package_loads_no_heavy_library():
    heavy = ["duckdb", "sqlglot", "sqlalchemy", "alembic", "jsonschema", "openpyxl", "yaml", "scipy", "httpx"]
    script = f"import sys, sqaudit, sqaudit.plugin; sys.exit(sorted(set({heavy}) & set(sys.modules)) and 1 or 0)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_help_loads_no_heavy_library():
    heavy = ["duckdb", "sqlglot", "sqlalchemy", "alembic", "jsonschema", "openpyxl", "yaml", "scipy", "httpx"]
    script = (
        "import sys; from sqaudit.cli.main import main; main(['--help']);"
        f"print(sorted(set({heavy}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"
