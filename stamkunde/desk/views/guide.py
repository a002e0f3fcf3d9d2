"""The guide, read in the product: nothing is fetched from elsewhere."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamkunde.desk.guide import FALLBACK, FIRST, chapters, page_of_guide, picture, readers_language
from stamkunde.kit.policy import also_at_till, staff_only


@also_at_till
@staff_only
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    language = readers_language()
    crumbs = [(_("Guide"), "")]
    context = {"chapters": chapters(language), "crumbs": crumbs, "title": _title(language)}
    return render(request, "desk/guide.html", context)


@also_at_till
@staff_only
@require_safe
def guide_page(request: HttpRequest, slug: str) -> HttpResponse:
    language = FALLBACK if request.GET.get("language") == FALLBACK else readers_language()
    found = page_of_guide(language, slug) if slug != FIRST else None
    if found is None:
        raise Http404
    read, written_in = found
    context = {
        "chapters": chapters(readers_language()),
        "paper": read,
        "written_in": written_in,
        "current": slug,
        "crumbs": [(_("Guide"), reverse("desk:guide")), (read.title, "")],
    }
    return render(request, "desk/guide_page.html", context)


@also_at_till
@staff_only
@require_safe
def guide_picture(request: HttpRequest, name: str) -> HttpResponseBase:
    path = picture(name)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), content_type="image/png")


def _title(language: str) -> str:
    found = page_of_guide(language, FIRST)
    return found[0].title if found else _("Guide")
