"""What every plugin has to keep."""

from sqaudit.testing import assert_plugin_conforms


def test_the_plugin_keeps_what_plugins_promise():
    assert assert_plugin_conforms("hotel").conforms
