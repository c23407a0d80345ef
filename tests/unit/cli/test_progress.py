import io

import pytest
from wcwidth import wcswidth

from sqaudit.cli.progress import shown_progress
from sqaudit.errors import msg
from sqaudit.locale import open_language


class _Terminal(io.StringIO):
    def isatty(self):
        return True


class _Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return _Clock()


def test_a_pipe_hears_nothing(clock):
    pipe = io.StringIO()
    with shown_progress(open_language("en"), pipe, clock) as tell:
        clock.now = 60
        tell(0.5, msg("measuring"))
    assert pipe.getvalue() == ""


def test_a_quick_step_is_silent(clock):
    terminal = _Terminal()
    with shown_progress(open_language("en"), terminal, clock) as tell:
        clock.now = 0.9
        tell(0.5, msg("measuring"))
    assert terminal.getvalue() == ""


def test_a_slow_step_is_shown_and_wiped_without_escapes(clock):
    terminal = _Terminal()
    with shown_progress(open_language("en"), terminal, clock) as tell:
        clock.now = 1.0
        tell(0.5, msg("measuring '{dataset}'", dataset="工单"))
        clock.now = 1.01
        tell(0.6, msg("too soon"))
    shown = terminal.getvalue()
    assert shown.startswith(" 50% measuring '工单'")
    assert "too soon" not in shown
    assert shown.endswith(f"\r{' ' * wcswidth(chr(32) + '50% measuring ' + repr('工单'))}\r")
    assert "\x1b" not in shown


def test_the_line_is_wiped_after_an_error_and_never_wraps(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    terminal = _Terminal()

    def work():
        with shown_progress(open_language("en"), terminal, clock) as tell:
            clock.now = 2
            tell(0.1, msg("审核" * 40))
            raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        work()
    line, blanks, _ = terminal.getvalue().split("\r")
    assert wcswidth(line) < 20
    assert len(blanks) == wcswidth(line)
