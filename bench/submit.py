"""SubmitLead per second, against a bare gRPC call, a bare commit, and both one after the other."""

from functools import partial

import grpc.aio

from bench.alone import Database, running_database
from bench.calls import MARKETER, a_submission
from bench.comparison import Comparison, Effort, Target
from bench.generator import Generator, running_generator
from bench.load import Load
from bench.looking import connect
from bench.rounds import Say, both_in_turn, in_turn, ratios, spread
from bench.yardsticks import insert_database, start_echo
from clew.intake.v1 import intake_pb2
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from cli.stack import postgres

IN_FLIGHT = (1, 8, 32)
OURS, ECHO, INSERT = "SubmitLead", "echo", "INSERT"
MEASURED = """\
SubmitLead, each call a new person with mobile, e-mail and company (three identity keys), answered CREATED after its
commit. Only PostgreSQL and the intake process run, started as `clew up` starts them (fsync on); Temporal is away, so
the relay waits. One client process over one channel keeps c calls in flight, the same for the echo. (a) is a bare
`grpc.aio` server in its own process: requests and replies of the same size, no interceptor, nothing parsed on its
side. (b) is one prepared INSERT of as many bytes and its commit per call: psycopg, asynchronous, a connection for
each slot, over the same cluster. (c) is a call and then a commit, each at the speed of (a) and (b): 1/(1/a + 1/b).
Client, service and PostgreSQL share the machine. Ratios are taken round by round."""


async def measure(effort: Effort, say: Say) -> Comparison:
    async with running_database(say) as database, running_generator() as generator:
        url = await postgres.make_database(database.cluster)
        intake = await database.start_service("intake", url=url)
        size, reply = await _one_submission(intake)
        targets = {
            OURS: ("submit", intake),
            ECHO: ("submit", await start_echo(database, reply)),
            INSERT: ("insert", await insert_database(database)),
        }
        seconds = effort.of(2.0, 0.3)
        legs = {
            f"{name} c={in_flight}": partial(
                _leg, database, generator, Load(kind, target, in_flight, seconds, given={"bytes": size})
            )
            for in_flight in IN_FLIGHT
            for name, (kind, target) in targets.items()
        }
        say("warming up")
        await in_turn(legs, 1, lambda _: None)
        return _compared(await in_turn(legs, effort.rounds, say), f"{effort.rounds} rounds of {seconds:g} s")


async def _leg(database: Database, generator: Generator, load: Load) -> float:
    done = await generator.carry_out(load)
    if load.kind == "submit":
        await _hand_over(database)
    return done.per_second


async def _one_submission(intake: str) -> tuple[int, bytes]:
    """How many bytes a submission has, and what it is answered."""
    request = a_submission(99_999_999)
    async with grpc.aio.insecure_channel(intake) as channel:
        answer = await IntakeServiceStub(channel).SubmitLead(request, metadata=MARKETER)
    assert answer.outcome == intake_pb2.OUTCOME_CREATED, answer
    return request.ByteSize(), answer.SerializeToString()


async def _hand_over(database: Database) -> None:
    """As the leads' runs would have: what nobody takes for 10 s the sweep would nudge, in the midst of a round."""
    async with await connect(database.cluster.url()) as connection:
        await connection.execute("update intake.lead set taken_version = version where taken_version < version")
        await connection.execute("update intake.event set delivered_at = recorded_at where delivered_at is null")


def _compared(given: dict[str, list[float]], how_often: str) -> Comparison:
    rows, targets = [], []
    for in_flight in IN_FLIGHT:
        ours, echo, insert = (given[f"{name} c={in_flight}"] for name in (OURS, ECHO, INSERT))
        model = both_in_turn(echo, insert)
        to_echo, to_insert, to_model = (spread(ratios(ours, theirs)) for theirs in (echo, insert, model))
        rows.append(
            [
                f"{in_flight}",
                *(f"{spread(rate).median:,.0f}" for rate in (ours, echo, insert, model)),
                *(f"{ratio.median:.2f}" for ratio in (to_echo, to_insert)),
                f"**{to_model.median:.2f}** ({to_model.lowest:.2f}–{to_model.highest:.2f})",
            ]
        )
        if in_flight == IN_FLIGHT[-1]:
            figure = f"SubmitLead to (c) at c={in_flight}"
            targets.append(Target(figure, to_model.median, floor=0.15, aim=0.35, stretch=0.60))
    head = ["c", "SubmitLead/s", "(a) echo/s", "(b) INSERT/s", "(c) model/s", "to (a)", "to (b)", "to (c)"]
    return Comparison("SubmitLead per second", MEASURED, head, rows, how_often, targets, given)
