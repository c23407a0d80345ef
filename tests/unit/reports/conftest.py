"""Chinese is spoken from a compiled catalogue."""

import pytest

from sqaudit.locale.catalogues import compile_catalogues


@pytest.fixture(scope="session", autouse=True)
def _catalogues():
    compile_catalogues()
