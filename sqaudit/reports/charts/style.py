"""What charts look like: a list of colours and one of kinds of marks make the style sheet and the attributes."""

from __future__ import annotations

from collections.abc import Mapping

# Ink and the colours of marks keep 4.5:1 and 3:1 against the surface (WCAG 2.2, 1.4.3 and 1.4.11); a test computes it.
# Neighbouring parts and bands also differ in lightness, so that they are told apart in grey.
LIGHT: Mapping[str, str] = {
    "surface": "#ffffff",
    "ink": "#1f2933",
    "muted": "#52606d",
    "grid": "#e3e7eb",
    "axis": "#7b8794",
    "alert": "#b3341f",
    "range": "#eef2f5",
    "1": "#2b6c8f",
    "2": "#a05a12",
    "3": "#1f4257",
    "4": "#687580",
    "5": "#56742f",
    "6": "#7a4f83",
    "band-1": "#9c3b1f",
    "band-2": "#dc9468",
    "band-3": "#efc6a4",
    "band-4": "#f4dcc8",
    "band-5": "#f2f4f5",
    "on-band-1": "#ffffff",
    "on-band": "#1f2933",
    "on-part": "#ffffff",
}
DARK: Mapping[str, str] = {
    "surface": "#15191d",
    "ink": "#e8ebee",
    "muted": "#a9b4bf",
    "grid": "#2c333a",
    "axis": "#7b8794",
    "alert": "#ff9a85",
    "range": "#20262c",
    "1": "#6fb3d6",
    "2": "#e0a35c",
    "3": "#c3dbe8",
    "4": "#8d99a5",
    "5": "#9dbb78",
    "6": "#c39acb",
    "band-1": "#f2a184",
    "band-2": "#b0603c",
    "band-3": "#75432e",
    "band-4": "#46322a",
    "band-5": "#242a30",
    "on-band-1": "#15191d",
    "on-band": "#ffffff",
    "on-part": "#15191d",
}
PRINT: Mapping[str, str] = {**LIGHT, "ink": "#000000", "muted": "#333333", "axis": "#555555"}

PARTS = 6
BANDS = 5
# ``$NAME`` is a colour above: ``var(--chart-NAME, its light value)`` in the style sheet.
KINDS: Mapping[str, Mapping[str, str]] = {
    "grid": {"stroke": "$grid", "fill": "none"},
    "axis": {"stroke": "$axis", "fill": "none"},
    "muted": {"fill": "$muted"},
    "aside": {
        "fill": "$muted",
        "stroke": "$surface",
        "stroke-width": "4",
        "stroke-linejoin": "round",
        "paint-order": "stroke",
    },
    "bar": {"fill": "$1"},
    "track": {"stroke": "$axis", "fill": "none", "stroke-dasharray": "1 5"},
    "target": {"stroke": "$ink", "fill": "none", "stroke-width": "2"},
    "edge": {"stroke": "$surface", "fill": "none", "stroke-width": "5"},
    "previous": {"stroke": "$ink", "fill": "$surface", "stroke-width": "1.5"},
    "interval": {"stroke": "$axis", "fill": "none", "stroke-width": "2"},
    "dot": {"fill": "$1", "stroke": "$surface", "stroke-width": "1"},
    "marked": {"fill": "$alert", "stroke": "$surface", "stroke-width": "1"},
    "reference": {"stroke": "$ink", "fill": "none", "stroke-dasharray": "5 4"},
    "range": {"fill": "$range"},
    "limit": {"stroke": "$axis", "fill": "none", "stroke-dasharray": "2 3", "stroke-width": "1.5"},
    "centre": {"stroke": "$axis", "fill": "none"},
    "break": {"stroke": "$axis", "fill": "none"},
    "line": {"stroke": "$1", "fill": "none", "stroke-width": "2", "stroke-linejoin": "round"},
    "sum": {"stroke": "$2", "fill": "none", "stroke-width": "1.5"},
    "sum-dot": {"stroke": "$2", "fill": "$surface", "stroke-width": "1.5"},
    "halo": {"stroke": "$surface", "stroke-width": "4", "stroke-linejoin": "round", "paint-order": "stroke"},
    "texture": {"stroke": "$surface", "fill": "none"},
    "absent": {"stroke": "$axis", "fill": "none", "stroke-dasharray": "2 3"},
    "on-band-1": {"fill": "$on-band-1"},
    "on-band": {"fill": "$on-band"},
    **{f"band-{number}": {"fill": f"$band-{number}"} for number in range(1, BANDS + 1)},
    **{f"part-{number}": {"fill": f"${number}"} for number in range(1, PARTS + 1)},
    **{
        f"on-part-{number}": {
            "fill": "$on-part",
            "stroke": f"${number}",
            "stroke-width": "5",
            "stroke-linejoin": "round",
            "paint-order": "stroke",
        }
        for number in range(1, PARTS + 1)
    },
}


def attributes(kind: str) -> str:
    """The class of a kind of mark, and its light colours for programs that read no style sheet."""
    plain = "".join(
        f' {name}="{LIGHT[value[1:]] if value.startswith("$") else value}"' for name, value in KINDS[kind].items()
    )
    return f' class="chart-{kind}"{plain}'


def _colours(colours: Mapping[str, str]) -> str:
    return ":where(:root){" + "".join(f"--chart-{name}:{value};" for name, value in colours.items()) + "}"


def _rule(kind: str) -> str:
    described = "".join(
        f"{name}:var(--chart-{value[1:]},{LIGHT[value[1:]]});"
        for name, value in KINDS[kind].items()
        if value.startswith("$")
    )
    return f".chart-{kind}{{{described}}}\n" if described else ""


CHART_CSS = (
    _colours(LIGHT)
    + "\n@media screen and (prefers-color-scheme:dark){"
    + _colours(DARK)
    + "}\n@media print{"
    + _colours(PRINT)
    + "}\n"
    + """\
.chart{margin:0;width:100%;max-width:34rem;background:var(--chart-surface,#ffffff);color:var(--chart-ink,#1f2933)}
.chart-wide{max-width:100%}
.chart figcaption{font-weight:600;margin-bottom:.5rem;overflow-wrap:anywhere}
.chart-plot{container-type:inline-size;overflow-x:auto}
.chart-plot svg{display:block;width:100%;max-width:34rem;height:auto;font-family:inherit;font-size:16px;\
fill:var(--chart-ink,#1f2933);overflow:visible}
.chart-wide .chart-plot svg{width:auto;max-width:none;font-size:13px}
@container (min-width:26rem){.chart-plot svg{font-size:13px}}
.chart-notes{margin:.5rem 0 0;padding-left:1.2rem;font-size:.875rem;overflow-wrap:anywhere}
.chart details{margin-top:.5rem;font-size:.875rem}
.chart summary{cursor:pointer;color:var(--chart-muted,#52606d);padding:.25rem 0}
.chart-table{overflow-x:auto}
.chart table{border-collapse:collapse;font-variant-numeric:tabular-nums}
.chart th,.chart td{padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--chart-grid,#e3e7eb);text-align:right}
.chart th,.chart td{vertical-align:top;overflow-wrap:anywhere}
.chart th:first-child,.chart .chart-words{text-align:left}
.chart th{font-weight:600}
.chart tbody th{font-weight:400;min-width:7rem}
.spark{width:6rem;height:1.25rem;vertical-align:middle;overflow:visible}
@media print{.chart{max-width:500px;print-color-adjust:exact}.chart figcaption{break-after:avoid}\
.chart-plot svg{break-inside:avoid;max-width:100%}\
.chart-wide .chart-plot svg{max-width:100%;height:auto}.chart-plot{overflow:visible}}
"""
    + "".join(_rule(kind) for kind in KINDS)
)
