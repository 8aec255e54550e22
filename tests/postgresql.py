"""A real PostgreSQL for the tests: its own data, a free loopback port, gone at the end."""

import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def _binaries() -> Path:
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    for folder in [*newest_first, *([Path(on_path).resolve().parent] if on_path else [])]:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    pytest.fail(
        "The tests need PostgreSQL's own programs (initdb, pg_ctl) and found none. Install the "
        "package postgresql (on Debian and Ubuntu: apt-get install postgresql-15 or newer).",
        pytrace=False,
    )


def as_somebody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root runs it as somebody else."""
    if os.name == "nt" or os.getuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    pytest.fail("The tests run as root and found no account postgres or nobody to run as.")


_QUICK = {
    # The data lives as long as the tests: nothing need reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


class Server:
    """One server: its folder, its port, and what starts and stops it."""

    def __init__(self, home: Path, data: Path, password: str) -> None:
        self.home, self._data, self._password = home, data, password
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.settings = dict(_QUICK)

    @property
    def url(self) -> str:
        """Its address, to be followed by a database."""
        return f"postgresql://fanlight:{self._password}@127.0.0.1:{self.port}/"

    def run(
        self, program: str, *arguments: str, to: Path | None = None, password: str = ""
    ) -> None:
        """Run one of PostgreSQL's own programs on the data, or on the folder `to`; the test fails
        where it does."""
        with (self.home / "said").open("w+") as said:
            done = subprocess.run(
                [str(_binaries() / program), "-D", str(to or self._data), *arguments],
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                check=False,
                env={
                    **os.environ,
                    "HOME": str(self.home),
                    "LC_ALL": "C.UTF-8",
                    "PGPASSWORD": password or self._password,
                },
                **as_somebody(),
            )
            said.seek(0)
            if done.returncode:
                log = self._data / "log"
                pytest.fail(
                    f"{program} did not work: {said.read()} "
                    f"{log.read_text() if log.exists() else ''}"
                )

    def put(self, name: str, content: bytes) -> None:
        """Put a file of settings, a certificate or a key beside the data."""
        path = self._data / name
        path.write_bytes(content)
        path.chmod(0o600)
        if somebody := as_somebody():
            os.chown(path, somebody["user"], somebody["group"])

    def start(self) -> None:
        """Start it, on the same port each time."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.home,
            **self.settings,
        }
        self.run(
            "pg_ctl", "start", "--wait", "--silent", f"--log={self._data / 'log'}",
            "-o", " ".join(f"-c {name}='{value}'" for name, value in settings.items()),
        )  # fmt: skip

    def stop(self, mode: str = "immediate") -> None:
        """Stop it as a power cut would, in the middle of whatever it does, or in another mode."""
        self.run("pg_ctl", "stop", f"--mode={mode}", "--silent")

    def quit(self) -> None:
        """The same as an immediate stop, at this very moment."""
        number = int((self._data / "postmaster.pid").read_text().split()[0])
        process = os.pidfd_open(number)
        try:
            signal.pidfd_send_signal(process, signal.SIGQUIT)
            select.select([process], [], [])
        finally:
            os.close(process)

    def replica(self, name: str = "replica") -> "Server":
        """A streaming copy of it, started; `promote` makes a server of its own of it."""
        copy = self.base("--write-recovery-conf", name=name)
        copy.settings |= self.settings
        copy.start()
        return copy

    def base(self, *options: str, name: str = "replica") -> "Server":
        """A copy of all its data as it is now, not started."""
        copy = Server(self.home, self.home / name, self._password)
        copy.run(
            "pg_basebackup", "-h", "127.0.0.1", "-p", str(self.port), "-U", "fanlight",
            "--checkpoint=fast", "--no-sync", *options,
        )  # fmt: skip
        return copy

    def signal_recovery(self) -> None:
        """Let a copy read the archive when it is started."""
        (self._data / "recovery.signal").touch()

    def promote(self) -> None:
        """From a copy to a server that is written to."""
        self.run("pg_ctl", "promote", "--wait", "--silent")


def _made(home: Path, *options: str) -> Server:
    """A new server in `home`, not started; its password lies beside its data."""
    server = Server(home, home / "data", secrets.token_hex(16))
    word = home / "word"
    word.write_text(server.url.split(":")[2].split("@")[0])
    word.chmod(0o600)
    if somebody := as_somebody():
        for path in (home, word):
            os.chown(path, somebody["user"], somebody["group"])
    server.run(
        "initdb", "--username=fanlight", f"--pwfile={word}", "--auth=scram-sha-256",
        "--encoding=UTF8", *options,
    )  # fmt: skip
    return server


OWNER = "hub_owner"


def owned(server_url: str, database: str) -> str:
    """An empty database of that name on the server of `server_url`, and its address for its owner:
    who, as the guide has it, may make roles and is no superuser."""
    import psycopg
    from sqlalchemy import make_url

    url = make_url(server_url)
    with psycopg.connect(server_url, autocommit=True) as line:
        known = line.execute("SELECT FROM pg_roles WHERE rolname = %s", (OWNER,)).rowcount
        if not known:
            line.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{url.password}'".encode())
        line.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'.encode())
        line.execute(f'CREATE DATABASE "{database}" OWNER {OWNER}'.encode())
    found = url.set(username=OWNER, database=database)
    return found.render_as_string(hide_password=False)


@contextmanager
def serving(**settings: str) -> Iterator[Server]:
    """Start a server, with what stops and starts it."""
    home = Path(tempfile.mkdtemp(prefix="fanlight-pg-"))
    try:
        server = _made(home, "--no-sync", "--wal-segsize=1")
        server.settings |= settings
        server.start()
        try:
            yield server
        finally:
            for running in home.glob("*/postmaster.pid"):
                Server(home, running.parent, "").stop()
    finally:
        shutil.rmtree(home)


@contextmanager
def kept(home: Path, **settings: str) -> Iterator[str]:
    """Start the server that is kept in `home`, made there if none is; its address, as `running`
    gives it. It is stopped in good order, and stays."""
    if (home / "data" / "PG_VERSION").exists():
        server = Server(home, home / "data", (home / "word").read_text())
    else:
        home.mkdir(parents=True, exist_ok=True)
        server = _made(home)
    server.settings |= settings
    server.start()
    try:
        yield server.url
    finally:
        server.stop("fast")


@contextmanager
def running(**other: str) -> Iterator[str]:
    """Start a server; gives its address as postgresql://…/ to be followed by a database. `other`
    are settings to have otherwise than tests want them."""
    with serving(**other) as server:
        yield server.url
