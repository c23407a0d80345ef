"""A case of the domain as a project made of files: what lies in it, what is run, and what has to come out.

The cases stand in the domain's table of cases, with what is found, what is done, and an indicator before and after. A
story draws its records by a seeded generator, which decides who said what and when; how often it was said is dealt out
exactly, so that the figures are those of the table.
"""

from __future__ import annotations

import csv
import io
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random

# The place of what is judged over all sites together.
EVERYWHERE = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What ``compare`` shows of an item over all sites, from the first period of a story to its last.

    Values are those of the table of cases, in the value's own unit, to ``digits`` decimals. ``p`` is as the table
    prints it, ``None`` where it prints none.
    """

    before: float
    after: float
    digits: int
    verdict: str = "better"
    p: str | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """A criterion that fails at these sites and nowhere else, by these items."""

    criterion: str
    severity: str
    sites: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Story:
    """A project in which ``programme`` is run for each of ``periods``: before, while and after something is done.

    Files are texts by their path from the project's folder; the first column of a file of records names the site.
    ``later`` holds, by period, the files that are written over them before it is run. ``found`` is all that is found in
    the first period; in the last nothing is. ``effect`` is what the action against ``criterion`` is to be judged by,
    declared beforehand; its ``site`` is ``EVERYWHERE`` where the figures of the case are those of all sites together.
    """

    name: str
    files: Mapping[str, str]
    programme: str
    periods: tuple[str, ...]
    found: tuple[Found, ...]
    shown: Mapping[str, Shown]
    effect: Mapping[str, object]
    later: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def standard(self) -> str:
        """The path of its standard."""
        (path,) = (path for path in self.files if path.endswith("/standard.yaml"))
        return path

    def records(self, name: str) -> list[dict[str, str]]:
        """The rows of a file of records."""
        return list(csv.DictReader(io.StringIO(self.files[self._path(name)])))

    def keeping(self, holds: Callable[[str, Mapping[str, str]], bool]) -> Story:
        """The story with those records only for which it holds, asked of the name of the file and the row."""
        kept = {}
        for path, text in self.files.items():
            if path.endswith(".csv"):
                name = path.rsplit("/", 1)[-1].removesuffix(".csv")
                rows = [row for row in self.records(name) if holds(name, row)]
                kept[path] = records(text.splitlines()[0], [list(row.values()) for row in rows])
        return replace(self, files={**self.files, **kept})

    def telling(self, name: str, rows: Iterable[Sequence[object]]) -> Story:
        """The story with other rows in a file of records."""
        path = self._path(name)
        return replace(self, files={**self.files, path: records(self.files[path].splitlines()[0], rows)})

    def followed(self, rules: str = "{}") -> Story:
        """The story of a programme that follows its findings up by these rules (default: the project's own)."""
        path = f"audits/{self.programme}/programme.yaml"
        return replace(self, files={**self.files, path: f"{self.files[path]}follow_up: {rules}\n"})

    def edited(self, path: str, *edits: tuple[str, str]) -> str:
        """The text of a file, with each old text a new one."""
        text = self.files[path]
        for old, new in edits:
            assert old in text, f"{old!r} is not in {path}"
            text = text.replace(old, new)
        return text

    def _path(self, name: str) -> str:
        return f"audits/{self.programme}/{name}.csv"


# Nobody is called so: who audits, who does something about it, who approves that, and who looks whether it helped.
PEOPLE = """\
people:
  lena: {name: {en: Lena Larkfield, zh: 林组长}, roles: [lead, auditor]}
  arno: {name: {en: Arno Alderbank, zh: 艾审核}, roles: [auditor]}
  olive: {name: {en: Olive Oakhollow, zh: 柳负责}, roles: [owner]}
  abel: {name: {en: Abel Ashbarrow, zh: 安批准}, roles: [approver]}
  vera: {name: {en: Vera Vinecroft, zh: 魏核实}, roles: [verifier]}
  mona: {name: {en: Mona Mistvale, zh: 孟经理}, roles: [manager]}
"""
TEAM = "team: {lead: lena, auditors: [arno, lena]}"


def project_file(project: str, *more: str) -> str:
    """The text of ``sqaudit.yaml``: a project with its people, and ``more`` lines."""
    return "\n".join([f"project: {project}", "timezone: Asia/Shanghai", *more, PEOPLE])


def site_list(sites: Mapping[str, tuple[str, str]], **more: str) -> str:
    """The sites of a programme with their titles in English and Chinese, and ``more`` that all of them have."""
    extra = "".join(f", {key}: {value}" for key, value in {"manager": "mona", **more}.items())
    return "sites:\n" + "".join(
        f"  - {{id: {site}, title: {{en: {english}, zh: {chinese}}}{extra}}}\n"
        for site, (english, chinese) in sites.items()
    )


def records(header: str, rows: Iterable[Sequence[object]]) -> str:
    """Records as CSV: yes and no as such, an empty cell for what is not there."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def exactly(random: Random, part: int, whole: int) -> list[bool]:
    """So many of the whole are true; which ones is drawn."""
    assert 0 <= part <= whole, (part, whole)
    made = [place < part for place in range(whole)]
    random.shuffle(made)
    return made


def totalling(random: Random, total: int, number: int, low: int, high: int) -> list[int]:
    """So many whole numbers from ``low`` to ``high`` that have this total; how they differ is drawn."""
    assert low * number <= total <= high * number, (total, number)
    made = shared(total, number)
    for _ in range(2 * number):
        up, down = random.randrange(number), random.randrange(number)
        if up != down and made[up] < high and made[down] > low:
            made[up] += 1
            made[down] -= 1
    return made


def scattered(random: Random, total: int, number: int) -> list[int]:
    """A total of events that fall into so many days by chance."""
    falls = Counter(random.randrange(number) for _ in range(total))
    return [falls[place] for place in range(number)]


def shared(total: int, among: int) -> list[int]:
    """A total shared as evenly as whole numbers allow."""
    return [total * (place + 1) // among - total * place // among for place in range(among)]


def days_of(period: str) -> list[date]:
    """The days of a month (2026-07), a quarter (2026-Q3) or a year (2026)."""
    year = int(period[:4])
    if "Q" in period:
        first = 3 * int(period[-1]) - 2
        months = range(first, first + 3)
    else:
        months = range(1, 13) if len(period) == len("2026") else range(int(period[5:]), int(period[5:]) + 1)
    return [date(year, month, day) for month in months for day in range(1, monthrange(year, month)[1] + 1)]


def moments(random: Random, period: str, number: int) -> list[datetime]:
    """So many moments of a period in the order of time, from nine in the morning to eight in the evening."""
    days = days_of(period)
    midnight = time()
    return sorted(
        datetime.combine(random.choice(days), midnight) + timedelta(minutes=random.randint(9 * 60, 20 * 60))
        for _ in range(number)
    )
