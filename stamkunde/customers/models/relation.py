"""How customers belong together: households, givers, advocates, employers."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.customers.models.customer import Customer


class RelationKind(models.TextChoices):
    HOUSEHOLD = "household", pgettext_lazy("relation", "Same household as")
    GIVES_TO = "gives_to", pgettext_lazy("relation", "Gives to")
    BROUGHT_BY = "brought_by", pgettext_lazy("relation", "Brought by")
    WORKS_FOR = "works_for", pgettext_lazy("relation", "Works for")


class Relation(models.Model):
    """From one customer to another, read as "customer *kind* other"."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="relations")
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="relations_to")
    kind = models.CharField(_("kind"), max_length=12, choices=RelationKind)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "other", "kind"], name="customers_relation_once"),
            models.CheckConstraint(condition=~Q(customer=F("other")), name="customers_relation_with_another"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind} {self.other_id}"
