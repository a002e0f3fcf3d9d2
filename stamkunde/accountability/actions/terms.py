"""Setting the numbers by which this module warns."""

from stamkunde.accountability.events import TermsChanged
from stamkunde.accountability.models import Terms
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor


@action
def set_terms(terms: Terms, *, by: Actor) -> Terms:
    """Keep the numbers; breaches already recorded keep the hours they were recorded with."""
    terms.pk = 1
    terms.full_clean(validate_unique=False)
    Terms.objects.update_or_create(
        pk=1,
        defaults={
            "breach_hours": terms.breach_hours,
            "many_looks": terms.many_looks,
            "opens_at": terms.opens_at,
            "closes_at": terms.closes_at,
        },
    )
    publish(TermsChanged(breach_hours=terms.breach_hours, many_looks=terms.many_looks), by=by)
    return Terms.objects.get(pk=1)
