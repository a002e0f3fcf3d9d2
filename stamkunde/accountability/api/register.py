"""The register of processing and the processors, as machines read and keep them."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accountability.access import MANAGE, SEE, processor_for
from stamkunde.accountability.actions.processor import add_processor, change_processor, remove_processor
from stamkunde.accountability.models import Processor
from stamkunde.accountability.queries import register as found
from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Day, Given, Line, PathId, Sent, Version
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.privacy import Sensitivity

routes = Routes("Register", "What is kept about people, and who processes it for the shop (GDPR art. 28 and 30).")


class ColumnGiven(Given):
    name: str
    sensitivity: Sensitivity = Field(description="P0 nothing about a person, to P5 special categories.")


class EntryGiven(Given):
    """One table about people."""

    module: str
    table: str
    purpose: str
    ground: str
    kept: str
    ending: str
    recipients: str
    columns: list[ColumnGiven]


class Register(Given):
    items: list[EntryGiven]


class ProcessorGiven(Given):
    """Somebody who processes data on the shop's behalf."""

    id: int
    name: str
    task: str
    data: str
    country: str
    ground: str = Field(description="On what ground data may go there, outside the EEA.")
    contact: str
    agreed_on: date | None
    ended_on: date | None
    version: int


class Processors(Given):
    items: list[ProcessorGiven]


class ProcessorSent(Sent):
    name: Line = Field(min_length=1, max_length=120)
    task: Line = Field(min_length=1, max_length=300)
    data: Line = Field(min_length=1, max_length=300)
    country: Line = Field(min_length=1, max_length=80)
    ground: Line = Field("", max_length=200)
    contact: Line = Field("", max_length=200)
    agreed_on: Day | None = None
    ended_on: Day | None = None


class ProcessorChangeSent(ProcessorSent):
    version: Version


@routes.get("/register", SEE, Register)
def get_register(request: HttpRequest) -> Register:
    """Read the register of processing, made from the tables themselves."""
    return Register(items=[EntryGiven.model_validate(entry) for entry in found.register()])


@routes.get("/processors", SEE, Processors)
def list_processors(request: HttpRequest) -> Processors:
    """List those who process data for the shop."""
    return Processors(items=[ProcessorGiven.model_validate(one) for one in found.processors()])


@routes.post("/processors", MANAGE, ProcessorGiven)
def add_processor_(request: HttpRequest, sent: ProcessorSent) -> ProcessorGiven:
    """Add a processor."""
    return ProcessorGiven.model_validate(add_processor(_filled(Processor(), sent), by=bearer(request).actor))


@routes.put("/processors/{processor_id}", MANAGE, ProcessorGiven)
def change_processor_(request: HttpRequest, processor_id: PathId, sent: ProcessorChangeSent) -> ProcessorGiven:
    """Change what is known of a processor; a stale version is refused."""
    row = _filled(processor_for(bearer(request), processor_id), sent)
    return ProcessorGiven.model_validate(change_processor(row, seen_version=sent.version, by=bearer(request).actor))


@routes.remove("/processors/{processor_id}", MANAGE)
def remove_processor_(request: HttpRequest, processor_id: PathId) -> None:
    """Remove a processor that was written down by mistake."""
    remove_processor(processor_for(bearer(request), processor_id), by=bearer(request).actor)


def _filled(row: Any, sent: Sent) -> Any:
    for name, value in sent.model_dump(exclude={"version"}).items():
        setattr(row, name, value)
    return row
