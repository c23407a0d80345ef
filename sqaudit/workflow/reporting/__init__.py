"""The parts of a report's view that come from other cycles, from actions and from what scores are made of."""
