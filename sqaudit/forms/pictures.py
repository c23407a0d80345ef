"""Pictures that people put into a form: over which row of which sheet they lie."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from msgspec import Struct, field

from sqaudit.model.answer import Picture

_MEDIA = ("xl/media/", "xl/cellimages")


class Pictures(Struct, frozen=True):
    """The ``names`` of all pictures of a workbook, and those that lie over a row, by sheet and row, from 1."""

    names: frozenset[str] = frozenset()
    by_row: Mapping[tuple[str, int], Sequence[Picture]] = field(default_factory=dict)


def find_pictures(content: bytes) -> Pictures:
    """The pictures of a workbook; raises what readers of ZIP and XML raise if it is broken."""
    with ZipFile(BytesIO(content)) as package:
        names = package.namelist()
        media = {name for name in names if name.startswith(_MEDIA) and "/_rels/" not in name}
        if not media:
            return Pictures()
        found: defaultdict[tuple[str, int], list[Picture]] = defaultdict(list)
        for sheet, drawing in _drawings(package):
            for row, part in _placed(package, drawing):
                if part in media:
                    found[sheet, row].append(Picture(name=posixpath.basename(part), content=package.read(part)))
    return Pictures(frozenset(map(posixpath.basename, media)), found)


def _drawings(package: ZipFile) -> Iterator[tuple[str, str]]:
    """Every sheet that has a drawing, by its title, and where the drawing is."""
    workbook = "xl/workbook.xml"
    parts = _related(package, workbook)
    for sheet in _parsed(package, workbook).iterfind(".//{*}sheet"):
        part = parts.get(_named(sheet, "id"), "")
        for target in _related(package, part).values():
            if target.startswith("xl/drawings/") and target.endswith(".xml"):
                yield sheet.get("name", ""), target


def _placed(package: ZipFile, drawing: str) -> Iterator[tuple[int, str]]:
    """The row, from 1, in which the upper edge of each picture of a drawing lies, and the picture's part."""
    parts = _related(package, drawing)
    for anchor in _parsed(package, drawing):
        row = anchor.findtext("{*}from/{*}row")
        for blip in anchor.iterfind(".//{*}blip") if row is not None else ():
            yield int(row or 0) + 1, parts.get(_named(blip, "embed"), "")


def _related(package: ZipFile, part: str) -> dict[str, str]:
    """The parts that a part refers to, by the id it has for them."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in package.namelist():
        return {}
    return {
        one.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
        for one in _parsed(package, relations)
    }


def _parsed(package: ZipFile, part: str) -> ET.Element:
    content = package.read(part)
    if b"<!DOCTYPE" in content:  # entities could grow beyond all memory; no spreadsheet writes any
        raise ValueError(part)
    return ET.fromstring(content)  # noqa: S314 - without entities


def _named(element: ET.Element, name: str) -> str:
    """An attribute of whatever namespace: there are two of relations."""
    return next((value for key, value in element.items() if key.endswith(f"}}{name}")), "")
