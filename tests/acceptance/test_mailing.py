"""The head of the log in a mailbox outside: a real server takes the mail, or the reason is told."""

import re
import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from sqaudit.workflow import mailing


class Mailbox:
    """Keeps every mail; refuses those to ``full@…``."""

    def __init__(self):
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the library's name
        if address.startswith("full@"):
            return "552 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


@pytest.fixture
def mailbox(monkeypatch):
    box = Mailbox()
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    monkeypatch.setenv(mailing.SERVER, f"smtp://127.0.0.1:{box.port}")
    monkeypatch.setenv(mailing.SENDER, "audits@example.org")
    yield box
    controller.stop()


@pytest.fixture
def p(project):
    p = project()
    assert p.run("run", "first-audit", "--period", "2026-10").code == 0
    return p


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_head_arrives_as_the_store_has_it(p, mailbox, language):
    head = p.run("store", "head").out
    sent = p.run("--lang", language, "store", "head", "--mail", "auditee@example.org")
    assert (sent.code, sent.out) == (0, ""), sent.err
    ((to, mail),) = mailbox.mails
    assert (to, mail["From"]) == (["auditee@example.org"], "audits@example.org")
    assert head.split()[0] in mail["Subject"]
    assert head.strip() in mail.get_content().splitlines()
    hash_ = re.search(r"--head ([0-9a-f]{64})", mail.get_content()).group(1)
    assert p.run("store", "verify", "--head", hash_).code == 0


def test_it_is_written_and_sent_at_once(p, mailbox, tmp_path):
    file = tmp_path / "head.txt"
    assert p.run("store", "head", "--mail", "auditee@example.org", "--output", str(file)).code == 0
    assert file.read_text() == p.run("store", "head").out
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("server", "address", "code", "exit_code", "said"),
    [
        (None, "auditee@example.org", "SQA715", 2, "no mail server is named"),
        ("mail.example.org", "auditee@example.org", "SQA715", 2, "no URL of a mail server"),
        ("smtp://host:port", "auditee@example.org", "SQA715", 2, "no URL of a mail server"),
        ("smtp://127.0.0.1:{port}", "auditee", "SQA714", 2, "no mail address"),
        ("smtp://127.0.0.1:{port}", "a@b\nBcc: c@d", "SQA714", 2, "no mail address"),
        ("smtp://127.0.0.1:{port}", "full@example.org", "SQA638", 74, "mailbox full"),
        ("smtp://127.0.0.1:{closed}", "auditee@example.org", "SQA638", 74, "did not take the mail"),
        ("smtps://127.0.0.1:{port}", "auditee@example.org", "SQA638", 74, "did not take the mail"),
        ("smtp://me:my-secret@127.0.0.1:{port}", "auditee@example.org", "SQA638", 74, "in the open"),
    ],
)
def test_what_cannot_be_sent_is_told(p, mailbox, monkeypatch, server, address, code, exit_code, said):
    if server is None:
        monkeypatch.delenv(mailing.SERVER)
    else:
        monkeypatch.setenv(mailing.SERVER, server.format(port=mailbox.port, closed=free_port()))
    told = p.run("store", "head", "--mail", address)
    assert (told.code, told.out) == (exit_code, "")
    assert code in told.err
    assert said in told.err
    assert "my-secret" not in told.err
    assert mailbox.mails == []
