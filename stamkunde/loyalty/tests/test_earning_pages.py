"""The programme's page: what earns nothing there, and what other currencies are worth."""

import pytest

from stamkunde.catalogue.actions import ProductValues, add_category, create_product
from stamkunde.kit.actor import SYSTEM
from stamkunde.loyalty.models import PointsExchange, PointsExclusion, Programme
from stamkunde.loyalty.tests.members import open_programme
from tests.world import World, make_store, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]
TYPED = {"currency": "EUR", "valid_from": "2026-03-01", "worth": "1145,75"}


@pytest.fixture
def programme(world: World) -> Programme:
    assert world.store.pk
    make_store("Riga", "LV", "EUR", "Europe/Riga")
    return open_programme()


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def seen(programme: Programme) -> dict[str, str]:
    programme.refresh_from_db()
    return {"version": str(programme.version)}


def test_categories_and_products_are_left_out_by_their_names(programme: Programme, world: World):
    desk, own = signed_in(world.liga), f"/programmes/{programme.pk}/"
    tobacco, sock = (
        add_category("Tobacco", by=SYSTEM),
        create_product(ProductValues(sku="4711", name="Sock"), by=SYSTEM),
    )
    assert "Everything that is bought earns points." in text(desk.get(own))

    answer = desk.post(f"{own}exclusions/", {"left_out": "tobacco, 4711"} | seen(programme), follow=True)

    assert "It is saved what earns no points." in text(answer)
    assert f"{sock.name} (4711)" in text(answer)
    assert "> 4711, Tobacco</textarea>" in text(answer)
    assert set(PointsExclusion.objects.values_list("category", "product")) == {(tobacco.pk, None), (None, sock.pk)}
    desk.post(f"{own}exclusions/", {"left_out": ""} | seen(programme))
    assert not PointsExclusion.objects.exists()


def test_a_name_nobody_knows_comes_back_with_what_was_typed(programme: Programme, world: World):
    answer = signed_in(world.liga).post(
        f"/programmes/{programme.pk}/exclusions/", {"left_out": "Tobaco"} | seen(programme)
    )

    assert answer.status_code == 422
    assert "There is no product or category “Tobaco”." in text(answer)
    assert "> Tobaco</textarea>" in text(answer)


def test_a_rate_is_added_replaced_and_removed(programme: Programme, world: World):
    desk, own = signed_in(world.liga), f"/programmes/{programme.pk}/"

    answer = desk.post(f"{own}rates/", TYPED | seen(programme), follow=True)
    assert "€100.00 = NOK 1,145.75" in text(answer)
    desk.post(f"{own}rates/", TYPED | {"worth": "1150"} | seen(programme))
    row = PointsExchange.objects.get()
    assert (row.worth, row.amount) == (115_000, 10_000)
    desk.post(f"{own}rates/", {"remove": "EUR 2026-03-01"})
    assert not PointsExchange.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"currency": "NOK"}, {"currency": "JPY"}, {"valid_from": ""}, {"worth": "0"}, {"worth": "x"}]
)
def test_a_rate_with_a_mistake_is_not_saved(programme: Programme, world: World, wrong: dict[str, str]):
    answer = signed_in(world.liga).post(f"/programmes/{programme.pk}/rates/", TYPED | wrong | seen(programme))

    assert answer.status_code == 422
    assert not PointsExchange.objects.exists()


@pytest.mark.parametrize(("part", "typed"), [("rates", TYPED), ("exclusions", {"left_out": "4711"})])
def test_two_who_write_at_once_are_told(programme: Programme, world: World, part: str, typed: dict[str, str]):
    create_product(ProductValues(sku="4711", name="Sock"), by=SYSTEM)
    answer = signed_in(world.liga).post(f"/programmes/{programme.pk}/{part}/", typed | {"version": "1"})

    assert answer.status_code == 409
    assert "Somebody changed this while you were writing." in text(answer)
    assert not PointsExchange.objects.exists()
    assert not PointsExclusion.objects.exists()


def test_who_serves_at_the_till_reads_it_and_changes_nothing(programme: Programme, world: World):
    till = signed_in(world.anna)

    page = text(till.get(f"/programmes/{programme.pk}/"))
    assert "What earns no points" in page
    assert "/rates/" not in page
    assert till.post(f"/programmes/{programme.pk}/rates/", TYPED | seen(programme)).status_code == 403
    assert not PointsExchange.objects.exists()
