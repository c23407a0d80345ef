"""The page in a browser: no violation of WCAG 2.2 AA that axe-core can see, no request, no breach of its own policy."""

import shutil
from importlib.resources import files

import pytest
from msgspec.structs import replace

from sqaudit.locale import open_language
from sqaudit.model.report_parts import Audience
from sqaudit.model.texts import plain
from sqaudit.reports.narrowing import narrowed
from sqaudit.reports.rendering import render_page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """async tags => (await axe.run(document, {runOnly: tags, resultTypes: ["violations"]})).violations
    .map(each => each.id + ": " + each.nodes[0].html)"""
FOLDED = "document.querySelectorAll('details').forEach(each => each.open = true)"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser():
    """The system's Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("needs Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def axe():
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("site", [None, "north"])
def test_every_layer_is_accessible_and_asks_for_nothing(whole, tmp_path, browser, axe, site, code):
    """The full page has all layers; of one site some are laid out otherwise."""
    path = tmp_path / "report.html"
    view = narrowed(whole, Audience.FULL, site)
    path.write_text(render_page(view, open_language(code)), encoding="utf-8")
    page = browser.new_page(viewport=PHONE)
    requests, said = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    page.evaluate(axe)
    page.evaluate(FOLDED)
    for size, scheme in ((PHONE, "light"), (DESK, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(LOOK, WCAG) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.close()
    assert requests == [path.as_uri()]
    assert said == []


def test_the_longest_word_makes_no_page_wider(whole, tmp_path, browser):
    wild = plain("W" * 10_000)
    view = replace(
        whole,
        programme_title=wild,
        sites=tuple(replace(site, title=wild, id=site.id * 400, manager="M" * 5000) for site in whole.sites),
        findings=tuple(replace(row, site_title=wild, criterion_title=wild) for row in whole.findings),
        actions=tuple(replace(row, site_title=wild, criterion_title=wild, owner="o" * 5000) for row in whole.actions),
    )
    path = tmp_path / "report.html"
    path.write_text(render_page(view, open_language("en")), encoding="utf-8")
    page = browser.new_page(viewport=PHONE)
    page.goto(path.as_uri())
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.close()
