"""Both languages are spoken from compiled catalogues."""

import pytest
from click.testing import CliRunner

from sqaudit.cli.main import make_cli
from sqaudit.locale.catalogues import compile_catalogues


@pytest.fixture(scope="session", autouse=True)
def _catalogues():
    compile_catalogues()


@pytest.fixture
def sqaudit(monkeypatch, tmp_path):
    """Run one command line in an empty folder, in English unless it says otherwise."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "SQAUDIT_LANG",
        "LC_ALL",
        "LC_MESSAGES",
        "LANG",
        "LANGUAGE",
        "NO_COLOR",
        "FORCE_COLOR",
        "SQAUDIT_DEBUG",
    ):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: CliRunner().invoke(make_cli(), list(arguments))
