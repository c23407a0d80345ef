"""Every part of the package has a floor; that imports go downwards only is for ``lint-imports`` to see."""

from __future__ import annotations

import tomllib
from pathlib import Path

import sqaudit

ROOT = Path(__file__).resolve().parents[2]


def test_every_part_has_a_floor_and_every_floor_a_part():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (contract,) = contracts
    named = [part.strip() for floor in contract["layers"] for part in floor.split("|")]
    package = Path(sqaudit.__file__).parent
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in package.glob("*/__init__.py")}
    assert sorted(named) == sorted(modules | packages)
    assert contract["exhaustive"] is True


def test_the_house_plan_shows_every_floor():
    plan = (ROOT / "docs" / "explanation" / "house-plan.md").read_text(encoding="utf-8")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    named = [part.strip() for floor in contracts[0]["layers"] for part in floor.split("|")]
    assert [part for part in named if f"{part} " not in plan] == []
