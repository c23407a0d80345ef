"""Why: what a code means, what a criterion asks, how a score came about."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.codes import explain_code
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.standard import Standard
from sqaudit.workflow.context import Context
from sqaudit.workflow.explain.documents import explain_criterion, explain_criterion_at, explain_standard
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

    With ``site`` the score is that site's, with ``subject`` that of a subject there, by its id or as people see it; and
    a criterion is told as the overlays that hold at the site have it.

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
        found = _of_documents(context, thing, site)
        if found is not None:
            return found
    raise InvalidInput(
        "SQA708",
        msg("nothing is called '{thing}'", thing=thing),
        msg("give an error code, or the id of a criterion, standard, programme, result (r-...) or finding (f-...)"),
    )


def _of_documents(context: Context, thing: str, site: str | None) -> Explanation | None:
    """A standard, or a criterion; ``None`` if neither is called so."""
    standards = context.library.built_standards()
    for standard in reversed(standards):
        if standard.id == thing:
            return explain_standard(standard)
    having = [standard for standard in _programmes_first(context, standards) if thing in standard.criteria]
    if not having:
        return None
    return explain_criterion(context, having[0], thing) if site is None else explain_criterion_at(context, thing, site)


def _programmes_first(context: Context, standards: Sequence[Standard]) -> list[Standard]:
    """Standards in their order, those that a programme names before the others."""
    documents = context.library.collection
    named = [documents.standard(one.content["standard"]) for one in documents.programmes if one.valid]
    used = {(one.id, one.content["version"]) for one in named if one is not None}
    return sorted(standards, key=lambda standard: (standard.id, standard.version) not in used)
