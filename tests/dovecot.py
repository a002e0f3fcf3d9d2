"""A mail server of another make on this machine, in a folder of its own: what our fetching is tried against."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import override_settings

from tests.receiver import LOOPBACK

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
PASSWORD = "a-lantern-on-the-pier"  # noqa: S105

_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = {ssl}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
mail_location = maildir:{mail}/%u
first_valid_uid = 1
{as_whom}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
{oauth}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u
}}
"""


@dataclass
class Dovecot:
    """A running server. Mail is laid into it as a mail server does, in the folder of a user."""

    home: Path
    port: int
    tls_port: int
    uid: int
    gid: int
    delivered: int = 0

    @property
    def mail(self) -> Path:
        return self.home / "mail"

    def deliver(self, raw: bytes, *, user: str = "post", folder: str = "", flags: str = "") -> Path:
        """Lay a mail into a folder; with flags such as S it is one that somebody has read already."""
        place = self.mail / user / (f".{folder}" if folder else "")
        for name in ("tmp", "new", "cur"):
            (place / name).mkdir(parents=True, exist_ok=True)
        self.delivered += 1
        name = f"{int(time.time())}.M{self.delivered:06d}.here"
        file = place / "tmp" / name
        file.write_bytes(raw)
        for path in (self.mail / user, place, *(place / name for name in ("tmp", "new", "cur")), file):
            os.chown(path, self.uid, self.gid)
        return file.rename(place / ("cur" if flags else "new") / (f"{name}:2,{flags}" if flags else name))

    def begin_numbers_anew(self, user: str = "post") -> None:
        """Let the numbers of the mails mean other mails from now on (UIDVALIDITY)."""
        # Made of the second in which it is written.
        time.sleep(1.1)
        for file in (self.mail / user).glob("dovecot*"):
            file.unlink()


@contextmanager
def dovecot(*, certificate: Path | None = None, key: Path | None = None, tokens: str = "") -> Iterator[Dovecot]:
    """Run the server until the block ends; `tokens` is an address that says whose a token is."""
    is_root = os.getuid() == 0
    who = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.getuid())
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))
    home.chmod(0o755)
    mail = home / "mail"
    mail.mkdir()
    os.chown(mail, who.pw_uid, who.pw_gid)
    server = Dovecot(home, _free_port(), _free_port() if certificate else 0, who.pw_uid, who.pw_gid)
    group = grp.getgrgid(who.pw_gid).gr_name
    own = f"default_internal_user = {who.pw_name}\ndefault_login_user = {who.pw_name}\ndefault_internal_group = {group}"
    tls = f"yes\nssl_cert = <{certificate}\nssl_key = <{key}"
    (home / "tokens").write_text(
        f"introspection_mode = get\nintrospection_url = {tokens}\nusername_attribute = email\n"
    )
    (home / "dovecot.conf").write_text(
        _CONFIGURATION.format(
            home=home,
            mail=mail,
            port=server.port,
            tls_port=server.tls_port,
            ssl=tls if certificate else "no",
            as_whom="" if is_root else own,
            password=PASSWORD,
            uid=who.pw_uid,
            gid=who.pw_gid,
            oauth=f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {home}/tokens\n}}" if tokens else "",
        )
    )
    process = subprocess.Popen([PROGRAM, "-F", "-c", str(home / "dovecot.conf")], stderr=subprocess.DEVNULL)
    try:
        _wait_for(server.port, process)
        ports = [*settings.MAIL_PORTS, server.port, server.tls_port]
        with override_settings(MAIL_PORTS=ports, INNER_NETWORKS=LOOPBACK):
            yield server
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def mailbox_values(server: Dovecot, **values: Any) -> dict[str, Any]:
    """Return how a mailbox is set up that reads from the server without encryption."""
    return {"imap_host": "127.0.0.1", "imap_port": server.port, "imap_security": "none", "user_name": "post"} | values


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("The mail server did not start.")
