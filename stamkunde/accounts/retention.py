"""How long it is kept who signed in, and from where: the security log."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.actions.sign_ins import forget_sign_ins
from stamkunde.accounts.events import SecondFactorThrottled, SignedIn, SignInEnded, SignInsThrottled
from stamkunde.accounts.models import SignIn
from stamkunde.events.actions import delete_happenings
from stamkunde.events.models import Happening
from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.retention import Ground, Keeping, Period, Rule, add_rules, keep

SECURITY_LOG = "accounts.security_log"

add_rules(
    Rule(
        name=SECURITY_LOG,
        sensitivity=Sensitivity.BEHAVIOUR,
        purpose=_("To notice and clear up that somebody came in who should not."),
        ground=Ground.INTEREST,
        trigger=_("the sign-in, or its end"),
        period=Period(months=12),
        source=_("A proposal: GDPR art. 5(1)(e) asks for a limit, art. 32 for a log."),
    )
)

keep(
    Keeping(
        rule=SECURITY_LOG,
        model=SignIn,
        title=_("Sign-ins that have ended"),
        since="ended_at",
        let_go=forget_sign_ins,
    ),
    Keeping(
        rule=SECURITY_LOG,
        model=Happening,
        title=_("What the audit says of sign-ins"),
        since="recorded_at",
        only=Q(name__in=[kind.name for kind in (SignedIn, SignInEnded, SignInsThrottled, SecondFactorThrottled)]),
        let_go=delete_happenings,
    ),
)
