"""Stands for every register while a service is previewed: answers as the example says, takes every change."""

from __future__ import annotations

from pencere import country
from pencere.conf.preview import inventing
from pencere.conf.preview.inventing import Stage
from pencere.exchange.wire import Change, Heard, Listing, Question, Rows, Taken


class InventedHolder:
    """The stage says what is being shown; it changes when another example is chosen."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def answer(self, question: Question) -> Rows:
        here = country.current()
        service = here.services.get(self.stage.service)
        if service is None:
            return ()
        return inventing.rows_of(here, service, self.stage, question.register, question.answer, question.take)

    def accept(self, change: Change) -> Taken:
        made = inventing.given_back(country.current(), change.register, self.stage, change.now)
        return Taken({**change.row, **made}, change.now)

    def tell(self, listing: Listing) -> tuple[Heard, ...]:
        told = self.stage.happened
        return tuple(
            Heard(number, row, listing.now) for number, row in enumerate(told, 1) if number > int(listing.after or 0)
        )[: listing.limit]
