"""What ``pip install`` leaves behind of a plugin, as far as sqaudit looks at it: a path on which it is found."""

from __future__ import annotations

import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqaudit.plugin.discovery import discover

_GROUPS = ("sqaudit", "sqaudit.commands")


def lay_plugin(distribution: Path, site: Path) -> None:
    """Lay a distribution, as it stands in its folder, onto a path from which plugins are found."""
    for package in distribution.glob("*/__init__.py"):
        if package.parent.name != "tests":
            shutil.copytree(package.parent, site / package.parent.name, ignore=shutil.ignore_patterns("__pycache__"))
    _write_about(_read_project(distribution), site)


def show_plugin(distribution: Path) -> Callable[[], None]:
    """Let the plugin of this folder be found in this process unless it is installed; returns what ends that."""
    project = _read_project(distribution)
    wanted = {*project.get("entry-points", {}).get(_GROUPS[0], {})}
    if not wanted or wanted <= {found.name for found in discover()}:
        return lambda: None
    site = tempfile.mkdtemp(prefix="sqaudit-plugin-")
    _write_about(project, Path(site))
    added = [str(distribution), site]
    sys.path[:0] = added

    def end() -> None:
        for place in added:
            if place in sys.path:
                sys.path.remove(place)
        shutil.rmtree(site, ignore_errors=True)

    return end


def _read_project(distribution: Path) -> dict[str, Any]:
    path = distribution / "pyproject.toml"
    if not path.is_file():
        return {}
    project: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    return project


def _write_about(project: dict[str, Any], site: Path) -> None:
    name, version = project["name"], project.get("version", "0")
    about = site / f"{name.replace('-', '_')}-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    groups = (
        f"[{group}]\n" + "".join(f"{entry} = {value}\n" for entry, value in entries.items())
        for group, entries in project["entry-points"].items()
    )
    (about / "entry_points.txt").write_text("\n".join(groups), encoding="utf-8")
