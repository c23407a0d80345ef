"""Texts that break reports, and a view full of them."""

from decimal import Decimal

from msgspec.structs import replace

from sqaudit.errors import msg
from sqaudit.model.programme import CycleState
from sqaudit.model.report import DimensionRow, Figures, FindingRow, ReportView, ResultRow, SiteRow, SourceRow
from sqaudit.model.score import Status
from sqaudit.model.standard import Severity
from sqaudit.model.texts import Text, plain

SCRIPT, COMMAND = "<script>alert(1)</script>", "=cmd|' /C calc'!A0"
TURNED, CONTROLS = "\u202egnp.exe", "bell\x07null\x00escape\x1b[31mvertical\x0bend\ufffe"
WORD = "W" * 10_000
TYPST, AMPERSAND = '#panic("typst") $x$ *bold* @cite "quoted" \\ end', "a & b ]]> --> <![CDATA["


def both(en, zh):
    return Text({"en": en, "zh": zh})


def some_view():
    """A report with figures of every kind, in both languages."""
    figures = Figures(
        score=Decimal("59.99"), raw_score=Decimal("71.005"), rating="D", rating_title=both("Poor", "较差"),
        coverage=Decimal("0.875"), items=3, critical_failed=1,
    )  # fmt: skip
    speed = DimensionRow(id="speed", title=both("Speed", "响应速度"), weight=Decimal(25), figures=figures)
    result = ResultRow(
        site="north", site_title=both("North", "北京朝阳店"), checklist="desk", item="first-reply",
        item_title=both("First reply", "首次回复"), criterion="RS-2", dimension="speed", severity=Severity.CRITICAL,
        status=Status.FAIL, value=0.805, unit="share", n=200, low=0.745, high=0.854, interval="wilson",
        formula="share", target=">= 0.95", score=Decimal("42.005"),
    )  # fmt: skip
    none = {"value": None, "low": None, "high": None, "n": 0, "score": None, "reason": "no_rows"}
    south = both("South", "南店")
    return ReportView(
        project="city", project_title=both("City services", "城市服务"), programme="monthly",
        programme_title=both("Monthly audit", "月度审核"), standard="customer-service",
        standard_title=both("Service", "客户服务"), standard_version="1.2.0", period="2026-10",
        starts="2026-10-01T00:00:00+08:00", timezone="Asia/Shanghai", ends="2026-11-01T00:00:00+08:00", revision=2,
        state=CycleState.OPEN, figures=figures, dimensions=(speed,),
        sites=(
            SiteRow(
                id="north", title=both("North", "北京朝阳店"), region="华北", figures=figures, findings=1,
                dimensions=(speed,),
            ),
            SiteRow(id="south", title=south, figures=Figures(score=None, reason="no_data")),
        ),
        findings=(
            FindingRow(
                id="f-1", site="north", site_title=both("North", "北京朝阳店"), criterion="RS-2",
                criterion_title=both("Replies in time", "及时回复"), severity=Severity.CRITICAL, items=("first-reply",),
                status="open", statement=msg("missed"), remedies=(both("Add staff", "增加人员"),),
            ),
        ),
        results=(
            result,
            replace(result, item="note", severity=Severity.MINOR, status=Status.PASS, value=5400.0, unit="s"),
            replace(result, site="south", site_title=south, status=Status.NO_DATA, **none),
        ),
        sources=(
            SourceRow(
                dataset="tickets", files=2, read=10, accepted=9, rejected=1, stale=True,
                newest="2026-10-31T18:30:00+00:00",
            ),
        ),
        warnings=(msg("{count} items", count=3),),
        notes=(msg("what is not applicable leaves the weights"),),
    )  # fmt: skip


def hostile_view():
    """The same, where whoever writes documents and notes means ill."""
    view = some_view()
    north, south = view.sites
    finding = replace(
        view.findings[0], criterion_title=plain(TYPST), remedies=(plain(WORD),),
        statement=msg("{who} noted: {statement}", who="anna", statement=COMMAND),
    )  # fmt: skip
    more = [
        replace(finding, id=f"f-{place}", statement=msg("{who}", who=text))
        for place, text in enumerate((SCRIPT, COMMAND, TURNED, CONTROLS, WORD, TYPST, AMPERSAND, "\t=1+1"), start=2)
    ]
    return replace(
        view, project_title=plain(AMPERSAND), findings=(finding, *more),
        sites=(replace(north, title=plain(SCRIPT), manager=COMMAND), replace(south, title=plain(TURNED))),
        results=(
            replace(view.results[0], site_title=plain(SCRIPT), reason=CONTROLS, target=COMMAND),
            replace(view.results[1], status=Status.ERROR, reason=AMPERSAND + CONTROLS),
            replace(view.results[2], reason=COMMAND),
        ),
    )  # fmt: skip
