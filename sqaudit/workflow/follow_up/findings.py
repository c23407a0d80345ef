"""Findings over the cycles as flat rows: when they were seen, what they state, how far their action is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from sqaudit.errors import InvalidInput, msg
from sqaudit.model.finding import Finding, FindingStatus, Known, status_of
from sqaudit.model.follow_up_audit import FollowUpAudit
from sqaudit.model.programme import is_pilot
from sqaudit.model.score import ItemResult, Status
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.engine import Store
from sqaudit.store.findings import SeenFinding
from sqaudit.workflow.context import Context
from sqaudit.workflow.follow_up.conceded import Conceded
from sqaudit.workflow.judged_by import JudgedBy
from sqaudit.workflow.rows import Row, missed_at, misses, result_row

Filter = str | None


def list_findings(  # noqa: PLR0913 - one for each column people ask by
    context: Context,
    *,
    programme: Filter = None,
    period: Filter = None,
    site: Filter = None,
    criterion: Filter = None,
    severity: Filter = None,
    status: Filter = None,
) -> list[Row]:
    """Findings, each once, as they were seen last; of a period, as they were seen in it.

    What a trial evaluation showed is listed only where its own period is asked for: it counts in no trend.
    """
    wanted = {"site": site, "criterion": criterion, "severity": severity, "status": status}
    with context.store() as store:
        rows = _Register(store).rows(programme, period)
    return [row for row in rows if all(value in {None, row[name]} for name, value in wanted.items())]


def show_finding(context: Context, identity: str) -> Row:
    """One finding with the items that failed it last, the cycles that showed it, and the remedies its standard offers.

    Raises:
        InvalidInput: There is no such finding.
    """
    with context.store() as store:
        finding = store.find_finding(identity)
        if finding is None:
            raise InvalidInput(
                "SQA707", msg("no finding is called '{id}'", id=identity), msg("`sqaudit findings` lists them")
            )
        register = _Register(store)
        period = finding.period if is_pilot(finding.period) else None
        row = next(row for row in register.rows(finding.programme, period) if row["id"] == identity)
        seen = store.read_findings(finding.programme, finding=identity)
        key = seen[-1].key if seen else None
        failed = register.failed_items(seen[-1]) if seen else []
        results = [] if key is None else [result_row(key, one, register.judged_by.standard(key)) for one in failed]
        standard = register.judged_by.standard(key) if key is not None else None
        evidence = register.evidence_of(seen[-1]) if seen else []
        follow_ups = [_follow_up_row(store, one) for one in store.list_follow_up_audits(finding=identity)]
        known = register.judged_by.criterion(key, finding.site, finding.criterion) if key is not None else None
    return {
        **row,
        "seen": [one.key.period for one in seen],
        "results": results,
        "evidence": evidence,
        "follow_ups": [one["period"] for one in follow_ups],
        "asked": follow_ups,
        "remedies": list(known.remedies) if known is not None else [],
        "origin": known.origin if known is not None else None,
        "standard": f"{standard.id} {standard.version}" if standard is not None else None,
    }


class _Register:
    """Findings with everything that their rows tell, each part of the store read once."""

    def __init__(self, store: Store) -> None:
        self.judged_by = JudgedBy(store)
        self._store = store
        self._conceded = Conceded(self.judged_by)
        self._failed: dict[RevisionKey, Mapping[str, list[ItemResult]]] = {}

    def rows(self, programme: Filter, period: Filter) -> list[Row]:
        """The rows of findings, by programme, period, site and criterion; then those that nothing shows any more."""
        history = _by_finding(self._store.read_findings(programme))
        rows = []
        for seen in history.values():
            own = [one for one in seen if one.key.period == period] if period is not None else seen
            if own and (period is not None or not is_pilot(own[-1].key.period)):
                rows.append(self._row(own[-1], seen))
        for known in self._store.list_known(programme):
            if known.finding.id in history:
                continue
            if known.finding.raised_by is not None:
                rows += [self._by_hand(known)] if period in {None, known.finding.period} else []
            elif period is None:
                rows.append(self._withdrawn(known.finding))
        return sorted(
            rows,
            key=lambda row: (row["programme"], row["period"], row["site"] or "", row["criterion"] or "", row["id"]),
        )

    def failed_items(self, seen: SeenFinding) -> list[ItemResult]:
        """The results that a finding was seen by; of a systemic one those of all its sites."""
        key = seen.key
        if key not in self._failed:
            by_criterion: dict[str, list[ItemResult]] = {}
            for _, result in self._store.read_results(
                key.programme, key.period, status=Status.FAIL, revision=key.number
            ):
                if result.criterion is not None and not result.is_part:
                    by_criterion.setdefault(result.criterion, []).append(result)
            self._failed[key] = by_criterion
        found = self._failed[key].get(seen.sighting.criterion, [])
        return [one for one in found if seen.sighting.site in {None, one.site}]

    def evidence_of(self, seen: SeenFinding) -> list[Row]:
        """The files beside the answers that a finding was seen by."""
        key = seen.key
        observed = self._store.read_observations(key.programme, key.period, key.number)
        own = [one for one in observed if one.site == seen.sighting.site and one.item in seen.sighting.items]
        files = [file for one in own if one.answer is not None for file in one.answer.evidence]
        return [{"name": one.name, "sha256": one.sha256} for one in files]

    def _row(self, last: SeenFinding, seen: Sequence[SeenFinding]) -> Row:
        key, finding, site = last.key, last.finding, last.sighting.site
        criterion = self.judged_by.criterion(key, site, last.sighting.criterion)
        title = last.sighting.criterion if criterion is None else criterion.title
        failed = self.failed_items(last)
        stated = misses(failed) if site is not None else missed_at({one.site for one in failed})
        return {
            **_row_of(finding),
            "period": key.period,
            "revision": key.number,
            "criterion": last.sighting.criterion,
            "items": list(last.sighting.items),
            "statement": msg("{criterion}: {misses}", criterion=title, misses=stated),
            "status": status_of(finding, last.state).value,
            "conceded": self._conceded.find(key, site, last.sighting.criterion) is not None,
            "first_seen": seen[0].key.period,
            "last_seen": seen[-1].key.period,
            "times_seen": len(seen),
        }

    def _by_hand(self, known: Known) -> Row:
        """What an auditor wrote down, and no item shows."""
        return {
            **self._withdrawn(known.finding),
            "statement": known.finding.statement,
            "status": status_of(known.finding, known.state).value,
            "last_seen": known.finding.period,
            "times_seen": 1,
        }

    def _withdrawn(self, finding: Finding) -> Row:
        return {
            **_row_of(finding),
            "period": finding.period,
            "revision": None,
            "criterion": finding.criterion or None,
            "items": [],
            "statement": msg("no cycle shows it any more"),
            "status": FindingStatus.WITHDRAWN.value,
            "conceded": False,
            "first_seen": finding.period,
            "last_seen": None,
            "times_seen": 0,
        }


def _follow_up_row(store: Store, one: FollowUpAudit) -> Row:
    cycle = store.read_cycle(one.programme, one.period)
    state = msg("not collected yet") if cycle is None or not cycle.revisions else msg("collected")
    return {"period": one.period, "who": one.asked_by, "state": state}


def _row_of(finding: Finding) -> Row:
    return {
        "id": finding.id,
        "programme": finding.programme,
        "site": finding.site,
        "severity": finding.severity.value,
        "repeat_of": finding.repeat_of,
        "repeats": finding.repeats,
        "systemic": finding.systemic,
        "action": finding.action,
        "raised_by": finding.raised_by,
        "reply_due": None if finding.reply_due is None else finding.reply_due.date().isoformat(),
        "replied_by": None if finding.reply is None else finding.reply.replied_by,
        "reply_reason": None if finding.reply is None else finding.reply.reason,
    }


def _by_finding(seen: Iterable[SeenFinding]) -> dict[str, list[SeenFinding]]:
    """What was seen of each finding, the earliest period first."""
    ordered = sorted(seen, key=lambda one: one.finding.id)
    return {identity: list(own) for identity, own in groupby(ordered, key=lambda one: one.finding.id)}
