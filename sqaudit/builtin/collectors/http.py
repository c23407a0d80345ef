"""The records of a web service that answers in JSON.

sources:
  tickets:
    collector: http
    params:
      url: https://desk.example.com/api/tickets
      headers: {Authorization: "env:DESK_TOKEN"}
      query: {from: "{period_start}", to: "{period_end}", limit: 100}
      records: data.items
      paging: {cursor: {name: after, field: data.next}}
    time: opened_at
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes

from sqaudit.builtin.collectors.fetching import Fetcher, Manners
from sqaudit.builtin.collectors.paging import Pages
from sqaudit.builtin.collectors.schemas import duration_schema, texts_schema, url_schema
from sqaudit.errors import UnusableSource, msg
from sqaudit.model.ports import Collected, CollectRequest
from sqaudit.model.programme import Period
from sqaudit.model.target import read_duration

if TYPE_CHECKING:
    import httpx

_DEFAULT_TIMEOUT = "PT30S"
_RETRIES, _PAGES, _MEGABYTES = 4, 1_000, 100
_MOMENTS = "period_start|period_end|period_last_day"
_PLACEHOLDER = re.compile(r"\{(?P<name>" + _MOMENTS + r")(?::(?P<form>[^{}]*))?\}")
# What looks like a placeholder must be one.
_PLACED = r"^(?!.*\{(?!(" + _MOMENTS + r")(:[^{}]*)?\})[A-Za-z_]+(:[^{}\"]*)?\})"
_EXAMPLES = ["{period_start}", "{period_end:%Y-%m-%d}", "{period_last_day}"]
_NAME: Mapping[str, object] = {"type": "string", "minLength": 1}
_COUNT: Mapping[str, object] = {"type": "integer", "minimum": 1}
_PAGE = {**_NAME, "description": "The parameter of the address that says which page"}
_FIRST = {"type": "integer", "minimum": 0, "description": "The number of the first page; default 1"}
_FIELD = {**_NAME, "description": "Dotted path to what the next page is asked by; none or empty on the last"}
_LINK = {**_NAME, "description": "Dotted path to the address; default the Link header"}


def _keys(title: str, about: str, required: list[str], **properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "title": title,
        "additionalProperties": False,
        "required": required,
        "properties": properties,
        "description": about,
    }


class HttpCollector:
    """Asks a web service for JSON, page by page, with the period in the address where it says so.

    ``{period_start}``, ``{period_end}`` and ``{period_last_day}`` stand for the period in ``url`` and ``query``; a
    format may follow, such as ``{period_start:%Y%m%d}``. All pages come, or the source cannot be used.
    """

    name = "http"
    parameters_schema: Mapping[str, object] = {
        "type": "object",
        "title": "params",
        "additionalProperties": False,
        "required": ["url"],
        "properties": {
            "url": url_schema(
                "https?://(?![^/?#]*@)",
                ["env:DESK_URL", "file:secrets/desk-url", "https://desk.example.com/api/tickets"],
                "What is asked; env:NAME or file:PATH hold it if something in it is secret",
            ),
            "headers": texts_schema({"type": "string"}, "Headers of every request; secrets as env:NAME or file:PATH"),
            "query": texts_schema(
                {"type": ["string", "number", "boolean"], "pattern": _PLACED, "examples": _EXAMPLES},
                "Parameters of the address; secrets as env:NAME or file:PATH",
            ),
            "records": {
                **_NAME,
                "description": "Dotted path to the list of records; default the answer itself",
            },
            "total": {**_NAME, "description": "Dotted path to how many records there are, so that all must have come"},
            "paging": {
                "type": "object",
                "title": "paging",
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
                "properties": {
                    "page": _keys("page", "Pages are numbered; the last is empty", ["name"], name=_PAGE, first=_FIRST),
                    "offset": _keys("offset", "The address says how many records came before", ["name"], name=_PAGE),
                    "cursor": _keys("cursor", "Each page names the next", ["name", "field"], name=_PAGE, field=_FIELD),
                    "next": _keys("next", "Each page has the address of the next", [], field=_LINK),
                },
                "description": "How pages follow: by page, offset, cursor or next; without it there is one answer",
            },
            "retry": {
                "type": "integer",
                "minimum": 0,
                "maximum": 10,
                "description": f"How often a request is tried again where that may help; default {_RETRIES}",
            },
            "rate": {
                "type": "number",
                "exclusiveMinimum": 0,
                "description": "Requests a second, at most; without it one after the other",
            },
            "timeout": duration_schema(_DEFAULT_TIMEOUT, "How long one answer may take"),
            "limit": {
                "type": "object",
                "title": "limit",
                "additionalProperties": False,
                "properties": {
                    "pages": {**_COUNT, "description": f"Pages; default {_PAGES}"},
                    "megabytes": {**_COUNT, "description": f"Megabytes, unpacked; default {_MEGABYTES}"},
                },
                "description": "How much may come before it is taken for a mistake",
            },
        },
    }

    def collect(self, request: CollectRequest) -> Collected:
        """The records, fetched while they are taken; raises ``UnusableSource`` if not all of them can be had."""
        given: Mapping[str, Any] = request.source.parameters
        headers = {name: str(value).strip() for name, value in given.get("headers", {}).items()}
        _see_that_sendable(headers)
        url = _address(str(given["url"]), given.get("query", {}), request.period)
        if url.userinfo:  # a header like the others, so that it goes where they go
            headers.setdefault("Authorization", f"Basic {base64.b64encode(unquote_to_bytes(url.userinfo)).decode()}")
            url = url.copy_with(userinfo=b"")
        limit = given.get("limit", {})
        manners = Manners(
            retries=int(given.get("retry", _RETRIES)),
            rate=given.get("rate"),
            timeout=max(read_duration(str(given.get("timeout", _DEFAULT_TIMEOUT))) or 0, 1),
            most_bytes=int(limit.get("megabytes", _MEGABYTES)) * 1_000_000,
        )
        pages = Pages(
            url,
            records=given.get("records"),
            total=given.get("total"),
            paging=given.get("paging", {}),
            most=int(limit.get("pages", _PAGES)),
        )
        return Collected(rows=_records(pages, headers, manners))


def _records(pages: Pages, headers: Mapping[str, str], manners: Manners) -> Iterator[Mapping[str, object]]:
    import httpx

    about = {"Accept": "application/json", "User-Agent": "sqaudit"}
    with httpx.Client(headers=about, timeout=manners.timeout) as client:
        yield from pages.read(Fetcher(client, headers, manners))


def _address(text: str, query: Mapping[str, object], period: Period) -> httpx.URL:
    import httpx

    text = _PLACEHOLDER.sub(lambda found: quote(_moment(found, period), safe=""), text)
    if "{" in text:
        message = msg("the 'url' has a placeholder that is not known")
        hint = msg("known are {names}", names=", ".join(_EXAMPLES))
        raise UnusableSource("SQA523", message, hint)
    try:
        url = httpx.URL(text)
        is_usable = url.scheme in {"http", "https"} and bool(url.host)
    except httpx.InvalidURL:
        is_usable = False
    if not is_usable:  # the text is not repeated: it may hold a secret
        message = msg("the 'url' is no address of a web service")
        raise UnusableSource("SQA523", message, msg("write it as https://host/path"))
    words = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in query.items()}
    placed = {name: _PLACEHOLDER.sub(lambda found: _moment(found, period), word) for name, word in words.items()}
    return url.copy_merge_params(placed)


def _moment(found: re.Match[str], period: Period) -> str:
    """What a placeholder stands for: a moment with its offset from UTC, or a day, as ISO 8601 or as its format says."""
    moments: Mapping[str, date] = {
        "period_start": period.start,
        "period_end": period.end,
        "period_last_day": (period.end - timedelta(microseconds=1)).date(),
    }
    moment = moments[found["name"]]
    return moment.strftime(found["form"]) if found["form"] else moment.isoformat()


def _see_that_sendable(headers: Mapping[str, str]) -> None:
    """Tell by its name a header that cannot be sent; the library would tell it by what stands in it."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()) or re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) is None:
            message = msg(
                "the header '{name}' cannot be sent: it holds more than one line of plain characters", name=name
            )
            raise UnusableSource("SQA523", message, msg("look for a line break or a letter that is not ASCII in it"))
