"""How much memory measuring may take: the environment's word, else the project's."""

from datetime import UTC, datetime

import pytest

from sqaudit.documents.project import build_project
from sqaudit.documents.settings import read_memory, read_settings
from sqaudit.errors import InvalidInput

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1GB", 10**9), ("1.5 gb", 1_500_000_000), ("64MB", 64_000_000), ("63MB", None), ("1TB", None), ("", None)],
)
def test_a_size_is_a_number_of_megabytes_or_gigabytes(text, size):
    assert read_memory(text) == size


def test_the_environment_may_limit_memory():
    assert read_settings(environ={"SQAUDIT_MEMORY_LIMIT": "512MB"}, now=NOW).memory_limit == 512_000_000
    assert read_settings(environ={"SQAUDIT_MEMORY_LIMIT": ""}, now=NOW).memory_limit is None


def test_a_limit_that_is_none_says_how_to_write_one():
    with pytest.raises(InvalidInput) as caught:
        read_settings(environ={"SQAUDIT_MEMORY_LIMIT": "plenty"}, now=NOW)
    assert caught.value.code == "SQA133"
    assert "'plenty'" in str(caught.value.message)
    assert "1GB" in str(caught.value.hint)


def test_the_project_may_limit_memory(tmp_path):
    assert build_project(tmp_path, {"memory_limit": "2GB"}).memory_limit == 2 * 10**9
    assert build_project(tmp_path, {}).memory_limit is None
