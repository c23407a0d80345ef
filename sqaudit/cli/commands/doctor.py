"""``sqaudit doctor``: what may be wrong here, and what to do about it."""

from __future__ import annotations

from sqaudit.cli.help import make_command
from sqaudit.cli.output import write_text
from sqaudit.cli.problems import hint_line
from sqaudit.cli.session import current_session
from sqaudit.errors import Incomplete, msg


@make_command("doctor", msg("Look at the installation, the plugins, the documents and the store."))
def command() -> int:
    """Print one line for each thing looked at, and the way out of each fault."""
    from sqaudit.workflow.doctor import Health, examine

    session = current_session()
    language = session.language
    failed = False
    for diagnosis in examine(session.open_context()):
        write_text(f"{language.word(diagnosis.health.value)}: {language.text(diagnosis.message)}\n")
        if diagnosis.fix is not None:
            write_text(f"  {hint_line(diagnosis.fix, language)}\n")
        failed = failed or diagnosis.health is Health.FAILED
    return Incomplete.exit_code if failed else 0
