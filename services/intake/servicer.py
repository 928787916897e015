"""IntakeService: translates, nothing else."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceServicer
from services.intake import store, store_accounts, store_keys, tables
from services.intake.keys import read_contacts
from services.intake.servicer_messages import (
    consent_message,
    facts_message,
    lead_message,
    match_message,
    person_message,
    person_of,
    review_message,
    submission_of,
    submitted_message,
)
from services.intake.store_access import set_access
from services.intake.store_opportunities import OpportunityOwners, known_version, set_opportunity_owners
from services.intake.store_reviews import Resolution, list_reviews, resolve_review
from services.intake.store_submitting import screened, submit
from services.intake.store_submitting_together import Asked, goes_together, submit_together, touches
from services.intake.submission import DEFAULT_BUSINESS_LINE
from services.shared import validation
from services.shared.callers import Role, current_caller
from services.shared.grpc_errors import refusal_for
from services.shared.hidden_leads import read_access
from services.shared.ids import read_id
from services.shared.outbox import current_traceparent
from services.shared.pages import next_page_token, page_size, read_position
from services.shared.refusals import Denied, InvalidInput
from services.shared.requests import Context, command, fingerprint_of, once, query
from services.shared.servicer_events import events_page
from services.shared.together import Together

# Rows in flight, of one batch and of all: enough to keep the database busy, few enough to leave connections to others.
ROWS_AT_ONCE = 8


class IntakeServicer(IntakeServiceServicer):
    def __init__(self, engine: AsyncEngine, *, review_within: timedelta) -> None:
        self._engine, self._requests = engine, tables.request
        self._review_within = review_within
        self._rows = asyncio.Semaphore(ROWS_AT_ONCE)
        self._submissions = Together(self._submit_together, touches)

    async def SubmitLead(self, request: pb.SubmitLeadRequest, context: Context) -> pb.SubmitLeadResponse:
        return await self._submit_one(request)

    async def BatchSubmitLeads(
        self, request: pb.BatchSubmitLeadsRequest, context: Context
    ) -> pb.BatchSubmitLeadsResponse:
        of_this_batch = asyncio.Semaphore(ROWS_AT_ONCE)

        async def one(row: pb.SubmitLeadRequest) -> pb.RowOutcome:
            # Of its own slots first: a batch that came later has its turn between the rows of this one.
            async with of_this_batch, self._rows:
                return await self._submit_row(row)

        outcomes = await asyncio.gather(*(one(row) for row in request.rows))
        return pb.BatchSubmitLeadsResponse(outcomes=outcomes)

    async def _submit_row(self, row: pb.SubmitLeadRequest) -> pb.RowOutcome:
        """A row is a SubmitLead of its own, with its own request id; what refuses it is its outcome."""
        try:
            validation.check(row)
            return pb.RowOutcome(response=await self._submit_one(row))
        except Exception as error:  # whatever it is, the other rows go on; the text is only what refusal_for says
            refusal = refusal_for(error)
            field = refusal.fields[0].field if refusal.fields else ""
            return pb.RowOutcome(error=pb.RowError(reason=refusal.reason, field=field, message=str(refusal)))

    async def _submit_one(self, request: pb.SubmitLeadRequest) -> pb.SubmitLeadResponse:
        own = _own_id()
        if own is not None and request.captured_by not in ("", str(own)):
            raise Denied("NOT_YOURS", "A rep captures leads for himself only.", kind="rep", id=request.captured_by)
        submission = submission_of(request)
        if goes_together(submission, checks := screened(submission)):
            caller = current_caller()
            key = caller.id, UUID(request.request_id)
            asked = Asked(caller, key, fingerprint_of(request), submission, checks, current_traceparent())
            if (answer := await self._submissions.ask(asked)) is not None:
                return pb.SubmitLeadResponse.FromString(answer)

        async def alone(_: pb.SubmitLeadRequest, db: AsyncConnection) -> pb.SubmitLeadResponse:
            submitted = await submit(db, submission, review_within=self._review_within)
            return submitted_message(submitted, current_caller())

        return await once(self, alone, pb.SubmitLeadResponse, request, name="SubmitLead")

    async def _submit_together(self, asked: Sequence[Asked]) -> Sequence[bytes | None]:
        async with self._engine.begin() as db:
            answers = await submit_together(
                db, asked, lambda made, caller: submitted_message(made, caller).SerializeToString()
            )
        return [answers.get(one.request) for one in asked]

    @query
    async def GetLead(self, request: pb.GetLeadRequest, db: AsyncConnection) -> pb.GetLeadResponse:
        lead = await store.find_lead(db, read_id(request.lead_id, "lead_id"))
        return pb.GetLeadResponse(lead=lead_message(lead, current_caller()))

    async def GetPerson(self, request: pb.GetPersonRequest, context: Context) -> pb.GetPersonResponse:
        # A question that leaves a record: asked twice, it is recorded twice.
        async with self._engine.begin() as db:
            person_id = read_id(request.person_id, "person_id")
            person, consents = await store.read_person(db, person_id, request.purpose, only_of=_own_id())
        return pb.GetPersonResponse(
            person=person_message(person), consents=[consent_message(consent) for consent in consents]
        )

    @query
    async def ListLeads(self, request: pb.ListLeadsRequest, db: AsyncConnection) -> pb.ListLeadsResponse:
        size, filters = page_size(request.page_size), [request.campaign_id, request.channel]
        found = await store.list_leads(
            db,
            campaign_id=read_id(request.campaign_id, "campaign_id") if request.campaign_id else None,
            channel=request.channel,
            before=read_position(request.page_token, "ListLeads", filters, datetime.fromisoformat, UUID),
            limit=size + 1,
        )
        return pb.ListLeadsResponse(
            leads=[lead_message(lead, current_caller(), always_masked=True) for lead in found[:size]],
            next_page_token=next_page_token(
                "ListLeads", filters, found, size, lambda lead: [lead.created_at.isoformat(), str(lead.lead_id)]
            ),
        )

    @query
    async def GetLeadFacts(self, request: pb.GetLeadFactsRequest, db: AsyncConnection) -> pb.GetLeadFactsResponse:
        lead = await store.find_lead(db, read_id(request.lead_id, "lead_id"))
        return pb.GetLeadFactsResponse(
            facts=facts_message(lead),
            version=lead.version,
            taken_version=lead.taken_version,
            captured_by=str(lead.captured_by or ""),
            account_owner=str(lead.account_owner or ""),
            reenquiries=lead.reenquiries,
            opportunity_owners=map(str, lead.opportunity_owners),
        )

    @command(pb.MarkTakenResponse)
    async def MarkTaken(self, request: pb.MarkTakenRequest, db: AsyncConnection) -> pb.MarkTakenResponse:
        taken = await store.mark_taken(db, read_id(request.lead_id, "lead_id"), request.version)
        return pb.MarkTakenResponse(taken_version=taken)

    @query
    async def CheckDuplicates(
        self, request: pb.CheckDuplicatesRequest, db: AsyncConnection
    ) -> pb.CheckDuplicatesResponse:
        contacts = read_contacts(person_of(request.person), request.country)
        if not contacts.keys:
            raise InvalidInput("person", "Give a phone, an e-mail address, a WeCom id, a company or a credit code.")
        line = request.business_line or DEFAULT_BUSINESS_LINE
        [matches] = await store_keys.find_seen_matches_of_many(db, [(contacts.keys, line)])
        return pb.CheckDuplicatesResponse(matches=[match_message(match) for match in matches])

    @query
    async def ListReviews(self, request: pb.ListReviewsRequest, db: AsyncConnection) -> pb.ListReviewsResponse:
        size = page_size(request.page_size)
        after = read_position(request.page_token, "ListReviews", [], datetime.fromisoformat, UUID)
        found = await list_reviews(db, after, size + 1)
        return pb.ListReviewsResponse(
            reviews=[review_message(review) for review in found[:size]],
            next_page_token=next_page_token(
                "ListReviews", [], found, size, lambda review: [review.opened_at.isoformat(), str(review.review_id)]
            ),
        )

    @command(pb.ResolveReviewResponse)
    async def ResolveReview(self, request: pb.ResolveReviewRequest, db: AsyncConnection) -> pb.ResolveReviewResponse:
        resolution = Resolution(pb.Resolution.Name(request.resolution).removeprefix("RESOLUTION_"))
        attach_to = UUID(request.lead_id) if request.lead_id else None
        outcome, lead_id = await resolve_review(db, read_id(request.review_id, "review_id"), resolution, attach_to)
        return pb.ResolveReviewResponse(outcome=f"OUTCOME_{outcome}", lead_id=str(lead_id or ""))

    @command(pb.AddNoteResponse)
    async def AddNote(self, request: pb.AddNoteRequest, db: AsyncConnection) -> pb.AddNoteResponse:
        note_id = await store.add_note(db, read_id(request.lead_id, "lead_id"), request.text, only_of=_own_id())
        return pb.AddNoteResponse(note_id=str(note_id))

    @command(pb.CreateCampaignResponse)
    async def CreateCampaign(self, request: pb.CreateCampaignRequest, db: AsyncConnection) -> pb.CreateCampaignResponse:
        campaign_id = await store.create_campaign(db, request.code, request.name)
        return pb.CreateCampaignResponse(campaign_id=str(campaign_id))

    @query
    async def MatchAccount(self, request: pb.MatchAccountRequest, db: AsyncConnection) -> pb.MatchAccountResponse:
        lead = await store.find_lead(db, read_id(request.lead_id, "lead_id"))
        line = lead.facts["business_line"]
        account = await store_accounts.account_of(db, lead.person.credit_code, line)
        contact_id = await store_accounts.contact_of(db, lead.lead_id)
        return pb.MatchAccountResponse(
            account_id=str(account[0]) if account else "",
            organisation_id=str(lead.organisation_id or ""),
            person_id=str(lead.person_id),
            contact_id=str(contact_id or ""),
            facts=facts_message(lead),
        )

    @command(pb.RegisterKeysResponse)
    async def RegisterKeys(self, request: pb.RegisterKeysRequest, db: AsyncConnection) -> pb.RegisterKeysResponse:
        account_id = read_id(request.account_id, "account_id")
        keys = await store_accounts.register_keys(
            db,
            read_id(request.lead_id, "lead_id"),
            account_id=account_id,
            contact_id=read_id(request.contact_id, "contact_id"),
            account_owner=read_id(request.account_owner, "account_owner"),
            opportunities=_owners_told(request) if request.opportunities_version else None,
        )
        return pb.RegisterKeysResponse(keys=keys, opportunities_version=await known_version(db, account_id))

    @command(pb.SetOpportunityOwnersResponse)
    async def SetOpportunityOwners(
        self, request: pb.SetOpportunityOwnersRequest, db: AsyncConnection
    ) -> pb.SetOpportunityOwnersResponse:
        account_id = read_id(request.account_id, "account_id")
        known = await set_opportunity_owners(db, account_id, _owners_told(request))
        return pb.SetOpportunityOwnersResponse(opportunities_version=known)

    @command(pb.SetAccessResponse)
    async def SetAccess(self, request: pb.SetAccessRequest, db: AsyncConnection) -> pb.SetAccessResponse:
        return pb.SetAccessResponse(epoch=await set_access(db, read_access(request), request.holder_code))

    @query
    async def ListLeadEvents(self, request: pb.ListLeadEventsRequest, db: AsyncConnection) -> pb.ListLeadEventsResponse:
        events, token = await events_page(db, tables.event, request, only=store.events_seen())
        return pb.ListLeadEventsResponse(events=events, next_page_token=token)


def _owners_told(request: pb.RegisterKeysRequest | pb.SetOpportunityOwnersRequest) -> OpportunityOwners:
    return OpportunityOwners({UUID(owner) for owner in request.opportunity_owners}, request.opportunities_version)


def _own_id() -> UUID | None:
    """The rep who calls, for whom only his own leads are open; None for everybody else."""
    caller = current_caller()
    return read_id(caller.id, "clew-caller-id") if caller.role is Role.REP else None
