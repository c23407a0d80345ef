"""One small chart of each kind, with everything that a chart can hold, in both languages."""

from decimal import Decimal

import pytest

from sqaudit.locale import open_language
from sqaudit.reports.charts import (
    Bar,
    Counted,
    Frame,
    HeatRow,
    Ranked,
    Stack,
    TrendPoint,
    draw_bars,
    draw_heat_map,
    draw_pareto,
    draw_ranking,
    draw_sparkline,
    draw_stack,
    draw_trend,
)

SITES = {
    "en": ("Harbour", "Dunes Hotel and Conference Centre", "<script>alert(1)</script>"),
    "zh": ("北京朝阳门外大街旗舰店", "成都太古里春熙路步行街二号店（二十四小时营业）", "<script>alert(1)</script>"),
}
DIMENSIONS = {"en": ("Reliability", "Responsiveness"), "zh": ("可靠性", "响应速度")}


def _draw(code):
    language = open_language(code)
    first, second, third = SITES[code]
    dimensions = DIMENSIONS[code]

    def frame(name):
        return Frame(id=name, title=f"{name} 图", description="…", language=language)

    points = [
        TrendPoint(label="2026-07", value=88.0, centre=86.0, low=80.0, high=92.0),
        TrendPoint(label="2026-08", value=None, centre=86.0, low=80.0, high=92.0, reason="no_data"),
        TrendPoint(label="2026-09", value=74.0, centre=86.0, low=79.0, high=93.0, signals=("worse",)),
        TrendPoint(label="2026-10", value=91.0, centre=90.0, low=85.0, high=95.0),
    ]
    return {
        "bars": draw_bars(
            frame("bars"),
            [
                Bar(label=dimensions[0], value=Decimal("87.25"), target=Decimal(90), previous=Decimal("84.1")),
                Bar(label=dimensions[1], value=None, target=Decimal(80), previous=Decimal(5), reason="no_data"),
                Bar(label=second, value=Decimal(100)),
            ],
        ),
        "ranking": draw_ranking(
            frame("ranking"),
            [
                Ranked(label=first, value=Decimal("94.2"), low=Decimal(90), high=Decimal(97), rank="1-2"),
                Ranked(
                    label=second, value=Decimal("61.3"), low=Decimal(57), high=Decimal(65), rank="3", is_marked=True
                ),
                Ranked(label=third, value=None, reason="no_data"),
            ],
            reference=Decimal(85),
        ),
        "trend": draw_trend(frame("trend"), points, reference=87.5, breaks=[3], unit="score"),
        "stack": draw_stack(
            frame("stack"),
            [Stack(label=first, parts=(("A", 3), ("B", 12))), Stack(label=second, parts=(("A", 0), ("C", 1)))],
        ),
        "heat_map": draw_heat_map(
            frame("heat_map"),
            dimensions,
            [
                HeatRow(label=first, values=(Decimal("45.5"), Decimal(96))),
                HeatRow(label=third, values=(None, Decimal(70)), reasons=("no_data",)),
            ],
        ),
        "pareto": draw_pareto(frame("pareto"), [Counted(label=second, count=2), Counted(label=first, count=6)]),
        "sparkline": draw_sparkline([80, None, 82.5, 81], label=first),
    }


@pytest.fixture(scope="session")
def charts():
    """Charts by name, by language."""
    return {code: _draw(code) for code in SITES}


@pytest.fixture(scope="session")
def draw_all():
    """Draws them anew."""
    return _draw
