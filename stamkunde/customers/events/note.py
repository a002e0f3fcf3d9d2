"""What can have happened to notes and files."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from stamkunde.customers.events.profile import ProfileEvent
from stamkunde.events.models import Topic


@dataclass(frozen=True, kw_only=True)
class NoteEvent(ProfileEvent):
    icon = "note"
    SUBJECT = "note_id"

    note_id: int


@dataclass(frozen=True, kw_only=True)
class NoteWritten(NoteEvent):
    """A note; the timeline shows it as it stands today, by its number, and searches in what was first written."""

    name = "customers.note_written"
    topic = Topic.NOTES
    PERSONAL: ClassVar[tuple[str, ...]] = ("text",)

    text: str

    def sentence(self) -> str:
        return _("Note")

    def lines(self) -> list[str]:
        return self.text.splitlines()

    def words(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True)
class NoteChanged(NoteEvent):
    name = "customers.note_changed"
    PERSONAL: ClassVar[tuple[str, ...]] = ("before", "after")

    before: str
    after: str

    def sentence(self) -> str:
        return _("A note was changed: %(text)s") % {"text": Truncator(self.after).chars(80)}

    def words(self) -> str:
        return self.after


@dataclass(frozen=True, kw_only=True)
class NotePinned(NoteEvent):
    name = "customers.note_pinned"
    icon = "pin"

    def sentence(self) -> str:
        return _("A note was pinned to the top")


@dataclass(frozen=True, kw_only=True)
class NoteUnpinned(NoteEvent):
    name = "customers.note_unpinned"
    icon = "pin"

    def sentence(self) -> str:
        return _("A note is no longer pinned to the top")


@dataclass(frozen=True, kw_only=True)
class NoteRemoved(NoteEvent):
    name = "customers.note_removed"
    icon = "trash"

    def sentence(self) -> str:
        return _("A note was removed")


@dataclass(frozen=True, kw_only=True)
class NoteRestored(NoteEvent):
    name = "customers.note_restored"
    icon = "arrow-back-up"

    def sentence(self) -> str:
        return _("A removed note was brought back")


@dataclass(frozen=True, kw_only=True)
class FileEvent(ProfileEvent):
    icon = "paperclip"
    PERSONAL: ClassVar[tuple[str, ...]] = ("file_name",)
    SUBJECT = "file_id"

    file_id: int
    file_name: str

    def words(self) -> str:
        return self.file_name


@dataclass(frozen=True, kw_only=True)
class FileAdded(FileEvent):
    name = "customers.file_added"
    topic = Topic.NOTES

    def sentence(self) -> str:
        return _("File added: %(name)s") % {"name": self.file_name}


@dataclass(frozen=True, kw_only=True)
class FileRemoved(FileEvent):
    name = "customers.file_removed"

    def sentence(self) -> str:
        return _("File removed: %(name)s") % {"name": self.file_name}


@dataclass(frozen=True, kw_only=True)
class FileRestored(FileEvent):
    name = "customers.file_restored"

    def sentence(self) -> str:
        return _("Removed file brought back: %(name)s") % {"name": self.file_name}
