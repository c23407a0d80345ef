"""Our own plugin keeps what plugins promise. That its templates run, the demo's own tests see."""

from datetime import UTC, datetime
from itertools import chain

import pytest

from sqaudit.builtin.examples import NAIVE
from sqaudit.builtin.measures import MEASURES
from sqaudit.conformance import collectors, measures, scorers, shape
from sqaudit.conformance.subject import open_subject, own_plugin


@pytest.fixture(scope="module")
def checks():
    subject = open_subject(own_plugin(), (own_plugin(),), datetime.now(UTC))
    looks = (
        shape.check_hooks,
        shape.check_names,
        shape.check_parameters,
        shape.check_messages,
        measures.check_measures,
        scorers.check_scorers,
        collectors.check_collectors,
    )
    return {check.name: check for check in chain.from_iterable(look(subject) for look in looks)}


def test_our_own_plugin_conforms(checks):
    assert [fault for check in checks.values() for fault in check.faults] == []
    assert {check.outcome.value for check in checks.values()} == {"passed"}


def test_every_measure_is_worked_out_again():
    assert {text.partition("(")[0] for text in NAIVE} == {measure.name for measure in MEASURES}
