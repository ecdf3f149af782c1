"""One conversation with an SMTP server, and what its ways of failing mean for the delivery."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from alerting.channels.reasons import reason
from news.errors import DeliveryError, RetryAdvice, VigieError

_LEAVE_SECONDS = 3.0
_UNAVAILABLE = 421
_LOGIN_REFUSED = {530, 534, 535, 538}
_AT_ANOTHER_PORT = "if this goes on, check host, port and security: port 465 is tls as a rule, port 587 starttls"
_WITHOUT_STARTTLS = "if TLS begins with the first byte there, set security to tls; else choose another port"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends what to whom: bare addresses, and the message's bytes."""

    sender: str
    to: tuple[str, ...]
    message: bytes


async def log_in(client: SMTP, username: str, password: str) -> None:
    """Log in by one method, once: trying a refused password by every other method is how accounts get locked.

    Raises SMTPAuthenticationError if it is refused, DeliveryError if no known method is offered.
    """
    await client.ehlo()
    methods = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
    for name, method in methods.items():
        if name in client.server_auth_methods:
            await method(username, password)
            return
    raise DeliveryError(
        "the SMTP server offers no login that Vigie knows",
        RetryAdvice(pause_channel=True),
        hint="check the channel's security, or leave out its username; then resume the channel",
    )


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The server's answer on taking the message, for whom it took it, and whom it put off until later."""

    answer: str
    reached: tuple[str, ...]
    put_off: tuple[str, ...]


async def hand_over(client: SMTP, envelope: Envelope) -> HandedOver:
    """Give the message to the server for all those of the recipients whom it takes; the others are in the answer.

    Raises SMTPRecipientRefused where it takes none of them.
    """
    await client.mail(envelope.sender)
    refused = await _refused_of(client, envelope.to)
    put_off = [refusal for refusal in refused if refusal.code < 500]
    if len(refused) == len(envelope.to):
        raise (put_off or refused)[0]
    taken = await client.data(envelope.message)
    not_reached = {one.recipient for one in refused}
    return HandedOver(
        f"{taken.code} {taken.message}{_named(refused)}",
        tuple(address for address in envelope.to if address not in not_reached),
        tuple(one.recipient for one in put_off),
    )


async def leave(client: SMTP) -> None:
    """Say goodbye. The server has taken the message, so that nothing that goes wrong from here on matters."""
    with contextlib.suppress(SMTPException, OSError):
        await client.quit(timeout=_LEAVE_SECONDS)


def verdict(error: Exception, place: str, said: Callable[[str], str]) -> DeliveryError:
    """What the failure means for the delivery; `place` names the server, `said` makes its words fit to be repeated."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, SMTPResponseException):
        answer = said(f"{error.code} {error.message}")
        return DeliveryError(f"{place} answered {answer}", _advice(error), answer=answer, hint=_hint(error))
    if isinstance(error, VigieError):
        return DeliveryError(error.message, hint=error.hint)
    if isinstance(error, TimeoutError):
        return DeliveryError(f"{place} did not answer in time", hint=_AT_ANOTHER_PORT)
    if "STARTTLS extension not supported" in str(error):  # aiosmtplib has no class for it
        return DeliveryError(f"{place} offers no STARTTLS", hint=_WITHOUT_STARTTLS)
    why, hint = reason(error)
    return DeliveryError(said(f"{place} could not be used: {why}"), hint=hint)


async def _refused_of(client: SMTP, to: Iterable[str]) -> list[SMTPRecipientRefused]:
    refused = []
    for address in to:
        try:
            await client.rcpt(address)
        except SMTPRecipientRefused as error:
            if error.code == _UNAVAILABLE:
                raise
            refused.append(error)
    return refused


def _named(refused: Iterable[SMTPRecipientRefused]) -> str:
    return "".join(
        f"; but {one.recipient} was {'refused' if one.code >= 500 else 'put off'}: {one.code} {one.message}"
        for one in refused
    )


def _advice(error: SMTPResponseException) -> RetryAdvice:
    """4xx is tried again; 5xx is final for a recipient or a message, and pauses the channel for a login or sender."""
    if error.code < 500:
        return RetryAdvice()
    if error.code in _LOGIN_REFUSED or isinstance(error, SMTPAuthenticationError | SMTPSenderRefused):
        return RetryAdvice(pause_channel=True)
    return RetryAdvice(permanent=isinstance(error, SMTPRecipientRefused | SMTPDataError))


def _hint(error: SMTPResponseException) -> str:
    if not _advice(error).pause_channel:
        return ""
    return "check the channel's login and sender, then resume it: what is waiting will be sent"
