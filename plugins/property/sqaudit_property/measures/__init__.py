"""Measures of the trade: the overdue part of what is open, repeats within days, complaints of whole groups."""

from __future__ import annotations

from sqaudit_property.measures.backlog import OverdueBacklog
from sqaudit_property.measures.bursts import GroupComplaints
from sqaudit_property.measures.repeats import RepeatWithin

MEASURES = (OverdueBacklog(), RepeatWithin(), GroupComplaints())
