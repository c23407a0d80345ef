"""How the pages of a web service follow each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sqaudit.builtin.collectors.fetching import Answer, Fetcher, is_same_service
from sqaudit.errors import Message, UnusableSource, msg

if TYPE_CHECKING:
    from httpx import URL

_MISSING = object()
Record = Mapping[str, object]


class Pages:
    """The records of all pages that begin at ``url``: how they follow says ``paging``, which has one key.

    ``records`` is the dotted path to the list in an answer, ``total`` that to the number of records there are.
    """

    def __init__(
        self,
        url: URL,
        *,
        records: str | None,
        total: str | None,
        paging: Mapping[str, Mapping[str, object]],
        most: int,
    ) -> None:
        self._url = url
        self._records = records
        self._total = total
        self._kind = next(iter(paging), None)
        self._paging = paging.get(self._kind, {}) if self._kind else {}
        self._most = most

    def read(self, fetcher: Fetcher) -> Iterator[Record]:
        """Every record, page by page.

        Raises:
            UnusableSource: SQA524 if an answer is not as described, or they are not all that there are; SQA525 if there
                are more pages than allowed.
        """
        number, received = 1, 0
        url: URL | None = self._first()
        seen = {str(url)}
        while url is not None:
            answer = fetcher.get(url)
            records = self._records_of(answer.document, number)
            yield from records
            received += len(records)
            url = self._following(answer, records, number, received)
            if url is None:
                self._see_that_complete(answer.document, received)
                return
            if str(url) in seen:
                raise self._unlike(msg("page {number} leads back to an earlier page", number=number))
            seen.add(str(url))
            number += 1
            if number > self._most:
                message = msg("{host}: there are more than {count} pages", host=self._url.host, count=self._most)
                hint = msg("see that 'paging' is right; if it is, raise 'pages' under 'limit'")
                raise UnusableSource("SQA525", message, hint)

    def _first(self) -> URL:
        match self._kind:
            case "page":
                return self._asking(self._paging.get("first", 1))
            case "offset":
                return self._asking(0)
            case _:
                return self._url

    def _asking(self, value: object) -> URL:
        return self._url.copy_set_param(str(self._paging["name"]), str(value))

    def _following(self, answer: Answer, records: Sequence[Record], number: int, received: int) -> URL | None:
        """Where the next page is; ``None`` after the last."""
        match self._kind:
            case "page" | "offset":
                is_last = not records or received == _number(find(answer.document, self._total))
                first = self._paging.get("first", 1)
                following = received if self._kind == "offset" else int(str(first)) + number
                return None if is_last else self._asking(following)
            case "cursor":
                cursor = self._told(answer.document, str(self._paging["field"]), number)
                return None if cursor is None else self._asking(cursor)
            case "next":
                return self._link(answer, number)
            case _:
                return None

    def _told(self, document: object, path: str, number: int) -> str | None:
        """What a field says of the next page; that there is none, it says by being empty or not there."""
        parent, _, _ = path.rpartition(".")
        if parent and not isinstance(find(document, parent), Mapping):
            raise self._unlike(msg("page {number} has no '{field}'", number=number, field=path))
        value = find(document, path)
        if value is _MISSING or value is None or value is False or value == "":
            return None
        if not isinstance(value, str | int):
            raise self._unlike(msg("page {number} has no text under '{field}'", number=number, field=path))
        return str(value)

    def _link(self, answer: Answer, number: int) -> URL | None:
        import httpx

        field = self._paging.get("field")
        link = answer.next_link if field is None else self._told(answer.document, str(field), number)
        if link is None:
            return None
        try:
            url = httpx.URL(answer.url).join(link)
        except httpx.InvalidURL:
            raise self._unlike(msg("page {number} names a next page that is no address", number=number)) from None
        if not is_same_service(self._url, url):
            message = msg("page {number} names a next page at another place, {place}", number=number, place=url.host)
            raise self._unlike(message)
        return url

    def _records_of(self, document: object, number: int) -> Sequence[Record]:
        records = document if self._records is None else find(document, self._records)
        if not isinstance(records, list):
            if self._records is None:
                raise self._unlike(msg("page {number} is no list of records", number=number), _lists(document))
            message = msg("page {number} has no list of records under '{key}'", number=number, key=self._records)
            raise self._unlike(message, _lists(document))
        for place, record in enumerate(records, 1):
            if not isinstance(record, dict):
                message = msg("record {place} of page {number} is no object", place=place, number=number)
                raise self._unlike(message)
        return records

    def _see_that_complete(self, document: object, received: int) -> None:
        if self._total is None:
            return
        total = _number(find(document, self._total))
        if total is None:
            raise self._unlike(msg("the last page has no number under '{key}'", key=self._total))
        if total != received:
            message = msg("there are {total} records, and {received} came", total=total, received=received)
            hint = msg("look at 'paging' and at the order of the records; if some were just written, run again")
            raise self._unlike(message, hint)

    def _unlike(self, reason: Message, hint: Message | None = None) -> UnusableSource:
        message = msg("{host}: {reason}", host=self._url.host, reason=reason)
        hint = hint or msg("compare 'records' and 'paging' with an answer of the service")
        return UnusableSource("SQA524", message, hint)


def find(document: object, path: str | None) -> object:
    """What lies under a dotted path, or something that equals nothing else."""
    if path is None:
        return _MISSING
    found = document
    for part in path.split("."):
        found = found.get(part, _MISSING) if isinstance(found, Mapping) else _MISSING
    return found


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


def _lists(document: object) -> Message | None:
    """Where an answer has lists."""
    names = _paths_of_lists(document)
    if not names:
        return None
    return msg("the answer has lists under {keys}", keys=", ".join(f"'{name}'" for name in names))


def _paths_of_lists(document: object, before: str = "") -> list[str]:
    found: list[str] = []
    for key, value in document.items() if isinstance(document, dict) else ():
        if isinstance(value, list):
            found.append(f"{before}{key}")
        elif before.count(".") < 2:  # noqa: PLR2004  as deep as anybody hides them
            found += _paths_of_lists(value, f"{before}{key}.")
    return found[:10]
