# ruff: noqa: E501 — what arrives in a mail is written as it arrives
"""Quoted text is folded away, own words stay, and together they are what came."""

import json

import pytest

from stamkunde.conversations.mail.quoting import How, folded

from .mails import COLLECTED

REPLIES = COLLECTED / "quoted-replies.json"
BENEATH = {
    "E90 English": "On Tue, 10 Nov 2026 at 10:00, Shop <post@shop.no> wrote:\n\n> old\n",
    "E90 English wrapped": "On Tue, Nov 10, 2026 at 10:00 AM A Shop With A Very Long Name <\npost@shop.no> wrote:\n\n> old\n",
    "E90 Norwegian": "tir. 10. nov. 2026 kl. 10:00 skrev Butikk <post@butikk.no>:\n\n> gammelt\n",
    "E90 Norwegian wrapped": "ons. 26. aug. 2026 kl. 14:05 skrev Et Langt Navn <post@butikk.no\n>:\n\n> gammelt\n",
    "E90 Swedish": "Den tis 10 nov. 2026 kl 10:00 skrev Butik <post@butik.se>:\n\n> gammalt\n",
    "E90 Danish": "Den tir. 10. nov. 2026 kl. 10.00 skrev Butik <post@butik.dk>:\n\n> gammelt\n",
    "E90 Latvian": "otrd., 2026. gada 10. nov., plkst. 10:00 — lietotājs Veikals (<post@veikals.lv>) rakstīja:\n\n> vecs\n",
    "E90 not marked": "tir. 10. nov. 2026 kl. 10:00 skrev Butikk <post@butikk.no>:\n\nGammelt, uten merker\n",
    "E91 Norwegian": "Fra: Butikk <post@butikk.no>\nSendt: tirsdag 10. november 2026 10:00\nTil: Kari\nEmne: Hei\n\nGammelt\n",
    "E91 Norwegian bold": "*Fra:* Butikk <post@butikk.no>\n*Sendt:* 10. november 2026 10:00\n*Til:* Kari\n*Emne:* Hei\n\nGammelt\n",
    "E91 Norwegian rule": "________________________________\nFra: Butikk <post@butikk.no>\nSendt: 10. nov. 2026\nTil: K\nEmne: Hei\n\nG\n",
    "E91 Swedish": "Från: Butik <post@butik.se>\nSkickat: den 10 november 2026 10:00\nTill: Kari\nÄmne: SV: Hej\n\nGammalt\n",
    "E91 Latvian": "No: Veikals <post@veikals.lv>\nNosūtīts: otrdiena, 2026. gada 10. novembris\nKam: Kari\nTēma: RE: Hei\n\nV\n",
    "E91 English": "-----Original Message-----\nFrom: Shop\nSent: Tuesday\nTo: Kari\nSubject: RE: Hei\n\nOld\n",
    "E91 Norwegian announced": "-----Opprinnelig melding-----\nFra: Butikk\n\nGammelt\n",
    "E92 Norwegian": "> 10. nov. 2026 kl. 10:00 skrev Butikk <post@butikk.no>:\n> \n> gammelt\n",
    "E92 Swedish": "> 10 nov. 2026 kl. 10:00 skrev Butik <post@butik.se>:\n> \n> gammalt\n",
    "no announcement": "> gammelt\n> mer\n",
}


@pytest.mark.parametrize("name", BENEATH)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["", "CRLF"])
def test_what_a_program_put_beneath_is_folded(name: str, end: str) -> None:
    own, quoted = "Takk, det virker.\n\nKari\n\n".replace("\n", end), BENEATH[name].replace("\n", end)
    found = folded(own + quoted)

    assert (found.own, found.quoted, found.how) == (own, quoted, How.BENEATH)
    assert found.whole == own + quoted


@pytest.mark.parametrize("name", BENEATH)
def test_e97_a_mail_of_nothing_but_quoted_text_says_so(name: str) -> None:
    found = folded(BENEATH[name])

    assert (found.own.strip(), found.how) == ("", How.ONLY_QUOTED)


@pytest.mark.parametrize(
    "above",
    ["> Hvilken størrelse?\n", "tir. 10. nov. 2026 kl. 10:00 skrev Butikk <post@butikk.no>:\n> Hvilken størrelse?\n"],
)
def test_e94_an_answer_beneath_what_it_answers_is_seen(above: str) -> None:
    found = folded(f"{above}\nStørrelse 42.\n")

    assert (found.own, found.quoted, found.how) == ("\nStørrelse 42.\n", above, How.ABOVE)


@pytest.mark.parametrize(
    "text",
    [
        "> Hvilken størrelse?\n42\n> Hvilken farge?\nBlå\n",
        "Hei!\n> Hvilken størrelse?\n42\n",
        "10. nov. 2026 kl. 10:00 skrev Butikk <post@butikk.no>:\n> Størrelse?\n42\n> Farge?\nBlå\n",
    ],
)
def test_answers_between_the_lines_are_all_shown(text: str) -> None:
    assert (folded(text).own, folded(text).how) == (text, How.BETWEEN)


@pytest.mark.parametrize(
    "announced",
    [
        "---------- Forwarded message ---------\nFrom: X <x@y.no>\nDate: 10.11.2026\nSubject: Ødelagt\nTo: <z@y.no>\n",
        "---------- Videresendt melding ---------\nFra: X <x@y.no>\n",
        "Begin forwarded message:\n\nFrom: X <x@y.no>\n",
        "---------- Vidarebefordrat meddelande ----------\nFrån: X\n",
        "---------- Pārsūtīta ziņa ----------\nNo: X\n".replace("Pārsūtīta", "Pārsūtītā"),
    ],
)
def test_e96_what_is_passed_on_is_shown(announced: str) -> None:
    text = f"Se under\n\n{announced}\nStolen kom ødelagt\n"

    assert (folded(text).own, folded(text).how) == (text, How.FORWARDED)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Hei\n\nReisen min:\nFra: Oslo\nTil: Riga\n\nKan dere sende dit?\n", id="journey"),
        pytest.param("Fra: Oslo\nDato: 12.11.2026\nTil: Riga\n\nHva koster det?\n", id="journey with a date"),
        pytest.param("No: Rīga\nKam: Oslo\n\nCik maksā?\n", id="Latvian journey"),
        pytest.param("Del 1\n________________\nDel 2\n________________________\nSlutt\n", id="E99"),
        pytest.param("Han skrev: dette virker ikke.\nHva nå?\n", id="a sentence"),
        pytest.param("Dere skrev:\nAt den virker. Det gjør den ikke.\n", id="a sentence with a colon"),
        pytest.param(
            "Hei,\nden 10. november 2026 skrev jeg til dere:\nStolen er ødelagt.\n", id="a sentence with a date"
        ),
        pytest.param("Kari skrev 10.11.2026:\n\nDette er en historie.\n", id="a heading with a date"),
        pytest.param("- en\n- to\n--\nKari\n", id="a list and a signature"),
        pytest.param("", id="nothing"),
    ],
)
def test_own_words_that_look_like_quoted_ones_stay(text: str) -> None:
    assert (folded(text).own, folded(text).how) == (text, How.NOTHING)


@pytest.mark.skipif(not REPLIES.exists(), reason="The collected replies do not lie beside the project.")
def test_collected_replies_are_folded_as_somebody_would() -> None:
    replies = json.loads(REPLIES.read_text())
    wrong = []
    for name, reply in replies.items():
        expected = reply["text"] if reply["expected_visible"] == "KEEPALL" else reply["expected_visible"]
        found = folded(reply["text"])
        if found.own.strip() != expected.strip() or found.whole != reply["text"]:
            wrong.append(name)

    assert replies
    assert wrong == []
