"""The parts of scoring a collected cycle by another version of its standard."""
