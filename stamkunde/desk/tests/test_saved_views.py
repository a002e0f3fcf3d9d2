"""Saved views: a list kept under a name, shared or one's own, changed and removed."""

import pytest

from stamkunde.accounts.roles import Role
from stamkunde.desk.models import FirstView, SavedView
from stamkunde.events.models import Happening
from tests.world import World, make_staff, signed_in

pytestmark = pytest.mark.page

LIST = "view=all&f=town:is:Oslo&sort=-visits&columns=town,visits"


def labels(response: object) -> list[str]:
    return [str(tab.label) for tab in response.context["tabs"]]  # type: ignore[attr-defined]


def test_every_role_that_sees_customers_begins_with_views_that_work(world: World) -> None:
    for role in (Role.TILL, Role.CARE, Role.LEAD, Role.MARKETING, Role.PRIVACY, Role.ADMINISTRATOR):
        client = signed_in(make_staff(f"one-{role}", role))
        tabs = client.get("/customers/").context["tabs"]
        assert len(tabs) >= 5
        assert [client.get(tab.url).status_code for tab in tabs] == [200] * len(tabs)


def test_a_view_of_another_role_is_not_there(world: World) -> None:
    assert signed_in(world.anna).get("/customers/?view=mailable").status_code == 404


def test_a_list_is_saved_as_a_view_and_opened_again(world: World) -> None:
    client = signed_in(world.anna)
    answer = client.post(f"/customers/views/new/?{LIST}", {"name": "Oslo regulars", "is_first": "on"})
    view = SavedView.objects.get()
    page = client.get("/customers/")

    assert answer["Location"] == f"/customers/?view={view.pk}"
    assert page.context["state"].saved == view
    assert not page.context["state"].is_changed
    assert [chip["text"] for chip in page.context["state"].chips] == ["Town: Oslo"]
    assert (view.sort, view.columns, view.filters) == ("-visits", ["town", "visits"], [["f", "town:is:Oslo"]])


def test_a_changed_view_shows_it_and_can_be_saved_or_reset(world: World) -> None:
    world.kari  # noqa: B018
    client = signed_in(world.anna)
    client.post(f"/customers/views/new/?{LIST}", {"name": "Oslo"})
    view = SavedView.objects.get()
    changed = f"view={view.pk}&f=town:is:Bergen"
    page = client.get(f"/customers/?{changed}")
    tab = next(tab for tab in page.context["tabs"] if tab.is_current)

    assert tab.changed
    assert "This view is changed, not saved." in page.content.decode()
    client.post(f"/customers/views/{view.pk}/change/?{changed}")
    view.refresh_from_db()
    assert view.filters == [["f", "town:is:Bergen"]]
    assert view.sort == "-visits"


def test_taking_the_last_filter_off_a_view_shows_everybody(world: World) -> None:
    client = signed_in(world.anna)
    state = client.get("/customers/?view=new").context["state"]
    page = client.get(state.chips[0]["remove"])

    assert page.context["state"].key == "new"
    assert not page.context["state"].filters


def test_only_those_with_the_right_share_a_view_and_all_see_it(world: World) -> None:
    signed_in(world.anna).post(f"/customers/views/new/?{LIST}", {"name": "Mine", "is_shared": "on"})
    signed_in(world.liga).post(f"/customers/views/new/?{LIST}", {"name": "Ours", "is_shared": "on"})

    assert [view.name for view in SavedView.objects.filter(is_shared=True)] == ["Ours"]
    assert "Ours" in labels(signed_in(world.ola).get("/customers/"))
    assert "Mine" not in labels(signed_in(world.ola).get("/customers/"))
    assert Happening.objects.filter(name="desk.view_shared").count() == 1


@pytest.mark.parametrize("address", ["change", "removal"])
def test_a_view_of_somebody_else_cannot_be_changed_or_removed(world: World, address: str) -> None:
    signed_in(world.liga).post(f"/customers/views/new/?{LIST}", {"name": "Ours", "is_shared": "on"})
    signed_in(world.ola).post(f"/customers/views/new/?{LIST}", {"name": "Olas"})
    for view in SavedView.objects.all():
        assert signed_in(world.anna).post(f"/customers/views/{view.pk}/{address}/").status_code == 404

    assert SavedView.objects.count() == 2
    assert {view.sort for view in SavedView.objects.all()} == {"-visits"}


def test_a_removed_view_is_nobodys_first_view(world: World) -> None:
    client = signed_in(world.anna)
    client.post(f"/customers/views/new/?{LIST}", {"name": "Oslo", "is_first": "on"})
    view = SavedView.objects.get()
    client.post(f"/customers/views/{view.pk}/removal/")

    assert not FirstView.objects.exists()
    assert client.get("/customers/").context["state"].key == "all"


def test_a_view_without_a_name_is_refused(world: World) -> None:
    response = signed_in(world.anna).post(f"/customers/views/new/?{LIST}", {"name": " "})

    assert response.status_code == 422
    assert not SavedView.objects.exists()


def test_a_view_on_a_field_that_is_gone_shows_the_rest(world: World) -> None:
    view = SavedView.objects.create(
        name="Old",
        owner=world.anna,
        filters=[["f", "custom.gone:is:x"], ["f", "visits:at_least:1"], ["nonsense"]],
        sort="gone",
        columns=["gone", "visits"],
        created_at="2026-01-01T00:00Z",
    )
    state = signed_in(world.anna).get(f"/customers/?view={view.pk}").context["state"]

    assert [chip["text"] for chip in state.chips] == ["Visits: at least 1"]
    assert (state.sort, state.columns) == ("name", ("visits",))


def test_opening_the_list_with_a_ready_view(world: World) -> None:
    client = signed_in(world.anna)
    client.post("/customers/views/first/", {"view": "due"})

    assert client.get("/customers/").context["state"].key == "due"
    assert client.get("/customers/?view=all").context["state"].key == "all"
