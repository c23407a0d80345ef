"""The report as a PDF, read back by Poppler."""

import functools
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from sqaudit.builtin.reporters.pdf import PdfReporter
from sqaudit.errors import NotInstalled
from sqaudit.locale import open_language
from sqaudit.model.texts import plain

hostile = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "hostile.py")))
typst = pytest.importorskip("typst", reason="typst is not installed")
POPPLER = shutil.which("pdftotext") and shutil.which("pdfinfo")
needs_poppler = pytest.mark.skipif(not POPPLER, reason="Poppler is not installed")
CHINESE = re.compile("CJK|Hei|PingFang|Source Han|Noto Sans SC")
HAS_CHINESE = any(map(CHINESE.search, typst.Fonts().families()))
needs_chinese = pytest.mark.skipif(not HAS_CHINESE, reason="a Chinese font is not installed")


def render(view, code="en"):
    return PdfReporter().render(view, open_language(code))


def asked(program, content):
    """What one of Poppler's programs says of a PDF, white space made single blanks."""
    arguments = [*program, "-", *(["-"] if "pdftotext" in program else [])]
    done = subprocess.run(arguments, input=content, capture_output=True, check=True, timeout=30)
    return " ".join(done.stdout.decode().split())


def english_only():
    view = hostile.some_view()
    north, south = view.sites
    return replace(view, sites=(replace(north, region=None), south))


@pytest.fixture
def fonts_of_typst_alone(monkeypatch):
    monkeypatch.setattr(typst, "Fonts", functools.partial(typst.Fonts, include_system_fonts=False))


@needs_poppler
@needs_chinese
def test_figures_and_chinese_stand_in_it_as_text():
    shown = asked(["pdftotext"], render(hostile.some_view(), "zh"))
    for text in ("月度审核", "北京朝阳店", "响应速度", "较差", "及时回复", "59.99", "87.5%", "80.5%", "无数据"):
        assert text in shown, text
    assert "Monthly audit" not in shown


@needs_poppler
@needs_chinese
def test_hostile_texts_are_texts():
    shown = asked(["pdftotext"], render(hostile.hostile_view()))
    for text in (hostile.SCRIPT, hostile.COMMAND, hostile.TYPST, hostile.AMPERSAND, "gnp.exe", "bellnullescape"):
        # A run without a blank may go on in the next line.
        assert re.sub(r"[\s\u200b]", "", text) in re.sub(r"[\s\u200b]", "", shown), text


@needs_poppler
@needs_chinese
def test_no_word_runs_over_the_edge_of_the_page():
    content = render(hostile.hostile_view())
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True).stdout
    right = [float(edge) for edge in re.findall(rb'xMax="([\d.]+)"', boxes)]
    assert max(right) <= 595.3  # points of A4's width
    assert asked(["pdftotext"], content).count("W") >= 10_000


@needs_poppler
@pytest.mark.usefixtures("fonts_of_typst_alone")
def test_it_is_tagged_has_title_and_language_and_is_dated_by_the_end_of_the_cycle():
    content = render(english_only())
    told = asked(["pdfinfo", "-isodates"], content)
    assert "Title: Monthly audit · 2026-10" in told
    assert "Tagged: yes" in told
    assert "CreationDate: 2026-10-31T16:00:00Z" in told
    assert re.search(rb"/Lang\s*\(en", content)
    assert b"pdfuaid" in content


@pytest.mark.usefixtures("fonts_of_typst_alone")
def test_the_same_view_makes_the_same_bytes():
    assert render(english_only()) == render(english_only())


@pytest.mark.usefixtures("fonts_of_typst_alone")
def test_letters_without_a_font_are_refused_and_the_font_is_named():
    with pytest.raises(NotInstalled, match="SQA426") as refused:
        render(hostile.some_view(), "zh")
    assert "fonts-noto-cjk" in str(refused.value.hint)
    assert re.search(r"[\u4e00-\u9fff]", str(refused.value.message))


@needs_poppler
@pytest.mark.usefixtures("fonts_of_typst_alone")
def test_a_sign_without_a_font_is_told_by_its_number():
    view = replace(english_only(), project_title=plain("smile \U0001f600"))
    assert "smile [U+1F600]" in asked(["pdftotext"], render(view))


def test_without_the_extra_the_command_to_install_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(NotInstalled, match="SQA425") as refused:
        render(hostile.some_view())
    assert "pip install 'sqaudit[pdf]'" in str(refused.value.hint)
