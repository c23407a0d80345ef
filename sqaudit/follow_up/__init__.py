"""What becomes of findings: seen again, treated by actions, due, proven. Pure functions over frozen values."""
