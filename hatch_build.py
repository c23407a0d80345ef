"""Compiles the catalogues into the wheel, and into the tree for an editable installation."""

from __future__ import annotations

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before it builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Write the .mo files; they are named as artifacts in pyproject.toml."""
        sys.path.insert(0, self.root)
        try:
            from sqaudit.locale.catalogues import compile_catalogues  # noqa: PLC0415

            compile_catalogues()
        finally:
            sys.path.remove(self.root)
