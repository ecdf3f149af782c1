"""What the e-mail channel keeps to, against a real SMTP server: the part of the contract that is mail's own."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from alerting.channels import build
from alerting.guard import GuardedDialler
from alerting.timetable import EMAIL_FIRST_WAIT
from cli.network import system_resolve
from news.address import AllowList
from news.alert import Alert, Channel, Delivery
from news.clock import ManualClock, SystemClock
from news.errors import DeliveryError
from news.guard import Guard
from service.deliver import Deliverer
from storage import Database
from tests.receivers import ALERT, STALL, TOLD, SmtpReceiver, a_delivery, make_certificate
from tests.samples import NOON

CANARY = "canary-hunter2"
DIALLER = GuardedDialler(Guard(AllowList.parse(["127.0.0.0/8"]), system_resolve))
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "=?utf-8?q?a=0ABcc=3A_x=40y?=",
    "a\r\nBcc: x@y.example",
    "a\u2028Bcc: x@y.example\u2029\x85\x0b",
    "{{ cycler.__init__ }}{% for a in b %}",
)


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpReceiver]:
    async with SmtpReceiver() as receiver:
        yield receiver


def settings(smtp: SmtpReceiver, **more: Any) -> dict[str, Any]:
    usual = {"host": "127.0.0.1", "port": smtp.port, "security": "none", "timeout": 10}
    return {**usual, "from": "vigie@example.com", "to": ["desk@example.com"], **more}


async def send(delivery: Delivery) -> str:
    return (await build(delivery.channel, DIALLER, SystemClock()).send(delivery)).answer


async def mailed(smtp: SmtpReceiver, alert: Alert = ALERT, **more: Any) -> EmailMessage:
    await send(a_delivery("email", settings(smtp, **more), alert))
    return smtp.mails[-1].message


async def refused(smtp: SmtpReceiver, attempts: int = 0, **more: Any) -> tuple[str, bool]:
    with pytest.raises(DeliveryError) as raised:
        await send(a_delivery("email", settings(smtp, **more), attempts=attempts))
    known = raised.value.advice
    return "give up" if known.permanent else "retry", known.pause_channel


@pytest.mark.parametrize("stage", ["ehlo", "mail", "rcpt", "data"])
async def test_a_server_that_shuts_down_is_tried_again(smtp: SmtpReceiver, stage: Any) -> None:
    """Row 46: 421, at any moment."""
    smtp.answers[stage].append("421 4.3.2 shutting down")
    assert await refused(smtp) == ("retry", False)
    assert await send(a_delivery("email", settings(smtp))) == "250 OK taken"


async def test_greylisting_is_waited_for(smtp: SmtpReceiver) -> None:
    """Row 46: 450 to the recipient until the second attempt; both bear the same Message-ID."""
    smtp.answers["rcpt"].append("450 4.2.0 greylisted, come back in five minutes")
    assert await refused(smtp) == ("retry", False)
    assert await send(a_delivery("email", settings(smtp), attempts=1)) == "250 OK taken"
    assert len(smtp.mails) == 1


async def test_a_recipient_who_is_unknown_fails_at_once(smtp: SmtpReceiver) -> None:
    """Row 46: 550."""
    smtp.answers["rcpt"].append("550 5.1.1 no such user")
    assert await refused(smtp) == ("give up", False)


async def test_a_stall_after_data_may_have_been_taken_and_is_sent_again_under_the_same_message_id(
    smtp: SmtpReceiver,
) -> None:
    """Row 46: a stall after DATA is no answer, so the mail is sent again, and can be told for the same."""
    smtp.answers["accepted"].append(STALL)
    assert await refused(smtp, timeout=0.3) == ("retry", False)
    await send(a_delivery("email", settings(smtp), attempts=1))
    first, second = smtp.mails
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.content == second.content


async def test_a_refused_login_stops_the_channel_and_drops_nothing(database: Database, tmp_path: Path) -> None:
    """Row 46: a failure to log in pauses the channel; what was due waits, and goes once the password is right."""
    password, clock = tmp_path / "password", ManualClock(NOON)
    password.write_text(CANARY)
    certificate = make_certificate(tmp_path)
    async with SmtpReceiver(security="tls", certificate=certificate, logins={"vigie": "the right one"}) as smtp:
        login = {"username": "vigie", "password_file": str(password), "ca_file": str(certificate.certificate)}
        own = settings(smtp, security="tls", **login)
        notice = replace(ALERT, watch="", query="", kind="silent")
        async with database.write() as tx:
            number = await tx.channels.put(Channel(0, "desk", "email", own), NOON)
            for _ in range(3):
                await tx.outbox.add(notice, None, [number])
        deliverer = Deliverer(
            database, clock, "me", timedelta(minutes=1), lambda channel: build(channel, DIALLER, clock), lambda: 0
        )
        await deliverer.send_all_due()
        async with database.write() as tx:
            assert (await tx.outbox.counts())["pending"] == 3
            stopped = await tx.channels.by_id(number)
            assert "535" in stopped.paused_because
            assert CANARY not in stopped.paused_because
            await tx.channels.pause(number, False, clock.now())
        password.write_text("the right one")
        clock.set(NOON + EMAIL_FIRST_WAIT)
        await deliverer.send_all_due()
        async with database.read() as tx:
            assert await tx.outbox.counts() == {"sent": 3}
        assert len({mail.message["Message-ID"] for mail in smtp.mails}) == 3


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_a_title_makes_one_subject_and_no_other_header(smtp: SmtpReceiver, hostile: str) -> None:
    """Row 49: CR and LF, an encoded word that hides one, and U+2028 in a title."""
    told = replace(TOLD, title=hostile, title_spans=(), source=hostile, authors=(hostile,))
    message = await mailed(smtp, replace(ALERT, told=told, watch=hostile))
    assert len(message.get_all("Subject", [])) == 1
    assert message["Bcc"] is None
    assert smtp.mails[0].to == ("desk@example.com",)
    assert b"\nBcc" not in smtp.mails[0].content.replace(b"\r", b"\n")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("hostile", HOSTILE[:2])
async def test_html_in_a_title_is_text_in_the_mail(smtp: SmtpReceiver, hostile: str) -> None:
    """Row 50: HTML and `<img>` in what was crawled are shown, and do nothing."""
    told = replace(TOLD, title=hostile, title_spans=(), source=hostile, excerpt=hostile, excerpt_spans=())
    message = await mailed(smtp, replace(ALERT, told=told))
    reader = _Tags()
    [_, html] = message.iter_parts()
    assert isinstance(html, EmailMessage)
    reader.feed(html.get_content())
    assert reader.found.isdisjoint({"img", "script"})
    assert reader.text.count(hostile) >= 3


async def test_a_mail_is_readable_without_html_and_marks_its_hits_in_both(smtp: SmtpReceiver) -> None:
    message = await mailed(smtp)
    text, html = (part.get_content() for part in message.iter_parts() if isinstance(part, EmailMessage))
    assert message.get_content_type() == "multipart/alternative"
    assert "**Pyongyang**" in text
    assert TOLD.url in text
    assert ">Pyongyang</mark>" in html


async def test_a_story_is_one_thread(smtp: SmtpReceiver) -> None:
    """Also where several people are told: all get one message, and so all have the one that is answered."""
    several: dict[str, Any] = {"to": ["desk@example.com", "night@example.com"]}
    first = await mailed(smtp, **several)
    assert first["In-Reply-To"] is first["References"] is None
    delivery = a_delivery("email", settings(smtp, **several))
    await send(replace(delivery, key="another", thread_key=delivery.key))
    update = smtp.mails[-1].message
    assert update["In-Reply-To"] == update["References"] == first["Message-ID"]
    assert update["Message-ID"] == "<another@example.com>"
    assert [mail.to for mail in smtp.mails] == [("desk@example.com", "night@example.com")] * 2


async def test_who_wants_no_more_is_told_where_to_say_so_if_there_is_a_place(smtp: SmtpReceiver) -> None:
    assert (await mailed(smtp))["List-Unsubscribe"] is None
    for way_out in ("mailto:desk@example.com?subject=no%20more", "https://example.com/" + "x" * 300):
        assert (await mailed(smtp, unsubscribe=way_out))["List-Unsubscribe"] == f"<{way_out}>"


async def test_of_two_recipients_one_whose_mailbox_is_full_is_reached_alone_in_the_end(database: Database) -> None:
    """Row 46: 450 for one of several; each gets the mail once, also where it was given up and is replayed."""
    clock, full = ManualClock(NOON), "450 4.2.2 mailbox full"
    async with SmtpReceiver() as smtp:
        own = settings(smtp, to=["a@example.com", "b@example.com"])
        async with database.write() as tx:
            number = await tx.channels.put(Channel(0, "desk", "email", own), NOON)
            await tx.outbox.add(replace(ALERT, watch="", query="", kind="silent"), None, [number])
        deliverer = Deliverer(
            database, clock, "me", timedelta(minutes=1), lambda channel: build(channel, DIALLER, clock), lambda: 0
        )
        smtp.answers["rcpt"].extend(["", full])
        await deliverer.send_all_due()
        [waiting] = await everything(database)
        assert (waiting.state, waiting.reached) == ("pending", ("a@example.com",))
        assert "b@example.com was put off" in waiting.last_error
        clock.set(NOON + timedelta(days=5, hours=1))
        smtp.answers["rcpt"].append(full)
        await deliverer.send_all_due()
        [dead] = await everything(database)
        assert (dead.state, dead.reached) == ("dead", ("a@example.com",))
        await replayed(database, clock)
        await deliverer.send_all_due()
        assert [mail.to for mail in smtp.mails] == [("a@example.com",), ("b@example.com",)]
        assert [one.state for one in await everything(database)] == ["sent"]
        await replayed(database, clock)  # of what was sent, a replay is for all
        await deliverer.send_all_due()
        assert smtp.mails[-1].to == ("a@example.com", "b@example.com")
        async with database.read() as tx:
            assert (await tx.channels.by_id(number)).failing_since is None


async def everything(database: Database) -> list[Delivery]:
    async with database.read() as tx:
        return await tx.outbox.latest(9)


async def replayed(database: Database, clock: ManualClock) -> None:
    async with database.write() as tx:
        await tx.outbox.replay([one.id for one in await tx.outbox.latest(9)], clock.now())
