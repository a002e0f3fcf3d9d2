"""What can have happened to files of records."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.exchange.exports import label_of
from stamkunde.kit.addresses import address


@dataclass(frozen=True, kw_only=True)
class ImportEvent(Event):
    """Something about the import of a file."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    SUBJECT: ClassVar[str] = "run_id"

    run_id: int
    file_name: str

    def url(self) -> str:
        return address("exchange:import", self.run_id)


@dataclass(frozen=True, kw_only=True)
class FileImported(ImportEvent):
    name = "exchange.file_imported"
    icon = "upload"
    received: int
    created: int
    updated: int
    unchanged: int
    skipped: int

    def sentence(self) -> str:
        return _(
            "Imported %(file)s: %(created)s created, %(updated)s updated, %(unchanged)s unchanged, %(skipped)s skipped."
        ) % {
            "file": self.file_name,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "skipped": self.skipped,
        }


@dataclass(frozen=True, kw_only=True)
class ImportUndone(ImportEvent):
    name = "exchange.import_undone"
    icon = "refresh"
    taken_back: int
    kept: int

    def sentence(self) -> str:
        return _("Undid the import of %(file)s: %(taken)s changes taken back, %(kept)s kept.") % {
            "file": self.file_name,
            "taken": self.taken_back,
            "kept": self.kept,
        }


@dataclass(frozen=True, kw_only=True)
class ExportEvent(Event):
    """Something about the export of records of a kind."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "download"
    SUBJECT: ClassVar[str] = "export_id"

    export_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class ExportAsked(ExportEvent):
    name = "exchange.export_asked"
    form: str
    reason: str

    def sentence(self) -> str:
        return _("Asked for an export of %(kind)s as %(form)s, for this: %(reason)s") % {
            "kind": label_of(self.kind),
            "form": self.form,
            "reason": self.reason,
        }

    def words(self) -> str:
        return self.reason


@dataclass(frozen=True, kw_only=True)
class ExportWritten(ExportEvent):
    name = "exchange.export_written"
    rows: int

    def sentence(self) -> str:
        return ngettext(
            "Wrote an export of %(kind)s with %(rows)s row.",
            "Wrote an export of %(kind)s with %(rows)s rows.",
            self.rows,
        ) % {"kind": label_of(self.kind), "rows": self.rows}


@dataclass(frozen=True, kw_only=True)
class ExportFetched(ExportEvent):
    name = "exchange.export_fetched"

    def sentence(self) -> str:
        return _("Fetched the file of an export of %(kind)s.") % {"kind": label_of(self.kind)}


@dataclass(frozen=True, kw_only=True)
class TokenEvent(Event):
    """Something about a machine's token, named as it was called then."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "key"
    SUBJECT: ClassVar[str] = "token_id"

    token_id: int
    token_name: str
    owner_name: str


@dataclass(frozen=True, kw_only=True)
class TokenMade(TokenEvent):
    name: ClassVar[str] = "exchange.token_made"

    scopes: list[str]

    def sentence(self) -> str:
        return _("A token for %(token)s was made, with the rights of %(name)s.") % {
            "token": self.token_name,
            "name": self.owner_name,
        }


@dataclass(frozen=True, kw_only=True)
class TokenEnded(TokenEvent):
    name: ClassVar[str] = "exchange.token_ended"

    def sentence(self) -> str:
        return _("The token for %(token)s, with the rights of %(name)s, was ended.") % {
            "token": self.token_name,
            "name": self.owner_name,
        }


@dataclass(frozen=True, kw_only=True)
class WebhookEvent(Event):
    """Something about another program that is told what happens, named as it was called then."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "send"
    SUBJECT: ClassVar[str] = "webhook_id"

    webhook_id: int
    webhook_name: str


@dataclass(frozen=True, kw_only=True)
class WebhookAdded(WebhookEvent):
    name: ClassVar[str] = "exchange.webhook_added"

    def sentence(self) -> str:
        return _("The webhook %(name)s was added.") % {"name": self.webhook_name}


@dataclass(frozen=True, kw_only=True)
class WebhookChanged(WebhookEvent):
    name: ClassVar[str] = "exchange.webhook_changed"

    def sentence(self) -> str:
        return _("The webhook %(name)s was changed.") % {"name": self.webhook_name}


@dataclass(frozen=True, kw_only=True)
class WebhookRemoved(WebhookEvent):
    name: ClassVar[str] = "exchange.webhook_removed"

    def sentence(self) -> str:
        return _("The webhook %(name)s was removed.") % {"name": self.webhook_name}
