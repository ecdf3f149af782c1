"""Real receivers on loopback, scripted to misbehave: an SMTP server, a webhook endpoint, and what is sent to them."""

import asyncio
import json
import ssl
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook

from news.alert import Alert, Channel, ChannelKind, Delivery, Told
from news.article import Span

HOST = "127.0.0.1"
STALL = "stall"


FOUND_AT = datetime(2026, 11, 14, 9, 30, tzinfo=UTC)
TOLD = Told(
    article_id=7,
    title="Séoul dénonce le pacte entre Moscou et Pyongyang",
    url="https://news.example.com/pacte?a=1&b=2",
    source="Alerte Monde",
    excerpt="…un pacte de défense avec Pyongyang, accusée de fournir des troupes.\nUn accord crucial…",
    title_spans=(Span("title", 39, 48),),
    excerpt_spans=(Span("text", 26, 35), Span("text", 60, 67)),
    authors=("Sara",),
    published_at=datetime(2026, 11, 14, 8, 0, tzinfo=UTC),
    found_at=FOUND_AT,
    language="fr",
)
ALERT = Alert(watch="Corée", query="Pyongyang AND troupes", decided_at=FOUND_AT, told=TOLD, sequence=42)


def a_delivery(kind: ChannelKind, settings: Mapping[str, Any], alert: Alert = ALERT, attempts: int = 0) -> Delivery:
    """The delivery of an alert (a French article about Pyongyang, unless told otherwise) to a channel named `desk`."""
    channel = Channel(1, "desk", kind, settings)
    return Delivery(3, "0192f3a4c5", alert, channel, "pending", attempts, FOUND_AT)


@dataclass(frozen=True)
class Certificate:
    """PEM files of a certificate that is its own CA, good for `localhost` and 127.0.0.1, and of its key."""

    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """What a server needs to present it."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_certificate(folder: Path, *names: str) -> Certificate:
    """A new certificate for these host names (`localhost` and 127.0.0.1 if none is given), valid for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Vigie tests")])
    yesterday = datetime.now(UTC) - timedelta(days=1)
    alternatives = [x509.DNSName(one) for one in names or ("localhost",)]
    addresses = [] if names else [x509.IPAddress(ip_address(HOST))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(yesterday)
        .not_valid_after(yesterday + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([*alternatives, *addresses]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = Certificate(folder / "certificate.pem", folder / "key.pem")
    pem.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem


@dataclass(frozen=True)
class ReceivedMail:
    """A message that was accepted, with its envelope and whether the connection was encrypted."""

    sender: str
    to: tuple[str, ...]
    content: bytes
    encrypted: bool
    username: str

    @property
    def message(self) -> EmailMessage:
        """The message as a mail client reads it."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


Stage = Literal["ehlo", "mail", "rcpt", "data", "accepted"]


class SmtpReceiver:
    """A real SMTP server (aiosmtpd): `async with SmtpReceiver() as smtp`, then `smtp.port` and `smtp.mails`.

    `answers[stage]` are the answers that it gives first at that stage, one a command, before all goes well; STALL in
    their place says nothing at all. `accepted` comes after the message is stored: the answer that gets lost.
    `logins` are name and password of who may log in; without any, nobody has to. `seconds_an_answer` makes it slow.
    """

    def __init__(
        self,
        *,
        security: Literal["none", "starttls", "tls"] = "none",
        certificate: Certificate | None = None,
        logins: Mapping[str, str] | None = None,
        refusal_of_login: str = "535 5.7.8 Authentication credentials invalid",
        seconds_an_answer: float = 0,
    ) -> None:
        self.mails: list[ReceivedMail] = []
        self.answers: defaultdict[Stage, deque[str]] = defaultdict(deque)
        self.attempts_to_log_in = 0
        self.connections = 0
        self.port = 0
        self._security = security
        self._certificate = certificate
        self._logins = logins
        self._refusal_of_login = refusal_of_login
        self._seconds_an_answer = seconds_an_answer
        self._server: asyncio.Server | None = None
        self._released = asyncio.Event()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        tls = self._certificate.server_context() if self._certificate and self._security == "tls" else None
        self._server = await loop.create_server(self._protocol, HOST, 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._released.set()
        if self._server is not None:
            self._server.close()

    def _protocol(self) -> Any:
        self.connections += 1
        tls = self._certificate.server_context() if self._certificate and self._security == "starttls" else None
        return SMTP(
            self,
            hostname="receiver.example",
            tls_context=tls,
            require_starttls=tls is not None,
            auth_required=bool(self._logins) and tls is not None,
            auth_require_tls=tls is not None,
            authenticator=self._authenticate if self._logins else None,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> Any:
        self.attempts_to_log_in += 1
        assert isinstance(login, LoginPassword)
        name, password = login.login.decode(), login.password.decode()
        if (self._logins or {}).get(name) == password:
            session.receiver_username = name
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=self._refusal_of_login)

    async def _scripted(self, stage: Stage) -> str:
        answer = self.answers[stage].popleft() if self.answers[stage] else ""
        await asyncio.sleep(self._seconds_an_answer)
        if answer == STALL:
            await self._released.wait()
        return answer

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """aiosmtpd's hook for EHLO."""
        session.host_name = hostname
        answer = await self._scripted("ehlo")
        return [answer] if answer else responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        """aiosmtpd's hook for MAIL FROM."""
        answer = await self._scripted("mail")
        if not answer:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        """aiosmtpd's hook for RCPT TO."""
        answer = await self._scripted("rcpt")
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd's hook for the end of a message."""
        answer = await self._scripted("data")
        if answer:
            return answer
        self.mails.append(
            ReceivedMail(
                sender=envelope.mail_from,
                to=tuple(envelope.rcpt_tos),
                content=envelope.content,
                encrypted=session.ssl is not None or self._security == "tls",
                username=getattr(session, "receiver_username", ""),
            )
        )
        return await self._scripted("accepted") or "250 OK taken"


@dataclass(frozen=True)
class Reply:
    """What the endpoint answers. `stall`: only when it is released; `reset`: it hangs up; `body_bytes`: that many,
    streamed; `repeat`: all that it was sent.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = "ok"
    stall: bool = False
    reset: bool = False
    stall_in_body: bool = False
    body_bytes: int = 0
    repeat: bool = False


@dataclass(frozen=True)
class ReceivedCall:
    """One request to the endpoint."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def payload(self) -> dict[str, Any]:
        """The body as JSON."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    def verified(self, secret: str) -> dict[str, Any]:
        """The body as JSON, if the standardwebhooks library accepts its signature; raises what that raises."""
        parsed: dict[str, Any] = Webhook(secret).verify(self.body, dict(self.headers))
        return parsed


class WebhookReceiver:
    """A real HTTP endpoint: `async with WebhookReceiver() as webhook`, then `webhook.url` and `webhook.calls`.

    `replies` are what it answers first, one a call; after them it answers 200.
    """

    def __init__(self, *replies: Reply, certificate: Certificate | None = None) -> None:
        self.calls: list[ReceivedCall] = []
        self.replies = deque(replies)
        self.bytes_sent = 0
        self.port = 0
        self.arrived = asyncio.Event()
        self._certificate = certificate
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where to post."""
        return f"{'https' if self._certificate else 'http'}://{HOST}:{self.port}/hook?key=canary-in-url"

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        tls = self._certificate.server_context() if self._certificate else None
        site = web.TCPSite(self._runner, HOST, 0, ssl_context=tls)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._released.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def release(self) -> None:
        """Let those go on that were stalled."""
        self._released.set()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.arrived.set()
        self.calls.append(ReceivedCall(request.method, request.path_qs, dict(request.headers), await request.read()))
        reply = self.replies.popleft() if self.replies else Reply()
        if reply.stall:
            await self._released.wait()
        if reply.repeat:
            said = f"{request.method} {request.path_qs} {dict(request.headers)} {self.calls[-1].body.decode()}"
            return web.Response(status=reply.status, text=said)
        if reply.reset and isinstance(request.transport, asyncio.Transport):
            request.transport.abort()
        if reply.stall_in_body or reply.body_bytes:
            return await self._stream(request, reply)
        return web.Response(status=reply.status, headers=dict(reply.headers), text=reply.body)

    async def _stream(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        response = web.StreamResponse(status=reply.status, headers=dict(reply.headers))
        await response.prepare(request)
        if reply.stall_in_body:
            await response.write(b"some of it")
            await self._released.wait()
        while self.bytes_sent < reply.body_bytes:
            await response.write(b"x" * 65_536)
            self.bytes_sent += 65_536
        return response
