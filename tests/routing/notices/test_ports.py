"""What the servers of the three channels say, and what is made of it: real servers and real clients."""

import asyncio
import hashlib
import hmac
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import ValidationError

from services.routing.notices import mail, web
from services.routing.notices.mail import Mail, MailServer, Security
from services.routing.notices.notice import NoticeKind, RecordedNotice
from services.routing.notices.port import Later, Outcome, Outgoing, Rejected, Sent
from services.routing.notices.webhook import Webhook
from services.routing.notices.wecom import LONGEST_TEXT, WeCom, WeComAccount, outcome_of, shortened
from services.routing.settings import RoutingSettings
from services.shared.ids import new_id
from tests.routing.notices.servers import (
    DROP,
    HANG,
    LOGIN,
    Asked,
    HttpServer,
    Reply,
    SmtpServer,
    http_server,
    smtp_server,
)

NOTICE = RecordedNotice(
    notice_id=new_id(),
    kind=NoticeKind.RECALLED,
    step="",
    rep_id=new_id(),
    rep_code="L007",
    pool_code="",
    team_code="",
    lead_id=new_id(),
    holding_id=new_id(),
    due_at=datetime(2026, 11, 23, 10, tzinfo=UTC),
    reason="PROTECTION",
    created_at=datetime(2026, 11, 23, 10, tzinfo=UTC),
    acknowledged_at=None,
)


def a_message(address: str) -> Outgoing:
    return Outgoing(
        new_id(), address, "secret-of-16-chars", "线索 …1a2b3c4d 已被自动回收", ["线索：x", "期限：y"], [NOTICE]
    )


async def mailed(server: SmtpServer, address: str) -> Outcome:
    to = MailServer("127.0.0.1", "clew@corp.example", "plain", server.port)
    return await Mail(to).send(a_message(address))


async def test_a_mail_arrives_with_its_chinese_its_id_and_its_date() -> None:
    message = a_message("li@sales.example")
    async with smtp_server() as server:
        to = MailServer("127.0.0.1", "clew@corp.example", "plain", server.port)
        assert await Mail(to).send(message) == Sent()

    [arrived] = server.received
    assert arrived["Subject"] == message.subject
    assert arrived.get_content().split() == list(message.body)
    assert arrived["Message-ID"] == f"<{message.message_id}@corp.example>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Date"].datetime.tzinfo is not None


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 no such user li@sales.example", Rejected("SMTP_550")),
        ("552 full", Rejected("SMTP_552")),
        ("451 greylisted", Later("SMTP_451")),
        ("421 going away", Later("SMTP_421")),
        (DROP, Later("CONNECTION_LOST")),
    ],
)
async def test_a_servers_no_is_for_good_or_for_now(answer: str, outcome: Outcome) -> None:
    async with smtp_server() as server:
        server.said["li@sales.example"].append(answer)

        assert await mailed(server, "li@sales.example") == outcome
        assert await mailed(server, "li@sales.example") == Sent()


async def test_a_mail_server_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "SECONDS", 0.1)
    async with smtp_server() as server:
        server.said["li@sales.example"].append(HANG)

        assert await mailed(server, "li@sales.example") == Later("TIMEOUT")


async def test_a_mail_server_that_is_not_there_or_has_no_tls_is_tried_again() -> None:
    async with smtp_server() as server:
        demanding = MailServer("127.0.0.1", "clew@corp.example", "starttls", server.port)
        assert await Mail(demanding).send(a_message("li@sales.example")) == Later("SMTP_NOT_SUPPORTED")

    assert await mailed(server, "li@sales.example") == Later("CONNECTION")


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ssl.SSLContext:
    """What a server shows whose certificate is good here."""
    authority, server = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.cert_pem.write_to_path(str(tmp_path / "authorities.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities.pem"))
    return server


@pytest.fixture
def unknown() -> ssl.SSLContext:
    """What a server shows of whose certificate nobody here has heard."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(server)
    return server


def encrypted(server: SmtpServer, security: Security, password: bytes = LOGIN[1]) -> Mail:
    user = LOGIN[0].decode()
    return Mail(MailServer("127.0.0.1", "clew@corp.example", security, server.port, user, password.decode()))


async def test_a_mail_arrives_encrypted_after_a_login(trusted: ssl.SSLContext) -> None:
    async with smtp_server("starttls", trusted) as server:
        assert await encrypted(server, "starttls").send(a_message("li@sales.example")) == Sent()

    assert server.users == ["clew"]


async def test_a_mail_arrives_over_a_connection_that_is_encrypted_from_its_start(trusted: ssl.SSLContext) -> None:
    async with smtp_server("tls", trusted) as server:
        to = MailServer("127.0.0.1", "clew@corp.example", "tls", server.port)
        assert await Mail(to).send(a_message("li@sales.example")) == Sent()

    assert len(server.to("li@sales.example")) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_nothing_is_said_to_a_mail_server_that_is_not_who_it_says(
    security: Security, unknown: ssl.SSLContext
) -> None:
    async with smtp_server(security, unknown) as server:
        assert await encrypted(server, security).send(a_message("li@sales.example")) == Later("TLS")

    assert (server.received, server.users) == ([], [])


async def test_a_login_that_is_refused_is_ours_to_mend_and_tried_again(trusted: ssl.SSLContext) -> None:
    async with smtp_server("starttls", trusted) as server:
        wrong = encrypted(server, "starttls", b"wrong")
        assert await wrong.send(a_message("li@sales.example")) == Later("SMTP_535")


async def answered(answer: Callable[[Asked], Reply]) -> tuple[Outcome, HttpServer, Outgoing]:
    async with http_server(answer) as server:
        message = a_message(f"{server.url}/hook?team=east")
        return await Webhook().send(message), server, message


async def test_a_webhook_is_signed_as_its_receiver_can_check() -> None:
    outcome, server, message = await answered(lambda _: (204, {}, ""))

    [asked] = server.asked
    signed = dict(part.split("=") for part in asked.headers["clew-signature"].split(","))
    expected = hmac.new(b"secret-of-16-chars", signed["t"].encode() + b"." + asked.body, hashlib.sha256).hexdigest()
    assert outcome == Sent()
    assert signed["v1"] == expected
    assert asked.headers["clew-delivery-id"] == asked.json["delivery_id"] == str(message.message_id)
    assert (asked.method, asked.path, asked.query) == ("POST", "/hook", {"team": ["east"]})
    assert asked.json["notices"][0]["lead_id"] == str(NOTICE.lead_id)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ((410, {}, ""), Rejected("HTTP_410")),
        ((404, {}, ""), Rejected("HTTP_404")),
        ((302, {"Location": "http://elsewhere.example/"}, ""), Rejected("HTTP_302")),
        ((429, {"Retry-After": "120"}, ""), Later("HTTP_429", timedelta(minutes=2))),
        ((503, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, ""), Later("HTTP_503")),
        ((500, {}, "x" * 200_000), Later("HTTP_500")),
    ],
)
async def test_a_webhooks_answer_is_for_good_or_for_now(reply: Reply, outcome: Outcome) -> None:
    told, server, _ = await answered(lambda _: reply)

    assert told == outcome
    assert len(server.asked) == 1


async def test_a_webhook_that_never_answers_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SECONDS", 0.1)

    outcome, _, _ = await answered(lambda _: None)

    assert outcome == Later("TIMEOUT")


async def test_a_webhook_that_is_not_there_or_speaks_something_else_is_tried_again() -> None:
    async with smtp_server() as other:
        speaks_smtp = a_message(f"http://127.0.0.1:{other.port}/")
        assert await Webhook().send(speaks_smtp) == Later("NO_HTTP")
        assert await Webhook().send(a_message(f"https://127.0.0.1:{other.port}/")) == Later("TLS")

    assert await Webhook().send(speaks_smtp) == Later("CONNECTION")


class Provider:
    """WeCom, as its documentation says that it answers."""

    def __init__(self, *answers: dict[str, Any], token_seconds: int = 7_200) -> None:
        self.answers, self.token_seconds = list(answers), token_seconds
        self.tokens: list[str] = []

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/cgi-bin/gettoken":
            assert asked.query == {"corpid": ["corp"], "corpsecret": ["secret"]}
            self.tokens.append(f"token-{len(self.tokens)}")
            told = {"errcode": 0, "errmsg": "ok", "access_token": self.tokens[-1], "expires_in": self.token_seconds}
            return 200, {}, told
        assert asked.path == "/cgi-bin/message/send"
        return 200, {}, self.answers.pop(0)


OK = {"errcode": 0, "errmsg": "ok", "msgid": "m-1"}


async def test_wecom_is_given_a_text_with_a_check_for_repeats_and_one_token_for_all() -> None:
    provider = Provider(OK, OK)
    async with http_server(provider) as server:
        port = WeCom(WeComAccount(server.url, "corp", 1_000_002, "secret"))
        outcomes = await asyncio.gather(*(port.send(a_message("LiLei")) for _ in range(2)))

    assert outcomes == [Sent("m-1"), Sent("m-1")]
    assert len(provider.tokens) == 1
    sent = server.asked[-1]
    assert sent.query == {"access_token": ["token-0"]}
    assert sent.json["text"]["content"].startswith("线索 …1a2b3c4d")
    told = {name: value for name, value in sent.json.items() if name != "text"}
    assert told == {
        "touser": "LiLei",
        "msgtype": "text",
        "agentid": 1_000_002,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 14_400,
    }


@pytest.mark.parametrize("ended", [40014, 42001])
async def test_a_token_that_has_ended_is_fetched_anew_once(ended: int) -> None:
    provider = Provider({"errcode": ended}, OK, {"errcode": ended}, {"errcode": ended})
    async with http_server(provider) as server:
        port = WeCom(WeComAccount(server.url, "corp", 2, "secret"))

        assert await port.send(a_message("LiLei")) == Sent("m-1")
        assert provider.tokens == ["token-0", "token-1"]
        assert await port.send(a_message("LiLei")) == Later(f"WECOM_{ended}")


async def test_a_token_whose_time_is_up_is_not_used_again() -> None:
    provider = Provider(OK, OK, token_seconds=60)
    async with http_server(provider) as server:
        port = WeCom(WeComAccount(server.url, "corp", 2, "secret"))
        for _ in range(2):
            await port.send(a_message("LiLei"))

    assert len(provider.tokens) == 2


async def test_what_is_not_wecom_is_tried_again() -> None:
    for reply, code in (((502, {}, ""), "HTTP_502"), ((200, {}, ["a proxy"]), "NO_WECOM")):
        async with http_server(lambda _, reply=reply: reply) as server:  # type: ignore[misc]  # the default binds it
            port = WeCom(WeComAccount(server.url, "corp", 2, "secret"))
            assert await port.send(a_message("LiLei")) == Later(code)


async def test_a_wrong_secret_is_ours_to_mend() -> None:
    async with http_server(lambda _: (200, {}, {"errcode": 40001, "errmsg": "invalid credential"})) as server:
        port = WeCom(WeComAccount(server.url, "corp", 2, "wrong"))
        assert await port.send(a_message("LiLei")) == Later("WECOM_TOKEN_40001")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"errcode": 81013}, Rejected("WECOM_81013")),
        ({"errcode": 60011}, Rejected("WECOM_60011")),
        ({"errcode": 45009}, Later("WECOM_45009", timedelta(minutes=1))),
        ({"errcode": 45033}, Later("WECOM_45033", timedelta(minutes=1))),
        ({"errcode": -1}, Later("WECOM_-1")),
        ({"errcode": 0, "invaliduser": "lilei|HANMEI"}, Rejected("WECOM_INVALIDUSER")),
        ({"errcode": 0, "invaliduser": "hanmei", "msgid": "m"}, Sent("m", "WECOM_INVALIDUSER")),
    ],
)
def test_wecoms_numbers_are_for_good_or_for_now(answer: dict[str, Any], outcome: Outcome) -> None:
    assert outcome_of(answer, "LiLei|HanMei") == outcome


def test_a_text_that_is_too_long_for_wecom_ends_with_a_whole_line() -> None:
    lines = ["线索" * 20] * 40

    text = shortened(lines)

    assert len(text.encode()) <= LONGEST_TEXT
    assert text.split("\n")[-1] == "…"
    assert set(text.split("\n")[:-1]) == {"线索" * 20}


def test_neither_an_address_nor_a_secret_is_in_what_a_log_would_show() -> None:
    message = replace(a_message("canary@sales.example"), notices=[])

    assert "canary" not in repr(message)
    assert "secret-of" not in repr(message)
    assert "password" not in repr(MailServer("h", "s@x", password="password-canary")).replace("password=", "")


def test_a_login_that_smtp_cannot_say_is_refused_at_the_start() -> None:
    told = {
        "CLEW_DATABASE_URL": "postgresql://here",
        "CLEW_LISTEN": "127.0.0.1:0",
        "TEMPORAL_ADDRESS": "127.0.0.1:1",
        "CLEW_SMTP_HOST": "mail.corp.example",
        "CLEW_SMTP_FROM": "clew@corp.example",
        "CLEW_SMTP_PASSWORD": "线索",
    }

    with pytest.raises(ValidationError, match="CLEW_SMTP_PASSWORD hold ASCII characters alone"):
        RoutingSettings.model_validate(told)
