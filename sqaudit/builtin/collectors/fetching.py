"""One question to a web service at a time: asked again where that may help, never faster or longer than allowed."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sqaudit.errors import Message, UnusableSource, msg

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

FIRST_WAIT = 0.5  # seconds, doubled with every try
_LONGEST_WAIT = 60.0
_LONGEST_ASKED_WAIT = 300.0
_MOST_REDIRECTS = 5
_SERVER_ERROR = 500
_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class Answer(Struct, frozen=True, kw_only=True):
    """A JSON document, where it came from, and where the ``Link`` header says that the next one is."""

    document: object
    url: str
    next_link: str | None


class Manners(Struct, frozen=True, kw_only=True):
    """How a service is asked: tries after a failed one, requests a second, seconds for one answer, bytes in all."""

    retries: int
    rate: float | None
    timeout: int
    most_bytes: int


class _Passing(Exception):
    """What may be over at the next try; ``wait`` is how many seconds the server asks for."""

    def __init__(self, reason: Message, wait: float = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


class Fetcher:
    """Asks one service with a ``client`` that follows no redirect by itself."""

    def __init__(self, client: httpx.Client, headers: Mapping[str, str], manners: Manners) -> None:
        self._client = client
        self._headers = headers
        self._manners = manners
        self._bytes = 0
        self._not_before = 0.0
        for name in ("httpx", "httpcore"):  # they write whole addresses, with what is secret in them
            logging.getLogger(name).setLevel(logging.WARNING)

    def get(self, url: httpx.URL) -> Answer:
        """The answer to one question.

        Raises:
            UnusableSource: SQA523 if the service does not answer, SQA524 if its answer is no JSON, SQA525 if it is too
                long.
        """
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        retrying = Retrying(
            retry=retry_if_exception_type(_Passing),
            stop=stop_after_attempt(self._manners.retries + 1),
            wait=_wait,
            reraise=True,
        )
        try:
            return retrying(self._ask, url)
        except _Passing as error:
            tries = self._manners.retries + 1
            message = msg("{host}: {reason}, in each of {tries} tries", host=url.host, reason=error.reason, tries=tries)
            hint = msg("run again later; 'retry', 'rate' and 'timeout' say how patient and how gentle sqaudit is")
            raise UnusableSource("SQA523", message, hint) from None

    def _ask(self, url: httpx.URL) -> Answer:
        import httpx

        self._wait_for_turn()
        deadline = time.monotonic() + self._manners.timeout
        try:
            request = self._client.build_request("GET", url, headers=dict(self._headers))
            for _ in range(_MOST_REDIRECTS + 1):
                response = self._client.send(request, stream=True)
                try:
                    if response.next_request is None:
                        return self._read(response, deadline)
                    follow = response.next_request
                finally:
                    response.close()
                if not is_same_service(request.url, follow.url):
                    for name in self._headers:
                        follow.headers.pop(name, None)
                request = follow
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL):
            reason = msg("it leads to an address that is no http or https")
            raise _refused("SQA523", url.host, reason, msg("look at the 'url' and where it leads")) from None
        except httpx.TimeoutException:
            raise _Passing(msg("no answer within {seconds} seconds", seconds=self._manners.timeout)) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _Passing(msg("the connection failed: {reason}", reason=str(error) or type(error).__name__)) from None
        reason = msg("it was redirected more than {count} times", count=_MOST_REDIRECTS)
        raise _refused("SQA523", url.host, reason, msg("look at the 'url' and where it leads"))

    def _read(self, response: httpx.Response, deadline: float) -> Answer:
        host = response.url.host
        status = f"{response.status_code} {response.reason_phrase}".strip()
        if response.status_code in _AGAIN or response.status_code >= _SERVER_ERROR:
            wait = _asked_wait(response.headers.get("retry-after", ""))
            if wait > _LONGEST_ASKED_WAIT:
                reason = msg("it answers {status} and asks to come back in {wait} seconds", status=status, wait=wait)
                raise _refused("SQA523", host, reason, msg("run again then"))
            raise _Passing(msg("it answers {status}", status=status), wait)
        if not response.is_success:
            hint = (
                msg("see that what 'headers' names is right and not yet expired")
                if response.status_code in _DENIED
                else msg("look at 'url' and 'query'")
            )
            raise _refused("SQA523", host, msg("it answers {status}", status=status), hint)
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            self._bytes += len(chunk)
            if self._bytes > self._manners.most_bytes:
                limit = self._manners.most_bytes // 1_000_000
                reason = msg("it sends more than {limit} MB in all", limit=limit)
                raise _refused("SQA525", host, reason, msg("ask for less, or raise 'megabytes' under 'limit'"))
            if time.monotonic() > deadline:
                raise _Passing(msg("no whole answer within {seconds} seconds", seconds=self._manners.timeout))
        document = _read_json(bytes(body), host, response.headers.get("content-type", ""))
        return Answer(document=document, url=str(response.url), next_link=response.links.get("next", {}).get("url"))

    def _wait_for_turn(self) -> None:
        if self._manners.rate:
            time.sleep(max(self._not_before - time.monotonic(), 0))
            self._not_before = time.monotonic() + 1 / self._manners.rate


def is_same_service(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether what is secret to one address may be told to another: the same host, and never less protected."""
    if one.host != other.host:
        return False
    ports = {"http": 80, "https": 443}
    own, others = ((url.scheme, url.port or ports.get(url.scheme)) for url in (one, other))
    return own == others or (own, others) == (("http", 80), ("https", 443))


def _read_json(body: bytes, host: str, kind: str) -> object:
    try:
        document: Any = json.loads(body, parse_float=Decimal)
        if b"\\ud" in body.lower():  # half of a character pair, which no text can hold
            json.dumps(document, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError):
        reason = msg("its answer is no JSON ({kind})", kind=kind.partition(";")[0] or "?")
        raise _refused("SQA524", host, reason, msg("open the address with curl or a browser, and look")) from None
    return document


def _refused(code: str, host: str, reason: Message, hint: Message) -> UnusableSource:
    return UnusableSource(code, msg("{host}: {reason}", host=host, reason=reason), hint)


def _asked_wait(text: str) -> float:
    """The seconds that a ``Retry-After`` asks for (RFC 9110, 10.2.3): a number of them, or a date."""
    if text.strip().isascii() and text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0
    return max((moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds(), 0)


def _wait(state: RetryCallState) -> float:
    from tenacity import wait_exponential, wait_random

    error = None if state.outcome is None else state.outcome.exception()
    own = wait_exponential(multiplier=FIRST_WAIT, max=_LONGEST_WAIT)(state) + wait_random(0, FIRST_WAIT)(state)
    return max(own, error.wait) if isinstance(error, _Passing) else own
