"""Intervals against published numbers and an independent computation."""

from fractions import Fraction
from math import isclose, sqrt
from os import environ
from pathlib import Path

import pytest
import yaml

from sqaudit.statistics.intervals import adjusted_wald_nps, wilson

VECTORS = Path(environ.get("SQAUDIT_TEST_VECTORS", Path(__file__).parents[4] / "shared" / "domain" / "VECTORS.yaml"))


def vectors(prefix, kind):
    if not VECTORS.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"the data set {VECTORS.name} is not here"))]
    found = yaml.safe_load(VECTORS.read_text(encoding="utf-8"))["vectors"]
    return [
        pytest.param(one, id=one["id"]) for one in found if one["id"].startswith(prefix) and set(one["input"]) == kind
    ]


@pytest.mark.parametrize("vector", vectors("WIL", {"successes", "n", "confidence"}))
def test_wilson_gives_the_published_intervals(vector):
    given = vector["input"]
    interval = wilson(given["successes"], given["n"], given["confidence"])
    for end, expected in zip(interval, vector["expected"], strict=True):
        assert isclose(end, expected, abs_tol=vector["tolerance"]["abs"])


@pytest.mark.parametrize("vector", vectors("NPS-04", {"promoters", "passives", "detractors", "confidence", "method"}))
def test_adjusted_wald_gives_the_worked_example(vector):
    given = vector["input"]
    n = given["promoters"] + given["passives"] + given["detractors"]
    low, high = adjusted_wald_nps(given["promoters"], given["detractors"], n)
    assert isclose(low, vector["expected"]["lower"], abs_tol=vector["tolerance"]["abs"])
    assert isclose(high, vector["expected"]["upper"], abs_tol=vector["tolerance"]["abs"])


@pytest.mark.parametrize(
    ("successes", "n"), [(0, 1), (1, 1), (0, 30), (30, 30), (3, 7), (81, 263), (999_999, 1_000_000)]
)
def test_wilson_ends_solve_the_score_equation(successes, n):
    """At an end p of the interval the distance |x/n - p| is exactly z standard errors of p (Wilson 1927)."""
    z = 1.959963984540054
    low, high = wilson(successes, n)
    assert 0 <= low <= successes / n <= high <= 1
    for end in (low, high):
        if end in {0.0, 1.0}:
            continue
        assert isclose(abs(successes / n - end), z * sqrt(end * (1 - end) / n), rel_tol=1e-6)


def test_wilson_is_exact_at_the_ends():
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == 1.0


def test_adjusted_wald_keeps_a_width_when_all_agree():
    """Ten promoters: 47.5 to 100; computed here from the variance of -1, 0, 1 over the answers with three added."""
    low, high = adjusted_wald_nps(10, 0, 10)
    p, d = Fraction(43, 52), Fraction(3, 52)
    variance = p * 1 + d * 1 - (p - d) ** 2
    assert isclose(low, 100 * float(p - d) - 195.9963984540054 * sqrt(variance / 13), rel_tol=1e-12)
    assert isclose(low, 47.5035515448, abs_tol=1e-9)
    assert high == 100.0
