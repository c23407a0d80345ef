"""Why: what a code means, what a criterion asks, how a score came about."""

from __future__ import annotations

from sqaudit.codes import explain_code
from sqaudit.errors import InvalidInput, msg
from sqaudit.workflow.context import Context
from sqaudit.workflow.explain.documents import explain_criterion, explain_standard, items_of
from sqaudit.workflow.explain.explanation import Explanation
from sqaudit.workflow.explain.results import explain_finding, explain_result
from sqaudit.workflow.explain.scores import explain_score


def explain(
    context: Context | None,
    thing: str,
    *,
    period: str | None = None,
    site: str | None = None,
    subject: str | None = None,
) -> Explanation:
    """Explain an error code, a finding, a result, a standard, a criterion, or a programme's score.

    With ``site`` the score is that site's, with ``subject`` that of a subject there, by its id or as people see it.

    Raises:
        InvalidInput: Nothing is called that.
    """
    code = explain_code(thing)
    if code is not None:
        return Explanation(title=code.title, paragraphs=(code.cause, code.fix))
    if context is not None:
        if thing.startswith("f-"):
            return explain_finding(context, thing)
        if thing.startswith("r-"):
            return explain_result(context, thing)
        if thing in context.library.programmes:
            return explain_score(context, thing, period, site, subject)
        standards = context.library.built_standards()
        for standard in reversed(standards):
            if standard.id == thing:
                return explain_standard(standard)
        for standard in standards:
            if thing in standard.criteria:
                return explain_criterion(standard, standard.criteria[thing], items_of(context, standard, thing))
    raise InvalidInput(
        "SQA708",
        msg("nothing is called '{thing}'", thing=thing),
        msg("give an error code, or the id of a criterion, standard, programme, result (r-...) or finding (f-...)"),
    )
