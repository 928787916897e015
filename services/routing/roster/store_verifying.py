"""Verification teams: their members confirm a need and hand the lead off."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.roster.store import Unknown
from services.shared.database import text
from services.shared.refusals import Denied


class NotAVerifier(Denied):
    def __init__(self, team_code: str) -> None:
        super().__init__(
            "NOT_A_VERIFIER",
            f"Team {team_code} hands no leads off: ask a manager to transfer it, or to make yours a verification team.",
            team=team_code,
        )


async def set_verification_team(db: AsyncConnection, team_code: str, *, verifies: bool) -> None:
    """Raises Unknown (team)."""
    statement = "update routing.team set verifies = :verifies where code = :team_code"
    changed = await db.execute(text(statement), {"verifies": verifies, "team_code": team_code})
    if changed.rowcount != 1:
        raise Unknown("team", team_code)


async def check_verifier(db: AsyncConnection, rep_id: UUID) -> None:
    """Raises NotAVerifier."""
    question = "select team.code, verifies from routing.team join routing.rep using (team_id) where rep_id = :rep_id"
    team = (await db.execute(text(question), {"rep_id": rep_id})).one()
    if not team.verifies:
        raise NotAVerifier(team.code)
