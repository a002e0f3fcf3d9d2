"""The table of answers as data: a line for each door, method and kind of thing, a column for each asker."""

import csv

from tests.architecture.source import PROJECT
from tests.matrix.trying import Answers

TABLE = PROJECT / "tests" / "matrix" / "answers.csv"
KEYS = ("door", "method", "about")


def read() -> Answers:
    with TABLE.open(newline="") as file:
        return {
            (row["door"], row["method"], row["about"]): {
                asker: said for asker, said in row.items() if asker not in KEYS and said
            }
            for row in csv.DictReader(file)
        }


def write(answers: Answers, askers: list[str]) -> None:
    with TABLE.open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow((*KEYS, *askers))
        for key, told in sorted(answers.items()):
            if told:
                table.writerow((*key, *(told.get(asker, "") for asker in askers)))


def differences(expected: Answers, found: Answers) -> list[str]:
    """Return what was answered otherwise than the table says; a line that is not there yet is one, too."""
    lines = []
    for key, told in found.items():
        for asker, said in told.items():
            wanted = expected.get(key, {}).get(asker, "nothing written down")
            if said != wanted:
                lines.append(f"{' '.join(key)}, {asker}: {said}, and not {wanted}")
    return lines
