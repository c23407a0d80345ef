"""Texts are broken and shortened by how wide they are."""

from hypothesis import given
from hypothesis import strategies as st

from sqaudit.reports.charts.measuring import ELLIPSIS, FONT, fit, longest_word, text_width


def test_wide_characters_are_as_wide_as_they_are_high():
    assert FONT * 4 <= text_width("可靠性与") < FONT * 4.2
    assert text_width("e\u0301") == text_width("e")


@given(st.text(max_size=80), st.floats(20, 300), st.integers(1, 3))
def test_lines_fit_and_leave_nothing_out_unsaid(text, width, lines):
    fitted = fit(text, width, lines)
    assert 1 <= len(fitted.lines) <= lines
    assert all(text_width(line) <= width or len(line) <= 2 for line in fitted.lines)
    if fitted.full is None:
        assert "".join("".join(fitted.lines).split()) == "".join(text.split())
    else:
        assert fitted.full == text
        assert fitted.lines[-1].endswith(ELLIPSIS)


def test_words_stay_whole_while_they_can():
    assert fit("Dunes Hotel and Conference Centre", 180, 2).lines == ("Dunes Hotel and", "Conference Centre")
    assert fit("成都太古里店", 4.5 * FONT, 2).lines == ("成都太古", "里店")
    assert longest_word("in Responsiveness") == text_width("Responsiveness")
    assert longest_word("响应速度") == text_width("响")
