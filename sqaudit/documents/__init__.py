"""YAML documents: read with their marks, checked, resolved to plain data, built into values of the model."""
