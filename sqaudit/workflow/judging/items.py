"""One item in one place: judged from what was observed there, or not looked at."""

from __future__ import annotations

from collections.abc import Mapping

from sqaudit.errors import Incomplete
from sqaudit.expressions.conditions import Condition, ConditionFailed
from sqaudit.measures.compiled import finish_observation
from sqaudit.measures.sampling import finish_sampled, population_of
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.scoring.items import Question, score_item, skip_item
from sqaudit.workflow.judging.persons import SUPPRESSED, reveals_persons
from sqaudit.workflow.measurable import Measurable, site_values

CONDITION_UNKNOWN = "condition_unknown"
SITE_NOT_SELECTED = "site_not_selected"
NOT_REPEATED = "not_repeated"
NOT_COLLECTED = "not_collected"


def why_not(
    condition: Condition | None, site: Site, answers: Mapping[str, object] | None = None
) -> tuple[Status, str] | None:
    """Why an item with this ``when`` is not looked at here, if it is not; it may read ``answers`` given before."""
    if condition is None:
        return None
    try:
        applies = condition.evaluate({**site_values(site), **(answers or {})})
    except ConditionFailed as failure:
        return Status.ERROR, str(failure)
    if applies is None:
        return Status.NO_DATA, CONDITION_UNKNOWN
    return None if applies else (Status.NOT_APPLICABLE, condition.text)


def judge_item(
    measurable: Measurable, question: Question, site: Site, observed: Mapping[str, Observation]
) -> ItemResult:
    """A measured item at a site, or why it may not be shown."""
    item = question.item.id
    observation = observed.get(item)
    if observation is None:
        return skip_item(question, site.id, Status.NO_DATA, without_value(measurable, question), NOT_COLLECTED)
    if item in measurable.about_persons and reveals_persons(observation.n):
        return skip_item(question, site.id, Status.NO_DATA, without_value(measurable, question), SUPPRESSED)
    return judge_observation(measurable, question, site, observation)


def judge_observation(measurable: Measurable, question: Question, site: Site, observation: Observation) -> ItemResult:
    """What was observed at a site, or in one of its subjects or groups, against the item's target.

    How many there are in all is known of whole sites only.
    """
    item = question.item
    measure = measurable.measures[item.id]
    try:
        if item.sample is None and not item.interval:
            value = finish_observation(measure, observation)
        else:
            is_part = observation.subject or observation.group
            population = None if is_part else population_of(item.sample, site)
            value = finish_sampled(measure, observation, item.sample, population)
        return score_item(question, observation, value)
    except Exception as error:  # noqa: BLE001 - measures and scorers come from plugins
        return broken(measurable, question, observation, error)


def broken(measurable: Measurable, question: Question, observation: Observation, error: Exception) -> ItemResult:
    """An item whose measure or scorer failed."""
    nothing = without_value(measurable, question)
    reason = str(error) if isinstance(error, Incomplete) else f"SQA408 {type(error).__name__}: {error}"
    return skip_item(question, observation.site, Status.ERROR, nothing, reason, observation.subject, observation.group)


def without_value(measurable: Measurable, question: Question) -> Value:
    """The value of an item that has none."""
    unit, formula = measurable.unit_and_formula(question.item.id)
    return Value(value=None, unit=unit, formula=formula)
