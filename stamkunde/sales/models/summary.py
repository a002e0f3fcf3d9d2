"""What a customer has bought in all: kept with every purchase and return, so that no page has to add up."""

from typing import ClassVar

from django.db import models

from stamkunde.customers.models import Customer


class PurchaseSummary(models.Model):
    """A customer's purchases in one currency; amounts are in minor units, `returned` is positive."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="purchase_summaries", db_index=False)
    currency = models.CharField(max_length=3)
    orders = models.PositiveIntegerField(default=0)
    bought = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)
    net = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "purchase summaries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "currency"], name="sales_one_summary_per_currency")
        ]
        # It ends with the customer, so that who has spent so much is answered without reading the rows.
        indexes: ClassVar = [models.Index(fields=["currency", "-net", "-id", "customer"], name="sales_best_customers")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.net} {self.currency}"
