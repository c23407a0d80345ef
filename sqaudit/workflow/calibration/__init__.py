"""Calibration rounds: opened over common units, rated blind, closed, reported; never part of a site's score."""
