"""How long it is kept what was imported and exported: files, refused rows, and the means to undo."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stamkunde.exchange.actions.ending import let_go_of_files
from stamkunde.exchange.actions.exporting import KEPT_FOR as EXPORTS_KEPT_FOR
from stamkunde.exchange.actions.replays import KEPT_FOR as ANSWERS_KEPT_FOR
from stamkunde.exchange.actions.running import BUSY
from stamkunde.exchange.actions.webhooks import KEPT_FOR as MESSAGES_KEPT_FOR
from stamkunde.exchange.delivering import clear_away
from stamkunde.exchange.jobs import clear_files
from stamkunde.exchange.models import ExportFile, ImportChange, ImportLikeness, ImportRun, Replay, SourceKey
from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.register import STAFF_AND_EXPORTS, Processing, register
from stamkunde.kit.retention import Ground, Keeping, Period, Rule, add_rules, keep

IMPORTS = "exchange.imports"
_A_LIMIT = _("A proposal: GDPR art. 5(1)(e) asks for a limit and names none.")

add_rules(
    Rule(
        name=IMPORTS,
        sensitivity=Sensitivity.IDENTITY,
        purpose=_("To look up what stood in an imported file, to correct refused rows, and to undo an import."),
        ground=Ground.INTEREST,
        trigger=_("the arrival of the file"),
        period=Period(days=30),
        source=_A_LIMIT,
    ),
    Rule(
        name="exchange.exports",
        sensitivity=Sensitivity.IDENTITY,
        purpose=_("To let whoever asked for an export fetch its file."),
        ground=Ground.INTEREST,
        trigger=_("the day the export was asked for"),
        period=Period(days=EXPORTS_KEPT_FOR.days),
        source=_A_LIMIT,
        settled_by=clear_files.kind.title,
    ),
    Rule(
        name="exchange.answers",
        sensitivity=Sensitivity.FREE_TEXT,
        purpose=_("To answer a request that another program sends twice just as the first time."),
        ground=Ground.INTEREST,
        trigger=_("the answer"),
        period=Period(days=ANSWERS_KEPT_FOR.days),
        source=_A_LIMIT,
        settled_by=clear_away.kind.title,
    ),
    Rule(
        name="exchange.messages",
        sensitivity=Sensitivity.BEHAVIOUR,
        purpose=_("To tell other programs what happens, and to send again what did not arrive."),
        ground=Ground.INTEREST,
        trigger=_("the arrival of the message"),
        period=Period(days=MESSAGES_KEPT_FOR.days),
        source=_A_LIMIT,
        settled_by=clear_away.kind.title,
    ),
)

FILES_OF_IMPORTS = Keeping(
    rule=IMPORTS,
    model=ImportRun,
    title=_("Files of imports, with refused rows and the means to undo"),
    since="created_at",
    only=Q(let_go_at=None) & ~Q(state__in=BUSY),
    let_go=let_go_of_files,
    # Some thousand rows may go with each in the same transaction; where there are more, a job follows.
    portion=1,
)
keep(FILES_OF_IMPORTS)

register(
    Processing(model=ExportFile, ground=Ground.INTEREST, kept="exchange.exports", recipients=STAFF_AND_EXPORTS),
    Processing(model=SourceKey, ground=Ground.INTEREST),
    Processing(model=ImportChange, ground=Ground.INTEREST, kept=IMPORTS),
    Processing(model=ImportLikeness, ground=Ground.INTEREST, kept=IMPORTS),
    Processing(model=Replay, ground=Ground.INTEREST, kept="exchange.answers"),
)
