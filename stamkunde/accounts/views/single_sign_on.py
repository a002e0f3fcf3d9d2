"""Signing in with the company's account: the way there, and the way back."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from stamkunde.accounts.attempts import take_attempt
from stamkunde.accounts.forms import SignInForm
from stamkunde.accounts.own_pages import own_page
from stamkunde.accounts.presence import network_address
from stamkunde.accounts.signing_in import PER_ADDRESS, WINDOW, remember_device
from stamkunde.accounts.single_sign_on.configuration import Provider, the_provider
from stamkunde.accounts.single_sign_on.going import way_back, way_there
from stamkunde.accounts.single_sign_on.talking import SignOnRefused
from stamkunde.kit.policy import open_to_anyone

log = logging.getLogger("stamkunde.single_sign_on")


@open_to_anyone
@never_cache
@require_GET
def single_sign_on(request: HttpRequest) -> HttpResponse:
    provider = _provider()
    target = own_page(request, request.GET.get("next", ""))
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    if not take_attempt(f"sign-on:{network_address(request)}", window=WINDOW, limit=PER_ADDRESS):
        return redirect("accounts:sign_in")
    try:
        return HttpResponseRedirect(way_there(request, provider, target))
    except SignOnRefused as refusal:
        return _refused(request, provider, refusal)


@open_to_anyone
@never_cache
@require_GET
def single_sign_on_return(request: HttpRequest) -> HttpResponse:
    provider = _provider()
    try:
        outcome, target = way_back(request, provider)
    except SignOnRefused as refusal:
        return _refused(request, provider, refusal)
    if outcome.needs_second_factor:
        return redirect(f"{reverse('accounts:second_step')}?{urlencode({'next': target})}")
    answer = HttpResponseRedirect(own_page(request, target))
    if outcome.user:
        remember_device(answer, outcome.user)
    return answer


def _provider() -> Provider:
    provider = the_provider()
    if provider is None:
        raise Http404
    return provider


def _refused(request: HttpRequest, provider: Provider, refusal: SignOnRefused) -> HttpResponse:
    log.warning("A sign-in by %s was refused: %s", provider.name, type(refusal.__cause__ or refusal).__name__)
    context = {"form": SignInForm(), "next": "/", "provider": provider.name, "sign_on_problem": str(refusal)}
    return render(request, "accounts/sign_in.html", context, status=403)
