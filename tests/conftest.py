"""What all tests share: the kit that authors of plugins use as well."""

import pytest
from hypothesis import settings

from sqaudit.locale.catalogues import compile_catalogues

pytest_plugins = ["sqaudit.testing"]

# How long an example takes is the machine's affair, and no property of the program.
settings.register_profile("sqaudit", settings.default, deadline=None)
settings.load_profile("sqaudit")


@pytest.fixture(scope="session", autouse=True)
def _catalogues():
    """Both languages are spoken from compiled catalogues, also in a checkout that was never built."""
    compile_catalogues()


@pytest.fixture(autouse=True)
def _plain_environment(plain_environment):
    """For all tests."""


@pytest.fixture(scope="session")
def project_on_disk():
    """What ``project`` makes, for a folder that several tests look at."""
    from sqaudit.testing import ProjectOnDisk

    return ProjectOnDisk
