"""The addresses of accounts."""

from django.urls import path

from stamkunde.accounts.views import door, profile, shop, staff

app_name = "accounts"

urlpatterns = [
    path("sign-in/", door.sign_in, name="sign_in"),
    path("sign-out/", door.sign_out, name="sign_out"),
    path("language/", door.language, name="language"),
    path("settings/profile/", profile.profile, name="profile"),
    path("settings/profile/password/", profile.password, name="password"),
    path("settings/staff/", staff.staff, name="staff"),
    path("settings/staff/new/", staff.staff_new, name="staff_new"),
    path("settings/staff/<int:pk>/", staff.staff_member, name="staff_member"),
    path("settings/staff/<int:pk>/deactivation/", staff.deactivation, name="deactivation"),
    path("settings/staff/<int:pk>/reactivation/", staff.reactivation, name="reactivation"),
    path("settings/staff/<int:pk>/password/", staff.staff_password, name="staff_password"),
    path("settings/shop/", shop.shop, name="shop"),
    path("settings/stores/", shop.stores, name="stores"),
    path("settings/stores/new/", shop.store_new, name="store_new"),
    path("settings/stores/<int:pk>/", shop.store, name="store"),
    path("settings/stores/<int:pk>/tills/new/", shop.till_new, name="till_new"),
    path("settings/tills/<int:pk>/", shop.till, name="till"),
]
