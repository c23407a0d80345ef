"""The page: one file that runs and fetches nothing, well made for those who have it read to them, in both languages."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from msgspec.structs import replace

from sqaudit.errors import InvalidInput, msg
from sqaudit.locale import open_language
from sqaudit.model.report_parts import Audience, StepRow
from sqaudit.model.texts import plain
from sqaudit.reports.decisions import decide
from sqaudit.reports.masking import mask_view
from sqaudit.reports.narrowing import narrowed
from sqaudit.reports.rendering import render_page, render_template

EN = open_language("en")
VOID = {"meta", "br", "hr", "link", "img"}
REFERENCES = ("href", "src", "srcset", "action", "data", "poster", "background", "xlink:href", "formaction", "cite")


class Page(HTMLParser):
    """What a page consists of; every element must be closed where it was opened."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "title"}:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def values(self, name):
        return [attributes[name] for _, attributes in self.elements if name in attributes]


PAGES = [(audience, code) for audience in Audience for code in ("en", "zh")]


@pytest.mark.parametrize(("audience", "code"), PAGES)
def test_a_page_runs_nothing_fetches_nothing_and_says_so(whole, audience, code):
    text = render_page(narrowed(whole, audience), open_language(code))
    page = Page(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "iframe", "object", "embed", "link", "img", "form", "base"}
    names = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on") or name == "style"}
    assert all(value.startswith("#") for name in REFERENCES for value in page.values(name))
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [each["content"] for _, each in page.elements if "http-equiv" in each]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize(("audience", "code"), PAGES)
def test_a_page_is_put_together_for_those_who_do_not_see_it(whole, audience, code):
    page = Page(render_page(narrowed(whole, audience), open_language(code)))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    named = [
        part for name in ("aria-labelledby", "aria-describedby") for each in page.values(name) for part in each.split()
    ]
    assert {value[1:] for value in page.values("href")} | set(named) <= set(ids)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tables = [tag for tag, _ in page.elements if tag == "table"]
    captions = [tag for tag, _ in page.elements if tag == "caption"]
    assert len(tables) == len(captions) + sum(
        "aria-labelledby" in each for tag, each in page.elements if tag == "table"
    )
    assert all("scope" in each for tag, each in page.elements if tag == "th")
    assert dict(page.elements)["html"]["lang"] == code
    assert {"header", "main", "footer"} <= {tag for tag, _ in page.elements}


def test_both_languages_are_whole(whole):
    """No English word of ours is left on a Chinese page: what is left are ids, names of people and what records say."""
    page = Page(render_page(whole, open_language("zh")))
    known = "sqaudit SHA builtin Asia Shanghai first reply share pilot tickets desk service weight north south"
    known += " rows rejected Riverside owner manager chief ben cal Two people at the desk from nine to eleven lift"
    known += " is rebuilt"
    words = {word for word in re.findall(r"[A-Za-z]{3,}", page.text) if not re.fullmatch(r"[a-f]+", word)}
    assert sorted(words - set(known.split())) == []


def test_the_figures_are_those_of_the_view(whole):
    page = Page(render_page(whole, EN)).text
    for told in (
        "71.25", "▲ +3.25 since 2026-09 (68.01)", "C · Acceptable", "1 of 2", "of 2 open, as of 2026-11-22", "87.5%",
        "59.99", "▼ -3.22", "18.50", "by 2026-11-04 · overdue · owner-1", "Two people at the desk from nine to eleven",
        "recorded as event 7 of the log", "service @1.2.0".replace(" ", ""), "ab" * 32, "the lift is rebuilt",
    ):  # fmt: skip
        assert told in page, told
    assert render_page(whole, EN) == render_page(whole, EN)


def test_decisions_follow_their_rule(whole):
    """Critical first, then overdue, then without an owner; missed criteria only where there is room."""
    assert [str(one.kind) for one in whole.decisions] == ["critical", "overdue", "unowned"]
    assert [str(site) for site in whole.decisions[0].sites] == ["Northern house"]
    assert whole.decisions[0].due == "2026-11-05T00:00:00+08:00"
    calm = replace(whole, actions=(), findings=())
    assert [(str(one.kind), str(one.what)) for one in decide(calm)] == [
        ("costly", "Decide how to raise: Replies within a day"),
        ("costly", "Decide how to raise: Rooms are clean"),
    ]
    assert decide(replace(calm, criteria=())) == ()


def test_one_site_sees_nothing_of_another(whole):
    for audience in Audience:
        view = narrowed(whole, audience, "south")
        text = render_page(view, EN)
        for foreign in (
            "north",
            "Northern",
            "59.99",
            "63.21",
            "Riverside",
            "manager-1",
            "a-000000000001",
            "Two people",
        ):
            assert foreign not in text, (audience, foreign)
    assert "93.87" in render_page(narrowed(whole, Audience.SITE, "south"), EN)


def test_the_front_line_reads_no_scores(whole):
    text = Page(render_page(narrowed(whole, Audience.FRONTLINE), EN)).text
    for score in ("71.25", "59.99", "93.87", "61.50", "42.01", "D ·"):
        assert score not in text
    assert "Add staff at peaks" in text
    assert "owner-1" in text


def test_an_executive_reads_no_list_of_findings(whole):
    text = Page(render_page(narrowed(whole, Audience.EXECUTIVE), EN)).text
    assert "Contain the critical failure: Replies within a day" in text
    assert "f-000000000001" not in text
    assert "the lift is rebuilt" not in text


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202egnp.exe\u0007" + "W" * 10_000


def test_hostile_texts_stay_texts(whole):
    wild = plain(HOSTILE)
    site = replace(whole.sites[0], id=HOSTILE, title=wild, region="=cmd|' /C calc'!A0", manager=HOSTILE)
    action = replace(whole.actions[0], site=HOSTILE, site_title=wild, steps=(StepRow(text=HOSTILE),), criterion=HOSTILE)
    finding = replace(
        whole.findings[0], site=HOSTILE, site_title=wild, statement=msg("{x}", x=HOSTILE), criterion=HOSTILE
    )
    view = replace(
        whole,
        project_title=wild,
        programme_title=wild,
        sites=(site, *whole.sites[1:]),
        actions=(action,),
        findings=(finding,),
    )
    text = render_page(replace(view, decisions=decide(view)), EN)
    page = Page(text)
    assert not {"script", "img"} & {tag for tag, _ in page.elements}
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u0007]", text)
    assert "<script>alert(1)</script>" in page.text
    assert len(page.values("id")) == len(set(page.values("id")))
    assert {value[1:] for value in page.values("href")} <= set(page.values("id"))


def test_what_people_wrote_of_an_action_or_concession_is_masked(whole):
    step = StepRow(text="call 13812345678")
    view = mask_view(
        replace(
            whole,
            actions=(replace(whole.actions[0], steps=(step,)),),
            concessions=(replace(whole.concessions[0], reason="ask li.lei@example.com"),),
        )
    )
    assert view.masked == 2
    text = render_page(view, EN)
    assert "13812345678" not in text
    assert "li.lei@" not in text


def test_fifty_sites_with_two_thousand_findings_stay_under_a_megabyte(whole):
    sites = [
        replace(
            whole.sites[number % 2],
            id=f"site-{number:02}",
            trend=_trend(whole, 24),
            title=plain(f"The house no. {number:02}"),
        )
        for number in range(50)
    ]
    pairs = [(number, sites[number % 50], f"criterion-{number // 50:02}") for number in range(2000)]
    title = plain("A criterion with a whole sentence as its title")
    findings = tuple(
        replace(whole.findings[0], id=f"f-{n:012}", site=site.id, site_title=site.title, criterion=name,
                criterion_title=title, action=f"a-{n:012}")
        for n, site, name in pairs
    )  # fmt: skip
    actions = tuple(
        replace(whole.actions[0], id=f"a-{n:012}", finding=f"f-{n:012}", site=site.id, site_title=site.title,
                criterion=name, criterion_title=title, steps=())
        for n, site, name in pairs
    )  # fmt: skip
    view = replace(whole, sites=tuple(sites), findings=findings, actions=actions)
    text = render_page(view, EN)
    assert len(text.encode()) < 1_000_000
    assert all(finding.id in text for finding in findings)


def _trend(view, count):
    return tuple(replace(view.trend[0], period=f"20{20 + n // 12}-{n % 12 + 1:02}") for n in range(count))


@pytest.fixture
def template(tmp_path):
    def write(content, name="mine.html.j2"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_template_of_ones_own_sees_the_view_and_the_charts(whole, template):
    wild = replace(whole, project_title=plain("A <b> & C"))
    template("{{ text(view.project_title) }}", "part.html.j2")
    path = template(
        "{% include 'part.html.j2' %} {{ score(view.figures.score) }} {{ charts.trend() }} {{ _('Sites') }}"
    )
    text = render_template(path, wild, open_language("zh"))
    assert text.startswith("A &lt;b&gt; &amp; C 71.25 <figure")
    assert text.endswith("站点")
    assert render_template(template("{{ text(view.project_title) }}\n", "mine.txt"), wild, EN) == "A <b> & C\n"


@pytest.mark.parametrize(
    ("content", "place", "told"),
    [
        ("one\n{{ view.nothing }}", ":2", "nothing"),
        ("{{ nobody }}", ":1", "nobody"),
        ("one\n\n{% if %}", ":3", "expression"),
        ("{{ view.__class__.__mro__ }}", ":1", "unsafe"),
        ("a\n{{ 1 / 0 }}", ":2", "division by zero"),
        ("{% include '../secret.txt' %}", "secret.txt", "no such template"),
        ("{{ charts.site_trend(3) }}", ":1", "int"),
        (b"\xff\xfe", "mine.html.j2", "UTF-8"),
    ],
)
def test_a_template_that_is_wrong_is_told_with_its_line(whole, template, content, place, told):
    path = template(content)
    with pytest.raises(InvalidInput) as caught:
        render_template(path, whole, EN)
    assert caught.value.code == "SQA415"
    message = str(caught.value.message)
    assert place in message
    assert told in message
