"""What workflows ask of conversion."""

import grpc.aio
from temporalio import activity

from clew.conversion.v1 import conversion_pb2 as pb
from clew.conversion.v1 import opportunities_pb2
from clew.conversion.v1.conversion_pb2_grpc import ConversionServiceStub
from clew.conversion.v1.opportunities_pb2_grpc import OpportunityServiceStub
from services.shared.runs import ConversionRun
from workflows.calling import ask
from workflows.messages import as_facts, name_of
from workflows.work import ConversionWork, OwnersTold, SetAccess, ToAbandon, ToCommit, ToComplete


class ConversionActivities:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._conversion = ConversionServiceStub(channel)
        self._opportunities = OpportunityServiceStub(channel)

    @activity.defn(name="conversion.GetWork")
    async def get_work(self, run: ConversionRun) -> ConversionWork:
        """What is to be done for this conversion now."""
        work = await ask(self._conversion.GetWork, pb.GetWorkRequest(conversion_id=run.conversion_id))
        conversion = work.conversion
        return ConversionWork(
            task=name_of(pb.ConversionTask, "CONVERSION_TASK_", work.task),
            state=_state(conversion),
            conversion_id=conversion.conversion_id,
            lead_id=conversion.lead_id,
            holding_id=conversion.holding_id,
            epoch=work.epoch,
            converter_id=conversion.converter_id,
            by_manager=work.by_manager,
            account_id=conversion.account_id,
            contact_id=conversion.contact_id,
            account_owner_id=work.account_owner_id,
            reason=conversion.reason,
            opportunity_owners=list(work.opportunity_owners),
            opportunities_version=work.opportunities_version,
        )

    @activity.defn(name="conversion.CommitConversion")
    async def commit_conversion(self, to_commit: ToCommit) -> str:
        """Make account, contact and opportunity in one transaction. Returns the conversion's state."""
        match = to_commit.match
        answer = await ask(
            self._conversion.CommitConversion,
            pb.CommitConversionRequest(
                request_id=to_commit.request_id,
                conversion_id=to_commit.conversion_id,
                rep_id=to_commit.rep_id,
                matched_account_id=match.account_id,
                matched_contact_id=match.contact_id,
                organisation_id=match.organisation_id,
                person_id=match.person_id,
                facts=as_facts(match.facts),
            ),
        )
        return _state(answer.conversion)

    @activity.defn(name="conversion.AbandonConversion")
    async def abandon_conversion(self, to_abandon: ToAbandon) -> str:
        """End a conversion that is not committed. Returns its state: COMMITTED when it was too late for that."""
        answer = await ask(
            self._conversion.AbandonConversion,
            pb.AbandonConversionRequest(
                request_id=to_abandon.request_id,
                conversion_id=to_abandon.conversion_id,
                cause=f"ABANDON_CAUSE_{to_abandon.cause}",
                reason=to_abandon.reason,
            ),
        )
        return _state(answer.conversion)

    @activity.defn(name="conversion.CompleteConversion")
    async def complete_conversion(self, to_complete: ToComplete) -> None:
        """Nothing is left to do."""
        await ask(
            self._conversion.CompleteConversion,
            pb.CompleteConversionRequest(
                request_id=to_complete.request_id,
                conversion_id=to_complete.conversion_id,
                told_version=to_complete.told_version,
            ),
        )

    @activity.defn(name="conversion.MarkOwnersTold")
    async def mark_owners_told(self, told: OwnersTold) -> None:
        """Intake knows who owns open opportunities of the conversion's account."""
        await ask(
            self._opportunities.MarkOwnersTold,
            opportunities_pb2.MarkOwnersToldRequest(
                request_id=told.request_id, conversion_id=told.conversion_id, version=told.version
            ),
        )

    @activity.defn(name="conversion.SetAccess")
    async def set_access(self, told: SetAccess) -> None:
        """Who may know of the lead."""
        access = told.access
        await ask(
            self._conversion.SetAccess,
            pb.SetAccessRequest(
                request_id=told.request_id,
                lead_id=told.lead_id,
                holder_id=access.holder_id,
                epoch=access.epoch,
                hidden=access.hidden,
                access_version=access.version,
                collaborator_ids=access.collaborator_ids,
            ),
        )


def _state(conversion: pb.Conversion) -> str:
    return name_of(pb.ConversionState, "CONVERSION_STATE_", conversion.state)
