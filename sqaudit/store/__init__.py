"""The memory of the audits. Open it with ``sqaudit.store.engine.open_store``; SQLAlchemy loads only then."""
