"""Charts: well-formed whatever they are told, the same figures in picture and table, nothing unknown drawn as zero."""

import math
import os
import re
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqaudit.locale import open_language
from sqaudit.reports import charts as charts_module
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
from sqaudit.reports.charts.measuring import FONT, text_width
from sqaudit.reports.numbers import show_score, show_share

PAGE = Path(__file__).parents[4] / "docs" / "how-to" / "draw-charts.md"
EXPECTED = Path(__file__).parent / "expected"
SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = open_language("en")
FRAME = Frame(id="chart", title="Title", description="What it shows", language=ENGLISH)

texts = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(codec=None), max_size=12),
    st.sampled_from(
        [
            "",
            "<script>alert(1)</script>",
            "a\u202etxt.exe",
            "W" * 10_000,
            "长" * 300,
            "]]>&amp;\"'",
            "\x00\x1b[31m",
            "e" + "\u0301" * 500,
            "👨‍👩‍👧‍👦 family",
        ]
    ),
)
scores = st.none() | st.decimals(0, 100, places=2) | st.sampled_from([Decimal("NaN"), Decimal(-7), Decimal(140)])
floats = st.none() | st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, 0.0, 1e-9])
bars = st.lists(st.builds(Bar, label=texts, value=scores, target=scores, previous=scores, reason=st.none() | texts))
ranked = st.lists(
    st.builds(
        Ranked,
        label=texts,
        value=scores,
        low=scores,
        high=scores,
        rank=st.none() | texts,
        reason=st.none() | texts,
        is_marked=st.booleans(),
    )
)
points = st.lists(
    st.builds(
        TrendPoint,
        label=texts,
        value=floats,
        centre=floats,
        low=floats,
        high=floats,
        signals=st.lists(texts, max_size=2).map(tuple),
        reason=st.none() | texts,
    )
)
stacks = st.lists(
    st.builds(
        Stack,
        label=texts,
        parts=st.lists(st.tuples(st.sampled_from(["a", "b", "重"]) | texts, st.integers(0, 10**6)), max_size=9).map(
            tuple
        ),
    ),
    max_size=6,
)
counted = st.lists(st.builds(Counted, label=texts, count=st.integers(0, 10**9)))


@st.composite
def heat_maps(draw):
    columns = draw(st.lists(texts, max_size=9))
    row = st.builds(
        HeatRow, label=texts, values=st.lists(scores, min_size=len(columns), max_size=len(columns)).map(tuple)
    )
    return columns, draw(st.lists(row, max_size=40))


any_chart = st.one_of(
    bars.map(lambda each: draw_bars(FRAME, each)),
    st.builds(lambda sites, line: draw_ranking(FRAME, sites, reference=line), ranked, scores),
    st.builds(
        lambda each, line, breaks: draw_trend(FRAME, each, reference=line, breaks=breaks),
        points,
        floats,
        st.lists(st.integers(-1, 20), max_size=3),
    ),
    stacks.map(lambda each: draw_stack(FRAME, each)),
    heat_maps().map(lambda each: draw_heat_map(FRAME, *each)),
    counted.map(lambda each: draw_pareto(FRAME, each)),
)


# What a picture holds


def parsed(markup):
    return ET.fromstring(markup)  # noqa: S314  our own


def pictures(markup):
    return list(parsed(markup).iter(f"{SVG}svg"))


def placed(element, matrix=(1, 0, 0, 1, 0, 0), anchor="start"):
    """Every element with the matrix (a b c d e f) and the text-anchor that hold for it."""
    a, b, c, d, e, f = matrix
    for name, numbers in re.findall(r"(\w+)\(([^)]*)\)", element.get("transform", "")):
        values = [float(number) for number in numbers.split()]
        if name == "translate":
            e, f = e + a * values[0] + c * values[1], f + b * values[0] + d * values[1]
        else:
            assert (name, values) == ("rotate", [-90])
            a, b, c, d = -c, -d, a, b
    anchor = element.get("text-anchor", anchor)
    yield element, (a, b, c, d, e, f), anchor
    for child in element:
        yield from placed(child, (a, b, c, d, e, f), anchor)


def boxes(svg):
    """Left, top, right, bottom of every line of text, as wide as it was measured."""
    for element, (a, b, c, d, e, f), anchor in placed(svg):
        if element.tag != f"{SVG}text":
            continue
        spans = element.findall(f"{SVG}tspan")
        y, lines = float(element.get("y")), [(element.get("x"), 0.0, element.text or "")]
        if spans:
            rise, lines = 0.0, []
            for span in spans:
                rise += float(span.get("dy").removesuffix("em")) * FONT
                lines.append((span.get("x"), rise, span.text or ""))
        for x, rise, line in lines:
            width = text_width(line)
            left = float(x) - {"start": 0, "middle": width / 2, "end": width}[anchor]
            corners = [(left, y + rise - FONT / 2), (left + width, y + rise + FONT / 2)]
            turned = [(a * u + c * v + e, b * u + d * v + f) for u, v in corners]
            if line:
                (u1, v1), (u2, v2) = turned
                yield min(u1, u2), min(v1, v2), max(u1, u2), max(v1, v2), line


def overlap(one, other):
    return min(one[2], other[2]) - max(one[0], other[0]) > 0.2 and min(one[3], other[3]) - max(one[1], other[1]) > 0.2


def of_kind(svg, kind):
    return [child for each in svg.iter(f"{SVG}g") if each.get("class") == f"chart-{kind}" for child in each]


def cells(markup):
    """The rows of the table, heading first."""
    return [["".join(cell.itertext()) for cell in row] for row in parsed(markup).iter("tr")]


@settings(max_examples=70)
@given(any_chart)
def test_any_texts_and_values_make_a_well_formed_figure_whose_texts_lie_inside_and_apart(markup):
    figure = parsed(markup)
    assert figure.tag == "figure"
    assert "style=" not in re.sub(r">[^<]*<", "><", markup)
    assert not {"script", f"{SVG}script"} & {each.tag for each in figure.iter()}
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f]", markup)
    assert "nan" not in "".join(each.get("d", "") + each.get("x", "") for each in figure.iter())
    ids = [each.get("id") for each in figure.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    for svg in figure.iter(f"{SVG}svg"):
        assert svg.get("role") == "img"
        assert set(svg.get("aria-labelledby").split()) <= set(ids)
        assert svg.find(f"{SVG}title").text
        _, _, width, height = map(float, svg.get("viewBox").split())
        found = list(boxes(svg))
        assert all(each[0] >= -0.2 and each[2] <= width + 0.2 and each[3] <= height + 0.2 for each in found)
        assert all(each[1] >= -0.2 for each in found)
        if len(found) < 120:  # pairs
            clashes = [
                (one[4], other[4]) for at, one in enumerate(found) for other in found[:at] if overlap(one, other)
            ]
            assert not clashes


@given(st.lists(floats), texts)
def test_a_sparkline_is_well_formed_and_named(values, label):
    svg = parsed(draw_sparkline(values, label=label))
    assert svg.get("aria-label") == (svg.find(f"{SVG}title").text or "")
    assert all(0 <= float(each.get("cx")) <= 96 and 0 <= float(each.get("cy")) <= 20 for each in of_kind(svg, "dot"))


@given(bars)
def test_bars_are_as_long_as_their_values_and_say_what_the_table_says(given_bars):
    markup = draw_bars(FRAME, given_bars)
    known = [bar.value for bar in given_bars if bar.value is not None and bar.value.is_finite()]
    drawn = [
        float(each.get("d").split("h")[1].split("v")[0]) for svg in pictures(markup) for each in of_kind(svg, "bar")
    ]
    assert len(drawn) == len(known)
    pairs = [(abs(float(value)), length) for value, length in zip(known, drawn, strict=True)]
    longest, unit = max(pairs, default=(0, 0))
    assert all(abs(length - value * unit / longest) < 0.3 for value, length in pairs if longest)
    written = [line for svg in pictures(markup) for *_, line in boxes(svg)]
    for bar, row in zip(given_bars, cells(markup)[1:], strict=True):
        if bar.value in known:
            assert row[1] == show_score(bar.value)
            assert row[1] in written
        else:
            assert row[1].startswith("no value")


def test_no_value_is_words_and_no_mark():
    """A site without a value has neither a dot at 0 nor one anywhere else."""
    sites = [Ranked(label="a", value=None, reason="no_data"), Ranked(label="b", value=Decimal(0))]
    markup = draw_ranking(FRAME, sites)
    assert len(of_kind(pictures(markup)[0], "dot")) == 1
    assert [row[2] for row in cells(markup)] == ["value", "no value: no data", "0.00"]
    trend = [TrendPoint(label=str(at), value=value) for at, value in enumerate([5.0, 6.0, None, 5.0, 7.0])]
    svg = pictures(draw_trend(FRAME, trend))[0]
    assert len(of_kind(svg, "dot")) == 4 + 1  # and that of the key
    lines = [each.get("d").count("L") for each in of_kind(svg, "line")]
    assert lines == [1, 1, 1]  # the key's, and two that the gap parts


def test_a_dot_lies_where_its_axis_says():
    sites = [Ranked(label=str(value), value=Decimal(value)) for value in (62, 75, 98)]
    svg = pictures(draw_ranking(FRAME, sites))[0]
    axis = {float(each.text): float(each.get("x")) for each in of_kind(svg, "muted") if each.get("x")}
    (low, left), (high, right) = min(axis.items()), max(axis.items())
    dots = [float(each.get("cx")) for each in of_kind(svg, "dot")]
    assert dots == pytest.approx(
        [left + (value - low) / (high - low) * (right - left) for value in (62, 75, 98)], abs=0.2
    )


def test_limits_that_vary_step_from_point_to_point():
    limits = [(80, 92), (80, 92), (78, 94)]
    trend = [TrendPoint(label=str(at), value=86.0, low=low, high=high) for at, (low, high) in enumerate(limits)]
    lower, upper = (each.get("d") for each in of_kind(pictures(draw_trend(FRAME, trend))[0], "limit")[-2:])
    for line in (lower, upper):
        heights = [place.split()[1] for place in line[1:].split("L")]
        assert [heights[0], heights[2]] == sorted({*heights}, key=heights.index)
        assert heights == [heights[0], heights[0], heights[2], heights[2]]


def test_signals_have_another_shape_and_are_told():
    trend = [
        TrendPoint(label="May", value=1.0),
        TrendPoint(label="June", value=9.0, signals=("worse", "beyond limits")),
    ]
    markup = draw_trend(FRAME, trend)
    svg = pictures(markup)[0]
    assert [each.tag for each in of_kind(svg, "marked")][-1] == f"{SVG}path"
    assert {each.tag for each in of_kind(svg, "dot")} == {f"{SVG}circle"}
    assert [each.text for each in parsed(markup).iter("li")] == ["June · 9 · worse, beyond limits"]


@given(counted)
def test_a_pareto_sums_up_to_all(given_counts):
    markup = draw_pareto(FRAME, given_counts)
    rows = cells(markup)[1:]
    counts = [int(row[1]) for row in rows]
    assert counts == sorted((each.count for each in given_counts), reverse=True)
    for at, row in enumerate(rows, start=1):
        assert row[2] == (show_share(Decimal(sum(counts[:at])) / sum(counts)) if sum(counts) else "-")


@given(stacks)
def test_parts_of_a_stack_are_as_long_as_their_counts(given_stacks):
    rows = cells(draw_stack(FRAME, given_stacks))[1:]
    for stack, row in zip(given_stacks, rows, strict=True):
        assert sum(map(int, row[1:-1])) == int(row[-1]) == sum(count for _, count in stack.parts)


def test_the_shade_of_a_cell_changes_at_its_bound():
    values = tuple(map(Decimal, ("49.99", "50", "69.99", "70", "80", "90")))
    svg = pictures(draw_heat_map(FRAME, list("abcdef"), [HeatRow(label="x", values=values)]))[0]
    areas = {band: of_kind(svg, f"band-{band}")[-1].get("d").count("M") for band in range(1, 6)}
    assert areas == {1: 1, 2: 2, 3: 1, 4: 1, 5: 1}


def test_a_long_ranking_is_cut_into_pictures_that_fit_on_paper():
    sites = [Ranked(label=f"Site {at}", value=Decimal(at) / 5, low=Decimal(0), high=Decimal(100)) for at in range(500)]
    markup = draw_ranking(FRAME, sites)
    assert len(markup) / 500 < 700  # picture and table
    heights = [float(svg.get("viewBox").split()[3]) for svg in pictures(markup)]
    assert max(heights) < 900
    assert sum(len(of_kind(svg, "dot")) for svg in pictures(markup)) == 500 + 1


@pytest.mark.parametrize("code", ["en", "zh"])
def test_charts_look_as_they_did(charts, draw_all, code):
    """With SQAUDIT_DRAW=1 the expected files are written anew: look at them in a browser before they are kept."""
    drawn = "\n".join(charts[code].values())
    assert drawn == "\n".join(draw_all(code).values())
    expected = EXPECTED / f"{code}.html"
    if os.environ.get("SQAUDIT_DRAW"):
        expected.write_text(drawn, encoding="utf-8")
    assert drawn == expected.read_text(encoding="utf-8")


def test_the_example_of_the_documentation_draws(tmp_path, monkeypatch):
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(program, {})  # noqa: S102  our own page
    drawn = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert [row[1] for row in cells(drawn[drawn.index("<figure") :])] == ["value", "87.25", "no value: no data"]


def test_the_documentation_names_every_chart():
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in charts_module.__all__ if name.startswith("draw_") and f"`{name}`" not in page] == []
