"""What the database itself refuses: the log of events is only ever added to.

One change is let through: a payload is blanked, and its hash stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

_KEPT: Final = (
    *("number", "kind", "programme", "period", "thing", "recorded_at"),
    *("payload_hash", "previous_hash", "hash"),
)
_NO_BLANKING: Final = (
    "NEW.payload IS NOT NULL OR OLD.payload IS NULL OR NEW.erased_by IS NULL OR OLD.erased_by IS NOT NULL"
)
_OF_SQLITE: Final = (
    """CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END""",
    """CREATE TRIGGER events_are_never_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE number >= NEW.number)
BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END""",
    f"""CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
WHEN {_NO_BLANKING} OR {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _KEPT)}
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
)
_OF_POSTGRESQL: Final = (
    f"""CREATE FUNCTION guard_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'events are never deleted';
    END IF;
    IF {_NO_BLANKING} OR {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _KEPT)} THEN
        RAISE EXCEPTION 'events are never changed';
    END IF;
    RETURN NEW;
END $$""",
    """CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION guard_events()""",
    """CREATE TRIGGER events_are_never_emptied BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION guard_events()""",
)
GUARDS: Final[Mapping[str, Sequence[str]]] = {"sqlite": _OF_SQLITE, "postgresql": _OF_POSTGRESQL}
