"""Those who process personal data for the shop: the host, the mail service, whoever looks after the machine."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Processor(models.Model):
    """Somebody who processes data on the shop's behalf (GDPR art. 28); ended ones stay, for what was is asked too."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120)
    task = models.CharField(_("what they do for you"), max_length=300)
    data = models.CharField(_("which data they get"), max_length=300)
    country = models.CharField(
        _("where they process it"),
        max_length=80,
        help_text=_("The country. Outside the European Economic Area write on what ground it may go there."),
    )
    ground = models.CharField(
        _("on what ground outside the EEA"),
        max_length=200,
        blank=True,
        help_text=_("Such as an adequacy decision or standard contractual clauses."),
    )
    contact = models.CharField(_("whom to ask"), max_length=200, blank=True)
    agreed_on = models.DateField(_("agreement signed on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
