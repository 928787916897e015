"""Leads in the database: known, locked, moved from state to state."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.lead import LeadState, Stage
from services.routing.pools.store_seeing import sees_lead
from services.shared.database import text
from services.shared.refusals import NotReady
from services.shared.statements import Question, fetch


@dataclass(frozen=True)
class Lead:
    lead_id: UUID
    state: LeadState
    stage: Stage
    version: int
    # Intake's part of LeadFacts, as JSON.
    facts: Mapping[str, Any]
    facts_version: int
    score_version: int
    fit_score: int
    behavior_score: int
    grade: str
    maturities: int
    reenquiries: int
    captured_by: UUID | None
    account_owner: UUID | None
    # Reps who own open opportunities of the matched account.
    opportunity_owners: Collection[UUID]
    home_pool_id: UUID | None
    epoch: int
    route_due: bool
    wake_at: datetime | None
    pooled_at: datetime | None
    invalid_reason: str | None
    converter_id: UUID | None
    resting_until: datetime | None
    # New in its pool: until then it is assigned, never claimed.
    frozen_until: datetime | None
    # Recalled: at the pool's next opening it may be claimed.
    release_at: datetime | None
    # How often it was given back or recalled.
    returns: int
    # At home in a hidden pool.
    hidden: bool

    @property
    def product(self) -> str:
        """Code of the product that it is about; empty when nobody said."""
        return str(self.facts.get("intent", {}).get("product", ""))

    @property
    def known(self) -> Mapping[str, Any]:
        """All of LeadFacts: intake's part, completed by the score and the stage."""
        return {
            **self.facts,
            "grade": self.grade,
            "fit_score": self.fit_score,
            "behavior_score": self.behavior_score,
            "lifecycle_stage": self.stage,
        }


# Whether a condition, in CEL, holds of a lead.
Holds = Callable[[str], bool]
ConditionsOf = Callable[[Lead], Holds]


@dataclass(frozen=True)
class NewFacts:
    """What intake knows of a lead, at its version."""

    lead_id: UUID
    facts: Mapping[str, Any]
    facts_version: int
    captured_by: UUID | None
    account_owner: UUID | None
    opportunity_owners: Collection[UUID]
    reenquiries: int


@dataclass(frozen=True)
class NewScore:
    """What scoring knows of a lead, at its version."""

    lead_id: UUID
    score_version: int
    fit_score: int
    behavior_score: int
    grade: str
    maturities: int
    # Of scoring's rules, such as `scoring@3`.
    rule_version: str


class LeadNotReady(NotReady):
    def __init__(self, lead_id: UUID) -> None:
        super().__init__(
            "NOT_READY_YET",
            f"Routing does not know the lead {lead_id} yet. Retry for 30 s; if it stays so, there is no such lead.",
            lead_id=str(lead_id),
        )


async def lock_lead(db: AsyncConnection, lead_id: UUID) -> Lead:
    """The first lock of every command about a lead. Raises LeadNotReady, also of one that is hidden from the caller."""
    return await _seen(db, await lock_any_lead(db, lead_id))


async def lock_any_lead(db: AsyncConnection, lead_id: UUID) -> Lead:
    """The same where the caller named something of his own, and so knows of the lead."""
    return await _one_lead(db, lead_id, "for no key update")


def locking_pooled(lead_ids: Collection[UUID]) -> Question[dict[UUID, Lead]]:
    """Those of these leads that wait in a pool and that nobody else has locked."""
    return Question(
        LOCK_POOLED,
        {"lead_ids": list(lead_ids)},
        lambda rows: {row.lead_id: lead_of(row._asdict()) for row in rows},
    )


async def find_lead(db: AsyncConnection, lead_id: UUID) -> Lead:
    """A lead as it stands. Raises LeadNotReady, also of one that is hidden from the caller."""
    return await _seen(db, await _one_lead(db, lead_id, ""))


async def _seen(db: AsyncConnection, lead: Lead) -> Lead:
    if lead.hidden and not await sees_lead(db, lead.lead_id):
        raise LeadNotReady(lead.lead_id)
    return lead


async def in_one_snapshot(db: AsyncConnection) -> None:
    """For a question in several statements, asked first: what it answers was so at one instant."""
    await db.execute(text("set transaction isolation level repeatable read, read only"))


async def _one_lead(db: AsyncConnection, lead_id: UUID, lock: str) -> Lead:
    rows = await fetch(db, f"{LEADS} where lead_id = :lead_id {lock}", {"lead_id": lead_id})
    if not rows:
        raise LeadNotReady(lead_id)
    return lead_of(rows[0]._asdict())


def lead_of(row: Mapping[str, Any]) -> Lead:
    fields = {**row, "state": LeadState(row["state"]), "stage": Stage(row["stage"])}
    return Lead(**fields)


async def insert_lead(db: AsyncConnection, new: NewFacts, *, wake_at: datetime) -> bool:
    """A lead that routing did not know, QUALIFYING until `wake_at`. False when it was known already."""
    inserted = await db.execute(text(INSERT), {**_of_facts(new), "wake_at": wake_at})
    return inserted.rowcount == 1


async def save_facts(db: AsyncConnection, new: NewFacts) -> None:
    """Newer facts; the caller has locked the lead and compared the versions."""
    await db.execute(text(SAVE_FACTS), _of_facts(new))


async def save_score(db: AsyncConnection, new: NewScore) -> None:
    """A newer score; the caller has locked the lead and compared the versions."""
    await db.execute(
        text(SAVE_SCORE),
        {
            "lead_id": new.lead_id,
            "score_version": new.score_version,
            "fit_score": new.fit_score,
            "behavior_score": new.behavior_score,
            "grade": new.grade,
            "maturities": new.maturities,
        },
    )


async def save_state(db: AsyncConnection, lead: Lead, *, state: LeadState, **columns: Any) -> None:
    """Move a locked lead to a state; what else changes with it is named by column."""
    names = ["state", *columns]
    assignments = ", ".join(f"{name} = :{name}" for name in names)
    await db.execute(
        text(f"update routing.lead set {assignments}, version = version + 1 where lead_id = :lead_id"),
        {"lead_id": lead.lead_id, "state": state, **columns},
    )


def _of_facts(new: NewFacts) -> dict[str, Any]:
    return {
        "lead_id": new.lead_id,
        "facts": json.dumps(new.facts, ensure_ascii=False),
        "facts_version": new.facts_version,
        "captured_by": new.captured_by,
        "account_owner": new.account_owner,
        "opportunity_owners": sorted(new.opportunity_owners),
        "reenquiries": new.reenquiries,
    }


COLUMNS = """lead_id, state, stage, version, facts, facts_version, score_version, fit_score, behavior_score, grade,
  maturities, reenquiries, captured_by, account_owner, opportunity_owners, home_pool_id, epoch, route_due, wake_at,
  pooled_at, invalid_reason, converter_id, resting_until, frozen_until, release_at, returns,
  coalesce((select visibility = 'HIDDEN' from routing.pool where pool_id = home_pool_id), false) as hidden"""
LEADS = f"""
select {COLUMNS}
from routing.lead
"""  # composed of a part above

LOCK_POOLED = f"""{LEADS}
where lead_id = any(cast(:lead_ids as uuid[])) and state = 'POOLED'
order by lead_id for no key update skip locked
"""  # composed of a part above

INSERT = """
insert into routing.lead (lead_id, state, facts, facts_version, captured_by, account_owner, opportunity_owners,
  reenquiries, wake_at)
values (:lead_id, 'QUALIFYING', cast(:facts as jsonb), :facts_version, :captured_by, :account_owner,
  cast(:opportunity_owners as uuid[]), :reenquiries, :wake_at)
on conflict (lead_id) do nothing
"""

SAVE_FACTS = """
update routing.lead set facts = cast(:facts as jsonb), facts_version = :facts_version, captured_by = :captured_by,
  account_owner = :account_owner, opportunity_owners = cast(:opportunity_owners as uuid[]), reenquiries = :reenquiries,
  version = version + 1
where lead_id = :lead_id
"""

SAVE_SCORE = """
update routing.lead set score_version = :score_version, fit_score = :fit_score, behavior_score = :behavior_score,
  grade = :grade, maturities = :maturities, version = version + 1
where lead_id = :lead_id
"""
