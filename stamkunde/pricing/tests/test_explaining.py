"""Each step as a sentence, in four languages, with amounts as the reader writes them."""

from dataclasses import replace

import pytest
from django.utils.translation import override

from stamkunde.pricing.evaluator import Outcome, Reason, Step
from stamkunde.pricing.evaluator.values import AudienceKind, Layer, Standing
from stamkunde.pricing.explaining import sentence, text_of, trace
from stamkunde.pricing.tests.baskets import MEMBER, basket, code, line, percent, priced, quote

LANGUAGES = ("en", "nb", "sv", "lv")


def test_the_page_of_the_rules_has_this_very_line() -> None:
    voucher = percent("10", layer=Layer.ORDER, needs_code=True)
    for_members = replace(priced("149", AudienceKind.MEMBERS), name="")
    shirt = line("199", sku="4711", candidates=(for_members,))
    answer = quote([shirt], voucher, codes=(code("SPAR10", voucher),), standing=MEMBER)

    (told,) = trace(answer, LANGUAGES)

    assert (told["line"], told["sku"], told["list"], told["pay"]) == (1, "4711", 19_900, 13_410)
    assert (
        told["text"]["en"]
        == "Member price: NOK\u00a0149.00 instead of NOK\u00a0199.00. Code SPAR10: NOK\u00a014.90 off."
    )
    assert (
        told["text"]["nb"]
        == "Medlemspris: 149,00\u00a0kr i stedet for 199,00\u00a0kr. Kode SPAR10: 14,90\u00a0kr i avslag."
    )
    assert len(set(told["text"].values())) == 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_sentence(reason: Reason, language: str) -> None:
    step = Step(0, Layer.ORDER, Outcome.REJECTED, "offer:1", "Spring", reason=reason, missing=5_000, other="Club")

    with override(language):
        said = sentence(step, "NOK")

    assert said.endswith(".")
    assert "Spring" in said
    assert "%" not in said
    if language != "en":
        with override("en"):
            assert said != sentence(step, "NOK")


def test_what_is_missing_is_said_in_money_or_in_things() -> None:
    with override("en"):
        assert (
            sentence(
                Step(0, "line", Outcome.REJECTED, "offer:1", "Three", reason=Reason.BELOW_MINIMUM, missing_units=2),
                "NOK",
            )
            == "Three needs 2 things more in the basket."
        )
        assert (
            sentence(
                Step(0, "order", Outcome.REJECTED, "offer:1", "Hundred", reason=Reason.BELOW_MINIMUM, missing=5_000),
                "NOK",
            )
            == "Hundred needs NOK\u00a050.00 more in the basket."
        )


def test_a_customer_is_not_told_of_a_holdout() -> None:
    held = Standing(customer="7", held_out=frozenset({1}))
    answer = quote(basket("100"), percent("10", name="ten"), standing=held)

    assert [step.reason for step in answer.steps] == [Reason.HOLDOUT]
    assert "ten" not in str(trace(answer, ["en"], to_staff=False))


def test_what_was_done_by_hand_is_told() -> None:
    answer = quote([line("199", own_price=15_000, off=1_000)])

    with override("en"):
        assert text_of(answer, 1) == (
            "Priced by hand: NOK\u00a0150.00 instead of NOK\u00a0199.00. Taken off by hand: NOK\u00a010.00."
        )
