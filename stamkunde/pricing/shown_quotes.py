"""A quote in the reader's words, for pages."""

from dataclasses import dataclass

from stamkunde.kit import shown
from stamkunde.pricing.evaluator import Outcome, Quote
from stamkunde.pricing.explaining import sentence


@dataclass(frozen=True)
class ShownLine:
    name: str
    quantity: str
    gross: str
    pay: str
    is_lower: bool
    said: list[str]


@dataclass(frozen=True)
class ShownQuote:
    """What it comes to, what was done to each line, and what did not count and why."""

    lines: list[ShownLine]
    total: str
    saved: str
    rejected: list[str]
    is_bounded: bool


def shown_quote(quote: Quote) -> ShownQuote:
    write = shown.amounts(quote.currency)
    rejected = [
        sentence(step, quote.currency)
        for step in quote.steps
        if step.outcome == Outcome.REJECTED or (step.outcome == Outcome.NOTED and not step.line)
    ]
    return ShownQuote(
        lines=[
            ShownLine(
                name=line.name,
                quantity=shown.quantity(line.quantity),
                gross=write(line.gross),
                pay=write(line.pay),
                is_lower=line.pay < line.gross,
                said=[
                    sentence(step, quote.currency)
                    for step in quote.steps_of(line.number)
                    if step.outcome != Outcome.REJECTED
                ],
            )
            for line in quote.lines
        ],
        total=write(quote.total),
        saved=write(quote.discount) if quote.discount else "",
        rejected=list(dict.fromkeys(rejected)),
        is_bounded=quote.is_bounded,
    )
