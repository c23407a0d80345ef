"""Quantiles against scipy's distributions, and what they cost before they are asked for."""

import subprocess
import sys
from math import isclose

import pytest
from scipy import stats

from sqaudit.statistics.quantiles import normal_quantile, student_quantile

EVERYTHING = """
import importlib, pkgutil, sys, sqaudit.statistics
for module in pkgutil.iter_modules(sqaudit.statistics.__path__):
    importlib.import_module(f"sqaudit.statistics.{module.name}")
sys.exit("scipy" in sys.modules or "numpy" in sys.modules)
"""
A_T_INTERVAL = """
import sys
from sqaudit.statistics.intervals import t_interval
t_interval(1.0, 2.0, 3)
sys.exit("scipy.stats" in sys.modules)
"""


@pytest.mark.parametrize("confidence", [0.01, 0.5, 0.95, 0.9999])
def test_quantiles_are_those_of_scipy(confidence):
    assert isclose(normal_quantile(confidence), stats.norm.interval(confidence)[1], rel_tol=1e-9)
    for degrees in (0.5, 1, 2.5, 30, 1e9):
        assert isclose(student_quantile(degrees, confidence), stats.t.interval(confidence, degrees)[1], rel_tol=1e-9)


@pytest.mark.parametrize("degrees", [0, -1, float("nan")])
def test_t_needs_a_degree_of_freedom(degrees):
    with pytest.raises(ValueError, match="degrees"):
        student_quantile(degrees)


@pytest.mark.parametrize("script", [EVERYTHING, A_T_INTERVAL], ids=["nothing at import", "never scipy.stats"])
def test_heavy_libraries_load_only_when_they_must(script):
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
