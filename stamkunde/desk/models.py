"""What staff keep at the desk for their own work: saved views of lists, their first view, and contacts put off."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import User
from stamkunde.customers.models import Customer


class SavedView(models.Model):
    """A list as somebody wants to see it again: filters, order and columns, as the list's own addresses write them."""

    entity = models.CharField(max_length=20, default="customers")
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=60)
    filters = models.JSONField(default=list)
    sort = models.CharField(max_length=40)
    columns = models.JSONField(default=list)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "entity", "name"], name="desk_view_name_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["entity", "is_shared"], name="desk_shared_views")]

    def __str__(self) -> str:
        return self.name


class FirstView(models.Model):
    """The view that a list opens with for one person; `view` is a ready-made view's name or a saved view's number."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="first_views")
    entity = models.CharField(max_length=20, default="customers")
    view = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "entity"], name="desk_one_first_view")]

    def __str__(self) -> str:
        return f"{self.entity}: {self.view}"


class ContactPutOff(models.Model):
    """A customer who is due to be contacted, and whom somebody will think of again on a later day."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="contact_put_off")
    until = models.DateField(_("until"))
    put_off_by = models.CharField(max_length=120)
    put_off_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "contacts put off"

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.until}"


class ChangeState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("bulk change", "Waiting")
    RUNNING = "running", pgettext_lazy("bulk change", "Under way")
    DONE = "done", pgettext_lazy("bulk change", "Done")
    STOPPED = "stopped", pgettext_lazy("bulk change", "Stopped")
    UNDOING = "undoing", pgettext_lazy("bulk change", "Being taken back")
    UNDONE = "undone", pgettext_lazy("bulk change", "Taken back")


class BulkChange(models.Model):
    """One change of many customers: to whom, what, how far it is, and what is needed to take it back.

    `selection` says who is meant: the filters of a list, or the numbers of ticked rows. Who that is is settled when
    the change begins, in its items; from then on the list may change as it likes.
    """

    State = ChangeState

    kind = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    selection = models.JSONField(default=dict)
    back = models.CharField(max_length=2_000, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    total = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    taken_back = models.PositiveBigIntegerField(default=0)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)
    job_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["asked_at"], name="desk_changes_oldest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_busy(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING, self.State.UNDOING}

    @property
    def may_be_undone(self) -> bool:
        return self.state in {self.State.DONE, self.State.STOPPED} and self.changed > self.taken_back


class BulkItem(models.Model):
    """One customer of a bulk change: still waiting, changed with what was before, or kept when it was taken back."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("bulk change", "Waiting")
        CHANGED = "changed", pgettext_lazy("bulk change", "Changed")
        KEPT = "kept", pgettext_lazy("bulk change", "Kept")

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="items")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    trace = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["change", "customer"], name="desk_customer_once_in_a_change")
        ]
        indexes: ClassVar = [models.Index(fields=["change", "state", "id"], name="desk_items_by_state")]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.customer_id}"


class NoteDraft(models.Model):
    """What somebody has begun to write about a customer and not saved; it waits on every device of hers."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(max_length=10_000)
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "customer"], name="desk_one_draft_each")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.customer_id}"
