"""A PostgreSQL server of our own for a while: made in a temporary folder, and thrown away."""

from __future__ import annotations

import atexit
import functools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

if TYPE_CHECKING:
    from typing import Self

PLACES: Final = ("/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt", "/usr")
NEEDED: Final = ("initdb", "pg_ctl", "postgres", "pg_dump", "psql")
ROLE: Final = "outbox"  # whom the journals belong to: no superuser
START_S_MAX: Final = 600  # after a stop without a word, every file is waited for first
SETTINGS: Final = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
shared_buffers = 32MB
wal_level = replica
deadlock_timeout = 100ms
"""
# After a stop without a word a server waits for the disk: for each file, of which the databases
# of all tests have tens of thousands, or here for all at once.
SYNC_AT_ONCE: Final = "recovery_init_sync_method = syncfs\n"


def binaries() -> Path | None:
    """Return the folder of the newest server that is installed, or None."""
    found = shutil.which("initdb")
    folders = [] if found is None else [Path(found).resolve().parent]
    for place in map(Path, PLACES):
        folders += sorted(place.glob("*/bin"), key=_release, reverse=True)
    for folder in folders:
        if all((folder / name).is_file() for name in NEEDED):
            return folder
    return None


def _release(folder: Path) -> int:
    digits = "".join(filter(str.isdigit, folder.parent.name))
    return int(digits or 0)


def _other_user() -> dict[str, Any]:
    """Return whom a server runs as where this is root, which it refuses to run as."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise RuntimeError("root needs a user postgres or nobody to run a server as")


class Cluster:
    """A server with one role that owns databases, and its superuser for the tests alone."""

    def __init__(self) -> None:
        folder = binaries()
        assert folder is not None
        self._binaries = folder
        self._as = _other_user()
        self.folder = Path(tempfile.mkdtemp(prefix="smspoh-pg-"))
        self.password = f"p:{secrets.token_hex(8)}@/#%"
        secret = self.folder / "password"
        secret.write_text(self.password)
        if self._as:
            for path in (self.folder, secret):
                os.chown(path, self._as["user"], self._as["group"])
        self.data = self.folder / "data"
        self._command(
            "initdb",
            *("-D", str(self.data), "-U", "super", "-A", "scram-sha-256"),
            *("--pwfile", str(secret), "-E", "UTF8", "--no-locale"),
        )
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
            if sys.platform == "linux" and _release(folder) >= 14:
                settings.write(SYNC_AT_ONCE)
        self.port = 0
        self.start()
        with self.admin() as db:
            db.execute(
                psycopg.sql.SQL("CREATE ROLE outbox LOGIN PASSWORD {}").format(self.password)
            )

    def _command(self, name: str, *words: str) -> None:
        command = [str(self._binaries / name), *words]
        environment = {**os.environ, "LC_ALL": "C"}
        with (self.folder / "commands").open("ab") as told:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                cwd=self.folder,
                env=environment,
                check=False,
                **self._as,
            )
        if done.returncode:
            raise RuntimeError(f"{name} failed: {(self.folder / 'commands').read_text()}")

    def start(self) -> None:
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        log = str(self.folder / "log")
        self._command(
            *("pg_ctl", "start", "-w", "-t", str(START_S_MAX)),
            *("-D", str(self.data), "-l", log, "-o", f"-p {self.port}"),
        )

    def stop(self, mode: str = "immediate") -> None:
        self._command("pg_ctl", "stop", "-w", "-m", mode, "-D", str(self.data))

    def restart(self) -> None:
        """Stop without a word, as a power cut does, and start again."""
        self.stop()
        self.start()

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        """Connect as the superuser."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="super",
            password=self.password,
            dbname=database,
            autocommit=True,
        )

    def create(self, database: str) -> str:
        """Make a database of the role's, and return its address."""
        with self.admin() as db:
            name = psycopg.sql.Identifier(database)
            db.execute(psycopg.sql.SQL("CREATE DATABASE {} OWNER outbox").format(name))
        return self.address(database)

    def address(self, database: str) -> str:
        escaped = "".join(f"%{byte:02X}" for byte in self.password.encode())
        return f"postgresql://{ROLE}:{escaped}@127.0.0.1:{self.port}/{database}"

    def gone(self, *pids: int) -> None:
        """Wait until server processes have ended."""
        with self.admin() as db:
            query = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
            for _ in range(10_000):
                if db.execute(query, (list(pids),)).fetchone() == (0,):
                    return
                time.sleep(0.002)
        raise RuntimeError("a server process does not end")

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@functools.cache
def shared() -> Cluster:
    """Return the one server that all tests of this process use."""
    made = Cluster()
    owner = os.getpid()
    atexit.register(lambda: made.close() if os.getpid() == owner else None)
    return made
