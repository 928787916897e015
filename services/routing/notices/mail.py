"""E-mail over SMTP."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import partial
from typing import Literal

from services.routing.notices.port import Later, Outcome, Outgoing, Rejected, Sent
from services.routing.notices.threads import in_thread

# Of one step of the conversation, and of all of it.
STEP_SECONDS = 8.0
SECONDS = 25.0
Security = Literal["starttls", "tls", "plain"]
PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "plain": 25}


@dataclass(frozen=True)
class MailServer:
    host: str
    sender: str
    security: Security = "starttls"
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)


class Mail:
    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def send(self, message: Outgoing) -> Outcome:
        try:
            async with asyncio.timeout(SECONDS):
                await in_thread(partial(_send, self._server, written(message, self._server.sender)))
        except smtplib.SMTPRecipientsRefused as error:
            [(code, _)] = error.recipients.values()
            return _refused(code)
        # What the server says of the sender, the login or itself is about us: an operator mends it.
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
            return Later(f"SMTP_{error.smtp_code}")
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code)
        except smtplib.SMTPServerDisconnected:
            return Later("CONNECTION_LOST")
        except smtplib.SMTPNotSupportedError:
            return Later("SMTP_NOT_SUPPORTED")
        except TimeoutError:
            return Later("TIMEOUT")
        except ssl.SSLError:
            return Later("TLS")
        except (OSError, smtplib.SMTPException):
            return Later("CONNECTION")
        return Sent()


def written(message: Outgoing, sender: str) -> EmailMessage:
    """The mail: its Message-ID is the message's own, and no out-of-office machine answers it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Clew", addr_spec=sender)
    mail["To"] = Address(addr_spec=message.address)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{message.message_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join(message.body) + "\n", charset="utf-8", cte="base64")
    return mail


def _refused(code: int) -> Outcome:
    return Rejected(f"SMTP_{code}") if code >= 500 else Later(f"SMTP_{code}")


def _send(server: MailServer, mail: EmailMessage) -> None:
    port = server.port or PORTS[server.security]
    trusted = ssl.create_default_context()
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, port, timeout=STEP_SECONDS, context=trusted)
    else:
        smtp = smtplib.SMTP(server.host, port, timeout=STEP_SECONDS)
    try:
        if server.security == "starttls":
            smtp.starttls(context=trusted)
        if server.user:
            smtp.login(server.user, server.password)
        smtp.send_message(mail)
        # It is delivered: whatever happens to the goodbye changes nothing.
        smtp.putcmd("quit")
    finally:
        smtp.close()
