"""A PostgreSQL server of our own for tests, or a database on the server of ``$SQAUDIT_TEST_PG_URL``.

Server binaries are looked for in the usual places; without any, tests are skipped by name.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

PASSWORD = "only for tests"
VARIABLE = "SQAUDIT_TEST_PG_URL"


@dataclass(frozen=True)
class Server:
    """A database in which tests may do as they like, and the URL that leads to it."""

    url: str

    def run(self, *statements):
        """Run statements as the owner; the rows of the last one, if it has any."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else None

    def changed(self, **parts):
        """The URL with another ``user`` and ``password``, ``host``, ``port`` or ``database``."""
        found = urlsplit(self.url)
        user = parts.get("user", found.username)
        password = parts.get("password", found.password or "")
        place = f"{parts.get('host', found.hostname)}:{parts.get('port', found.port or 5432)}"
        path = "/" + parts.get("database", found.path.lstrip("/"))
        return urlunsplit((found.scheme, f"{user}:{password.replace(' ', '%20')}@{place}", path, found.query, ""))


def _binaries():
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]))
    places += [Path("/opt/homebrew/bin"), Path("/usr/local/bin")]
    on_path = shutil.which("initdb")
    if on_path is not None:
        places.append(Path(on_path).resolve().parent)
    return next((place for place in reversed(places) if (place / "initdb").is_file()), None)


def _account():
    """PostgreSQL refuses to run as root; then it runs as somebody else."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    return pytest.skip("there is no account to run a server with")


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def _own_server():
    binaries = _binaries()
    if binaries is None:
        pytest.skip(f"no PostgreSQL server is installed, and {VARIABLE} is not set")
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="sqaudit-pg-", dir="/tmp"))
    try:
        (folder / "password").write_text(PASSWORD, encoding="ascii")
        if account:
            for path in (folder, folder / "password"):
                os.chown(path, account["user"], account["group"])
        plain = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}, **account}
        made = [binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-E", "UTF8", "--no-sync"]
        made += ["--auth=scram-sha-256", f"--pwfile={folder / 'password'}"]
        subprocess.run(made, check=True, capture_output=True, **plain)
        port = _free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "fsync": "off",
            "max_connections": 40,
            "shared_buffers": "32MB",
        }
        started = [binaries / "postgres", "-D", folder / "data"]
        started += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(started, stdout=log, stderr=log, **plain)
        url = f"postgresql://postgres:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/postgres"
        try:
            _wait_for(url, server)
            yield url
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url, server):
    import psycopg

    for _ in range(200):
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url).close()
            return
        assert server.poll() is None, "the server ended by itself"
        time.sleep(0.02)
    raise AssertionError("the server does not answer")


@contextlib.contextmanager
def running_server():
    """A fresh database, gone afterwards."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    given = os.environ.get(VARIABLE)
    with _own_server() if given is None else contextlib.nullcontext(given) as url:
        admin = Server(url)
        name = f"sqaudit_test_{secrets.token_hex(6)}"
        admin.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            yield Server(admin.changed(database=name))
        finally:
            admin.run(f"DROP DATABASE {name} WITH (FORCE)")
