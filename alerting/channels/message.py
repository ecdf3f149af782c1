"""The e-mail as bytes: composed from a rendered alert, and read again before anyone is to get it. Pure."""

import base64
import email
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from alerting.marks import one_line
from alerting.render import Mail
from news.errors import DeliveryError, RetryAdvice

SENDER_NAME = "Vigie"
_LONGEST_BARE_HEADER = 60
_BYTES_A_WORD = 42  # of UTF-8, so that an encoded word stays under the 75 characters that RFC 2047 allows


def compose(
    mail: Mail,
    sender: str,
    to: Sequence[str],
    key: str,
    decided_at: datetime,
    thread_key: str = "",
    *,
    unsubscribe: Mapping[str, str] | None = None,
) -> bytes:
    """The message, its lines ended by CR LF, in ASCII throughout.

    The Message-ID comes from `key` alone, so that every attempt bears the same; a message that follows another on its
    story answers that one, by its `thread_key`; `unsubscribe` are headers for those who want no more. Raises
    DeliveryError, permanently, if the bytes read again do not have exactly the headers that were meant.
    """
    host = host_of(sender)
    first = f"<{thread_key}@{host}>"
    meant = {
        "From": f"{SENDER_NAME} <{sender}>",
        "To": ", ".join(to),
        "Subject": header_text(mail.subject),
        "Date": format_datetime(decided_at),
        "Message-ID": f"<{key}@{host}>",
        # Mail programs thread by the one or the other; the first message of the thread stands for all of it.
        **({"In-Reply-To": first, "References": first} if thread_key else {}),
        **(unsubscribe or {}),
        "Auto-Submitted": "auto-generated",
    }
    parts = EmailMessage(policy=policy.SMTP)
    parts.set_content(mail.text, cte="quoted-printable")
    parts.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    # Every attempt is the same to the byte; what begins with =_ cannot stand in quoted-printable text.
    parts.set_boundary(f"=_{hashlib.sha256(key.encode()).hexdigest()[:32]}")
    head = "".join(f"{name}: {_written(name, value)}\r\n" for name, value in meant.items())
    written = head.encode("ascii", "replace") + parts.as_bytes()
    read_again(written, meant)
    return written


def header_text(text: str) -> str:
    """The text as a header may say it: one line, and nothing in it that a mail program would decode.

    An encoded word (RFC 2047) hides line ends from whoever looks at it before it is decoded, and some programs decode
    what was already decoded. So its opening is taken apart.
    """
    return one_line(text).replace("=?", "= ?")


def _written(name: str, value: str) -> str:
    """The header's value, folded. Python's own folding loses the spaces of long titles with accents (seen in 3.11)."""
    if name == "To":
        return value.replace(", ", ",\r\n ")
    if name != "Subject" or (len(value) <= _LONGEST_BARE_HEADER and value.isascii()):
        return value
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in _words(value))


def _words(text: str) -> Iterator[bytes]:
    """The text's UTF-8 in stretches short enough for an encoded word, cut between characters."""
    word = b""
    for character in text:
        encoded = character.encode()
        if len(word) + len(encoded) > _BYTES_A_WORD:
            yield word
            word = b""
        word += encoded
    yield word


def host_of(address: str) -> str:
    """What stands after the @."""
    return address.rpartition("@")[2]


def read_again(written: bytes, meant: dict[str, str]) -> None:
    """Check that whoever reads the bytes sees these headers, in this order, and no other; the sum of all of the above.

    Raises DeliveryError, permanently, if not.
    """
    message = email.message_from_bytes(written, policy=policy.default)
    seen = [(name, " ".join(str(value).split())) for name, value in message.items()]
    own = [(name, value) for name, value in seen if name in meant]
    rest = sorted(name for name, _ in seen if name not in meant)
    if own != list(meant.items()) or rest != ["Content-Type", "MIME-Version"]:
        raise _not_meant("its headers, read again, are not those that were meant")
    if message.defects or [part.get_content_type() for part in message.iter_parts()] != ["text/plain", "text/html"]:
        raise _not_meant("its parts, read again, are not those that were meant")


def _not_meant(why: str) -> DeliveryError:
    return DeliveryError(
        f"the e-mail was not sent: {why}",
        RetryAdvice(permanent=True),
        hint="please report this, with the article's address: it is a fault in Vigie, or an attack that it stopped",
    )
