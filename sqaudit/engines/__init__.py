"""The process's own analytical engine, opened locked and closed clean."""
