"""One way to write a command: an async function of the connected services that returns what to print."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Concatenate, ParamSpec, get_type_hints

import typer

from cli.calling import Clew, acting
from cli.output import Output
from cli.refusals import complaining

P = ParamSpec("P")

As = Annotated[
    str | None,
    typer.Option("--as", metavar="ROLE:CODE", help="Who acts: rep:L007, manager:wang. Default: CLEW_AS."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def command(
    app: typer.Typer, name: str | None = None
) -> Callable[[Callable[Concatenate[Clew, P], Awaitable[Output]]], Callable[Concatenate[Clew, P], Awaitable[Output]]]:
    """Register an async function as a command of `app`; `--as` and `--json` join its parameters."""

    def register(
        function: Callable[Concatenate[Clew, P], Awaitable[Output]],
    ) -> Callable[Concatenate[Clew, P], Awaitable[Output]]:
        own = list(inspect.signature(function).parameters.values())[1:]
        hints = get_type_hints(function, include_extras=True)

        @functools.wraps(function)
        def run(*, as_: str | None, json_: bool, **arguments: object) -> None:
            async def act() -> Output:
                async with acting(as_) as clew:
                    return await function(clew, **arguments)  # type: ignore[call-arg, arg-type]  # typer fills them by name

            with complaining(as_json=json_):
                asyncio.run(act()).print(as_json=json_)

        added = [
            inspect.Parameter("as_", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=As),
            inspect.Parameter("json_", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json),
        ]
        seen = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[p.name]) for p in own]
        run.__signature__ = inspect.Signature(seen + added)  # type: ignore[attr-defined]  # typer reads it
        run.__annotations__ = {p.name: p.annotation for p in seen + added}
        app.command(name or function.__name__.replace("_", "-"))(run)
        return function

    return register
