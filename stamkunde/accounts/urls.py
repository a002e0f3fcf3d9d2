"""The addresses of accounts."""

from django.urls import path

from stamkunde.accounts.views import devices, door, profile, second_factor, sessions, shop, staff, till_door

app_name = "accounts"

urlpatterns = [
    path("sign-in/", door.sign_in, name="sign_in"),
    path("sign-in/second-factor/", door.second_step, name="second_step"),
    path("sign-in/second-factor/options/", door.second_step_options, name="second_step_options"),
    path("sign-in/passkey/", door.passkey, name="passkey"),
    path("sign-in/passkey/options/", door.passkey_options, name="passkey_options"),
    path("sign-in/again/", door.again, name="again"),
    path("sign-in/again/options/", door.again_options, name="again_options"),
    path("till/", till_door.till_sign_in, name="till_sign_in"),
    path("till/<int:pk>/", till_door.till_pin, name="till_pin"),
    path("till/device/", devices.till_device, name="till_device"),
    path("sign-out/", door.sign_out, name="sign_out"),
    path("language/", door.language, name="language"),
    path("settings/profile/", profile.profile, name="profile"),
    path("settings/profile/password/", profile.password, name="password"),
    path("settings/profile/pin/", till_door.pin, name="pin"),
    path("settings/profile/pin/removal/", till_door.pin_removal, name="pin_removal"),
    path("settings/profile/sessions/", sessions.sessions, name="sessions"),
    path("settings/profile/sessions/ending/", sessions.sessions_end, name="sessions_end"),
    path("settings/profile/sessions/notice/", sessions.sessions_notice, name="sessions_notice"),
    path("settings/profile/sessions/<int:pk>/ending/", sessions.session_end, name="session_end"),
    path("settings/profile/second-factor/", second_factor.second_factor, name="second_factor"),
    path("settings/profile/second-factor/app/new/", second_factor.app_new, name="app_new"),
    path("settings/profile/second-factor/app/removal/", second_factor.app_removal, name="app_removal"),
    path("settings/profile/second-factor/passkeys/new/", second_factor.passkey_new, name="passkey_new"),
    path(
        "settings/profile/second-factor/passkeys/options/",
        second_factor.passkey_new_options,
        name="passkey_new_options",
    ),
    path(
        "settings/profile/second-factor/passkeys/<int:pk>/removal/",
        second_factor.passkey_removal,
        name="passkey_removal",
    ),
    path("settings/profile/second-factor/recovery-codes/", second_factor.recovery_codes, name="recovery_codes"),
    path("settings/devices/", devices.devices, name="devices"),
    path("settings/devices/new/", devices.device_new, name="device_new"),
    path("settings/devices/<int:pk>/ending/", devices.device_end, name="device_end"),
    path("settings/staff/", staff.staff, name="staff"),
    path("settings/staff/new/", staff.staff_new, name="staff_new"),
    path("settings/staff/<int:pk>/", staff.staff_member, name="staff_member"),
    path("settings/staff/<int:pk>/deactivation/", staff.deactivation, name="deactivation"),
    path("settings/staff/<int:pk>/reactivation/", staff.reactivation, name="reactivation"),
    path("settings/staff/<int:pk>/password/", staff.staff_password, name="staff_password"),
    path(
        "settings/staff/<int:pk>/second-factor/removal/",
        staff.staff_second_factor_removal,
        name="staff_second_factor_removal",
    ),
    path("settings/staff/<int:pk>/pin/removal/", staff.staff_pin_removal, name="staff_pin_removal"),
    path("settings/staff/<int:pk>/sessions/ending/", staff.staff_sessions_end, name="staff_sessions_end"),
    path("settings/staff/second-factor/", staff.second_factor_roles, name="second_factor_roles"),
    path("settings/shop/", shop.shop, name="shop"),
    path("settings/stores/", shop.stores, name="stores"),
    path("settings/stores/new/", shop.store_new, name="store_new"),
    path("settings/stores/<int:pk>/", shop.store, name="store"),
    path("settings/stores/<int:pk>/tills/new/", shop.till_new, name="till_new"),
    path("settings/tills/<int:pk>/", shop.till, name="till"),
]
