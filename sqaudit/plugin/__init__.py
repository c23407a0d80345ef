"""The plugin door: what an author imports. The host itself is in ``sqaudit.plugin.host``."""

from sqaudit.plugin.hookspecs import API_VERSION, hookimpl

__all__ = ["API_VERSION", "hookimpl"]
