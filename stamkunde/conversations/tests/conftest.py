from collections.abc import Iterator

import pytest

from tests.mail_server import MailServer, mail_server


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server of another make, to send by."""
    with mail_server() as running:
        yield running
