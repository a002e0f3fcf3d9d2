"""Asking every question of everybody, and noting what was answered and whether anything was written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from django.db import transaction

from stamkunde.accounts.queries import forget_kept_shop
from stamkunde.exchange.api.pace import paces
from tests.matrix.asking import IN, Question, ask, meant
from tests.matrix.seeded import OWN, Asker, Seeded
from tests.matrix.written import contents, counted

# What differs between two answers of "there is no such thing" without telling them apart: the address asked for, and
# what is drawn anew for each page.
DRAWN = re.compile(rb'csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": ?"\w+"|/\d+/|\d{2}:\d{2}')


Contents = dict[str, list[tuple[Any, ...]]]

# What each asker was answered, by door, method, and about what.
Answers = dict[tuple[str, str, str], dict[str, str]]


@dataclass
class Findings:
    """What every asker was answered to each question, and what should not have been."""

    answers: Answers = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    asked: int = 0


# Asked everything at every time; and of what is not one's own, who besides.
THOROUGH = "administrator"
FEW = frozenset({"till", "lead"})


class _Undone(Exception):
    """Takes back whatever an answer wrote, so that the next one finds the shop as it was."""


def tried(seeded: Seeded, questions: Iterable[Question], *, known: Answers | None = None) -> Findings:
    """Ask everybody everything.

    With the answers that are `known`, whoever is let in like others are need not be asked each time: pages that are
    refused cost little, and pages that are shown cost much.
    """
    findings = Findings()
    _warm_up(seeded)
    before = contents()
    bodies: dict[tuple[str, str, str], set[bytes]] = {}
    for question in questions:
        told = findings.answers.setdefault(question.key, {})
        for asker in _askers(seeded, question, known):
            path = question.path(seeded, asker)
            if path is None:
                continue
            said, body = _answer(question, path, asker, before, findings)
            told[asker.name] = said
            if said == "404":
                bodies.setdefault((question.door, question.method, asker.name), set()).add(DRAWN.sub(b"", body))
    for (door, method, name), different in bodies.items():
        if len(different) > 1:
            findings.wrong.append(f"{door} {method}: {name} can tell what is not there from what is not theirs.")
    return findings


def _askers(seeded: Seeded, question: Question, known: Answers | None) -> Iterator[Asker]:
    told = (known or {}).get(question.key, {})
    let_in = [name for name, said in told.items() if said == IN and name != THOROUGH]
    one_of_them = let_in[crc32(f"{question.door}{question.method}".encode()) % len(let_in)] if let_in else ""
    for asker in seeded.askers:
        has_way = asker.machine is not None if question.is_for_machines else asker.client is not None
        if asker.user is not None and not has_way:
            continue
        if told and asker.name not in {THOROUGH, one_of_them}:
            if told.get(asker.name) == IN:
                continue
            if question.kind not in {"", OWN} and asker.name not in FEW:
                continue
        yield asker


def _warm_up(seeded: Seeded) -> None:
    """Let what is noted with a first request be noted before anything is compared."""
    paces.forget()
    for asker in seeded.askers:
        if asker.client is not None:
            asker.client.get("/")
            asker.keep_cookies()
        if asker.machine is not None:
            asker.machine.get("/me")


def _answer(question: Question, path: str, asker: Asker, before: Contents, findings: Findings) -> tuple[str, bytes]:
    findings.asked += 1
    counter = counted()
    said, body = "", b""
    try:
        with transaction.atomic():
            answer = ask(question, path, asker)
            said = meant(answer)
            body = b"" if getattr(answer, "streaming", False) else answer.content
            if answer.status_code >= 400 and counted() != counter:
                changed = [table for table, rows in contents().items() if rows != before[table]]
                if changed:
                    findings.wrong.append(
                        f"{question.door} {question.method} {path}: {asker.name} was answered {answer.status_code}, "
                        f"and {', '.join(changed)} changed."
                    )
            if counted() != counter:
                raise _Undone
    except _Undone:
        forget_kept_shop()
        paces.forget()
    return said, body
