"""Chinese is spoken from a compiled catalogue; and one view in which every part of a report has something to say."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from sqaudit.errors import msg
from sqaudit.locale.catalogues import compile_catalogues
from sqaudit.model.action import ActionState, Move
from sqaudit.model.doubt import DoubtKind
from sqaudit.model.event import Head
from sqaudit.model.programme import CycleState
from sqaudit.model.report import (
    CorrectionRow,
    DimensionRow,
    DoubtRow,
    Figures,
    FindingRow,
    FlaggedRow,
    RegionRow,
    ReportView,
    ResultRow,
    SiteRow,
    SourceRow,
    ViewRow,
)
from sqaudit.model.report_parts import (
    ActionRow,
    AtTarget,
    ConcessionRow,
    CriterionRow,
    DocumentRow,
    ItemRow,
    StepRow,
    TrendRow,
)
from sqaudit.model.score import Status
from sqaudit.model.standard import Severity
from sqaudit.model.texts import Text
from sqaudit.reports.decisions import decide
from sqaudit.reports.policies import rules_in_words


@pytest.fixture(scope="session", autouse=True)
def _catalogues():
    compile_catalogues()


def _text(en, zh):
    return Text({"en": en, "zh": zh})


NORTH, SOUTH = _text("Northern house", "北店"), _text("Southern house", "南店")
SPEED, CARE = _text("Speed", "速度"), _text("Care", "关怀")
REPLY, CLEAN = _text("Replies within a day", "一日内答复"), _text("Rooms are clean", "客房干净")


def _figures(score, previous=None, **more):
    number = None if score is None else Decimal(score)
    before = None if previous is None else Decimal(previous)
    change = None if number is None or before is None else number - before
    return Figures(
        score=number, raw_score=number, previous=before, change=change, coverage=Decimal("0.875"), items=2, **more
    )


def _criterion(name, title, lost, **more):
    score = Decimal(100) - Decimal(lost) * 2
    row = CriterionRow(
        id=name, title=title, dimension="speed", severity=Severity.MAJOR, score=score, lost=Decimal(lost)
    )
    return replace(row, **more)


def _trend(*scores):
    return tuple(
        TrendRow(period=f"2026-{month:02}", score=None if each is None else Decimal(each))
        for month, each in enumerate(scores, start=8)
    )


def _finding(number, site, title, **more):
    row = FindingRow(
        id=f"f-{number:012}", site=site, site_title=title, criterion="RS-2", criterion_title=REPLY,
        severity=Severity.CRITICAL, items=("first-reply",), status="open", dimension="speed",
        statement=msg("{item} measured {value}, target {target} (n {n})", item="reply", value="81%", target="0.9", n=7),
        remedies=(_text("Add staff at peaks", "高峰增加人员"),), action=f"a-{number:012}",
    )  # fmt: skip
    return replace(row, **more)


def _action(number, site, title, **more):
    row = ActionRow(
        id=f"a-{number:012}", finding=f"f-{number:012}", site=site, site_title=title, criterion="RS-2",
        criterion_title=REPLY, dimension="speed", severity=Severity.CRITICAL, state=ActionState.PLANNED,
        owner="owner-1", due="2026-11-05T00:00:00+08:00", due_for=Move.APPROVE,
        steps=(StepRow(text="Two people at the desk from nine to eleven", owner="owner-1", due="2026-11-20"),),
    )  # fmt: skip
    return replace(row, **more)


def _result(**changes):
    row = ResultRow(
        site="north", site_title=NORTH, checklist="desk", item="first-reply", item_title=REPLY, criterion="RS-2",
        dimension="speed", severity=Severity.CRITICAL, status=Status.FAIL, value=0.805, unit="share", n=200, low=0.745,
        high=0.854, interval="wilson", formula="share", target=">= 0.95", score=Decimal("42.005"),
    )  # fmt: skip
    return replace(row, **changes)


@pytest.fixture
def whole():
    """A view of two sites: the northern one failed a critical criterion, the southern one has a concession."""
    dimensions = (
        DimensionRow(id="speed", title=SPEED, weight=Decimal(60), figures=_figures("61.5", "70")),
        DimensionRow(id="care", title=CARE, weight=Decimal(40), figures=_figures(None, reason="nothing_scored")),
    )
    desk = DimensionRow(
        id="desk", title=_text("Front desk", "前台"), weight=Decimal(100), figures=_figures("61.5", "70")
    )
    views = (ViewRow(id="department", title=_text("department", "部门"), groups=(desk,)),)
    view = ReportView(
        project="city", project_title=_text("City services", "城市服务"), programme="monthly",
        programme_title=_text("Monthly audit", "月度审核"), standard="service", standard_title=_text("Service", "服务"),
        standard_version="1.2.0", period="2026-10", starts="2026-10-01T00:00:00+08:00", timezone="Asia/Shanghai",
        ends="2026-11-01T00:00:00+08:00", revision=2, state=CycleState.CLOSED, as_of="2026-11-22",
        figures=_figures("71.25", "68.005", rating="C", rating_title=_text("Acceptable", "合格"), critical_failed=1),
        previous_period="2026-09", trend=_trend("66", None, "71.25"), ranked=2,
        at_target=AtTarget(reached=1, missed=1, unknown=0, rating="A"), dimensions=dimensions, views=views,
        regions=(RegionRow(id="Riverside", sites=2, figures=_figures("71.25")),),
        sites=(
            SiteRow(
                id="north", title=NORTH, region="Riverside", manager="manager-1", findings=1, rank=2,
                dimensions=dimensions, views=views,
                figures=_figures("59.99", "63.21", rating="D", critical_failed=1), trend=_trend("66", "63.21", "59.99"),
                criteria=(_criterion("RS-2", REPLY, "18.5", missed=1), _criterion("CL-1", CLEAN, "4.25", missed=1)),
            ),
            SiteRow(
                id="south", title=SOUTH, figures=_figures("93.87", "91.02", rating="A"), rank=1, dimensions=dimensions,
                views=views, trend=_trend(None, "91.02", "93.87"), criteria=(_criterion("RS-2", REPLY, "3.14"),),
            ),
        ),
        criteria=(
            _criterion("RS-2", REPLY, "11.5", missed=1, sites=2), _criterion("CL-1", CLEAN, "2.125", missed=1, sites=2),
        ),
        findings=(
            _finding(1, "north", NORTH),
            _finding(2, "south", SOUTH, severity=Severity.MINOR, conceded=True, repeats=2, action=None),
            _finding(3, None, _text("Monthly audit", "月度审核"), severity=Severity.MINOR, action=None,
                     statement=msg("missed at {count} sites: {sites}", count=2, sites="north, south")),
        ),
        actions=(
            _action(1, "north", NORTH, overdue=True),
            _action(4, "south", SOUTH, severity=Severity.MINOR, owner=None, criterion="CL-1", criterion_title=CLEAN,
                    dimension="care", state=ActionState.OPEN, due="2026-12-01T12:30:00+08:00", steps=()),
        ),
        results=(
            _result(),
            _result(site="south", site_title=SOUTH, status=Status.NO_DATA, value=None, n=0, score=None,
                    reason="no_data"),
        ),
        items=(
            ItemRow(checklist="desk", item="first-reply", title=REPLY, criterion="RS-2", formula="share",
                    target=">= 0.95", failed=1, without_verdict=1, n=200, missing=3),
        ),
        sources=(
            SourceRow(dataset="tickets", files=2, read=10, accepted=9, rejected=1, stale=True, fingerprint="ab" * 32),
        ),
        concessions=(
            ConcessionRow(id="c-1", criterion="RS-2", site="south", reason="the lift is rebuilt", owner="owner-1",
                          approver="chief", first_day="2026-10-01", last_day="2026-12-31"),
        ),
        documents=(DocumentRow(kind="standard", id="service", version="1.2.0", hash="cd" * 32),),
        plugins=(("builtin", "0.1.0"),),
        flagged=(
            FlaggedRow(auditor="ben", checklist="desk", round="cal-1", effectiveness=0.7, miss_rate=0.3,
                       false_alarm_rate=None),
        ),
        doubts=(
            DoubtRow(kind=DoubtKind.TOO_FAST, site="north", site_title=NORTH, checklist="desk", subject=None,
                     person="ben", statement=msg("no value")),
        ),
        corrections=(CorrectionRow(since="2026-09-pilot", document="service", path="weight", before="2", after=None),),
        warnings=(msg("rows rejected: {count} of {all}", count=1, all=10),), sheets=2, sheets_without_times=1, masked=1,
        notes=(msg("what is not applicable leaves the weights"),), log=Head(number=7, hash="ef" * 32),
    )  # fmt: skip
    view = replace(view, rules=tuple(rules_in_words(view)))
    return replace(view, decisions=decide(view))
