"""Views laid out by Jinja templates: our own page, and templates that users bring.

Every template runs in a sandbox and sees the same things: the ``view``, its ``charts``, the ``areas`` in which
something has to change, ``language``, the function ``_`` for sentences of our catalogues, and functions that write
values. What is not there is an error, never an empty place. In HTML all is escaped, and put on one line without
characters that steer the writing direction or a terminal.
"""

from __future__ import annotations

import base64
import hashlib
import re
import traceback
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.model.language import Language
from sqaudit.model.report import ReportView
from sqaudit.model.report_parts import ActionRow
from sqaudit.model.texts import Text
from sqaudit.reports.changes_to_make import areas_of
from sqaudit.reports.charts import CHART_CSS
from sqaudit.reports.charts.frame import plain_id
from sqaudit.reports.labels import show_due, show_label
from sqaudit.reports.numbers import ABSENT, show_difference, show_number, show_score, show_share, show_value
from sqaudit.reports.pictures import Pictures
from sqaudit.reports.reasons import show_reason
from sqaudit.reports.tables import one_line

if TYPE_CHECKING:
    from jinja2.nodes import EvalContext
    from jinja2.sandbox import SandboxedEnvironment

TEMPLATES = Path(__file__).parent / "templates"
# A page of many sites stays small enough to be sent: a site's section names so many actions, all of which are in the
# part for the front line; beyond so many sites it has no trend of its own beside the one in the table of sites; and of
# more findings than that only the appendix tells what was measured.
_MOST_ACTIONS, _MOST_CHARTS, _MOST_TOLD = 5, 25, 500
_ESCAPED = re.compile(r"\.(html?|xhtml|xml|svg)(\.(j2|jinja2?))?$", re.IGNORECASE)


def render_page(view: ReportView, language: Language) -> str:
    """The page of a view: one file, nothing that runs and nothing that is fetched."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8") + CHART_CSS
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    own: dict[str, object] = {
        "style": Markup(style),  # noqa: S704 - ours
        "policy": f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
    }
    return _own_environment().get_template("report.html.j2").render(_known(view, language) | own)


def render_template(path: Path, view: ReportView, language: Language) -> str:
    """A view as a user's own template lays it out; it may include templates beside it.

    Raises:
        InvalidInput: The template cannot be read or is wrong; the message says where.
    """
    from jinja2 import TemplateNotFound, TemplateSyntaxError

    environment = _environment(path.parent)
    known = _known(view, language)
    known["chart_css"] = Markup(CHART_CSS)  # noqa: S704 - ours
    try:
        template = environment.get_template(path.name)
        return template.render(known)
    except TemplateNotFound as error:
        missing = path.parent / str(error.name)
        raise _wrong(str(missing), msg("there is no such template")) from error
    except TemplateSyntaxError as error:
        raise _wrong(f"{error.filename or path}:{error.lineno}", error.message or "") from error
    except UnicodeDecodeError as error:
        raise _wrong(str(path), msg("it is not in UTF-8")) from error
    except Exception as error:
        # Whatever a template does goes wrong there: what it is told must not be a traceback of ours.
        raise _wrong(_line_of(error, environment) or str(path), str(error) or type(error).__name__) from error


def _wrong(place: str, reason: Message | str) -> InvalidInput:
    return InvalidInput(
        "SQA415",
        msg("{place}: {reason}", place=place, reason=reason),
        msg("docs/how-to/read-and-share-reports.md tells what a template may use"),
    )


def _line_of(error: BaseException, environment: SandboxedEnvironment) -> str | None:
    """The innermost line of a template that an error came through."""
    loaded = {template.filename for template in (environment.cache or {}).values()}
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename in loaded]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else None


@lru_cache(maxsize=1)
def _own_environment() -> SandboxedEnvironment:
    return _environment(TEMPLATES)


def _environment(folder: Path) -> SandboxedEnvironment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and _ESCAPED.search(name) is not None,
        finalize=_finalizer(),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _finalizer() -> Callable[[EvalContext, Any], Any]:
    from jinja2 import pass_eval_context

    @pass_eval_context
    def on_one_line(context: EvalContext, value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
        is_markup = hasattr(value, "__html__")
        return one_line(str(value)) if context.autoescape and not is_markup else value

    return on_one_line


def _known(view: ReportView, language: Language) -> dict[str, object]:
    """All that a template sees."""
    return {
        "view": view,
        "language": language.code,
        "charts": Pictures(view, language),
        "areas": areas_of(view),
        "actions_at": _by_site(view),
        "most_actions": _MOST_ACTIONS,
        "most_charts": _MOST_CHARTS,
        "most_told": _MOST_TOLD,
        "absent": ABSENT,
        "anchor": lambda kind, name: f"{kind}-{plain_id(str(name))}",
        **_words(language),
    }


def _by_site(view: ReportView) -> Mapping[str | None, list[ActionRow]]:
    """The open actions of each site, the first due first."""
    found: dict[str | None, list[ActionRow]] = {}
    for row in view.actions:
        found.setdefault(row.site, []).append(row)
    return found


def _words(language: Language) -> Mapping[str, Callable[..., str]]:
    def say(template: str, **values: object) -> str:
        return language.text(msg(template, **values))

    def text(words: Message | Text | str | None) -> str:
        if isinstance(words, Message):
            return language.text(words)
        return language.said(words) if isinstance(words, Text) else words or ABSENT

    return {
        "_": say,
        "text": text,
        "word": lambda code: ABSENT if code is None else language.word(str(getattr(code, "value", code))),
        "reason": lambda code: show_reason(code, language) or ABSENT,
        "score": show_score,
        "share": show_share,
        "number": show_number,
        "value": show_value,
        "change": lambda points: show_difference(None if points is None else float(points), "score"),
        "due": show_due,
        "label": show_label,
    }
