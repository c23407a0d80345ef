"""Charts for reports: inline SVG with its figures as a table, without scripts and style attributes.

A page that shows them puts ``CHART_CSS`` into its style sheet. Whatever is written into a chart is escaped.
"""

from sqaudit.reports.charts.bars import Bar, draw_bars
from sqaudit.reports.charts.frame import Frame
from sqaudit.reports.charts.heat_map import HeatRow, draw_heat_map
from sqaudit.reports.charts.pareto import Counted, draw_pareto
from sqaudit.reports.charts.ranking import Ranked, draw_ranking
from sqaudit.reports.charts.sparkline import draw_sparkline
from sqaudit.reports.charts.stack import Stack, draw_stack
from sqaudit.reports.charts.style import CHART_CSS
from sqaudit.reports.charts.trend import draw_trend
from sqaudit.reports.charts.trend_marks import TrendPoint

__all__ = [
    "CHART_CSS",
    "Bar",
    "Counted",
    "Frame",
    "HeatRow",
    "Ranked",
    "Stack",
    "TrendPoint",
    "draw_bars",
    "draw_heat_map",
    "draw_pareto",
    "draw_ranking",
    "draw_sparkline",
    "draw_stack",
    "draw_trend",
]
