"""DuckDB in the process: locked, interruptible, with its own temporary folder.

DuckDB 2.0 moves a TRY_CAST into the CSV reader as a strict cast (``type_pushdown``), so that rows vanish, and takes
intervals that compare equal for one expression (``common_subexpressions``), so that a day becomes 24 hours and a month
30 days; both optimizers are switched off. It ignores Ctrl-C while a query runs in the main thread; queries run in a
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqaudit.errors import CannotAccess, msg
from sqaudit.model.ports import EngineFailure
from sqaudit.model.quoting import quote_name, quote_text

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = 4 * 10**9
FOLDER_PREFIX = "sqaudit-run-"
_ABOUT_A_ROW = ("Conversion Error", "Out of Range Error", "Invalid Input Error")


class Engine:
    """One locked DuckDB database in memory. ``zones`` are the session zones that ``query`` may be asked for.

    ``memory`` is what it may take, in bytes; beyond that it writes into ``folder``.
    """

    def __init__(self, connections: dict[str, duckdb.DuckDBPyConnection], folder: Path, memory: int) -> None:
        self.memory = memory
        self._connections = connections
        self._default = next(iter(connections.values()))
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="sqaudit-engine")
        self.folder = folder

    def query(self, sql: str, parameters: Sequence[object] = (), *, zone: str | None = None) -> list[tuple[Any, ...]]:
        """All rows of one statement, run in the session of ``zone`` (default: the first zone opened).

        Raises ``duckdb.Error`` as DuckDB does, and ``KeyboardInterrupt`` within a fraction of a second.
        """
        connection = self._connections[zone] if zone is not None else self._default
        job = self._worker.submit(_answer, connection, sql, parameters)
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    return job.result(timeout=0.1)
                if job.done():
                    return job.result()
        except KeyboardInterrupt:
            connection.interrupt()
            job.exception(timeout=10)
            raise

    def append(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Append rows of plain Python values to an existing table."""
        appender = self._default.appender(table)
        appender.append_rows(rows)
        appender.flush()

    def close(self) -> None:
        """Close every session; the temporary folder is removed by ``open_engine``."""
        self._worker.shutdown(wait=True)
        for connection in reversed(self._connections.values()):
            connection.close()


def _answer(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
    import duckdb

    try:
        return connection.execute(sql, list(parameters)).fetchall()
    except UnicodeDecodeError as error:  # a message of DuckDB's that was cut in the middle of a letter
        raise duckdb.Error(error.object.decode(errors="replace")) from error


class LocalSession:
    """The engine of this process as any other engine is seen: it answers, or fails in a line a person can read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def columns(self, table: str) -> Mapping[str, str]:
        """The columns of a table or view and their types."""
        return {str(row[0]): str(row[1]) for row in self.query(f"DESCRIBE {quote_name(table)}")}

    def query(self, sql: str, *, zone: str | None = None) -> list[tuple[object, ...]]:
        """All rows of one statement."""
        import duckdb

        try:
            return self._engine.query(sql, zone=zone)
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise EngineFailure(_readable(error)) from error

    def fingerprint(self, sql: str) -> str:
        """A digest of the rows of a query, whatever their order."""
        rows = self.query(f"SELECT count(*), sum(CAST(hash(r) AS HUGEINT)) FROM ({sql}) AS r")
        return hashlib.sha256(repr(rows).encode()).hexdigest()


def _readable(error: Exception) -> str:
    """The engine's message as a reason: one line, the same whichever row it met first, without the row's content."""
    line = str(error).strip().partition("\n")[0]
    kind, _, text = line.partition(": ")
    if kind in _ABOUT_A_ROW:
        text = re.sub(r"\s*\([^()]*\)", "", re.sub(r"'[^']*'|\"[^\"]*\"", "…", text))
    return text or line


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone afterwards, for transcoded files and the engine's spills.

    Folders of processes that were killed before they could tidy up are removed first.
    """
    _sweep(Path(tempfile.gettempdir()))
    try:
        holder = tempfile.TemporaryDirectory(prefix=f"{FOLDER_PREFIX}{os.getpid()}-", ignore_cleanup_errors=True)
    except OSError as error:
        raise CannotAccess(
            "SQA602",
            msg("no temporary folder can be made: {reason}", reason=error.strerror or error),
            msg("free some disk space, or set TMPDIR to a folder that can be written"),
        ) from error
    with holder as name:
        yield Path(name)


def _sweep(temporary: Path) -> None:
    for folder in temporary.glob(f"{FOLDER_PREFIX}*-*"):
        owner = folder.name.removeprefix(FOLDER_PREFIX).partition("-")[0]
        if owner.isdigit() and not _is_running(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: int) -> bool:
    if os.name != "posix":  # elsewhere, signal 0 would end the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def open_engine(
    *,
    folder: Path,
    files: Iterable[Path] = (),
    zones: Sequence[str] = ("UTC",),
    threads: int | None = None,
    memory: int = MEMORY_LIMIT,
) -> Iterator[Engine]:
    """Open an engine that may read exactly ``files``, write nowhere but its temporary folder, and change no setting.

    Args:
        folder: A temporary folder for spills (see ``temporary_folder``).
        files: The files it may read; globs are expanded by the caller.
        zones: IANA zones; one session each, the first is the default.
        threads: Number of threads; default: DuckDB's own.
        memory: What it may take, in bytes.
    """
    import duckdb

    config: dict[str, Any] = {
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_persistent_secrets": "false",
        "python_enable_replacements": "false",
        "temp_directory": str(folder / "spill"),
        "memory_limit": f"{memory}B",
    }
    if threads is not None:
        config["threads"] = str(threads)
    first = duckdb.connect(config=config)
    connections: dict[str, duckdb.DuckDBPyConnection] = {}
    for zone in zones:
        connection = first if not connections else first.cursor()
        connection.execute(f"SET TimeZone = {quote_text(zone)}")
        connections[zone] = connection
    first.execute("SET disabled_optimizers = 'type_pushdown,common_subexpressions'")
    allowed = ", ".join(quote_text(str(path.absolute())) for path in files)
    first.execute(f"SET allowed_paths = [{allowed}]")
    first.execute("SET enable_external_access = false")
    first.execute("SET lock_configuration = true")
    engine = Engine(connections, folder, memory)
    try:
        yield engine
    finally:
        engine.close()
