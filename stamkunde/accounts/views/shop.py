"""The pages of the shop itself, its stores and its tills."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stamkunde.accounts import access
from stamkunde.accounts.access import signed_in
from stamkunde.accounts.actions.shop import add_store, add_till, change_shop, change_store, change_till
from stamkunde.accounts.forms import ShopForm, StoreForm, TillForm
from stamkunde.accounts.models import Store, Till
from stamkunde.accounts.queries import the_shop, the_shop_anew
from stamkunde.kit.policy import requires


@requires(access.MANAGE_SHOP.name)
@require_http_methods(["GET", "POST"])
def shop(request: HttpRequest) -> HttpResponse:
    form = ShopForm(request.POST or None, instance=the_shop_anew())
    if request.method == "POST" and form.is_valid():
        change_shop(form.instance, by=signed_in(request).actor)
        messages.success(request, _("The settings of the shop are saved."))
        return redirect("accounts:shop")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/shop.html", {"form": form}, status=status)


@requires(access.MANAGE_SHOP.name)
@require_http_methods(["GET"])
def stores(request: HttpRequest) -> HttpResponse:
    found = Store.objects.prefetch_related("tills").order_by("-is_open", "name")
    return render(request, "accounts/stores.html", {"stores": found})


@requires(access.MANAGE_SHOP.name)
@require_http_methods(["GET", "POST"])
def store_new(request: HttpRequest) -> HttpResponse:
    own = the_shop()
    form = StoreForm(request.POST or None, instance=Store(country=own.country, currency=own.currency, zone=own.zone))
    if request.method == "POST" and form.is_valid():
        store = add_store(form.instance, by=signed_in(request).actor)
        messages.success(request, _("The store %(name)s is ready for use.") % {"name": store.name})
        return redirect("accounts:store", pk=store.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/store_form.html", {"form": form, "store": None}, status=status)


@requires(access.MANAGE_SHOP.name)
@require_http_methods(["GET", "POST"])
def store(request: HttpRequest, pk: int) -> HttpResponse:
    current = get_object_or_404(Store, pk=pk)
    form = StoreForm(request.POST or None, instance=get_object_or_404(Store, pk=pk))
    if request.method == "POST" and form.is_valid():
        change_store(form.instance, by=signed_in(request).actor)
        messages.success(request, _("The store %(name)s is saved.") % {"name": form.instance.name})
        return redirect("accounts:stores")
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "accounts/store_form.html",
        {"form": form, "store": current, "tills": current.tills.all()},
        status=status,
    )


@requires(access.MANAGE_SHOP.name)
@require_http_methods(["GET", "POST"])
def till_new(request: HttpRequest, pk: int) -> HttpResponse:
    own_store = get_object_or_404(Store, pk=pk)
    form = TillForm(request.POST or None, instance=Till(store=own_store))
    if request.method == "POST" and form.is_valid():
        added = add_till(form.instance, by=signed_in(request).actor)
        messages.success(request, _("The till %(name)s is ready for use.") % {"name": added.name})
        return redirect("accounts:store", pk=pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/till_form.html", {"form": form, "store": own_store, "till": None}, status=status)


@requires(access.MANAGE_SHOP.name)
@require_http_methods(["GET", "POST"])
def till(request: HttpRequest, pk: int) -> HttpResponse:
    current = get_object_or_404(Till.objects.select_related("store"), pk=pk)
    form = TillForm(request.POST or None, instance=get_object_or_404(Till.objects.select_related("store"), pk=pk))
    if request.method == "POST" and form.is_valid():
        change_till(form.instance, by=signed_in(request).actor)
        messages.success(request, _("The till %(name)s is saved.") % {"name": form.instance.name})
        return redirect("accounts:store", pk=current.store_id)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "store": current.store, "till": current}
    return render(request, "accounts/till_form.html", context, status=status)
