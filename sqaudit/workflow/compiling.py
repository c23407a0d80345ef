"""What plugins bring to an item: its measure and its scorer, or what stands for them where the plugin fails."""

from __future__ import annotations

from sqaudit.errors import Incomplete, PluginFailed
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.measures.compiled import CompiledMeasure, failed_measure
from sqaudit.measures.language import compile_measure
from sqaudit.model.checklist import Item
from sqaudit.model.ports import Scorer
from sqaudit.model.standard import Criterion, Dataset
from sqaudit.plugin.absent import AbsentScorer
from sqaudit.plugin.host import PluginHost
from sqaudit.scoring.items import target_of

_UNKNOWN_FUNCTION = "SQA304"


def compile_or_fail(text: str, dataset: Dataset, host: PluginHost) -> CompiledMeasure:
    """The measure of a text; one whose plugin fails has its ``failure``.

    Raises:
        ExpressionProblem: The text is wrong.
    """
    try:
        return compile_measure(text, dataset, host.measures())
    except PluginFailed as failure:
        return failed_measure(text, failure)
    except ExpressionProblem as problem:
        absence = None
        if problem.code == _UNKNOWN_FUNCTION:
            absence = host.absence("measures", str(problem.message.values.get("name", "")))
        if absence is None:
            raise
        return failed_measure(text, absence)


def sound_scorer(item: Item, criterion: Criterion | None, host: PluginHost) -> Scorer:
    """The scorer of an item; one that cannot even say whether its parameters are right scores nothing."""
    scorer = host.scorer(item.score.scorer)
    try:
        scorer.problem(item.score.parameters, target_of(item, criterion))
    except Incomplete as failure:
        return AbsentScorer(item.score.scorer, failure)
    return scorer
