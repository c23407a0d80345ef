"""Findings that an auditor writes down: what no item measures, opportunities, and what is done well."""

from __future__ import annotations

from msgspec.structs import replace

from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.event import Deed, EventKind
from sqaudit.model.finding import Finding
from sqaudit.model.ids import short_id
from sqaudit.model.people import Role
from sqaudit.model.standard import Severity
from sqaudit.workflow.context import Context
from sqaudit.workflow.follow_up.people import person_acting
from sqaudit.workflow.score import collected_cycle, frozen_measurable, raising_in

_WITHOUT_CRITERION = frozenset({Severity.OPPORTUNITY, Severity.GOOD_PRACTICE})


def add_finding(  # noqa: PLR0913 - everything that a finding says
    context: Context,
    programme: str,
    *,
    site: str,
    criterion: str | None,
    severity: Severity,
    statement: str,
    who: str,
    period: str | None = None,
) -> Finding:
    """Write a finding down; one that breaks a requirement opens an action where the programme follows up.

    An opinion without a criterion breaks no requirement: it is an opportunity, or a good practice.

    Raises:
        InvalidInput: The cycle, site or criterion is not known, the cycle is a trial, the person is no auditor, the
            statement is empty, or a finding on the same criterion, or the very same, is open there.
    """
    person = person_acting(context, who)
    if not {Role.AUDITOR, Role.LEAD} & frozenset(person.roles):
        raise InvalidInput(
            "SQA874",
            msg("'{name}' is no auditor, who alone writes findings down", name=who),
            msg("give the role: people.{name}.roles in sqaudit.yaml", name=who),
        )
    if not statement.strip():
        raise InvalidInput("SQA873", msg("a finding says what was found"), msg("write it: --statement TEXT"))
    if criterion is None and severity not in _WITHOUT_CRITERION:
        raise InvalidInput(
            "SQA873",
            msg("a finding that is {severity} names the criterion that is not met", severity=severity.value),
            msg("name it: --criterion ID; an opinion without one is an opportunity or a good practice"),
        )
    with context.store() as store:
        cycle = collected_cycle(context, store, programme, period)
        if cycle.is_pilot:
            raise InvalidInput(
                "SQA762",
                msg("{period} of '{programme}' is a trial evaluation", period=cycle.period, programme=programme),
                msg("findings of a trial are followed up by nobody; name a real cycle: --period"),
            )
        measurable = frozen_measurable(context, store, cycle, cycle.revisions[-1].number)
        raising = raising_in(context, store, cycle, measurable)
        criteria = measurable.programme.criteria
        if site not in raising.places.sites:
            raise InvalidInput(
                "SQA704", msg("no site is called '{site}'", site=site), did_you_mean(site, raising.places.sites)
            )
        if criterion is not None and criterion not in criteria:
            raise InvalidInput(
                "SQA708", msg("no criterion is called '{id}'", id=criterion), did_you_mean(criterion, criteria)
            )
        found = Finding(
            id=short_id("f", programme, cycle.period, site, criterion or "", statement),
            programme=cycle.programme,
            period=cycle.period,
            site=site,
            criterion=criterion or "",
            severity=severity,
            raised_at=context.settings.now,
            statement=statement.strip(),
            raised_by=person.id,
        )
        rules = measurable.programme.follow_up
        opened = [raising.open_action(found, rules)] if rules is not None and found.asks_for_action else []
        if opened:
            found = replace(found, action=opened[0].action.id)
        deed = Deed(
            kind=EventKind.FINDINGS_RAISED,
            when=context.settings.now,
            programme=cycle.programme,
            period=cycle.period,
            thing=found.id,
            who=person.id,
            after={"findings": [[found.id, site, criterion, severity.value, None]]},
            why=found.statement,
        )
        store.add_finding(found, deed, opened)
    return found
