"""One conversation with an SMTP server, and what its ways of failing mean for the delivery."""

import contextlib
import ssl
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

from news.errors import DeliveryError, RetryAdvice, VigieError

# A recipient whom the server puts off holds the mail for the others during this many attempts (greylisting passes in
# one or two); then those who can be reached get it.
_ATTEMPTS_FOR_ALL = 4
_LEAVE_SECONDS = 3.0
_UNAVAILABLE = 421
_LOGIN_REFUSED = {530, 534, 535, 538}


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


async def hand_over(client: SMTP, envelope: Envelope, attempts: int) -> str:
    """Give the message to the server, and its answer on taking it; `attempts` is how many were made before this one.

    Those whom it refuses for good are named in the answer, as long as it takes the message for someone.
    """
    await client.mail(envelope.sender)
    refused = await _refused_of(client, envelope.to)
    put_off = [refusal for refusal in refused if refusal.code < 500]
    if len(refused) == len(envelope.to) or (put_off and attempts < _ATTEMPTS_FOR_ALL):
        raise (put_off or refused)[0]
    taken = await client.data(envelope.message)
    return f"{taken.code} {taken.message}{_named(refused)}"


async def leave(client: SMTP) -> None:
    """Say goodbye. The server has taken the message, so that nothing that goes wrong from here on matters."""
    with contextlib.suppress(SMTPException, OSError):
        await client.quit(timeout=_LEAVE_SECONDS)


def verdict(error: Exception, said: Callable[[str], str]) -> DeliveryError:
    """What the failure means for the delivery; `said` makes the server's words fit to be repeated."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, SMTPResponseException):
        answer = said(f"{error.code} {error.message}")
        return DeliveryError(f"the SMTP server answered {answer}", _advice(error), answer=answer, hint=_hint(error))
    if isinstance(error, VigieError):
        return DeliveryError(error.message, hint=error.hint)
    if isinstance(error, TimeoutError):
        return DeliveryError("the SMTP server did not answer in time")
    cause = error.__cause__ or error
    hint = "if the server's certificate is of a CA of its own, name that in ca_file"
    return DeliveryError(
        said(f"the SMTP server could not be used: {cause}"),
        hint=hint if isinstance(cause, ssl.SSLCertVerificationError) else "",
    )


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
    return "".join(f"; but {one.recipient} was refused: {one.code} {one.message}" for one in refused)


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
