"""Two cycles side by side: what may be compared, what changed, and whether by more than chance."""
