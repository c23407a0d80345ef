"""The head of the log as a mail: in a mailbox of somebody else it is an anchor that nobody here can change."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from sqaudit.errors import CannotAccess, InvalidInput, msg
from sqaudit.model.event import Head
from sqaudit.model.language import Language
from sqaudit.workflow.context import Context

if TYPE_CHECKING:
    import smtplib

SERVER, SENDER = "SQAUDIT_SMTP", "SQAUDIT_MAIL_FROM"
_ADDRESS = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+")
_PATIENCE = 20  # seconds to wait for the server
_PORTS = {"smtp": 25, "smtps": 465}


def mail_head(context: Context, head: Head, address: str, language: Language) -> None:
    """Send a head to an address, by the server that the environment names in ``SQAUDIT_SMTP``.

    It is a URL such as ``smtps://USER:PASSWORD@mail.example.org``; ``smtp://`` goes over to TLS where the server can.
    ``SQAUDIT_MAIL_FROM`` is the sender.

    Raises:
        InvalidInput: The address or the URL is none, or no server is named.
        CannotAccess: The server cannot be reached or refuses, or a password would go over the net in the open.
    """
    environ = context.settings.environ
    server = _server(environ)
    mail = EmailMessage()
    mail["From"] = _address(environ.get(SENDER) or f"sqaudit@{socket.getfqdn()}")
    mail["To"] = _address(address)
    subject = msg("{project}: the log up to event {number}", project=context.project.id, number=head.number)
    mail["Subject"] = language.text(subject)
    mail.set_content(_body(head, language))
    _send(server, mail)


def _body(head: Head, language: Language) -> str:
    stands_for = language.text(msg("The newest event of the log, which stands for all before it:"))
    keep = language.text(msg("Keep this mail. Whether the log still holds that event is told by"))
    return f"{stands_for}\n{head.number} {head.hash}\n\n{keep}\nsqaudit store verify --head {head.hash}\n"


def _address(text: str) -> str:
    if _ADDRESS.fullmatch(text) is None:
        raise InvalidInput(
            "SQA714", msg("'{text}' is no mail address", text=text), msg("write one such as auditor@example.org")
        )
    return text


def _server(environ: Mapping[str, str]) -> SplitResult:
    url = environ.get(SERVER)
    if not url:
        raise InvalidInput(
            "SQA715",
            msg("no mail server is named"),
            msg("set {name} in the environment: smtps://USER:PASSWORD@mail.example.org", name=SERVER),
        )
    try:
        server = urlsplit(url)
        is_usable = server.scheme in _PORTS and bool(server.hostname) and (server.port is None or server.port > 0)
    except ValueError:
        is_usable = False
    if not is_usable:  # the text may hold a password
        raise InvalidInput(
            "SQA715",
            msg("{name} is no URL of a mail server", name=SERVER),
            msg("write smtp://HOST, smtp://HOST:PORT or smtps://USER:PASSWORD@HOST"),
        )
    return server


def _send(server: SplitResult, mail: EmailMessage) -> None:
    import smtplib

    name = f"{server.hostname}:{server.port or _PORTS[server.scheme]}"
    try:
        with _connect(server) as connection:
            if server.username is not None:
                _log_in(connection, server, name)
            connection.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise CannotAccess(
            "SQA638",
            msg("the mail server {server} did not take the mail: {reason}", server=name, reason=_reason(error)),
            msg("see that {name} names it rightly and that it may be reached from here", name=SERVER),
        ) from error


def _connect(server: SplitResult) -> smtplib.SMTP:
    import smtplib
    import ssl

    host, port = str(server.hostname), server.port or _PORTS[server.scheme]
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=_PATIENCE, context=ssl.create_default_context())
    connection = smtplib.SMTP(host, port, timeout=_PATIENCE)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())
        connection.ehlo()
    return connection


def _log_in(connection: smtplib.SMTP, server: SplitResult, name: str) -> None:
    import ssl

    if not isinstance(connection.sock, ssl.SSLSocket):
        raise CannotAccess(
            "SQA638",
            msg("the mail server {server} would be told the password in the open", server=name),
            msg("use smtps://, or a server that goes over to TLS"),
        )
    connection.login(unquote(server.username or ""), unquote(server.password or ""))


def _reason(error: Exception) -> str:
    """What a server said, in one line."""
    said = getattr(error, "smtp_error", None)
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(error)
    return " ".join(text.split())[:200]
