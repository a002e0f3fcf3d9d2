"""Where a mail came from: what our own receiver found out is believed, what anybody else says is not."""

import pytest

from .mails import mail, seen

RESULTS = "mx.butikk.example 1; spf=pass (dmarc=pass; x) smtp.mailfrom=a@b.no; dkim=fail; dkim=pass; dmarc=fail"


def test_what_our_own_receiver_found_out_is_believed() -> None:
    found = seen(mail(Authentication_Results=RESULTS), receiver="MX.butikk.example").verdicts

    assert (found.spf, found.dkim, found.dmarc) == ("pass", "pass", "fail")
    assert found.is_forged


@pytest.mark.parametrize("receiver", ["", "butikk.example", "mx.example.no"])
def test_what_others_say_they_found_out_is_not_believed(receiver: str) -> None:
    assert seen(mail(Authentication_Results=RESULTS), receiver=receiver).verdicts.dmarc == "unknown"


def test_only_the_topmost_finding_is_believed() -> None:
    raw = b"Authentication-Results: other.example; dmarc=fail\r\n" + mail(Authentication_Results=RESULTS)

    assert seen(raw, receiver="mx.butikk.example").verdicts.spf == "unknown"
