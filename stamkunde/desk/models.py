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
