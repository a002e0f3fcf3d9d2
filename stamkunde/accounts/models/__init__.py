"""The tables of accounts, by noun."""

from stamkunde.accounts.models.attempt import Attempt
from stamkunde.accounts.models.device import DeviceCode, TillDevice
from stamkunde.accounts.models.identity import ForeignIdentity
from stamkunde.accounts.models.second_factor import AuthenticatorApp, Passkey, RecoveryCode
from stamkunde.accounts.models.shop import (
    CashRounding,
    Country,
    Department,
    KeptDiscount,
    Language,
    Shop,
    Store,
    Team,
    Till,
    validate_currency,
    validate_zone,
)
from stamkunde.accounts.models.sign_in import SignIn, SignInMethod
from stamkunde.accounts.models.staff import User, UserManager

__all__ = [
    "Attempt",
    "AuthenticatorApp",
    "CashRounding",
    "Country",
    "Department",
    "DeviceCode",
    "ForeignIdentity",
    "KeptDiscount",
    "Language",
    "Passkey",
    "RecoveryCode",
    "Shop",
    "SignIn",
    "SignInMethod",
    "Store",
    "Team",
    "Till",
    "TillDevice",
    "User",
    "UserManager",
    "validate_currency",
    "validate_zone",
]
