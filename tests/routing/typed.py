"""Commands of the command line on a live office: what is typed reaches it, and what is printed is seen."""

from dataclasses import dataclass
from typing import Any, cast

from rich.console import Console

from cli.calling import Clew
from cli.output import Output, plain
from cli.stack.addresses import Addresses
from services.shared.callers import Caller, Role
from tests.routing.office import Office, Rep


@dataclass
class Typed:
    """An office, as the command line reaches it."""

    office: Office

    def as_manager(self) -> Clew:
        return self._as(Caller("wang", Role.MANAGER))

    def as_rep(self, rep: Rep) -> Clew:
        return self._as(Caller(rep.rep_id, Role.REP))

    def _as(self, caller: Caller) -> Clew:
        away = cast(Any, None)
        office = self.office
        return Clew(
            caller,
            cast(Addresses, away),
            intake=away,
            scoring=away,
            roster=office.roster,
            leads=office.leads,
            holdings=office.holdings,
            notices=office.notices,
            deliveries=office.deliveries,
            queue=office.queue,
            pools=office.pools,
            limits=office.limits,
            stages=office.stages,
            policies=office.policies,
            extensions=office.extensions,
            calendars=office.calendars,
            conversion=away,
            opportunities=away,
        )


def seen(output: Output) -> str:
    """What a wide screen shows of it, without colours; as JSON it can be written too."""
    assert plain(output.data) is not None
    screen = Console(width=200, markup=False)
    with screen.capture() as captured:
        screen.print(output.view)
    return captured.get()
