"""Deliveries get their links, and a template that breaks loses no alert: the log and the channel say so."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from alerting.channels import build
from alerting.guard import GuardedDialler
from cli.network import system_resolve
from news.address import AllowList
from news.alert import Channel, Delivery, Receipt
from news.clock import SystemClock
from news.feedback import Feedback
from news.guard import Guard
from service.furnish import FurnishedSender
from storage import Database
from tests.receivers import SmtpReceiver, a_delivery
from tests.samples import NOON, put_delivery

FEEDBACK = Feedback("https://vigie.example", b"k" * 32)


def _sender(channel: Channel, database: Database, feedback: Feedback | None = FEEDBACK) -> FurnishedSender:
    dialler = GuardedDialler(Guard(AllowList.parse(["127.0.0.0/8"]), system_resolve))
    return FurnishedSender(build(channel, dialler, SystemClock()), database, feedback)


async def _mail_channel(database: Database, smtp: SmtpReceiver, **template: str) -> Channel:
    """A channel as it stands in the database."""
    settings = {
        "host": "127.0.0.1",
        "port": smtp.port,
        "security": "none",
        "from": "vigie@example.com",
        "to": ["desk@example.com"],
        "template": template,
    }
    async with database.write() as tx:
        number = await tx.channels.put(Channel(0, "desk", "email", settings), NOON)
        return await tx.channels.by_id(number)


def _delivery(channel: Channel, watch_id: int = 3) -> Delivery:
    delivery = a_delivery("email", {})
    return replace(delivery, channel=channel, alert=replace(delivery.alert, watch_id=watch_id))


async def test_a_mail_has_the_links_of_its_watch_and_article(database: Database) -> None:
    async with SmtpReceiver() as smtp:
        channel = await _mail_channel(database, smtp)
        await _sender(channel, database).send(_delivery(channel))
        await _sender(channel, database, None).send(_delivery(channel))
        linked, plain = (mail.message.get_body(("plain",)) for mail in smtp.mails)
    links = FEEDBACK.links(3, 7, _delivery(channel).alert.decided_at)
    assert links is not None
    assert linked is not None
    assert links.mute in linked.get_content()
    assert links.not_relevant in linked.get_content()
    assert plain is not None
    assert "feedback" not in plain.get_content()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ title_pieces[99].text }}", "broke: line 1: UndefinedError: there is nothing at 99"),
        (
            "{% for a in title %}{% for b in title %}{{ excerpt | replace('e', excerpt) }}{% endfor %}{% endfor %}",
            "broke: it writes more than 500000",
        ),
        ("{{ title.__class__ }}", "broke: 1:10: there is no value '__class__'"),
        ("{% if", "broke: 1:6: unexpected 'end of template'"),
        ("{# nothing #}", "says nothing of this alert"),
    ],
)
async def test_a_template_that_breaks_is_told_in_the_log_and_on_the_channel_and_the_mail_goes_out(
    database: Database, text: str, says: str
) -> None:
    async with SmtpReceiver() as smtp:
        channel = await _mail_channel(database, smtp, subject="Own: {{ title }}", text=text)
        with capture_logs() as logs:
            receipt = await _sender(channel, database).send(_delivery(channel))
        [mail] = smtp.mails
    assert str(mail.message["Subject"]).startswith("Own: Séoul dénonce")
    body = mail.message.get_body(("plain",))
    assert body is not None
    assert "Why you are told" in body.get_content()
    assert receipt.answer.startswith("250")
    [told] = [entry for entry in logs if entry["event"] == "template broke"]
    assert told["channel"] == "desk"
    assert f"the text template of this channel {says}" in told["trouble"]
    async with database.read() as tx:
        assert (await tx.channels.get("desk")).trouble == told["trouble"]


class _Answers:
    def __init__(self, trouble: str) -> None:
        self.trouble = trouble

    async def send(self, delivery: Delivery) -> Receipt:
        return Receipt("ok", self.trouble)


async def test_the_channel_says_so_until_its_templates_work_again(database: Database) -> None:
    async with database.write() as tx:
        delivery = await put_delivery(tx)
    for trouble in ("it broke", "it broke", ""):
        await FurnishedSender(_Answers(trouble), database, None).send(delivery)
        async with database.read() as tx:
            channel = await tx.channels.by_id(delivery.channel.id)
        assert channel.trouble == trouble
        delivery = replace(delivery, channel=channel)


async def test_what_cannot_be_written_down_has_no_mail_sent_twice(database_url: str) -> None:
    database = await Database.open(database_url)
    async with database.write() as tx:
        delivery = await put_delivery(tx)
        await tx.connection.exec_driver_sql("ALTER TABLE channel RENAME COLUMN trouble TO gone")
    with capture_logs() as logs:
        receipt = await FurnishedSender(_Answers("it broke"), database, None).send(delivery)
    assert receipt.answer == "ok"
    assert [entry["event"] for entry in logs] == ["template broke", "template trouble not recorded"]
    async with database.write() as tx:
        await tx.connection.exec_driver_sql("ALTER TABLE channel RENAME COLUMN gone TO trouble")
    await database.close()


async def test_a_delivery_read_from_the_outbox_knows_its_watch(database: Database) -> None:
    async with database.write() as tx:
        delivery = await put_delivery(tx)
        watch = await tx.watches.get("watch 1")
    assert delivery.alert.watch_id == watch.id
    assert delivery.links is None
    assert replace(delivery, feedback=FEEDBACK).links is not None
    assert "kkk" not in repr(replace(delivery, feedback=FEEDBACK))
