"""Keeps the catalogues: ``python -m sqaudit.locale.catalogues extract | check | compile``. Needs Babel.

``extract`` brings the template and both catalogues up to the code; ``check`` lists what is untranslated, uncertain,
left over or different in its holes; ``compile`` writes the .mo files that are read at run time.
"""

from __future__ import annotations

import io
import os
import string
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from sqaudit.locale import DOMAIN, FOLDER, LANGUAGES

PACKAGE = FOLDER.parent
_SOURCE_LANGUAGE = "en"
_KEYWORDS: dict[str, tuple[int, ...] | None] = {"msg": None, "plural": (1, 2), "_": None}
# Templates must be read as they are rendered, and what is wrong in them be told.
_METHODS = [("**.py", "python"), ("**.j2", "jinja2")]
_OPTIONS = {"**.j2": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
# A fixed date, so that the same code always makes the same files.
_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def catalogue_path(language: str, folder: Path = FOLDER, suffix: str = "po") -> Path:
    """Where the catalogue of a language is kept."""
    return folder / language / "LC_MESSAGES" / f"{DOMAIN}.{suffix}"


def collect_messages(package: Path = PACKAGE) -> Catalog:
    """The template: every message that the code of ``package`` marks."""
    template = _catalogue(None)
    found = extract_from_dir(package, _METHODS, _OPTIONS, keywords=_KEYWORDS)
    for file, _line, ids, comments, _context in found:
        template.add(ids, locations=[(f"sqaudit/{Path(file).as_posix()}", 0)], auto_comments=comments)
    return template


def extract(folder: Path = FOLDER, package: Path = PACKAGE) -> None:
    """Write the template, and take its new messages into the catalogues; what the code lost is dropped there."""
    template = collect_messages(package)
    _write(folder / f"{DOMAIN}.pot", template)
    for language in LANGUAGES:
        path = catalogue_path(language, folder)
        catalogue = _read(path, language) if path.exists() else _catalogue(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.revision_date = catalogue.creation_date = _DATE
        _write(path, catalogue)


def complaints(folder: Path = FOLDER, package: Path = PACKAGE) -> Iterator[str]:
    """What stands between the catalogues and the code, one line each; nothing if all is well."""
    wanted = {_key(message.id) for message in collect_messages(package) if message.id}
    for language in LANGUAGES:
        path = catalogue_path(language, folder)
        catalogue = _read(path, language)
        present = {_key(message.id): message for message in catalogue if message.id}
        yield from (f"{language}: not extracted: {key!r}" for key in sorted(wanted - present.keys()))
        yield from (f"{language}: no longer in the code: {key!r}" for key in sorted(present.keys() - wanted))
        yield from (f"{language}: obsolete: {_key(key)!r}" for key in sorted(catalogue.obsolete, key=_key))
        for key, message in sorted(present.items()):
            translations = _forms(message.string)
            if message.fuzzy:
                yield f"{language}: fuzzy: {key!r}"
            elif not all(translations) and (any(translations) or language != _SOURCE_LANGUAGE):
                yield f"{language}: untranslated: {key!r}"
            elif any(translations) and _holes(translations) - _holes(_forms(message.id)):
                yield f"{language}: unknown holes: {key!r}"
            elif any(translations) and len(_forms(message.id)) == 1 and _holes(translations) != _holes([key]):
                yield f"{language}: forgotten holes: {key!r}"


def compile_catalogues(folder: Path = FOLDER) -> list[Path]:
    """Write the .mo file of every language beside its catalogue; returns those files."""
    written = []
    for language in LANGUAGES:
        buffer = io.BytesIO()
        write_mo(buffer, _read(catalogue_path(language, folder), language))
        path = catalogue_path(language, folder, "mo")
        if not path.exists() or path.read_bytes() != buffer.getvalue():
            # Replaced whole, as another test run may be reading it.
            beside = path.with_suffix(f".{os.getpid()}")
            beside.write_bytes(buffer.getvalue())
            beside.replace(path)
        written.append(path)
    return written


def main(arguments: Sequence[str]) -> int:
    """Do what the first argument names; 1 if ``check`` has complaints."""
    if list(arguments) == ["extract"]:
        extract()
        return 0
    if list(arguments) == ["compile"]:
        compile_catalogues()
        return 0
    if list(arguments) == ["check"]:
        lines = list(complaints())
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return 1 if lines else 0
    sys.stderr.write("usage: python -m sqaudit.locale.catalogues extract|check|compile\n")
    return 2


def _catalogue(language: str | None) -> Catalog:
    return Catalog(
        locale=language, domain=DOMAIN, project=DOMAIN, version="", header_comment="# Messages of sqaudit.",
        copyright_holder="sqaudit", msgid_bugs_address="", creation_date=_DATE, revision_date=_DATE,
        last_translator="sqaudit", language_team="sqaudit", charset="utf-8", fuzzy=False,
    )  # fmt: skip


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def _write(path: Path, catalogue: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, no_location=True, ignore_obsolete=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())


def _key(ids: object) -> str:
    return _forms(ids)[0]


def _forms(ids: object) -> list[str]:
    return [str(each) for each in ids] if isinstance(ids, list | tuple) else [str(ids)]


def _holes(texts: Sequence[str]) -> set[tuple[str, str | None]]:
    parsed = (part for text in texts for part in string.Formatter().parse(text))
    return {(name, conversion) for _text, name, _format, conversion in parsed if name is not None}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
