"""The addresses of programmes, members, cards and points."""

from django.urls import path

from stamkunde.loyalty.views import cards, earning, level_moves, levels, members, points, programmes, sharing

app_name = "loyalty"

urlpatterns = [
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/new/", programmes.programme_new, name="programme_new"),
    path("programmes/<int:pk>/", programmes.programme, name="programme"),
    path("programmes/<int:pk>/content/", programmes.programme_change, name="programme_change"),
    path("programmes/<int:pk>/state/", programmes.programme_state, name="programme_state"),
    path("programmes/<int:pk>/exclusions/", earning.programme_exclusions, name="programme_exclusions"),
    path("programmes/<int:pk>/rates/", earning.programme_rates, name="programme_rates"),
    path("programmes/<int:pk>/friends/", sharing.programme_referrals, name="programme_referrals"),
    path("programmes/<int:pk>/household/", sharing.programme_household, name="programme_household"),
    path("programmes/<int:pk>/levels/", levels.levels, name="levels"),
    path("programmes/<int:pk>/levels/new/", levels.level_new, name="level_new"),
    path("programmes/<int:pk>/levels/moves/", level_moves.moves, name="level_moves"),
    path("programmes/<int:pk>/levels/moves/file/", level_moves.moves_file, name="level_moves_file"),
    path("levels/<int:pk>/", levels.level_change, name="level_change"),
    path("members/", members.members, name="members"),
    path("members/friends/", sharing.referrals, name="referrals"),
    path("members/<int:pk>/", members.member, name="member"),
    path("members/<int:pk>/state/", members.member_state, name="member_state"),
    path("members/<int:pk>/rest/", members.member_rest, name="member_rest"),
    path("members/<int:pk>/level/", levels.member_level, name="member_level"),
    path("members/<int:pk>/friends/", sharing.member_invite, name="member_invite"),
    path("members/<int:pk>/household/", sharing.member_household, name="member_household"),
    path("members/<int:pk>/household/end/", sharing.member_household_end, name="member_household_end"),
    path("members/<int:pk>/cards/", members.member_cards, name="member_cards"),
    path("member-cards/<int:pk>/state/", cards.card_state, name="card_state"),
    path("member-cards/<int:pk>/print/", cards.card_print, name="card_print"),
    path("member-cards/<int:pk>/sheet/", cards.card_sheet, name="card_sheet"),
    path("customers/<int:pk>/memberships/", members.customer_joins, name="customer_joins"),
    path("customers/<int:pk>/cards/memberships/", members.customer_card, name="customer_card"),
    path("points/", points.report, name="points_report"),
    path("points/file/", points.report_file, name="points_report_file"),
    path("points/requests/", points.requests, name="points_requests"),
    path("points/requests/<int:pk>/decision/", points.decide, name="points_decision"),
    path("memberships/<int:pk>/points/", points.points, name="points"),
    path("memberships/<int:pk>/points/corrections/", points.correct, name="points_correct"),
]
