"""What workflows ask of intake."""

import grpc.aio
from temporalio import activity

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from services.shared.runs import LeadRun
from workflows.calling import ask
from workflows.messages import carried
from workflows.work import Facts, Match, SetAccess, Taken, ToRegister, ToTell


class IntakeActivities:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._intake = IntakeServiceStub(channel)

    @activity.defn(name="intake.GetLeadFacts")
    async def get_lead_facts(self, lead: LeadRun) -> Facts:
        """What routing needs to know of the lead."""
        answer = await ask(self._intake.GetLeadFacts, pb.GetLeadFactsRequest(lead_id=lead.lead_id))
        return Facts(
            lead_id=lead.lead_id,
            facts=carried(answer.facts),
            version=answer.version,
            taken_version=answer.taken_version,
            captured_by=answer.captured_by,
            account_owner=answer.account_owner,
            reenquiries=answer.reenquiries,
            opportunity_owners=list(answer.opportunity_owners),
        )

    @activity.defn(name="intake.MarkTaken")
    async def mark_taken(self, taken: Taken) -> None:
        """Routing has taken the facts up to this version."""
        await ask(
            self._intake.MarkTaken,
            pb.MarkTakenRequest(request_id=taken.request_id, lead_id=taken.lead_id, version=taken.version),
        )

    @activity.defn(name="intake.SetAccess")
    async def set_access(self, told: SetAccess) -> None:
        """Who holds the lead now, and therefore sees the person; and whether others may know of it."""
        await ask(
            self._intake.SetAccess,
            pb.SetAccessRequest(
                request_id=told.request_id,
                lead_id=told.lead_id,
                holder_id=told.access.holder_id,
                holder_code=told.access.holder_code,
                epoch=told.access.epoch,
                hidden=told.access.hidden,
                access_version=told.access.version,
                collaborator_ids=told.access.collaborator_ids,
            ),
        )

    @activity.defn(name="intake.MatchAccount")
    async def match_account(self, lead: LeadRun) -> Match:
        """The account and the contact that we already have for this lead, if any."""
        answer = await ask(self._intake.MatchAccount, pb.MatchAccountRequest(lead_id=lead.lead_id))
        return Match(
            account_id=answer.account_id,
            contact_id=answer.contact_id,
            organisation_id=answer.organisation_id,
            person_id=answer.person_id,
            facts=carried(answer.facts),
        )

    @activity.defn(name="intake.RegisterKeys")
    async def register_keys(self, became: ToRegister) -> int | None:
        """Copy the lead's keys to what it became; the keys themselves never leave intake.

        Returns the version of the opportunities' owners that intake knows now; an older worker returned none.
        """
        answer = await ask(
            self._intake.RegisterKeys,
            pb.RegisterKeysRequest(
                request_id=became.request_id,
                lead_id=became.lead_id,
                account_id=became.account_id,
                contact_id=became.contact_id,
                account_owner=became.account_owner_id,
                opportunity_owners=became.opportunity_owners,
                opportunities_version=became.opportunities_version,
            ),
        )
        return answer.opportunities_version

    @activity.defn(name="intake.SetOpportunityOwners")
    async def set_opportunity_owners(self, told: ToTell) -> None:
        """Who owns open opportunities of an account; the leads that are matched to it learn it."""
        await ask(
            self._intake.SetOpportunityOwners,
            pb.SetOpportunityOwnersRequest(
                request_id=told.request_id,
                account_id=told.account_id,
                opportunity_owners=told.opportunity_owners,
                opportunities_version=told.opportunities_version,
            ),
        )
