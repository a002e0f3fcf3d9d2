"""Today: what was taken, who is due, whose birthday it is, what came in, and what needs a person."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.presence import SIGN_IN
from stamkunde.accounts.queries import new_sign_ins, the_shop
from stamkunde.conversations.queries.notices import mail_notices
from stamkunde.customers.access import CREATE, MERGE, NOTE, SEE, visible_customers
from stamkunde.customers.queries.pairs import waiting_count
from stamkunde.desk import today as parts
from stamkunde.desk.checklist import first_week
from stamkunde.desk.places import place_named
from stamkunde.jobs.access import visible_jobs
from stamkunde.jobs.models import JobState
from stamkunde.kit import shown
from stamkunde.kit.policy import also_at_till, staff_only
from stamkunde.sales.access import REGISTER
from stamkunde.sales.access import SEE as SEE_SALES
from stamkunde.tasks.access import DO
from stamkunde.tasks.access import SEE as SEE_TASKS
from stamkunde.tasks.queries import due_for, shown_tasks


@also_at_till
@staff_only
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    day = timezone.localdate()
    may_see, may_see_sales = user.may(SEE.name), user.may(SEE_SALES.name)
    due, birthdays, newcomers = parts.people(user, day, the_shop().zone)
    context: dict[str, Any] = {
        "day": shown.long_day(day),
        "first_name": user.name.split()[0] if user.name.split() else "",
        "part_of_day": _part_of_day(timezone.localtime().hour),
        "takings": parts.takings_by_store(user, day) if may_see_sales else [],
        "trade": parts.trade_lately(user) if may_see_sales else [],
        "due": due,
        "to_do": shown_tasks(due_for(user, limit=parts.SHOWN)) if user.may(SEE_TASKS.name) else [],
        "may_see_tasks": user.may(SEE_TASKS.name),
        "may_do": user.may(DO.name),
        "birthdays": birthdays,
        "newcomers": newcomers,
        "later_days": parts.later_days(day),
        "new_sign_ins": [] if user.is_at_till else new_sign_ins(user, here=request.session.get(SIGN_IN)),
        "steps": [] if user.is_at_till else first_week(user),
        "failed_work": list(visible_jobs(user).filter(state=JobState.DEAD).order_by("-id")[:3]),
        "running_work": list(visible_jobs(user).filter(state=JobState.RUNNING).order_by("-id")[:3]),
        "mail_notices": [] if user.is_at_till else mail_notices(user),
        "pairs_waiting": waiting_count(day) if user.may(MERGE.name) else 0,
        "may_see": may_see,
        "may_see_sales": may_see_sales,
        "may_note": user.may(NOTE.name),
        "may_create": user.may(CREATE.name),
        "may_register": user.may(REGISTER.name),
        "import_place": place_named("exchange:imports", user),
        "is_shop_empty": may_see and not (due or birthdays or newcomers) and not visible_customers(user).exists(),
    }
    return render(request, "desk/today.html", context)


def _part_of_day(hour: int) -> str:
    return "night" if hour < 5 else "morning" if hour < 11 else "day" if hour < 17 else "evening"
