"""The collectors that sqaudit brings along."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.builtin.collectors.file import FileCollector
from sqaudit.builtin.collectors.forms import FormsCollector
from sqaudit.builtin.collectors.http import HttpCollector
from sqaudit.builtin.collectors.sql import SqlCollector
from sqaudit.model.ports import Collector

COLLECTORS: Sequence[Collector] = (FileCollector(), FormsCollector(), HttpCollector(), SqlCollector())
