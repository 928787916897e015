"""The channels that this process can send over, as its settings say."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.routing.notices.contact import Channel
from services.routing.notices.mail import Mail, MailServer
from services.routing.notices.port import Port
from services.routing.notices.webhook import Webhook
from services.routing.notices.wecom import WeCom, WeComAccount
from services.routing.settings import RoutingSettings


@dataclass(frozen=True)
class Line:
    """A port, and how many messages a minute it may be given."""

    port: Port
    per_minute: float


Lines = Mapping[Channel, Line]


def lines(settings: RoutingSettings) -> Lines:
    """A channel without its server is not among them."""
    made: dict[Channel, Line] = {Channel.WEBHOOK: Line(Webhook(), settings.webhook_per_minute)}
    if settings.smtp_host:
        server = MailServer(
            settings.smtp_host,
            settings.smtp_from,
            settings.smtp_security,
            settings.smtp_port,
            settings.smtp_user,
            settings.smtp_password.get_secret_value(),
        )
        made[Channel.EMAIL] = Line(Mail(server), settings.smtp_per_minute)
    if settings.wecom_corp_id:
        account = WeComAccount(
            settings.wecom_url,
            settings.wecom_corp_id,
            settings.wecom_agent_id,
            settings.wecom_secret.get_secret_value(),
        )
        made[Channel.WECOM] = Line(WeCom(account), settings.wecom_per_minute)
    return made
