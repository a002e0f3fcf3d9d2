"""How long purchases are kept: the books' own time, which no wish and no setting shortens."""

from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.actions.shop import move_archive_line
from stamkunde.accounts.models import Country
from stamkunde.accounts.queries import the_shop
from stamkunde.events.actions import delete_happenings
from stamkunde.events.models import Happening
from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.register import Processing, register
from stamkunde.kit.retention import Calendar, Ending, Ground, Keeping, Period, Rule, add_rules, keep
from stamkunde.sales.actions.retention import (
    let_go_of_attempts,
    let_go_of_gift_cards,
    let_go_of_held_quotes,
    let_go_of_offline_sales,
    let_go_of_orders,
    let_go_of_proposals,
    let_go_of_returns,
)
from stamkunde.sales.events import OrderCustomerChanged, OrderPlaced, ReturnRegistered
from stamkunde.sales.models import (
    BookedSlot,
    Booking,
    BookingRecord,
    Delivery,
    DeliveryLine,
    DeliveryRecord,
    GiftCard,
    GiftCardPosting,
    HeldQuote,
    Invoice,
    OfferUse,
    OfflineSale,
    OfflineState,
    Order,
    OrderLine,
    Owed,
    Payment,
    PaymentAttempt,
    PaymentLink,
    PaymentStep,
    Proposal,
    ProposalAnswer,
    ProposalLine,
    ProposalVersion,
    ProviderRefund,
    PurchaseSummary,
    Refund,
    Return,
    ReturnLine,
)

DOCUMENTS = "sales.documents"
REGISTERS = "sales.registers"
HISTORY = "sales.history"
QUOTES = "sales.quotes"
HELD_QUOTES = "sales.held_quotes"
TOLD_OF_EACH = tuple(kind.name for kind in (OrderPlaced, OrderCustomerChanged, ReturnRegistered))

_NORWAY = _("Norway: bokføringsloven § 13, five years after the end of the fiscal year.")
_SWEDEN = _(
    "Sweden: bokföringslagen 7 kap. 2 §, to the end of the seventh year after the calendar year in which the fiscal "
    "year ended."
)
_LATVIA = _("Latvia: Grāmatvedības likums, section 28, at least five years for source documents.")
_LATVIA_REGISTERS = _("Latvia: Grāmatvedības likums, section 28, ten years for registers and inventories.")
STAFF_AND_ACCOUNTANT = _("Staff whose role lets them, the accountant without names, and the authorities the law names.")
_ELSEWHERE = _("No law of another country is known here: the longest of the known ones, for a lawyer to shorten.")


# Elsewhere the longest of the known ones is Sweden's.
_CALENDARS = {
    Country.NORWAY: Calendar.FISCAL_YEAR,
    Country.SWEDEN: Calendar.CALENDAR_YEAR,
    Country.LATVIA: Calendar.FISCAL_YEAR,
    Country.OTHER: Calendar.CALENDAR_YEAR,
}


def _books(name: str, purpose: object, sources: dict[Country, tuple[int, object]]) -> list[Rule]:
    return [
        Rule(
            name=name,
            country=country,
            sensitivity=Sensitivity.BEHAVIOUR,
            purpose=purpose,
            ground=Ground.LAW,
            trigger=_("the business day of the purchase or return"),
            period=Period(years=years),
            calendar=_CALENDARS[country],
            ending=Ending.DELETE,
            source=source,
            is_law=country != Country.OTHER,
        )
        for country, (years, source) in sources.items()
    ]


add_rules(
    *_books(
        DOCUMENTS,
        _("To keep the books: purchases and returns, their lines, and how they were paid."),
        {
            Country.NORWAY: (5, _NORWAY),
            Country.SWEDEN: (7, _SWEDEN),
            Country.LATVIA: (5, _LATVIA),
            Country.OTHER: (7, _ELSEWHERE),
        },
    ),
    *_books(
        REGISTERS,
        _("To keep the books: ledgers, registers and inventories that the purchases were entered in."),
        {
            Country.NORWAY: (5, _NORWAY),
            Country.SWEDEN: (7, _SWEDEN),
            Country.LATVIA: (10, _LATVIA_REGISTERS),
            Country.OTHER: (10, _ELSEWHERE),
        },
    ),
)


add_rules(
    Rule(
        name=HISTORY,
        sensitivity=Sensitivity.BEHAVIOUR,
        purpose=_("To know from single purchases what a customer likes, and to offer it."),
        ground=Ground.INTEREST,
        trigger=_("each purchase and each return, however long the customer stays one"),
        period=Period(months=24),
        ending=Ending.AGGREGATE,
        source=_("A proposal: Finland's authority asked this of Kesko, and GDPR art. 5(1)(e) asks for a limit."),
    )
)


add_rules(
    Rule(
        name=QUOTES,
        sensitivity=Sensitivity.BEHAVIOUR,
        purpose=_("To know what was offered to a customer, in which words, and what they said to it."),
        ground=Ground.INTEREST,
        trigger=_("the last change of the quote, or its answer"),
        period=Period(months=36),
        ending=Ending.DELETE,
        source=_("A proposal: as long as a claim from an agreement is usually made."),
    ),
    Rule(
        name=HELD_QUOTES,
        sensitivity=Sensitivity.BEHAVIOUR,
        purpose=_("To sell a basket at the price that was shown for it."),
        ground=Ground.INTEREST,
        trigger=_("the moment at which the price was worked out"),
        period=Period(days=30),
        ending=Ending.DELETE,
        source=_("A proposal: the price holds for minutes, and a question about it comes within days."),
    ),
)


def out_of_the_archive(_newest: date) -> Q:
    """Return the condition that a purchase does not lie in the archive yet."""
    line = the_shop().archive_before
    return Q() if line is None else Q(placed_at__gte=line)


def nothing_younger_came_back(newest: date) -> Q:
    """Return the condition that whatever was brought back of a purchase goes with it: a younger return needs it."""
    came_back = ReturnLine.objects.filter(order_line__order=OuterRef("pk"))
    return ~Q(Exists(came_back.filter(_stays(newest, OuterRef("store__country"), "returned"))))


def everything_was_bought_before(newest: date) -> Q:
    """Return the condition that all the purchases of a return go with it, for they say what came back."""
    own = ReturnLine.objects.filter(returned=OuterRef("pk"), order_line__isnull=False)
    return ~Q(Exists(own.filter(_stays(newest, OuterRef("store__country"), "order_line__order"))))


def _stays(newest: date, country: OuterRef, paper: str) -> Q:
    # Where another country's law counts, each of the two stays as long as the other: a day too long, never too short.
    return Q(**{f"{paper}__business_day__gt": newest}) | ~Q(**{f"{paper}__store__country": country})


# Restricted data is stored, and not ended either, until the restriction is lifted (GDPR art. 18).
NOT_RESTRICTED = Q(customer=None) | Q(customer__restricted_at=None)

keep(
    # The papers stay for the books where few may see them; what the timelines say of each of them goes.
    Keeping(
        rule=HISTORY,
        model=Order,
        title=_("Purchases and returns one by one: they go into the archive"),
        since="placed_at",
        which=out_of_the_archive,
        put_away=move_archive_line,
    ),
    Keeping(
        rule=HISTORY,
        model=Happening,
        title=_("What the timelines say of single purchases and returns"),
        since="at",
        only=Q(name__in=TOLD_OF_EACH),
        let_go=delete_happenings,
    ),
    Keeping(
        rule=QUOTES,
        model=Proposal,
        title=_("Quotes for customers"),
        since="changed_at",
        only=Q(customer__restricted_at=None),
        let_go=let_go_of_proposals,
    ),
    Keeping(
        rule=HELD_QUOTES,
        model=HeldQuote,
        title=_("Prices that were held for a basket"),
        since="made_at",
        only=NOT_RESTRICTED,
        let_go=let_go_of_held_quotes,
    ),
    # What became a purchase goes with it; what was set aside is a document of its own.
    Keeping(
        rule=DOCUMENTS,
        model=OfflineSale,
        title=_("What was sold without a connection, and set aside"),
        since="recorded_at",
        country="store__country",
        only=NOT_RESTRICTED & Q(state=OfflineState.SET_ASIDE),
        let_go=let_go_of_offline_sales,
    ),
    # Returns first: a purchase can only go when nothing is left that was brought back of it.
    Keeping(
        rule=DOCUMENTS,
        model=Return,
        title=_("Returns"),
        since="business_day",
        country="store__country",
        only=NOT_RESTRICTED,
        which=everything_was_bought_before,
        let_go=let_go_of_returns,
    ),
    Keeping(
        rule=DOCUMENTS,
        model=Order,
        title=_("Purchases"),
        since="business_day",
        country="store__country",
        only=NOT_RESTRICTED,
        which=nothing_younger_came_back,
        let_go=let_go_of_orders,
    ),
    # What was paid at a terminal and became no purchase; all others go with theirs.
    Keeping(
        rule=DOCUMENTS,
        model=PaymentAttempt,
        title=_("Card payments that became no purchase"),
        since="started_at",
        country="store__country",
        only=Q(order=None),
        let_go=let_go_of_attempts,
    ),
    # A card is a page of the ledger: it stays as long as registers do after the last thing that happened to it.
    Keeping(
        rule=REGISTERS,
        model=GiftCard,
        title=_("Gift cards with nothing left on them"),
        since="last_on",
        country="store__country",
        only=Q(balance=0) & NOT_RESTRICTED & Q(lines=None, replaces=None),
        let_go=let_go_of_gift_cards,
    ),
)

register(
    *(
        Processing(model=model, ground=Ground.LAW, kept=DOCUMENTS, recipients=STAFF_AND_ACCOUNTANT)
        for model in (
            Order,
            OrderLine,
            OfferUse,
            Payment,
            Invoice,
            OfflineSale,
            Return,
            ReturnLine,
            Refund,
            Owed,
            Delivery,
            DeliveryLine,
            DeliveryRecord,
            Booking,
            BookingRecord,
            BookedSlot,
            PaymentAttempt,
            PaymentStep,
            PaymentLink,
            ProviderRefund,
        )
    ),
    *(
        Processing(model=model, ground=Ground.CONTRACT, kept=REGISTERS, recipients=STAFF_AND_ACCOUNTANT)
        for model in (GiftCard, GiftCardPosting)
    ),
    *(
        Processing(model=model, ground=Ground.INTEREST, kept=QUOTES)
        for model in (Proposal, ProposalLine, ProposalVersion, ProposalAnswer)
    ),
    Processing(model=HeldQuote, ground=Ground.INTEREST, kept=HELD_QUOTES),
    Processing(model=PurchaseSummary, ground=Ground.INTEREST),
)
