"""The e-mail channel: an alert as a message of text and HTML, handed to an SMTP server."""

import asyncio
import re
from typing import Annotated, Any, Literal

from aiosmtplib import SMTP, SMTPException
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, model_validator

from alerting.channels.message import compose, host_of
from alerting.channels.secrets import read_secret, scrubbed
from alerting.channels.settings import ChannelSettings, is_loopback
from alerting.channels.smtp import Envelope, hand_over, leave, log_in, verdict
from alerting.channels.tls import tls_context
from alerting.guard import GuardedDialler
from alerting.marks import one_line, safe_link
from alerting.own import MailTemplate, own_mail
from alerting.render import mail
from news.alert import Delivery, Receipt
from news.errors import DeliveryError, VigieError
from news.feedback import Links, unsubscribe_headers
from news.text import clip

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII | re.IGNORECASE)
_HOST = re.compile(r"[^\s/@\\\x00-\x20\x7f]+")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_LONGEST_ANSWER = 300
_LONGEST_WAY_OUT = 500
_PLAIN = re.compile(r"[!-;=?-~]+")  # ASCII that can be seen, without the brackets that enclose it in the header


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value) or ".." in value:
        raise ValueError("is not an e-mail address such as desk@example.com (ASCII, without a display name)")
    return value


def _list(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("is not a host name such as smtp.example.com")
    return value


def _way_out(value: str) -> str:
    """An address of mail or of the web, as `List-Unsubscribe` may name it."""
    if not value:
        return ""
    if value.startswith("mailto:") and _ADDRESS.fullmatch(value.removeprefix("mailto:").partition("?")[0]):
        usable = value
    else:
        usable = safe_link(value) if value.startswith("https://") else ""
    if not usable or len(usable) > _LONGEST_WAY_OUT or not _PLAIN.fullmatch(usable):
        raise ValueError("is neither mailto:address nor a URL that begins with https://")
    return usable


Mailbox = Annotated[str, AfterValidator(_address)]


class EmailSettings(ChannelSettings):
    """How to reach the SMTP server, who is told, and in whose name. The password is only named, never kept here."""

    host: Annotated[str, AfterValidator(_host)] = Field(description="the SMTP server's name")
    port: int = Field(default=0, ge=0, le=65_535, description="0 for the usual one: 587, 465 (tls) or 25 (none)")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="starttls, tls from the first byte, or none (without a login, or on loopback)"
    )
    username: str = Field(default="", description="the login; empty for none")
    password_env: str = Field(default="", description="the environment variable that holds the password")
    password_file: str = Field(default="", description="the file that holds the password, if no variable does")
    sender: Mailbox = Field(validation_alias=AliasChoices("from", "sender"), description="the address it comes from")
    to: Annotated[tuple[Mailbox, ...], BeforeValidator(_list)] = Field(
        min_length=1, max_length=50, description="the addresses that are told, as a list or with commas"
    )
    unsubscribe: Annotated[str, AfterValidator(_way_out)] = Field(
        default="", description="where readers say that they want no more: mailto:address or an https URL"
    )
    ca_file: str = Field(default="", description="PEM file of the CAs to trust instead of the system's")
    timeout: float = Field(default=60, gt=0, le=600, description="seconds for one attempt, all in all")
    template: MailTemplate | None = Field(
        default=None, description="your own `subject`, `text` and `html`: a table of its own, see docs/templates.md"
    )

    @model_validator(mode="before")
    @classmethod
    def _no_plain_password(cls, values: Any) -> Any:
        if isinstance(values, dict) and "password" in values:
            raise ValueError(
                "'password' is not kept in the settings: name where it is, with password_env or password_file"
            )
        return values

    @model_validator(mode="after")
    def _login_is_whole(self) -> "EmailSettings":
        places = [place for place in (self.password_env, self.password_file) if place]
        if len(places) != (1 if self.username else 0):
            raise ValueError("a login is a username with one of password_env and password_file")
        if self.username and self.security == "none" and not is_loopback(self.host):
            raise ValueError("a password is not sent in clear over a network: set security to starttls or tls")
        return self

    def headers_to_leave(self, links: Links | None) -> dict[str, str]:
        """The headers by which mail programs offer to stop this: the place that was named, else the story's mute."""
        return {"List-Unsubscribe": f"<{self.unsubscribe}>"} if self.unsubscribe else unsubscribe_headers(links)

    def endpoint(self) -> tuple[str, int]:
        """The host and port that are dialled."""
        return self.host, self.port or _PORTS[self.security]

    def goes_to(self) -> str:
        """The addresses that are told."""
        return ", ".join(self.to)


class EmailSender:
    """Sends each delivery over a connection of its own."""

    def __init__(self, settings: EmailSettings, guard: GuardedDialler) -> None:
        self._settings = settings
        self._guard = guard

    async def send(self, delivery: Delivery) -> Receipt:
        """Hand the message to the server. Raises DeliveryError, which says whether and when to try again."""
        settings, alert = self._settings, delivery.alert
        links = delivery.links
        written = own_mail(alert, mail(alert, links), settings.template, links)
        message = compose(
            written.mail,
            settings.sender,
            settings.to,
            delivery.key,
            alert.decided_at,
            delivery.thread_key,
            unsubscribe=settings.headers_to_leave(links),
        )
        password = read_secret(settings.password_env, settings.password_file) if settings.username else ""
        to = tuple(address for address in settings.to if address not in delivery.reached)
        if not to:  # whoever was still to be reached has been taken out of the settings
            return Receipt("all have it from attempts before", written.trouble)
        client = self._client()
        failure: DeliveryError
        try:
            async with asyncio.timeout(settings.timeout):
                await client.connect(sock=await self._guard.connect(*settings.endpoint()))
                if settings.username:
                    await log_in(client, settings.username, password)
                done = await hand_over(client, Envelope(settings.sender, to, message))
            await leave(client)
            answer = self._said(done.answer, password)
            if not done.put_off:
                return Receipt(answer, written.trouble)
            waits = f"the mail is still to reach {', '.join(done.put_off)}: {answer}"
            failure = DeliveryError(waits, answer=answer, reached=done.reached)
        except (OSError, ValueError, VigieError, SMTPException) as error:
            host, port = settings.endpoint()
            failure = verdict(error, f"the SMTP server {host}:{port}", lambda text: self._said(text, password))
        finally:
            client.close()
        raise failure  # here and not above: the library's error may repeat the password

    def _client(self) -> SMTP:
        settings = self._settings
        return SMTP(
            hostname=settings.host,
            local_hostname=host_of(settings.sender),
            timeout=settings.timeout,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=None if settings.security == "none" else tls_context(settings.ca_file),
        )

    def _said(self, text: str, password: str) -> str:
        """The server's words, without the password in any of the forms it was sent in, and not too many."""
        forms = (f"\0{self._settings.username}\0{password}", password) if password else ()
        return clip(one_line(scrubbed(text, forms)), _LONGEST_ANSWER)
