"""Pieces of SVG: texts, lines, shapes, and the key that explains them. Everything written is escaped here."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from sqaudit.reports.charts.measuring import FONT, LINE, Fitted, fit, text_width
from sqaudit.reports.charts.scales import units
from sqaudit.reports.charts.style import attributes
from sqaudit.reports.tables import one_line


def escaped(text: str) -> str:
    """``text`` for HTML and XML: on one line, without characters that steer the writing direction or the terminal."""
    return html.escape(one_line(text))


def group(kind: str, pieces: Iterable[str], *, more: str = "") -> str:
    """The pieces drawn as marks of one kind; nothing if there are none. ``more`` adds attributes."""
    content = "".join(pieces)
    return f"<g{attributes(kind)}{more}>{content}</g>\n" if content else ""


def text(x: float, y: float, content: Fitted | str, *, more: str = "") -> str:
    """A text whose middle is at ``y``; of one that was shortened, all of it shows on pointing."""
    fitted = content if isinstance(content, Fitted) else Fitted((content,))
    full = title(fitted.full) if fitted.full else ""
    if len(fitted.lines) == 1:
        return f'<text x="{units(x)}" y="{units(y)}"{more}>{escaped(fitted.lines[0])}{full}</text>'
    rise = -0.6 * (len(fitted.lines) - 1)
    spans = "".join(
        f'<tspan x="{units(x)}" dy="{units(1.2 if number else rise)}em">{escaped(line)}</tspan>'
        for number, line in enumerate(fitted.lines)
    )
    return f'<text y="{units(y)}"{more}>{spans}{full}</text>'


def title(content: str) -> str:
    """What shows on pointing at the element that it stands in."""
    return f"<title>{escaped(content)}</title>"


def path(places: Sequence[tuple[float, float]]) -> str:
    """A line through the places."""
    return f'<path d="{steps(places)}"/>'


def steps(places: Sequence[tuple[float, float]]) -> str:
    """The data of a line through the places, for a path of several lines."""
    return "M" + "L".join(f"{units(x)} {units(y)}" for x, y in places)


def box(x: float, y: float, width: float, height: float) -> str:
    """The data of a rectangle, for a path of many."""
    return f"M{units(x)} {units(y)}h{units(width)}v{units(height)}h{units(-width)}z"


def circle(x: float, y: float, radius: float, shown: str = "") -> str:
    """A circle; ``shown`` on pointing at it."""
    end = f">{title(shown)}</circle>" if shown else "/>"
    return f'<circle cx="{units(x)}" cy="{units(y)}" r="{units(radius)}"{end}'


def diamond(x: float, y: float, radius: float, shown: str = "") -> str:
    """A square on its corner; ``shown`` on pointing at it."""
    end = f">{title(shown)}</path>" if shown else "/>"
    size = units(radius)
    return f'<path d="M{units(x)} {units(y - radius)}l{size} {size}l-{size} {size}l-{size} -{size}z"{end}'


def key(entries: Sequence[tuple[str, str]], width: float, left: float = 0.0) -> tuple[str, float]:
    """Marks with their meanings, line after line, and the height they take; each mark is drawn round (0, 0).

    A mark reaches 10 units to each side at most.
    """
    x, y, pieces = left, 0.0, []
    for mark, meaning in entries:
        shown = fit(one_line(meaning), width - left - 28)
        needed = 28 + text_width(shown.lines[0])
        if x > left and x + needed > width:
            x, y = left, y + LINE + 4
        pieces.append(f'<g transform="translate({units(x + 10)} {units(y + LINE / 2)})">{mark}</g>')
        pieces.append(text(x + 26, y + LINE / 2, shown))
        x += needed + FONT
    return "".join(pieces) + "\n", (y + LINE + 12 if entries else 0.0)
