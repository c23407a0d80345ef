"""Observations to scores: reads the store alone, so that it can be repeated any day with the same bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqaudit.expressions.conditions import Condition, ConditionFailed
from sqaudit.measures.compiled import finish_observation
from sqaudit.model.evidence import Observation
from sqaudit.model.finding import Finding
from sqaudit.model.programme import Site
from sqaudit.model.score import ItemResult, Score, Status, Value
from sqaudit.scoring.aggregation import score_audit, score_programme, score_regions
from sqaudit.scoring.findings import find_findings
from sqaudit.scoring.items import Question, score_item, skip_item
from sqaudit.scoring.rating import rate_audit, rate_by_score
from sqaudit.workflow.measurable import Measurable, site_values

CONDITION_UNKNOWN = "condition_unknown"
SITE_NOT_SELECTED = "site_not_selected"
NOT_COLLECTED = "not_collected"
SUPPRESSED = "suppressed"
FEWEST_PERSONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredCycle:
    """Everything that judging a cycle makes: one result per item and site, scores at every level, findings."""

    results: tuple[ItemResult, ...]
    scores: tuple[Score, ...]
    findings: tuple[Finding, ...]


def score_cycle(
    measurable: Measurable,
    period: str,
    sites: Sequence[Site],
    observations: Sequence[Observation],
    selected: Collection[str] = (),
) -> ScoredCycle:
    """Judge what was observed. Pure: the same values in any order give the same outcome.

    Args:
        measurable: The programme with its questions.
        period: The cycle's label.
        sites: All sites of the cycle.
        observations: What was collected, one per item and site looked at.
        selected: Ids of the sites that were looked at; empty: all.
    """
    standard = measurable.programme.standard
    observed: defaultdict[str, dict[str, Observation]] = defaultdict(dict)
    for observation in observations:
        observed[observation.site][observation.item] = observation
    results: list[ItemResult] = []
    scores: list[Score] = []
    audits: dict[str, Score] = {}
    ordered = sorted(sites, key=lambda site: site.id)
    for site in ordered:
        is_selected = not selected or site.id in selected
        own = [
            _judge(measurable, question, site, observed[site.id], is_selected=is_selected)
            for question in measurable.questions
        ]
        audit_scores = score_audit(standard, site.id, own)
        audits[site.id] = rate_audit(measurable.scale, audit_scores.audit, own)
        results += own
        scores += [*audit_scores.criteria, *audit_scores.dimensions, audits[site.id]]
    scores += [rate_by_score(measurable.scale, score) for score in score_regions(ordered, audits)]
    scores.append(rate_by_score(measurable.scale, score_programme(measurable.programme.id, ordered, audits)))
    return ScoredCycle(
        results=tuple(results),
        scores=tuple(scores),
        findings=find_findings(measurable.programme.id, period, results),
    )


def _judge(
    measurable: Measurable,
    question: Question,
    site: Site,
    observed: Mapping[str, Observation],
    *,
    is_selected: bool,
) -> ItemResult:
    measure = measurable.measures[question.item.id]
    nothing = Value(value=None, unit=measure.unit, formula=measure.formula)
    if not is_selected:
        return skip_item(question, site.id, Status.NOT_SELECTED, nothing, SITE_NOT_SELECTED)
    skipped = _why_not(measurable.applies.get(question.item.id), site)
    if skipped is not None:
        return skip_item(question, site.id, skipped[0], nothing, skipped[1])
    observation = observed.get(question.item.id)
    if observation is None:
        return skip_item(question, site.id, Status.NO_DATA, nothing, NOT_COLLECTED)
    if _reveals_persons(measurable, question, observation):
        return skip_item(question, site.id, Status.NO_DATA, nothing, SUPPRESSED)
    try:
        return score_item(question, observation, finish_observation(measure, observation))
    except Exception as error:  # noqa: BLE001 - measures and scorers come from plugins
        return skip_item(question, site.id, Status.ERROR, nothing, f"SQA408 {type(error).__name__}: {error}")


def _reveals_persons(measurable: Measurable, question: Question, observation: Observation) -> bool:
    """Whether a value about persons rests on so few of them that it would tell what one of them said."""
    dataset = measurable.programme.standard.datasets[question.item.dataset]
    columns = measurable.measures[question.item.id].columns
    about_persons = dataset.about_persons or any(dataset.columns[name].about_persons for name in columns)
    return about_persons and 0 < observation.n < FEWEST_PERSONS


def _why_not(condition: Condition | None, site: Site) -> tuple[Status, str] | None:
    """Why an item with this ``when`` is not looked at here, if it is not."""
    if condition is None:
        return None
    try:
        applies = condition.evaluate(site_values(site))
    except ConditionFailed as failure:
        return Status.ERROR, str(failure)
    if applies is None:
        return Status.NO_DATA, CONDITION_UNKNOWN
    return None if applies else (Status.NOT_APPLICABLE, condition.text)
