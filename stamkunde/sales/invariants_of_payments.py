"""What must always hold of payments through the payment provider: of each sum, its steps and the books say the same."""

from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit.invariants import Invariant
from stamkunde.sales.models import AttemptState, PaymentAttempt, PaymentStep, ProviderRefund, ProviderRefundState

_What = PaymentStep.What


def _of_steps(what: str) -> Coalesce:
    own = PaymentStep.objects.filter(attempt=OuterRef("pk"), what=what).order_by().values("attempt")
    return Coalesce(Subquery(own.annotate(in_all=Sum("amount")).values("in_all")), 0)


def _of_refunds(*states: str) -> Coalesce:
    own = ProviderRefund.objects.filter(attempt=OuterRef("pk"), state__in=states).order_by().values("attempt")
    return Coalesce(Subquery(own.annotate(in_all=Sum("amount")).values("in_all")), 0)


def attempts_unlike_their_steps() -> Iterator[str]:
    """Yield the payments whose sums are not those of what became of them, or that give back more than came."""
    waits, done = ProviderRefundState.WAITS, ProviderRefundState.DONE
    attempts = PaymentAttempt.objects.annotate(
        taken=_of_steps(_What.CAPTURED),
        went_back=_of_steps(_What.REFUNDED),
        done=_of_refunds(done),
        on_its_way=_of_refunds(waits, done),
    )
    wrong = attempts.exclude(
        taken=F("captured"), went_back=F("given_back"), done=F("given_back"), on_its_way=F("promised")
    )
    for attempt in wrong.order_by("pk").iterator():
        yield _(
            "Card payment %(number)s says that %(captured)s came in and %(given_back)s went back, its steps say "
            "%(taken)s and %(went_back)s."
        ) % {
            "number": attempt.pk,
            "captured": attempt.captured,
            "given_back": attempt.given_back,
            "taken": attempt.taken,
            "went_back": attempt.went_back,
        }


def attempts_unlike_the_books() -> Iterator[str]:
    """Yield the payments of which the books hold another sum than came in, less what was too much and goes back."""
    too_much = ProviderRefund.objects.filter(attempt=OuterRef("pk"), refund=None).order_by().values("attempt")
    attempts = PaymentAttempt.objects.exclude(entered_at=None).annotate(
        entered=_of_steps(_What.ENTERED),
        over=Coalesce(Subquery(too_much.annotate(in_all=Sum("amount")).values("in_all")), 0),
    )
    wrong = Q(state=AttemptState.CAPTURED, captured=F("entered") + F("over"))
    unlike = Q(payment__isnull=False) & ~Q(payment__amount=F("entered"))
    for attempt in attempts.filter(~wrong | unlike).order_by("pk").iterator():
        yield _("Of card payment %(number)s %(captured)s came in, and the books hold %(entered)s of it.") % {
            "number": attempt.pk,
            "captured": attempt.captured,
            "entered": attempt.entered,
        }


PROVIDER_INVARIANTS = (
    Invariant(
        "card-payments-add-up",
        gettext_lazy("What came in through the payment provider and went back is the sum of what became of it."),
        attempts_unlike_their_steps,
    ),
    Invariant(
        "card-payments-entered",
        gettext_lazy("What came in through the payment provider is what the books hold of it."),
        attempts_unlike_the_books,
    ),
)
