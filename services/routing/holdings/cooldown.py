"""The claim cooldown: a rep who had a lead may not claim it again at once.

It is counted per (lead, rep) over the whole history, so that two reps cannot pass a lead to and fro. Each
holding fixes at its end from when on its rep may claim the lead again (`may_claim_again_at`), by the policy
version that it began with, or that he may at once where the reason of the end says so; the latest of them stands.
An assignment by a manager is not a claim.
"""

from datetime import datetime

from services.shared.refusals import Refused


class ClaimCooldown(Refused):
    def __init__(self, ends_at: datetime) -> None:
        super().__init__(
            "CLAIM_COOLDOWN",
            f"You held this lead before and may claim it again from {ends_at.isoformat()} on. "
            "A manager can assign it to you earlier.",
            ends_at=ends_at.isoformat(),
        )


def may_claim(may_claim_again_at: datetime | None, now: datetime) -> bool:
    """At the instant named in the refusal the claim is allowed."""
    return may_claim_again_at is None or now >= may_claim_again_at
