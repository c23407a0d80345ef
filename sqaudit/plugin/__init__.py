"""The plugin door: what an author imports. The hooks are in ``hookspecs``, the host itself is in ``host``."""

import pluggy

__all__ = ["API_VERSION", "PROJECT", "hookimpl"]

PROJECT = "sqaudit"
API_VERSION = 1

hookimpl = pluggy.HookimplMarker(PROJECT)
