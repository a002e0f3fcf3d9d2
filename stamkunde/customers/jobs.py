"""What customers need done by and by: the trash is emptied, lost bytes are swept away, lists are sorted anew."""

from django.utils.translation import gettext_lazy

from stamkunde.customers.actions.alphabet import put_customers_in_order
from stamkunde.customers.actions.forgetting import clear_trash, sweep_files
from stamkunde.customers.actions.scanning import gather_late_rows
from stamkunde.customers.actions.words import sweep_words
from stamkunde.customers.models import Customer
from stamkunde.customers.models.name_word import NameWord
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.portions import in_portions
from stamkunde.jobs.schedules import daily, every


@daily(at="03:20")
@job(name="customers.empty_trash", title=gettext_lazy("Emptying the trash"))
def empty_trash(context: JobContext) -> None:
    gone = 0
    while portion := clear_trash():
        gone += portion
        context.report(gone, 0)
        context.check()


@daily(at="03:30")
@job(name="customers.sweep_words", title=gettext_lazy("Forgetting words of names that nobody has any more"))
def sweep_unused_words(context: JobContext) -> None:
    last = NameWord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    # Words renewed meanwhile come under higher numbers: what there was at the beginning is enough.
    in_portions(context, lambda after: sweep_words(after, last), total=NameWord.objects.count())


@daily(at="02:20")
@job(name="customers.find_duplicates", title=gettext_lazy("Looking for duplicates among all customers"), max_attempts=3)
def find_duplicates(context: JobContext) -> None:
    # Splink takes a second and some hundred megabytes to import, which no other work of this process needs.
    from stamkunde.customers.duplicates.looking import look_at_everybody

    gather_late_rows()
    context.check()
    scan = look_at_everybody()
    context.report(scan.people, scan.people)


@job(
    name="customers.find_new_duplicates", title=gettext_lazy("Looking at new customers for duplicates"), max_attempts=3
)
def find_new_duplicates(context: JobContext) -> None:
    from stamkunde.customers.duplicates.looking import look_at_new_ones

    scan = look_at_new_ones()
    context.report(scan.people if scan else 0, 0)


@every(minutes=30)
@job(name="customers.sweep_files", title=gettext_lazy("Sweeping away left-over files"))
def sweep_left_over_files(context: JobContext) -> None:
    context.report(sweep_files(), 0)


@job(name="customers.sort", title=gettext_lazy("Sorting customers in the order of the alphabet"))
def sort_customers(context: JobContext) -> None:
    in_portions(context, put_customers_in_order, total=Customer.objects.count())
