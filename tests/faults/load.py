"""Sixteen clients that act at a steady pace and try again, with the same request id, until they are answered."""

import asyncio
import random
import time
from dataclasses import dataclass

import grpc
import grpc.aio

from cli.calling import CALL_SECONDS, Clew
from cli.refusals import refusal_of
from services.shared.channels import caller_metadata
from tests.faults.acts import REGION, Desk, Planned, Shared
from tests.faults.journal import Act, Call, Ended, Journal
from tests.faults.office import PATIENT_REGION, Rep

CLIENTS = 16
# A client goes on to its next act after this time; what became of the act is asked again at the end.
PATIENCE_SECONDS = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
# So many of a hundred acts are asked once more after their answer, and so many are first hung up on at once.
ASKED_TWICE, HUNG_UP_ON = 0.05, 0.02
HANGS_UP_AFTER = 0.004
SETTLED_WITHIN = 90.0
# Worth another call: nobody knows, or somebody was in the way.
TRIED_AGAIN = frozenset(
    {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED, grpc.StatusCode.ABORTED}
)
UNTYPED = frozenset({grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.DATA_LOSS})


@dataclass
class Load:
    """`per_second`: calls of all clients together."""

    clew: Clew
    reps: list[Rep]
    journal: Journal
    seed: int
    per_second: float

    def __post_init__(self) -> None:
        self.shared = Shared(self.reps)
        self._stopping = asyncio.Event()
        self._planned: dict[int, Planned] = {}

    async def seed_leads(self, count: int, patient: int) -> None:
        """Submit leads before anything else, a few at a time; `patient` of them for the pool of long deadlines."""
        room = asyncio.Semaphore(8)
        rng = random.Random(self.seed)
        desk = Desk(self.clew, self.reps[0], self.shared, rng)

        async def one(region: str) -> None:
            async with room:
                await self._carry_out(desk, desk.submit(region), rng)

        regions = [PATIENT_REGION] * patient + [REGION] * count
        await asyncio.gather(*(one(region) for region in regions))

    async def run(self) -> None:
        """Until `stop`; an act that is under way then is carried to its end."""
        await asyncio.gather(*(self._client(rep) for rep in self.reps))

    def stop(self) -> None:
        self._stopping.set()

    async def settle(self) -> None:
        """Ask again what is still unknown, until all of it is known."""
        give_up = time.time() + SETTLED_WITHIN
        while self.journal.unknown and time.time() < give_up:
            for act in self.journal.unknown:
                await self._ask(act, self._planned[id(act)])
            await asyncio.sleep(0.2)

    async def _client(self, rep: Rep) -> None:
        rng = random.Random(f"{self.seed}/{rep.code}")
        desk = Desk(self.clew, rep, self.shared, rng)
        interval = len(self.reps) / self.per_second
        next_at = time.monotonic() + rng.uniform(0, interval)
        while not self._stopping.is_set():
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))
            await self._carry_out(desk, desk.next(), rng)
            # A client that was held up does not make up for it.
            next_at = max(next_at + interval, time.monotonic())

    async def _carry_out(self, desk: Desk, planned: Planned, rng: random.Random) -> None:
        act = self.journal.begin(Act(planned.kind, planned.request, planned.caller, time.time()))
        self._planned[id(act)] = planned
        if act.request_id and rng.random() < HUNG_UP_ON:
            await self._hang_up(planned)
        pause = FIRST_PAUSE
        while not await self._ask(act, planned):
            if time.time() - act.began > PATIENCE_SECONDS:
                return
            await asyncio.sleep(pause * rng.uniform(0.5, 1.5))
            pause = min(pause * 2, LONGEST_PAUSE)
        if act.outcome is Ended.REFUSED:
            desk.held.pop(getattr(planned.request, "holding_id", ""), None)
        elif act.request_id and rng.random() < ASKED_TWICE:
            await self._ask_once_more(act, planned)

    async def _ask(self, act: Act, planned: Planned) -> bool:
        """One call. Whether the act has ended with it."""
        began = time.time()
        try:
            answer = await planned.method(
                planned.request, timeout=CALL_SECONDS, metadata=caller_metadata(planned.caller)
            )
        except grpc.aio.AioRpcError as error:
            return self._failed(act, began, error)
        act.ended = time.time()
        self.journal.calls.append(Call(act.kind, began, act.ended, "OK"))
        act.outcome, act.answer = Ended.OK, answer
        planned.learn(answer)
        return True

    def _failed(self, act: Act, began: float, error: grpc.aio.AioRpcError) -> bool:
        code, ended = error.code(), time.time()
        if code in UNTYPED:
            self.journal.untyped_errors.append(f"{act.kind}: {code.name} {refusal_of(error).reason}")
        refused = code not in TRIED_AGAIN and code not in UNTYPED
        status = "REFUSED" if refused or code is grpc.StatusCode.ABORTED else code.name
        self.journal.calls.append(Call(act.kind, began, ended, status))
        if refused:
            act.ended, act.outcome, act.reason = ended, Ended.REFUSED, refusal_of(error).reason
        return refused

    async def _hang_up(self, planned: Planned) -> None:
        """As a client that dies: it may or may not have had its effect."""
        call = planned.method(planned.request, timeout=CALL_SECONDS, metadata=caller_metadata(planned.caller))
        await asyncio.sleep(HANGS_UP_AFTER)
        call.cancel()

    async def _ask_once_more(self, act: Act, planned: Planned) -> None:
        """The same request id is answered the same."""
        try:
            again = await planned.method(
                planned.request, timeout=CALL_SECONDS, metadata=caller_metadata(planned.caller)
            )
        except grpc.aio.AioRpcError as error:
            if error.code() not in TRIED_AGAIN:
                self.journal.wrong_answers.append(f"{act.kind} {act.request_id}: answered, then {error.code().name}")
            return
        self.journal.asked_twice += 1
        if again != act.answer:
            self.journal.wrong_answers.append(f"{act.kind} {act.request_id}: answered, then otherwise")
