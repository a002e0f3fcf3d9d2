"""What proves who somebody is besides a password: codes of an app, passkeys, codes on paper."""
