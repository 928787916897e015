"""Identity keys in the database: one indexed question over leads, contacts and accounts."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.identity import KeyOwner, Match
from services.intake.keys import Key, KeyKind
from services.shared.hidden_leads import asking, hidden_in
from services.shared.statements import Question, ask, fetch, run

MOST_MATCHES = 20


async def find_matches(db: AsyncConnection, keys: Collection[Key], business_line: str) -> tuple[Match, ...]:
    """Whom these keys belong to, strong keys first; at most 20. For who decides: hidden leads are among them."""
    [matches_of_each] = await ask(db, matches_of_many([(keys, business_line)]))
    [found] = matches_of_each
    answer: tuple[Match, ...] = found
    return answer


async def find_seen_matches_of_many(
    db: AsyncConnection, asked: Sequence[tuple[Collection[Key], str]]
) -> list[tuple[Match, ...]]:
    """The same for several sets of keys with their line of business at once: those that the caller may know of."""
    [found] = await ask(db, matches_of_many(asked, seen_only=True))
    answer: list[tuple[Match, ...]] = found
    return answer


def matches_of_many(
    asked: Sequence[tuple[Collection[Key], str]], *, seen_only: bool = False
) -> Question[list[tuple[Match, ...]]]:
    """As a question, to be asked with others. Also those of hidden leads, unless for who only looks."""
    wanted = [(number, key, line) for number, (keys, line) in enumerate(asked) for key in keys]
    values = {
        "numbers": [number for number, _, _ in wanted],
        "kinds": [str(key.kind) for _, key, _ in wanted],
        "values": [key.value for _, key, _ in wanted],
        "lines": [line for _, _, line in wanted],
        "most": MOST_MATCHES,
        **(asking() if seen_only else {}),
    }

    def read(rows: list[Any]) -> list[tuple[Match, ...]]:
        found: list[list[Match]] = [[] for _ in asked]
        for row in rows:
            found[row.number].append(_match(row))
        return [tuple(matches[:MOST_MATCHES]) for matches in found]

    return Question(MATCHES_SEEN if seen_only else MATCHES, values, read)


def _match(row: Any) -> Match:
    return Match(
        kind=KeyKind(row.kind),
        owner=KeyOwner(row.owner),
        owner_id=row.owner_id,
        lead_id=row.lead_id,
        person_name=row.name,
        person_phone=row.phone,
        person_email=row.email,
        holder_code=row.holder_code,
        hidden=row.hidden,
        holder_id=row.holder_id,
        collaborator_ids=tuple(row.collaborator_ids),
    )


async def take_keys(db: AsyncConnection, keys: Collection[Key], business_line: str, lead_id: UUID) -> frozenset[Key]:
    """Give a lead those of the keys that are free. Returns which it got.

    The insert waits for whoever is inserting the same strong key and then leaves it to them.
    """
    if not keys:
        return frozenset()
    ordered = sorted(keys)
    taken = await fetch(
        db,
        TAKE,
        {
            "kinds": [str(key.kind) for key in ordered],
            "values": [key.value for key in ordered],
            "strong": [key.kind.strong for key in ordered],
            "business_line": business_line,
            "lead_id": lead_id,
        },
    )
    return frozenset(Key(KeyKind(row.kind), row.value) for row in taken)


async def take_keys_of_many(
    db: AsyncConnection, wanted: Mapping[UUID, tuple[str, Collection[Key]]], needed: Mapping[UUID, Collection[Key]]
) -> set[UUID]:
    """`take_keys` for several leads, each with its line of business. Returns those that got all that they needed.

    The others keep none.
    """
    rows = sorted((key, line, lead_id) for lead_id, (line, keys) in wanted.items() for key in keys)
    values = {
        "kinds": [str(key.kind) for key, _, _ in rows],
        "values": [key.value for key, _, _ in rows],
        "strong": [key.kind.strong for key, _, _ in rows],
        "lines": [line for _, line, _ in rows],
        "lead_ids": [lead_id for _, _, lead_id in rows],
    }
    taken: dict[UUID, set[Key]] = {lead_id: set() for lead_id in wanted}
    for row in await fetch(db, TAKE_MANY, values) if rows else ():
        taken[row.lead_id].add(Key(KeyKind(row.kind), row.value))
    without = [lead_id for lead_id, keys in taken.items() if not keys.issuperset(needed[lead_id])]
    if without:
        await run(db, "delete from intake.identity_key where lead_id = any(:lead_ids)", {"lead_ids": without})
    return set(wanted).difference(without)


# Of a key that many share (a switchboard, a common company name) no more rows are read than are shown.
OF_ALL = """
select asked.number, k.kind, k.owner, k.owner_id, k.lead_id, person.name, person.phone, person.email, lead.holder_code,
  lead.hidden, lead.holder_id, lead.collaborator_ids
from unnest(cast(:numbers as int[]), cast(:kinds as text[]), cast(:values as text[]), cast(:lines as text[]))
  as asked (number, kind, value, business_line)
cross join lateral (
  select * from intake.identity_key known
  where known.kind = asked.kind and known.value = asked.value and known.business_line = asked.business_line
    {only} order by known.owner, known.owner_id limit :most
) k
join intake.lead on lead.lead_id = k.lead_id join intake.person using (person_id)
order by asked.number, k.strong desc, k.lead_id, k.kind, k.owner
"""
MATCHES = OF_ALL.format(only="")
IS_HIDDEN = f"exists (select from intake.lead of_key where of_key.lead_id = known.lead_id and {hidden_in('of_key')})"
MATCHES_SEEN = OF_ALL.format(only=f"and not {IS_HIDDEN}")

TAKE = """
insert into intake.identity_key (kind, value, business_line, strong, owner, owner_id, lead_id)
select kind, value, :business_line, strong, 'LEAD', :lead_id, :lead_id
from unnest(cast(:kinds as text[]), cast(:values as text[]), cast(:strong as boolean[])) as k (kind, value, strong)
on conflict do nothing
returning kind, value
"""

TAKE_MANY = """
insert into intake.identity_key (kind, value, business_line, strong, owner, owner_id, lead_id)
select kind, value, business_line, strong, 'LEAD', lead_id, lead_id
from unnest(cast(:kinds as text[]), cast(:values as text[]), cast(:strong as boolean[]), cast(:lines as text[]),
  cast(:lead_ids as uuid[])) as k (kind, value, strong, business_line, lead_id)
on conflict do nothing
returning kind, value, lead_id
"""
