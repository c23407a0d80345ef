"""Records of a web service: all of them or none, patiently, politely, and with its secrets kept."""

import gzip
import itertools
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import jsonschema
import pytest

from sqaudit.builtin.collectors import fetching
from sqaudit.builtin.collectors.http import HttpCollector
from sqaudit.errors import UnusableSource

HTTP = HttpCollector()
ITEMS = [{"id": number, "score": number % 5} for number in range(25)]


@pytest.fixture(autouse=True)
def _hurried(monkeypatch):
    """A service of the same machine is asked again sooner."""
    monkeypatch.setattr(fetching, "FIRST_WAIT", 0.01)


@pytest.fixture
def fetch(service, collect, tmp_path):
    def run(answer, **parameters):
        service.answer = answer
        return collect(HTTP, tmp_path, **{"url": service.url, **parameters})

    return run


@pytest.fixture
def refused(fetch):
    """The error that a fetching ends with."""

    def run(answer, **parameters):
        with pytest.raises(UnusableSource) as caught:
            fetch(answer, **parameters)
        assert caught.value.hint is not None
        assert caught.value.__cause__ is None, "what caused it may repeat the address"
        return caught.value

    return run


def _slice(query, name="offset", size=10):
    start = int(query.get(name, 0))
    return ITEMS[start : start + size]


# Pages


def test_one_answer_is_a_list_or_has_one_under_a_path(fetch):
    assert fetch(lambda h, _: h.send(ITEMS)) == ITEMS
    assert fetch(lambda h, _: h.send({"data": {"items": ITEMS}}), records="data.items") == ITEMS
    assert fetch(lambda h, _: h.send([])) == []


@pytest.mark.parametrize(
    ("paging", "answer"),
    [
        ({"offset": {"name": "offset"}}, lambda query, _: {"items": _slice(query)}),
        ({"page": {"name": "p"}}, lambda query, _: {"items": _slice({"offset": 10 * (int(query["p"]) - 1)})}),
        ({"page": {"name": "p", "first": 0}}, lambda query, _: {"items": _slice({"offset": 10 * int(query["p"])})}),
        (
            {"cursor": {"name": "after", "field": "meta.next"}},
            lambda query, _: {
                "items": _slice(query, "after"),
                "meta": {"next": int(query.get("after", 0)) + 10 if int(query.get("after", 0)) < 20 else None},
            },
        ),
        (
            {"next": {"field": "links.next"}},
            lambda query, url: {
                "items": _slice(query),
                "links": {"next": f"{url}?offset={int(query.get('offset', 0)) + 10}"}
                if int(query.get("offset", 0)) < 20
                else {},
            },
        ),
        (
            {"next": {"field": "links.next"}},
            lambda query, _: {
                "items": _slice(query),
                "links": {"next": "?offset=10"} if "offset" not in query else {"next": ""},
            },
        ),
    ],
)
def test_pages_follow_each_other_to_the_last(service, fetch, paging, answer):
    rows = fetch(
        lambda h, query: h.send(answer(query, service.url)), records="items", paging=paging, query={"kind": "a"}
    )
    asked = 25 if "next" not in paging or "http" in str(answer({}, service.url)) else 20
    assert rows == ITEMS[:asked]
    assert service.queries[0]["kind"] == "a"
    if "next" not in paging:
        assert all(query["kind"] == "a" for query in service.queries)


def test_a_link_header_names_the_next_page(service, fetch):
    def answer(handler, query):
        start = int(query.get("offset", 0))
        links = [f'<{service.url}?offset=0>; rel="first"']
        if start < 20:
            links.append(f'</items?offset={start + 10}>; rel="next"')
        handler.send(_slice(query), Link=", ".join(links))

    assert fetch(answer, paging={"next": {}}) == ITEMS
    assert [query.get("offset") for query in service.queries] == [None, "10", "20"]


def test_a_total_ends_the_paging_and_must_be_reached(service, fetch, refused):
    def answer(handler, query, total=25):
        handler.send({"items": _slice(query), "meta": {"total": total}})

    given = {"records": "items", "total": "meta.total", "paging": {"offset": {"name": "offset"}}}
    assert fetch(answer, **given) == ITEMS
    assert len(service.asked) == 3, "no page is asked for behind the last"
    error = refused(lambda h, query: answer(h, query, 26), **given)
    assert error.code == "SQA524"
    assert "26 records, and 25 came" in str(error)
    assert "no number under 'total'" in str(refused(answer, **{**given, "total": "total"}))
    # A server that ignores the parameter of paging would otherwise give its first page again and again.
    assert "10 came" in str(refused(answer, **{**given, "paging": {}}))


@pytest.mark.parametrize(
    ("paging", "answer", "code", "said"),
    [
        ({"page": {"name": "p"}}, lambda _: {"items": ITEMS}, "SQA525", "more than 7 pages"),
        ({"offset": {"name": "p"}}, lambda _: {"items": ITEMS}, "SQA525", "more than 7 pages"),
        (
            {"cursor": {"name": "after", "field": "next"}},
            lambda query: {"items": [], "next": int(query.get("after", 0)) + 1},
            "SQA525",
            "more than 7 pages",
        ),
        ({"cursor": {"name": "a", "field": "next"}}, lambda _: {"items": [], "next": "x"}, "SQA524", "earlier page"),
        ({"next": {"field": "next"}}, lambda _: {"items": [], "next": "/items"}, "SQA524", "earlier page"),
    ],
)
def test_a_service_that_pages_for_ever_is_stopped(service, refused, paging, answer, code, said):
    error = refused(lambda h, q: h.send(answer(q)), records="items", paging=paging, limit={"pages": 7})
    assert error.code == code
    assert said in str(error)
    assert len(service.asked) <= 7


@pytest.mark.parametrize(
    ("document", "parameters", "said"),
    [
        ({"data": ITEMS}, {}, "page 1 is no list of records"),
        ({"data": {"rows": ITEMS}}, {"records": "items"}, "no list of records under 'items'"),
        ({"items": {"a": 1}}, {"records": "items"}, "no list of records under 'items'"),
        ([{"id": 1}, 2], {}, "record 2 of page 1 is no object"),
        ({"items": []}, {"records": "items", "paging": {"cursor": {"name": "a", "field": "m.next"}}}, "no 'm.next'"),
        (
            {"items": [], "next": ["x"]},
            {"records": "items", "paging": {"cursor": {"name": "a", "field": "next"}}},
            "no text under 'next'",
        ),
        (
            {"items": [], "next": "http://a:b"},
            {"records": "items", "paging": {"next": {"field": "next"}}},
            "is no address",
        ),
        (
            {"items": [], "next": "http://elsewhere.invalid/items"},
            {"records": "items", "paging": {"next": {"field": "next"}}},
            "at another place, elsewhere.invalid",
        ),
    ],
)
def test_an_answer_unlike_its_description_is_told(refused, document, parameters, said):
    error = refused(lambda h, _: h.send(document), **parameters)
    assert error.code == "SQA524"
    assert said in str(error)


def test_where_the_lists_are_is_hinted_at(refused):
    document = {"data": {"rows": ITEMS}, "errors": []}
    assert "'data.rows', 'errors'" in str(refused(lambda h, _: h.send(document)).hint)


@pytest.mark.parametrize(
    "body", [b"", b"<html>log in</html>", b'[{"id": 1}, {"id"', b"\xff[]", b'["\\ud800"]', b"[" * 99_999]
)
def test_what_is_no_json_is_told(service, refused, body):
    error = refused(lambda h, _: h.send(body))
    assert error.code == "SQA524"
    assert "no JSON" in str(error)
    assert len(service.asked) == 1, "it will be no JSON the next time either"


# Patience


def _first_fails(fail, times=2):
    left = itertools.count()

    def answer(handler, query):
        if next(left) < times:
            fail(handler)
        else:
            handler.send(_slice(query))

    return answer


def _cut(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'[{"id": 1}, ')
    handler.drop()


def _cut_chunked(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b'9\r\n[{"id": 1\r\n')
    handler.drop()


def _damaged(handler):
    handler.send(gzip.compress(b"[]")[:-9] + b"damaged!!", Content_Encoding="gzip")


FAILURES = [
    lambda h: h.send({}, 500),
    lambda h: h.send({}, 503),
    lambda h: h.send({}, 429, Retry_After="0"),
    lambda h: h.send({}, 429, Retry_After="nonsense"),
    lambda h: h.drop(),
    _cut,
    _cut_chunked,
    _damaged,
]


@pytest.mark.parametrize("fail", FAILURES)
def test_what_may_pass_is_tried_again(service, fetch, refused, fail):
    """Also a drop in the middle of a later page: nothing is lost, nothing comes twice."""
    assert fetch(_first_fails(fail), paging={"offset": {"name": "offset"}}) == ITEMS
    assert len(service.asked) == 2 + 4
    service.asked.clear()
    error = refused(_first_fails(fail, 99), retry=2)
    assert error.code == "SQA523"
    assert "in each of 3 tries" in str(error)
    assert len(service.asked) == 3


def test_a_page_that_fails_for_good_leaves_nothing(service, refused):
    """The pages before it are not the records."""
    error = refused(
        lambda h, query: h.send(_slice(query)) if query["offset"] == "0" else h.send({}, 502),
        paging={"offset": {"name": "offset"}},
        retry=1,
    )
    assert error.code == "SQA523"
    assert "502" in str(error)
    assert [query["offset"] for query in service.queries] == ["0", "10", "10"]


@pytest.mark.parametrize(("status", "hint"), [(400, "'query'"), (401, "'headers'"), (403, "'headers'"), (404, "'url'")])
def test_what_will_not_pass_is_not_tried_again(service, refused, status, hint):
    error = refused(lambda h, _: h.send({"error": "no"}, status))
    assert error.code == "SQA523"
    assert str(status) in str(error)
    assert hint in str(error.hint)
    assert len(service.asked) == 1


def test_a_server_says_how_long_to_wait(service, fetch, refused):
    moments = []

    def answer(handler, _):
        moments.append(time.monotonic())
        handler.send([], 200 if len(moments) > 1 else 429, Retry_After="1")

    fetch(answer)
    assert 1 <= moments[1] - moments[0] < 3
    for asked in ("3600", format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)):
        service.asked.clear()
        error = refused(lambda h, _, asked=asked: h.send({}, 503, Retry_After=asked))
        assert "asks to come back in" in str(error)
        assert len(service.asked) == 1


def test_waits_double():
    """The wait of the n-th try lies between 2^(n-1) and that and one more of the first wait."""
    from tenacity import RetryCallState, Retrying

    for attempt in (1, 2, 3, 4):
        state = RetryCallState(Retrying(), None, (), {})
        state.attempt_number = attempt
        wait = fetching._wait(state) / fetching.FIRST_WAIT
        assert 2 ** (attempt - 1) <= wait <= 2 ** (attempt - 1) + 1


def test_requests_keep_their_distance(fetch):
    moments = []

    def answer(handler, query):
        moments.append(time.monotonic())
        handler.send(_slice(query))

    fetch(answer, paging={"offset": {"name": "offset"}}, rate=20)
    assert len(moments) == 4
    assert all(later - earlier > 0.04 for earlier, later in itertools.pairwise(moments))


def test_a_server_that_hangs_or_drips_is_given_up(refused):
    stop = threading.Event()

    def hang(_handler, _query):
        stop.wait(5)

    def drip(handler, _query):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not stop.wait(0.1):
            handler.wfile.write(b" ")

    def answer(handler, query):
        (drip if query else hang)(handler, query)

    begun = time.monotonic()
    try:
        with ThreadPoolExecutor() as pool:
            asked = [pool.submit(refused, answer, timeout="PT1S", retry=0, query=one) for one in ({}, {"drip": True})]
            told = [str(one.result()) for one in asked]
    finally:
        stop.set()
    assert time.monotonic() - begun < 3
    assert all("within 1 seconds" in one for one in told)


def test_nobody_there_is_told(refused, service):
    error = refused(None, url="http://127.0.0.1:1/items", retry=1)
    assert error.code == "SQA523"
    assert "connection failed" in str(error)
    assert "127.0.0.1" in str(error)


@pytest.mark.parametrize("packed", [False, True])
def test_too_much_is_stopped(refused, packed):
    """By what comes out, not by what is sent: a megabyte of blanks packs to a kilobyte."""
    body = b"[" + b" " * 1_100_000 + b"]"
    headers = {"Content_Encoding": "gzip"} if packed else {}
    error = refused(lambda h, _: h.send(gzip.compress(body) if packed else body, **headers), limit={"megabytes": 1})
    assert error.code == "SQA525"
    assert "more than 1 MB" in str(error)


# Addresses


def test_the_period_is_put_into_the_address(service, fetch):
    fetch(
        lambda h, _: h.send([]),
        url=f"{service.url}?since={{period_start}}&fixed=1",
        query={
            "until": "{period_end}",
            "day": "{period_last_day}",
            "short": "{period_start:%Y%m%d}-{period_last_day:%d.%m.}",
            "filter": '{"open": true}',
            "open": True,
            "limit": 100,
        },
    )
    assert service.queries == [
        {
            "since": "2026-10-01T00:00:00+08:00",
            "fixed": "1",
            "until": "2026-11-01T00:00:00+08:00",
            "day": "2026-10-31",
            "short": "20261001-31.10.",
            "filter": '{"open": true}',
            "open": "true",
            "limit": "100",
        }
    ]


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "file:///etc/passwd", "127.0.0.1/x", "http://", "http://a:b", ""])
def test_only_addresses_of_web_services_are_asked(collect, tmp_path, url):
    with pytest.raises(UnusableSource, match="no address of a web service") as caught:
        collect(HTTP, tmp_path, url=url)
    assert caught.value.code == "SQA523"


def test_an_unknown_placeholder_is_told(collect, tmp_path):
    with pytest.raises(UnusableSource, match="placeholder") as caught:
        collect(HTTP, tmp_path, url="https://x.invalid/{perod_start}")
    assert "{period_start}" in str(caught.value.hint)


def test_a_redirect_is_followed_and_takes_secrets_to_nobody_else(service, another_service, fetch):
    headers = {"Authorization": "Bearer hunter2", "X-Api-Key": "hunter2", "Accept-Language": "en"}
    another_service.answer = lambda h, _: h.send(ITEMS)
    here = lambda h, query: h.send(ITEMS) if query else h.send(b"", 302, Location="?moved=1")  # noqa: E731
    assert fetch(here, headers=headers) == ITEMS
    assert service.asked[1][2]["authorization"] == "Bearer hunter2"
    there = f"http://127.0.0.1:{another_service.port}/items"
    assert fetch(lambda h, _: h.send(b"", 307, Location=there), headers=headers) == ITEMS
    ((_, _, told),) = another_service.asked
    assert "hunter2" not in str(told)
    with_user = service.url.replace("http://", "http://me:hunter2@")
    assert fetch(lambda h, _: h.send(b"", 302, Location=there), url=with_user) == ITEMS
    assert service.asked[-1][2]["authorization"].startswith("Basic ")
    assert "authorization" not in another_service.asked[-1][2]


@pytest.mark.parametrize(
    ("location", "said"),
    [("/items", "more than 5 times"), ("ftp://127.0.0.1/x", "no http"), ("file:///etc/passwd", "no http")],
)
def test_a_redirect_to_nowhere_ends(service, refused, location, said):
    error = refused(lambda h, _: h.send(b"", 302, Location=location), retry=0)
    assert error.code == "SQA523"
    assert said in str(error)
    assert len(service.asked) <= 6


def test_less_protection_is_another_place():
    import httpx

    def same(one, other):
        return fetching.is_same_service(httpx.URL(one), httpx.URL(other))

    assert same("https://a/x", "https://a:443/y")
    assert same("http://a/x", "https://a/x")
    assert not same("https://a/x", "http://a/x")
    assert not same("https://a/x", "https://a:8443/x")
    assert not same("https://a/x", "https://b.a/x")


# Secrets


@pytest.mark.parametrize("value", ["two\nlines", "h\u00fcnter2", "tab\x00"])
def test_a_header_that_cannot_be_sent_is_told_by_its_name(collect, tmp_path, value):
    with pytest.raises(UnusableSource, match="'Authorization'") as caught:
        collect(HTTP, tmp_path, url="https://x.invalid/", headers={"Authorization": value})
    assert value not in f"{caught.value} {caught.value.hint}"


def test_no_error_shows_more_of_an_address_than_its_host(service, refused):
    path = f"http://127.0.0.1:{service.port}/hooks/hunter2"
    for answer in (*(lambda h, _, fail=fail: fail(h) for fail in FAILURES), lambda h, _: h.send({}, 404)):
        error = refused(answer, url=path, query={"api_key": "hunter2"}, headers={"X": "hunter2"}, retry=0)
        assert "hunter2" not in f"{error!r} {error} {error.hint}"


def test_nothing_is_logged(service, fetch, caplog):
    with caplog.at_level(logging.INFO):
        fetch(lambda h, _: h.send(ITEMS), query={"api_key": "hunter2"})
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    ("parameters", "is_allowed"),
    [
        ({"url": "env:DESK_URL"}, True),
        ({"url": "https://desk.example.com/api?kind=a"}, True),
        ({"url": "https://me:hunter2@desk.example.com/api"}, False),
        ({"url": "https://hunter2@desk.example.com/api"}, False),
        ({"url": "https://desk.example.com/api?api_key=hunter2"}, False),
        ({"url": "https://desk.example.com/api?a=1&access_token=hunter2"}, False),
        ({"url": "ftp://desk.example.com/api"}, False),
        ({"url": "https://desk.example.com:8443/users/@all"}, True),
        ({"url": "env:X", "headers": {"authorization": "Bearer hunter2"}}, False),
        ({"url": "env:X", "headers": {"X-API-Key": "hunter2"}}, False),
        ({"url": "env:X", "headers": {"Authorization": "env:TOKEN", "Accept": "application/json"}}, True),
        ({"url": "env:X", "query": {"token": "hunter2"}}, False),
        ({"url": "env:X", "query": {"token": "file:secrets/token", "sort_key": "id"}}, True),
        ({"url": "env:X", "query": {"from": "{perod_start}"}}, False),
        ({"url": "env:X", "query": {"from": "{period_start:%d}", "filter": '{"a": 1}'}}, True),
        ({"url": "env:X", "paging": {"page": {"name": "p"}, "next": {}}}, False),
        ({"url": "env:X", "paging": {"cursor": {"name": "p"}}}, False),
        ({"url": "env:X", "rate": 0}, False),
        ({"url": "env:X", "retries": 3}, False),
        ({}, False),
    ],
)
def test_what_may_be_written(parameters, is_allowed):
    assert jsonschema.Draft202012Validator(HTTP.parameters_schema).is_valid(parameters) is is_allowed
