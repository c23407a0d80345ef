"""From values to scores, ratings and findings: pure functions over frozen values."""
