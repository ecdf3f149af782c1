"""The e-mail channel against a real SMTP server that behaves, and misbehaves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alerting.channels import build
from alerting.guard import GuardedDialler
from cli.network import system_resolve
from news.address import AllowList
from news.alert import Delivery, Receipt
from news.clock import SystemClock
from news.errors import DeliveryError, RetryAdvice
from news.guard import Guard
from tests.receivers import ALERT, STALL, TOLD, Certificate, SmtpReceiver, a_delivery, make_certificate

CANARY = "canary-hunter2"
LOOPBACK = AllowList.parse(["127.0.0.0/8"])


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path)


@pytest.fixture
def login(tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "password"
    file.write_text(f"{CANARY}\n")
    return {"username": "vigie", "password_file": str(file)}


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpReceiver]:
    async with SmtpReceiver() as receiver:
        yield receiver


def delivery(smtp: SmtpReceiver, attempts: int = 0, **settings: Any) -> Delivery:
    usual = {"host": "127.0.0.1", "port": smtp.port, "security": "none", "timeout": 10}
    usual |= {"from": "vigie@example.com", "to": ["desk@example.com"]}
    return a_delivery("email", {**usual, **settings}, attempts=attempts)


async def send(sent: Delivery, allow: AllowList = LOOPBACK) -> Receipt:
    return await build(sent.channel, GuardedDialler(Guard(allow, system_resolve)), SystemClock()).send(sent)


async def failure(sent: Delivery, allow: AllowList = LOOPBACK) -> DeliveryError:
    with pytest.raises(DeliveryError) as raised:
        await send(sent, allow)
    error: DeliveryError = raised.value
    assert CANARY not in f"{error!r} {error} {error.hint} {error.answer} {error.__cause__!r} {error.__context__!r}"
    return error


def advice(error: DeliveryError) -> str:
    said = ("give up" if error.advice.permanent else "retry") + (" and pause" if error.advice.pause_channel else "")
    assert error.advice.retry_after is None
    return said


async def test_an_alert_arrives_as_text_and_html_with_the_hits_marked(smtp: SmtpReceiver) -> None:
    receipt = await send(delivery(smtp))
    (mail,) = smtp.mails
    assert receipt == Receipt("250 OK taken")
    assert (mail.sender, mail.to) == ("vigie@example.com", ("desk@example.com",))
    assert mail.message["Subject"] == "Corée: Séoul dénonce le pacte entre Moscou et Pyongyang"
    assert mail.message["Message-ID"] == "<0192f3a4c5@example.com>"
    text, html = (part.get_content() for part in mail.message.iter_parts())
    assert "**Pyongyang**" in text
    assert ">Pyongyang</mark>" in html


async def test_every_recipient_gets_it(smtp: SmtpReceiver) -> None:
    await send(delivery(smtp, to=["a@example.com", "b@example.com"]))
    assert smtp.mails[0].to == ("a@example.com", "b@example.com")
    assert smtp.mails[0].message["To"] == "a@example.com, b@example.com"


async def test_starttls_encrypts_and_logs_in(certificate: Certificate, login: dict[str, Any]) -> None:
    async with SmtpReceiver(security="starttls", certificate=certificate, logins={"vigie": CANARY}) as smtp:
        await send(delivery(smtp, security="starttls", ca_file=str(certificate.certificate), **login))
        assert [(mail.encrypted, mail.username) for mail in smtp.mails] == [(True, "vigie")]


async def test_tls_encrypts_from_the_first_byte_and_logs_in(certificate: Certificate, login: dict[str, Any]) -> None:
    async with SmtpReceiver(security="tls", certificate=certificate, logins={"vigie": CANARY}) as smtp:
        await send(delivery(smtp, security="tls", ca_file=str(certificate.certificate), **login))
        assert [(mail.encrypted, mail.username) for mail in smtp.mails] == [(True, "vigie")]


async def test_a_password_is_read_when_it_is_needed(
    certificate: Certificate, tmp_path: Path, login: dict[str, Any]
) -> None:
    async with SmtpReceiver(security="tls", certificate=certificate, logins={"vigie": "new"}) as smtp:
        sent = delivery(smtp, security="tls", ca_file=str(certificate.certificate), **login)
        sender = build(sent.channel, GuardedDialler(Guard(LOOPBACK, system_resolve)), SystemClock())
        (tmp_path / "password").write_text("new")
        await sender.send(sent)
        assert len(smtp.mails) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(security: Any, certificate: Certificate) -> None:
    async with SmtpReceiver(security=security, certificate=certificate) as smtp:
        error = await failure(delivery(smtp, security=security))
        assert advice(error) == "retry"
        assert "certificate" in str(error)
        assert "ca_file" in error.hint
        assert smtp.mails == []


@pytest.mark.parametrize(
    ("security", "said", "hint"),
    [
        ("starttls", "offers no STARTTLS", "set security to tls"),
        ("tls", "does not speak TLS at that port", "check the port"),
    ],
)
async def test_a_server_that_speaks_no_tls_there_is_told_with_what_to_do(
    smtp: SmtpReceiver, security: str, said: str, hint: str
) -> None:
    error = await failure(delivery(smtp, security=security))
    assert str(error).startswith(f"the SMTP server 127.0.0.1:{smtp.port} ")
    assert said in str(error)
    assert hint in error.hint
    assert error.advice == RetryAdvice()


async def test_a_server_that_is_down_is_named_with_its_port(smtp: SmtpReceiver) -> None:
    down = delivery(smtp)
    await smtp.__aexit__()
    assert str(await failure(down)) == (f"the SMTP server 127.0.0.1:{smtp.port} could not be used: connection refused")


async def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "other.example")
    async with SmtpReceiver(security="tls", certificate=certificate) as smtp:
        error = await failure(delivery(smtp, security="tls", ca_file=str(certificate.certificate)))
        assert "not valid for '127.0.0.1'" in str(error)


async def test_a_server_without_starttls_gets_neither_the_mail_nor_the_password(
    smtp: SmtpReceiver, login: dict[str, Any]
) -> None:
    error = await failure(delivery(smtp, security="starttls", **login))
    assert advice(error) == "retry"
    assert "STARTTLS" in str(error)
    assert smtp.mails == []


async def test_a_ca_file_that_is_none_pauses_the_channel(smtp: SmtpReceiver, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for name in ("ca.pem", "gone.pem"):
        error = await failure(delivery(smtp, security="tls", ca_file=str(tmp_path / name)))
        assert advice(error) == "retry and pause"


@pytest.mark.parametrize("code", [535, 554])
async def test_a_refused_login_pauses_the_channel_after_one_try_and_repeats_no_password(
    certificate: Certificate, login: dict[str, Any], code: int
) -> None:
    said = f"{code} 5.7.8 {CANARY} is wrong, you sent AHZpZ2llAGNhbmFyeS1odW50ZXIy"
    async with SmtpReceiver(
        security="tls", certificate=certificate, logins={"vigie": "other"}, refusal_of_login=said
    ) as smtp:
        error = await failure(delivery(smtp, security="tls", ca_file=str(certificate.certificate), **login))
        assert advice(error) == "retry and pause"
        assert error.answer == f"{code} 5.7.8 … is wrong, you sent …"
        assert smtp.attempts_to_log_in == 1


async def test_a_login_that_is_put_off_is_tried_again(certificate: Certificate, login: dict[str, Any]) -> None:
    async with SmtpReceiver(
        security="tls", certificate=certificate, logins={"vigie": "other"}, refusal_of_login="454 4.7.0 later"
    ) as smtp:
        error = await failure(delivery(smtp, security="tls", ca_file=str(certificate.certificate), **login))
        assert advice(error) == "retry"


async def test_a_server_that_offers_no_login_pauses_the_channel(
    certificate: Certificate, login: dict[str, Any]
) -> None:
    async with SmtpReceiver(security="tls", certificate=certificate) as smtp:
        smtp.answers["ehlo"].extend(["250 receiver.example"])
        error = await failure(delivery(smtp, security="tls", ca_file=str(certificate.certificate), **login))
        assert advice(error) == "retry and pause"


async def test_a_password_that_is_not_there_pauses_the_channel_and_nothing_is_dialled(
    smtp: SmtpReceiver, tmp_path: Path
) -> None:
    error = await failure(delivery(smtp, username="vigie", password_file=str(tmp_path / "gone")))
    assert advice(error) == "retry and pause"
    assert smtp.connections == 0


@pytest.mark.parametrize(
    ("stage", "answer", "expected"),
    [
        ("ehlo", "421 4.3.2 shutting down", "retry"),
        ("mail", "421 4.3.2 shutting down", "retry"),
        ("mail", "451 4.3.0 try later", "retry"),
        ("mail", "530 5.7.0 log in first", "retry and pause"),
        ("mail", "550 5.7.1 not your address", "retry and pause"),
        ("rcpt", "421 4.3.2 shutting down", "retry"),
        ("rcpt", "450 4.2.0 greylisted", "retry"),
        ("rcpt", "550 5.1.1 no such user", "give up"),
        ("rcpt", "530 5.7.0 log in first", "retry and pause"),
        ("data", "451 4.3.0 try later", "retry"),
        ("data", "552 5.3.4 too big", "give up"),
        ("data", "554 5.6.0 we take that for spam", "give up"),
    ],
)
async def test_4xx_is_tried_again_5xx_is_final_and_a_refused_sender_pauses(
    smtp: SmtpReceiver, stage: Any, answer: str, expected: str
) -> None:
    smtp.answers[stage].append(answer)
    error = await failure(delivery(smtp))
    assert advice(error) == expected
    assert answer in str(error)
    assert error.answer == answer
    assert smtp.mails == []
    await send(delivery(smtp))
    assert len(smtp.mails) == 1


async def test_one_refused_recipient_is_named_and_the_others_get_it(smtp: SmtpReceiver) -> None:
    smtp.answers["rcpt"].extend(["", "550 5.1.1 no such user"])
    receipt = await send(delivery(smtp, to=["a@example.com", "b@example.com", "c@example.com"]))
    assert smtp.mails[0].to == ("a@example.com", "c@example.com")
    assert receipt.answer == "250 OK taken; but b@example.com was refused: 550 5.1.1 no such user"


async def test_one_recipient_put_off_is_tried_again_alone_and_holds_up_nobody(smtp: SmtpReceiver) -> None:
    smtp.answers["rcpt"].extend(["", "450 4.2.2 mailbox full", "550 5.1.1 no such user"])
    first = delivery(smtp, to=["a@example.com", "b@example.com", "c@example.com"])
    error = await failure(first)
    assert (advice(error), error.reached) == ("retry", ("a@example.com",))
    assert error.answer == (
        "250 OK taken; but b@example.com was put off: 450 4.2.2 mailbox full; "
        "but c@example.com was refused: 550 5.1.1 no such user"
    )
    smtp.answers["rcpt"].extend(["", "550 5.1.1 no such user"])
    receipt = await send(replace(first, attempts=1, reached=error.reached))
    assert [mail.to for mail in smtp.mails] == [("a@example.com",), ("b@example.com",)]
    assert smtp.mails[0].content == smtp.mails[1].content
    assert receipt.answer == "250 OK taken; but c@example.com was refused: 550 5.1.1 no such user"


async def test_who_was_still_to_be_reached_may_be_taken_out_of_the_settings(smtp: SmtpReceiver) -> None:
    receipt = await send(replace(delivery(smtp, to=["a@example.com"]), reached=("a@example.com",)))
    assert (receipt.answer, smtp.mails) == ("all have it from attempts before", [])


async def test_when_all_are_refused_and_one_only_put_off_it_is_tried_again(smtp: SmtpReceiver) -> None:
    smtp.answers["rcpt"].extend(["550 5.1.1 no such user", "450 4.2.0 greylisted"])
    error = await failure(delivery(smtp, 9, to=["a@example.com", "b@example.com"]))
    assert advice(error) == "retry"


@pytest.mark.parametrize("stage", ["ehlo", "mail", "rcpt", "data", "accepted"])
async def test_a_stall_anywhere_ends_at_the_deadline_and_is_tried_again(smtp: SmtpReceiver, stage: Any) -> None:
    smtp.answers[stage].append(STALL)
    error = await failure(delivery(smtp, timeout=0.3))
    assert advice(error) == "retry"
    assert "did not answer in time" in str(error)


async def test_the_deadline_is_for_the_whole_attempt_and_not_for_each_answer() -> None:
    async with SmtpReceiver(seconds_an_answer=0.2) as smtp:
        error = await failure(delivery(smtp, timeout=0.5))
        assert "did not answer in time" in str(error)
        assert smtp.mails == []


async def test_a_server_that_shuts_down_among_the_recipients_says_so(smtp: SmtpReceiver) -> None:
    smtp.answers["rcpt"].extend(["421 4.3.2 shutting down", "550 5.1.1 no such user"])
    error = await failure(delivery(smtp, to=["a@example.com", "b@example.com"]))
    assert error.answer == "421 4.3.2 shutting down"


async def test_after_a_stall_the_second_attempt_bears_the_same_message_id(smtp: SmtpReceiver) -> None:
    smtp.answers["accepted"].append(STALL)
    await failure(delivery(smtp, timeout=0.3))
    await send(delivery(smtp, 1))
    first, second = smtp.mails
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.message["Date"] == second.message["Date"]


async def test_a_server_that_is_down_is_tried_again(smtp: SmtpReceiver) -> None:
    sent = delivery(smtp)
    await smtp.__aexit__()
    assert advice(await failure(sent)) == "retry"


@pytest.mark.parametrize("greeting", [b"421 4.3.2 busy\r\n", b"554 5.7.1 go away\r\n", b"HTTP/1.1 400\r\n", b""])
async def test_a_server_that_does_not_want_to_talk_is_tried_again(smtp: SmtpReceiver, greeting: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert advice(await failure(delivery(smtp, port=port))) == "retry"


async def test_a_private_server_that_is_not_allowed_is_never_dialled(smtp: SmtpReceiver) -> None:
    for host in ("127.0.0.1", "localhost", "2130706433", "127.1", "①②⑦.⓪.⓪.①"):
        error = await failure(delivery(smtp, host=host), AllowList())
        assert advice(error) == "retry"
        assert "not on the open internet" in str(error)
        assert "[network] allow" in error.hint
    assert smtp.connections == 0


async def test_an_encoded_word_in_a_title_adds_neither_header_nor_recipient(smtp: SmtpReceiver) -> None:
    attack = "=?utf-8?q?a=0ABcc=3A_x=40y?="
    sent = delivery(smtp)
    told = replace(TOLD, title=attack, title_spans=())
    await send(replace(sent, alert=replace(ALERT, told=told, watch=f"Corée {attack}")))
    (mail,) = smtp.mails
    assert mail.to == ("desk@example.com",)
    assert mail.message["Bcc"] is None
    assert b"\nBcc" not in mail.content
    assert mail.message.get_all("Subject") == ["Corée = ?utf-8?q?a=0ABcc=3A_x=40y?=: = ?utf-8?q?a=0ABcc=3A_x=40y?="]


async def test_a_line_of_one_full_stop_does_not_end_the_message(smtp: SmtpReceiver) -> None:
    sent = delivery(smtp)
    told = replace(TOLD, excerpt="avant\n.\nRCPT TO:<x@y>\n..\naprès", excerpt_spans=())
    await send(replace(sent, alert=replace(ALERT, told=told)))
    (mail,) = smtp.mails
    text = next(iter(mail.message.iter_parts())).get_content()
    assert "avant\r\n.\r\nRCPT TO:<x@y>\r\n..\r\naprès" in text.replace("\r\n", "\n").replace("\n", "\r\n")
    assert mail.to == ("desk@example.com",)
