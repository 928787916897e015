"""`clew review`: submissions that wait for a person's decision."""

from typing import Annotated

import typer

from clew.intake.v1 import intake_pb2
from cli.calling import Clew, Unusable, new_request_id
from cli.command import command
from cli.lead import match_text
from cli.output import Output, more, short, table, until

app = typer.Typer(no_args_is_help=True, help="Submissions that wait for a decision.")

RESOLUTIONS = {
    "new": intake_pb2.RESOLUTION_NEW,
    "attach": intake_pb2.RESOLUTION_ATTACH,
    "reject": intake_pb2.RESOLUTION_REJECT,
}


@command(app, "list")
async def list_reviews(
    clew: Clew,
    page_size: Annotated[int, typer.Option(help="Rows, at most 500.")] = 50,
    page_token: Annotated[str, typer.Option(help="From the page before.")] = "",
) -> Output:
    """Open reviews, oldest first. One that nobody decides becomes a new lead, flagged."""
    answer = await clew.call(
        clew.intake.ListReviews, intake_pb2.ListReviewsRequest(page_size=page_size, page_token=page_token)
    )
    view = table(
        "Reviews" + more(answer.next_page_token),
        "Review",
        "Person",
        "Cause",
        "Perhaps",
        "Decides itself",
        rows=[
            (
                review.review_id,
                f"{review.person.name} {review.person.phone or review.person.email}",
                review.cause,
                "\n".join(match_text(match) for match in review.matches),
                until(review.decide_by),
            )
            for review in answer.reviews
        ],
    )
    return Output(answer, view)


@command(app)
async def resolve(
    clew: Clew,
    review_id: Annotated[str, typer.Argument(help="The review's id.")],
    resolution: Annotated[str, typer.Argument(help="new, attach or reject.")],
    lead: Annotated[str, typer.Option(help="The lead to attach to, by id.")] = "",
) -> Output:
    """Decide: somebody new, somebody we know, or not a lead."""
    if resolution not in RESOLUTIONS:
        raise Unusable(f"A review is resolved as {', '.join(RESOLUTIONS)}; not as {resolution}.")
    answer = await clew.call(
        clew.intake.ResolveReview,
        intake_pb2.ResolveReviewRequest(
            request_id=new_request_id(), review_id=review_id, resolution=RESOLUTIONS[resolution], lead_id=lead
        ),
    )
    return Output(answer, f"{short(intake_pb2.Outcome.Name(answer.outcome))} {answer.lead_id}")
