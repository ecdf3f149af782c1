"""A Postfix of the test's own: its configuration, queue and mailboxes in a folder that goes with it, on loopback only.

What is installed gives the programs and nothing else; the machine's own instance is neither read nor touched.
"""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Self

from tests.receivers import HOST, Certificate

DOMAIN = "vigie.test"
MAILBOX = f"desk@{DOMAIN}"
_OWNER, _READER = "postfix", "nobody"
_SECONDS = 60
_OLDEST = (3, 4)  # the first that logs to its standard output

_MAIN = """\
compatibility_level = 2
config_directory = {folder}/etc
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = /dev/stdout
mail_owner = {owner}
inet_interfaces = {host}
inet_protocols = ipv4
myhostname = mx.{domain}
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks =
notify_classes =
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_security_level = may
smtpd_tls_received_header = yes
smtpd_tls_chain_files = {certificate.key}, {certificate.certificate}
default_transport = error:5.7.1 no mail leaves this server
relay_transport = error:5.7.1 no mail leaves this server
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = inline:{{{mailbox}=desk/}}
virtual_mailbox_base = {folder}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:{reader.pw_uid}
virtual_gid_maps = static:{reader.pw_gid}
"""
# service, type, private, unprivileged, chroot, wakeup, most processes, program
_MASTER = """\
{host}:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def program(name: str) -> str:
    """The program's path, empty where it is not installed; the folder of servers is in no user's PATH."""
    return (
        shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/usr/lib/postfix/sbin") or ""
    )


def why_not() -> str:
    """Why no Postfix can be run here; empty where one can."""
    if not program("postfix") or not program("postconf"):
        return "Postfix is not installed"
    if os.geteuid() != 0:
        return "Postfix is started by root only"
    said = subprocess.run(
        [program("postconf"), "-d", "-h", "mail_version"], capture_output=True, text=True, check=False
    )
    version = tuple(int(part) for part in said.stdout.split(".")[:2] if part.isdecimal())
    if version < _OLDEST:
        return f"Postfix {said.stdout.strip() or 'of no known version'} does not log to its standard output"
    try:
        pwd.getpwnam(_OWNER), pwd.getpwnam(_READER)
    except KeyError as error:
        return f"the system has no user for Postfix: {error}"
    return ""


class Postfix:
    """`async with Postfix(certificate) as postfix`: it listens at `postfix.port` and takes mail for `MAILBOX`."""

    def __init__(self, certificate: Certificate) -> None:
        self.port = _free_port()
        self.said: list[str] = []
        self._certificate = certificate
        self._folder = Path()
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        # Its daemons run as other users, who do not get into pytest's own folder.
        self._folder = Path(tempfile.mkdtemp(prefix="vigie-postfix-"))
        self._write()
        self._process = await asyncio.create_subprocess_exec(*self._command("start-fg"), stdout=PIPE, stderr=STDOUT)
        self._reading = asyncio.create_task(self._read())
        try:
            await self.until("daemon started")
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            stopping = await asyncio.create_subprocess_exec(*self._command("stop"), stdout=PIPE, stderr=STDOUT)
            await stopping.communicate()
            await self._process.wait()
        if self._reading is not None:
            await self._reading
        shutil.rmtree(self._folder)

    async def until(self, words: str, count: int = 1) -> None:
        """Wait until it has logged so many lines with these words. Raises AssertionError with its log if not."""

        def is_so() -> bool:
            return sum(words in line for line in self.said) >= count

        def is_over() -> bool:
            return self._reading is None or self._reading.done()

        try:
            async with asyncio.timeout(_SECONDS), self._news:
                await self._news.wait_for(lambda: is_so() or is_over())
        except TimeoutError:
            pass
        assert is_so(), f"Postfix never said {words!r}:\n" + "".join(self.said)

    async def mails(self, count: int) -> list[EmailMessage]:
        """What is in the mailbox once so many mails were delivered, the first delivered first."""
        await self.until("status=sent (delivered to maildir)", count)
        files = sorted((self._folder / "mail/desk/new").iterdir(), key=lambda file: file.stat().st_mtime_ns)
        read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return [one for one in read if isinstance(one, EmailMessage)]

    def _write(self) -> None:
        owner, reader = pwd.getpwnam(_OWNER), pwd.getpwnam(_READER)
        self._folder.chmod(0o755)
        for name, user in (("etc", None), ("queue", None), ("data", owner), ("mail", reader)):
            folder = self._folder / name
            folder.mkdir(mode=0o755)
            if user is not None:
                os.chown(folder, user.pw_uid, user.pw_gid)
        known = {"folder": self._folder, "host": HOST, "port": self.port, "domain": DOMAIN, "mailbox": MAILBOX}
        main = _MAIN.format(owner=_OWNER, reader=reader, certificate=self._certificate, **known)
        (self._folder / "etc/main.cf").write_text(main)
        (self._folder / "etc/master.cf").write_text(_MASTER.format(**known))

    def _command(self, verb: str) -> tuple[str, ...]:
        return program("postfix"), "-c", f"{self._folder}/etc", verb

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._news:
                self.said.append(line.decode("utf-8", "replace"))
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
