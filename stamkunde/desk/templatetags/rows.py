"""The rows of the list of customers, written straight: there are fifty of them with a dozen cells each."""

from collections.abc import Sequence
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from stamkunde.desk.list_columns import Row
from stamkunde.kit.templatetags.look import icon

register = template.Library()


@register.simple_tag
def customer_rows(rows: Sequence[Row], open_id: int | None, editable: Sequence[bool]) -> SafeString:
    """Draw the rows; the one whose preview stands beside the list is marked, and so are cells changed in place."""
    select, company = escape(_("Select")), icon("building", title=_("Company"))
    # The address of a page is asked for once and not for each of fifty rows.
    page, peek = (reverse(f"desk:{view}", args=[0]).split("0", 1) for view in ("customer", "customer_peek"))
    starts = [
        f'<td class="{"number " * cell.is_number}{"editable" * is_editable}" data-label="{escape(str(cell.label))}">'
        for cell, is_editable in zip(rows[0].cells if rows else (), editable, strict=bool(rows))
    ]
    drawn = []
    for row in rows:
        name = escape(row.name)
        cells = "".join(f"{start}{escape(cell.text)}</td>" for start, cell in zip(starts, row.cells, strict=True))
        drawn.append(
            f'<tr data-row data-id="{row.id}" data-peek="{peek[0]}{row.id}{peek[1]}"'
            f"{' class=is-open' if row.id == open_id else ''}>"
            f'<td class="check"><input type="checkbox" form="selection" name="ids" value="{row.id}"'
            f' aria-label="{select} {name}"></td>'
            f'<td class="name-cell"><a href="{page[0]}{row.id}{page[1]}">{name}</a>'
            f"{f' {company}' if row.is_company else ''}</td>{cells}</tr>\n"
        )
    # Everything that people wrote is escaped above, piece by piece.
    return mark_safe("".join(drawn))  # noqa: S308
