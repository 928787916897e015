"""A signed webhook.

    Clew-Delivery-Id: the message's id, the same in every repeat
    Clew-Signature: t=SECONDS,v1=HEX

HEX is HMAC-SHA256 of `SECONDS.BODY` with the recipient's secret: whoever receives it computes it again, compares, and
refuses what is some minutes old.
"""

import hashlib
import hmac
import json
import time
from typing import Any

from services.routing.notices import web
from services.routing.notices.notice import RecordedNotice
from services.routing.notices.port import Later, Outcome, Outgoing, Rejected, Sent
from services.routing.notices.wording import reason_code, step_code

# They ask to come again; the other 4xx say that it is wrong for good.
AGAIN = frozenset({408, 409, 425, 429})


class Webhook:
    async def send(self, message: Outgoing) -> Outcome:
        body = json.dumps(content(message), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Clew-Delivery-Id": str(message.message_id),
            "Clew-Signature": signature(message.secret, int(time.time()), body),
        }
        try:
            answer = await web.request("POST", message.address, body, headers)
        except web.NotReached as error:
            return Later(error.code)
        if 200 <= answer.status < 300:
            return Sent()
        if answer.status < 500 and answer.status not in AGAIN:
            return Rejected(f"HTTP_{answer.status}")
        return Later(f"HTTP_{answer.status}", answer.retry_after)


def signature(secret: str, at: int, body: bytes) -> str:
    """`at` in seconds since 1970."""
    signed = hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256)
    return f"t={at},v1={signed.hexdigest()}"


def content(message: Outgoing) -> dict[str, Any]:
    return {
        "delivery_id": str(message.message_id),
        "subject": message.subject,
        "text": "\n".join(message.body),
        "notices": [_of(notice) for notice in message.notices],
    }


def _of(notice: RecordedNotice) -> dict[str, str]:
    told = {
        "notice_id": notice.notice_id,
        "kind": notice.kind,
        "step": step_code(notice),
        "rep_code": notice.rep_code,
        "team_code": notice.team_code,
        "pool_code": notice.pool_code,
        "lead_id": notice.lead_id,
        "holding_id": notice.holding_id,
        "due_at": notice.due_at.isoformat() if notice.due_at else "",
        "reason": reason_code(notice),
        "created_at": notice.created_at.isoformat(),
    }
    return {name: str(value) for name, value in told.items() if value}
