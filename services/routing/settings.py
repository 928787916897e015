"""What routing is told by its environment: beside what every service is, the servers by which notices go out."""

from typing import Literal

from pydantic import Field, SecretStr, model_validator

from services.shared.settings import ServiceSettings


class RoutingSettings(ServiceSettings):
    """A channel without its server is off; webhooks need none. Rates are of one process."""

    smtp_host: str = Field("", validation_alias="CLEW_SMTP_HOST")
    smtp_port: int = Field(0, validation_alias="CLEW_SMTP_PORT", ge=0, le=65_535)
    smtp_security: Literal["starttls", "tls", "plain"] = Field("starttls", validation_alias="CLEW_SMTP_SECURITY")
    smtp_user: str = Field("", validation_alias="CLEW_SMTP_USER")
    smtp_password: SecretStr = Field(SecretStr(""), validation_alias="CLEW_SMTP_PASSWORD")
    smtp_from: str = Field("", validation_alias="CLEW_SMTP_FROM")
    smtp_per_minute: float = Field(120, validation_alias="CLEW_SMTP_PER_MINUTE", gt=0)
    wecom_url: str = Field(
        "https://qyapi.weixin.qq.com", validation_alias="CLEW_WECOM_URL", pattern=r"^https?://[^/]+$"
    )
    wecom_corp_id: str = Field("", validation_alias="CLEW_WECOM_CORP_ID")
    wecom_secret: SecretStr = Field(SecretStr(""), validation_alias="CLEW_WECOM_SECRET")
    wecom_agent_id: int = Field(0, validation_alias="CLEW_WECOM_AGENT_ID", ge=0)
    wecom_per_minute: float = Field(600, validation_alias="CLEW_WECOM_PER_MINUTE", gt=0)
    webhook_per_minute: float = Field(1_200, validation_alias="CLEW_WEBHOOK_PER_MINUTE", gt=0)

    @model_validator(mode="after")
    def _whole(self) -> "RoutingSettings":
        if self.smtp_host and "@" not in self.smtp_from:
            raise ValueError("CLEW_SMTP_HOST needs CLEW_SMTP_FROM, the address that mail comes from")
        # So far SMTP clients agree with servers on how to send them.
        if not (self.smtp_from + self.smtp_user + self.smtp_password.get_secret_value()).isascii():
            raise ValueError("CLEW_SMTP_FROM, CLEW_SMTP_USER and CLEW_SMTP_PASSWORD hold ASCII characters alone")
        if self.wecom_corp_id and not (self.wecom_secret.get_secret_value() and self.wecom_agent_id):
            raise ValueError("CLEW_WECOM_CORP_ID needs CLEW_WECOM_SECRET and CLEW_WECOM_AGENT_ID")
        return self
