"""E-mail through a real Postfix, where one is installed: what a mailbox has in the end is what was sent."""

from collections.abc import AsyncIterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from alerting.channels import build
from alerting.guard import GuardedDialler
from cli.network import system_resolve
from news.address import AllowList
from news.alert import Alert
from news.clock import SystemClock
from news.errors import DeliveryError
from news.guard import Guard
from tests.postfix import DOMAIN, MAILBOX, Postfix, why_not
from tests.receivers import ALERT, HOST, TOLD, Certificate, a_delivery, make_certificate

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
DIALLER = GuardedDialler(Guard(AllowList.parse(["127.0.0.0/8"]), system_resolve))


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path)


@pytest.fixture
async def postfix(certificate: Certificate) -> AsyncIterator[Postfix]:
    async with Postfix(certificate) as running:
        yield running


async def send(postfix: Postfix, ca: Certificate, alert: Alert = ALERT, *to: str, **delivery: Any) -> str:
    own = {"host": HOST, "port": postfix.port, "security": "starttls", "ca_file": str(ca.certificate)}
    own |= {"from": "vigie@example.com", "to": list(to or (MAILBOX,))}
    sent = replace(a_delivery("email", own, alert), **delivery)
    return (await build(sent.channel, DIALLER, SystemClock()).send(sent)).answer


def parts(mail: EmailMessage) -> list[str]:
    return [part.get_content().replace("\r\n", "\n") for part in mail.iter_parts() if isinstance(part, EmailMessage)]


async def test_what_postfix_puts_into_the_mailbox_is_what_was_sent(postfix: Postfix, certificate: Certificate) -> None:
    """Headers, accents and marks survive; a story is one thread; nothing in a title becomes a header."""
    hostile = replace(TOLD, title="a\r\nBcc: x@y.example =?utf-8?q?b=0ABcc=3A_x=40y?= \u2028 été", title_spans=())
    assert (await send(postfix, certificate)).startswith("250 2.0.0 Ok: queued as")
    await send(postfix, certificate, key="second", thread_key="0192f3a4c5")
    await send(postfix, certificate, replace(ALERT, told=hostile), key="third")
    first, second, third = sorted(await postfix.mails(3), key=lambda mail: str(mail["Message-ID"]))
    assert first["Subject"] == f"Corée: {TOLD.title}"
    assert (first["From"], first["To"]) == ("Vigie <vigie@example.com>", MAILBOX)
    assert first["Message-ID"] == "<0192f3a4c5@example.com>"
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    text, html = parts(first)
    assert "**Pyongyang**" in text
    assert ">Pyongyang</mark>" in html
    assert "accusée de fournir des **troupes**" in text
    for mail in (first, second, third):
        assert len(mail.get_all("Subject", [])) == 1
        assert mail["Bcc"] is None
        assert "TLSv1" in str(mail.get_all("Received")), "it was encrypted on its way"
    assert "été" in third["Subject"]


async def test_the_same_mail_sent_twice_is_the_same_in_the_mailbox(postfix: Postfix, certificate: Certificate) -> None:
    """Row 46: what is sent again after an answer was lost can be told for a repeat by its Message-ID."""
    for _ in range(2):
        await send(postfix, certificate)
    first, second = await postfix.mails(2)
    assert first["Message-ID"] == second["Message-ID"]
    assert parts(first) == parts(second)


async def test_who_postfix_does_not_know_or_relay_for_fails_at_once(postfix: Postfix, certificate: Certificate) -> None:
    """Row 46: 550 and 554 as Postfix says them; of two recipients the one it knows gets the mail."""
    for nobody in (f"nobody@{DOMAIN}", "someone@elsewhere.example"):
        with pytest.raises(DeliveryError) as raised:
            await send(postfix, certificate, ALERT, nobody)
        assert raised.value.advice.permanent
        assert raised.value.answer.startswith("55")
    answer = await send(postfix, certificate, ALERT, MAILBOX, f"nobody@{DOMAIN}")
    assert f"but nobody@{DOMAIN} was refused: 550 5.1.1" in answer
    assert len(await postfix.mails(1)) == 1
