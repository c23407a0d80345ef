"""The plugin keeps what sqaudit asks of every plugin."""

from __future__ import annotations

from sqaudit.testing import assert_plugin_conforms


def test_it_conforms():
    assert_plugin_conforms("ecommerce")
