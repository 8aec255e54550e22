"""A real PostgreSQL for the tests: its own data, a free loopback port, gone at the end."""

import os
import secrets
import shutil
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


def _as_somebody() -> dict[str, Any]:
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


@contextmanager
def running() -> Iterator[str]:
    """Start a server; gives its address as postgresql://…/ to be followed by a database."""
    programs, somebody = _binaries(), _as_somebody()
    home = Path(tempfile.mkdtemp(prefix="fanlight-pg-"))
    data, word = home / "data", home / "word"
    password = secrets.token_hex(16)
    word.write_text(password)
    if somebody:
        for path in (home, word):
            os.chown(path, somebody["user"], somebody["group"])

    def run(program: str, *arguments: str) -> None:
        with (home / "said").open("w+") as said:
            done = subprocess.run(
                [str(programs / program), "-D", str(data), *arguments],
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                check=False,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
                **somebody,
            )
            said.seek(0)
            if done.returncode:
                log = home / "data" / "log"
                pytest.fail(
                    f"{program} did not work: {said.read()} "
                    f"{log.read_text() if log.exists() else ''}"
                )

    try:
        run(
            "initdb", "--username=fanlight", f"--pwfile={word}", "--auth=scram-sha-256",
            "--encoding=UTF8", "--no-sync",
        )  # fmt: skip
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": home,
            # The data lives as long as the tests: nothing need reach the disk.
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
            "autovacuum": "off",
        }
        run(
            "pg_ctl", "start", "--wait", "--silent", f"--log={data / 'log'}",
            "-o", " ".join(f"-c {name}={value}" for name, value in settings.items()),
        )  # fmt: skip
        try:
            yield f"postgresql://fanlight:{password}@127.0.0.1:{port}/"
        finally:
            run("pg_ctl", "stop", "--mode=immediate", "--silent")
    finally:
        shutil.rmtree(home)
