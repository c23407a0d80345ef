"""Colours that can be told apart: contrast by the formula of WCAG 2.2 (relative luminance and contrast ratio)."""

import re

import pytest

from sqaudit.reports.charts import CHART_CSS
from sqaudit.reports.charts.style import BANDS, DARK, KINDS, LIGHT, PARTS, PRINT


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK, PRINT], ids=["light", "dark", "print"])
def test_texts_and_marks_stand_out(colours):
    for ground in ("surface", "range"):
        assert contrast(colours["ink"], colours[ground]) >= 4.5
        assert contrast(colours["muted"], colours[ground]) >= 4.5
        for mark in ("axis", "alert", "1", "2"):
            assert contrast(colours[mark], colours[ground]) >= 3, (mark, ground)
    for part in range(1, PARTS + 1):
        assert contrast(colours[f"{part}"], colours["surface"]) >= 3, part
        assert contrast(colours[f"{part}"], colours["on-part"]) >= 4.5, part
    for band in range(1, BANDS + 1):
        assert contrast(colours[f"band-{band}"], colours["on-band-1" if band == 1 else "on-band"]) >= 4.5, band


@pytest.mark.parametrize("colours", [LIGHT, DARK, PRINT], ids=["light", "dark", "print"])
def test_shades_differ_in_grey(colours):
    shades = [luminance(colours[f"band-{band}"]) for band in range(1, BANDS + 1)]
    assert shades in (sorted(shades), sorted(shades, reverse=True))
    for band in range(1, BANDS):
        assert contrast(colours[f"band-{band}"], colours[f"band-{band + 1}"]) > 1.14, band


def test_every_colour_that_the_style_sheet_uses_is_defined_for_light_dark_and_print():
    assert LIGHT.keys() == DARK.keys() == PRINT.keys()
    assert set(re.findall(r"var\(--chart-([\w-]+),", CHART_CSS)) <= LIGHT.keys()
    assert CHART_CSS.count("--chart-ink:") == 3
    assert set(re.findall(r"\.chart-([\w-]+)\{(?:fill|stroke):", CHART_CSS)) <= KINDS.keys()
    assert "<" not in CHART_CSS
