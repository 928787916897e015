"""What refuses a verb about a holding."""

from datetime import datetime
from uuid import UUID

from services.shared.refusals import Denied, NotFound, Refused


class HoldingNotFound(NotFound):
    def __init__(self, holding_id: UUID) -> None:
        super().__init__("NOT_FOUND", f"There is no holding {holding_id}.", kind="holding", id=str(holding_id))


class RepNotFound(NotFound):
    def __init__(self, rep: str) -> None:
        super().__init__("NOT_FOUND", f"There is no rep {rep}.", kind="rep", id=rep)


class RepInactive(Refused):
    def __init__(self, rep_code: str) -> None:
        super().__init__("REP_INACTIVE", f"Rep {rep_code} is not active and takes no leads.", rep=rep_code)


class NotYours(Denied):
    def __init__(self, kind: str, subject_id: UUID | str) -> None:
        super().__init__("NOT_YOURS", f"The {kind} {subject_id} is another rep's.", kind=kind, id=str(subject_id))


class AlreadyHeld(Refused):
    def __init__(self, holder_code: str, since: datetime) -> None:
        super().__init__(
            "ALREADY_HELD",
            f"Rep {holder_code} has held this lead since {since.isoformat()}.",
            holder=holder_code,
            since=since.isoformat(),
        )


class HoldingEnded(Refused):
    def __init__(self, holding_id: UUID, end_cause: str) -> None:
        super().__init__(
            "HOLDING_ENDED",
            f"The holding {holding_id} has ended ({end_cause}): look at the lead's state anew.",
            holding_id=str(holding_id),
            end_cause=end_cause,
        )


class ConversionInFlight(Refused):
    def __init__(self, conversion_id: UUID) -> None:
        super().__init__(
            "CONVERSION_IN_FLIGHT",
            f"The conversion {conversion_id} of this lead is in flight: wait until it has ended.",
            conversion_id=str(conversion_id),
        )


class ConversionEnded(Refused):
    def __init__(self, conversion_id: UUID, state: str) -> None:
        super().__init__(
            "CONVERSION_ENDED",
            f"The conversion {conversion_id} does not lease this holding ({state}).",
            conversion_id=str(conversion_id),
            state=state,
        )
