"""WeCom (企业微信) application messages."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from services.routing.notices import web
from services.routing.notices.port import Later, Outcome, Outgoing, Rejected, Sent

# What WeCom takes of a text, in bytes of UTF-8, and for how long it knows a repeat by its text, in seconds.
LONGEST_TEXT = 2_048
REPEATS_KNOWN_FOR = 14_400
# A token is fetched anew a little before it ends.
TOKEN_MARGIN_SECONDS = 60.0

TOKEN_ENDED = frozenset({40014, 42001})
TOO_MANY = frozenset({45009, 45033})
NO_RECEIVER = frozenset({60011, 60111, 81013})
TOO_MANY_WAIT = timedelta(minutes=1)


@dataclass(frozen=True)
class WeComAccount:
    url: str
    corp_id: str
    agent_id: int
    secret: str = field(repr=False)


class WeCom:
    def __init__(self, account: WeComAccount) -> None:
        self._account = account
        self._token, self._token_until = "", 0.0
        self._fetching = asyncio.Lock()

    async def send(self, message: Outgoing) -> Outcome:
        try:
            answer = await self._post(message)
            if answer.get("errcode") in TOKEN_ENDED:
                self._token = ""
                answer = await self._post(message)
        except web.NotReached as error:
            return Later(error.code)
        return outcome_of(answer, message.address)

    async def _post(self, message: Outgoing) -> dict[str, Any]:
        token, refused = await self._access_token()
        if refused:
            return refused
        body = {
            "touser": message.address,
            "msgtype": "text",
            "agentid": self._account.agent_id,
            "text": {"content": shortened([message.subject, "", *message.body])},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": REPEATS_KNOWN_FOR,
        }
        url = f"{self._account.url}/cgi-bin/message/send?{urlencode({'access_token': token})}"
        sent = json.dumps(body, ensure_ascii=False).encode()
        return _read(await web.request("POST", url, sent, {"Content-Type": "application/json; charset=utf-8"}))

    async def _access_token(self) -> tuple[str, dict[str, Any]]:
        """The token, or WeCom's answer that gives none. Fetched once, however many wait for it."""
        async with self._fetching:
            now = asyncio.get_running_loop().time()
            if self._token and now < self._token_until:
                return self._token, {}
            asked = urlencode({"corpid": self._account.corp_id, "corpsecret": self._account.secret})
            answer = _read(await web.request("GET", f"{self._account.url}/cgi-bin/gettoken?{asked}"))
            if answer.get("errcode") != 0:
                # Ours to mend, whatever its number would mean of a message.
                return "", {"errcode": answer.get("errcode"), "no_token": True}
            self._token = str(answer["access_token"])
            self._token_until = now + float(answer["expires_in"]) - TOKEN_MARGIN_SECONDS
            return self._token, {}


def outcome_of(answer: dict[str, Any], address: str) -> Outcome:
    """What WeCom's documented answers mean. An unknown number is tried again: it may be about us, not the receiver."""
    number = answer.get("errcode")
    code = f"WECOM_{number}"
    if answer.get("no_token"):
        return Later(f"WECOM_TOKEN_{number}")
    if number == 0:
        unknown = {user for user in str(answer.get("invaliduser") or "").lower().split("|") if user}
        # Ids differ in more than their case.
        if unknown >= set(address.lower().split("|")):
            return Rejected("WECOM_INVALIDUSER")
        return Sent(str(answer.get("msgid", ""))[:200], "WECOM_INVALIDUSER" if unknown else "")
    if number in NO_RECEIVER:
        return Rejected(code)
    return Later(code, TOO_MANY_WAIT if number in TOO_MANY else None)


def shortened(lines: list[str]) -> str:
    """As many whole lines as WeCom takes."""
    kept: list[str] = []
    left = LONGEST_TEXT - len("\n…".encode())
    for line in lines:
        left -= len(line.encode()) + 1
        if left < 0:
            return "\n".join(kept) + "\n…"
        kept.append(line)
    return "\n".join(kept)


def _read(answer: web.Answer) -> dict[str, Any]:
    """Raises NotReached: something that is not WeCom answered, or WeCom is unwell."""
    if answer.status != 200:
        raise web.NotReached(f"HTTP_{answer.status}")
    try:
        read = json.loads(answer.body)
        if isinstance(read, dict) and isinstance(read.get("errcode"), int):
            return read
    except ValueError:
        pass
    raise web.NotReached("NO_WECOM")
