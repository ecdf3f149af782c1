"""The doctor's look at the machine: versions, the data folder, the disk, the port."""

import errno
import os
import platform
import shutil
import socket
import sqlite3
import sys
import tempfile
from pathlib import Path

from service.finding import Finding, fail, ok, warn

_PYTHON = (3, 11)
_SQLITE = (3, 35, 0)  # the first with RETURNING
_MEBIBYTE = 1024 * 1024
_LITTLE, _TOO_LITTLE = 1024 * _MEBIBYTE, 100 * _MEBIBYTE


def examine_machine(folder: Path) -> list[Finding]:
    """What can be known without any settings."""
    return [_python(), _sqlite(), _folder(folder), _disk(folder)]


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info < _PYTHON:
        return fail("Python", version, "install Python 3.11 or newer")
    return ok("Python", version)


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < _SQLITE:
        return fail("SQLite", version, f"use a Python with SQLite {'.'.join(map(str, _SQLITE))} or newer")
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(word)")
    except sqlite3.OperationalError:
        return fail("SQLite", f"{version}, without FTS5", "use a Python whose SQLite has FTS5, as nearly all have")
    finally:
        connection.close()
    return ok("SQLite", f"{version}, with FTS5")


def _folder(folder: Path) -> Finding:
    try:
        if not folder.exists():
            return warn("data folder", f"{folder} is not there yet", "it is made by the first command that needs it")
        with tempfile.TemporaryFile(dir=folder):
            return ok("data folder", f"{folder} is writable")
    except OSError as error:
        return fail(
            "data folder",
            f"{folder} is not writable: {error.strerror}",
            "give it to the user who runs Vigie, or name another with --data",
        )


def _disk(folder: Path) -> Finding:
    there = next(path for path in (folder, *folder.parents) if os.access(path, os.F_OK))
    free = shutil.disk_usage(there).free
    found = f"{free // _MEBIBYTE:,} MiB free"
    if free < _TOO_LITTLE:
        return fail("disk", found, "make room: articles cannot be stored for long")
    return warn("disk", found, "make room in time") if free < _LITTLE else ok("disk", found)


def examine_port(host: str, port: int, *, is_running: bool) -> Finding:
    """Whether the service runs, or could."""
    if is_running:
        return ok("service", f"runs on this folder, to listen on {host}:{port}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except (OSError, UnicodeError) as error:
            is_taken = getattr(error, "errno", None) in (errno.EADDRINUSE, errno.EACCES)
            return fail(
                "service",
                f"does not run, and nothing can listen on {host}:{port}: {getattr(error, 'strerror', None) or error}",
                "choose another port in [web], or stop what has it"
                if is_taken
                else "write an address of this machine as `host` in [web], such as 127.0.0.1",
            )
    return ok("service", f"does not run; {host}:{port} is free for it: vigie run")
