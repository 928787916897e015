"""Settings of pools and outcomes of items as messages."""

from datetime import time
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask

from clew.routing.v1 import pools_pb2 as pb
from services.routing.pools.settings import Hygiene, PoolSettings, Visibility
from services.shared.refusals import InvalidInput, Refusal

FIELDS = frozenset(pb.PoolSettings.DESCRIPTOR.fields_by_name)


def settings_message(settings: PoolSettings) -> pb.PoolSettings:
    return pb.PoolSettings(
        name=settings.name,
        policy_code=settings.policy_code,
        visibility=f"POOL_VISIBILITY_{settings.visibility}",
        time_zone=settings.time_zone,
        new_lead_freeze=settings.new_lead_freeze,
        daily_claim_limit=settings.daily_claim_limit,
        opens_at=f"{settings.opens_at:%H:%M}" if settings.opens_at else "",
        max_holdings=settings.max_holdings,
        max_age=settings.max_age,
        dwell_reminder=settings.dwell_reminder,
        daily_view_limit=settings.daily_view_limit,
        hygiene=f"POOL_HYGIENE_{settings.hygiene}",
    )


def changes_of(message: pb.PoolSettings, mask: FieldMask) -> dict[str, Any]:
    """The settings that the mask names, as they are to be. Raises InvalidInput."""
    if not mask.paths:
        raise InvalidInput("update_mask", "Name the settings that change, such as `opens_at`.")
    if unknown := sorted(set(mask.paths) - FIELDS):
        raise InvalidInput("update_mask", f"A pool has no setting {', '.join(unknown)}.")
    return {name: _value(message, name) for name in mask.paths}


def _value(message: pb.PoolSettings, name: str) -> Any:
    if name in ("name", "policy_code", "time_zone"):
        if not getattr(message, name):
            raise InvalidInput(f"settings.{name}", "A pool has one: say which.")
        return getattr(message, name)
    if name == "visibility":
        if message.visibility == pb.POOL_VISIBILITY_UNSPECIFIED:
            raise InvalidInput("settings.visibility", "A pool is PUBLIC or HIDDEN.")
        return Visibility(pb.PoolVisibility.Name(message.visibility).removeprefix("POOL_VISIBILITY_"))
    if name == "hygiene":
        if message.hygiene == pb.POOL_HYGIENE_UNSPECIFIED:
            raise InvalidInput("settings.hygiene", "What a pool no longer bears becomes DORMANT or goes to REVIEW.")
        return Hygiene(pb.PoolHygiene.Name(message.hygiene).removeprefix("POOL_HYGIENE_"))
    if name == "opens_at":
        return time.fromisoformat(message.opens_at) if message.opens_at else None
    if name == "new_lead_freeze":
        return message.new_lead_freeze.ToTimedelta()
    if not message.HasField(name):
        return None
    value = getattr(message, name)
    return value if isinstance(value, int) else value.ToTimedelta()


def refusal_message(refusal: Refusal) -> pb.ItemRefusal:
    return pb.ItemRefusal(reason=refusal.reason, message=str(refusal), metadata=refusal.metadata)
