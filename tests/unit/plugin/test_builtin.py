"""Our own plugin comes through the door that everybody uses."""

import sqaudit.builtin
from sqaudit.builtin.packs import find_standards
from sqaudit.plugin.host import PluginHost
from sqaudit.plugin.loading import PluginState


def test_our_own_objects_pass_what_is_asked_of_any_plugin():
    (record,) = PluginHost([("builtin", sqaudit.builtin)]).plugins()
    assert (record.state, record.reason) == (PluginState.LOADED, None)
    assert set(record.offers) == {"collectors", "engines", "measures", "scorers", "reporters", "packs"}


def test_standards_lie_in_the_package_or_beside_it_in_a_checkout(tmp_path):
    package = tmp_path / "sqaudit"
    package.mkdir()
    assert find_standards(package) is None
    (tmp_path / "standards").mkdir()
    assert find_standards(package) == tmp_path / "standards"
    (package / "standards").mkdir()
    assert find_standards(package) == package / "standards"
