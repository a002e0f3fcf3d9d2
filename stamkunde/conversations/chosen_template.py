"""Which template of a messenger somebody chose in a form, and what was written into its gaps."""

from collections.abc import Mapping

from stamkunde.conversations.channels.text.window import LONGEST_FIELD, MOST_GAPS

NAMES = tuple(f"field_{number}" for number in range(1, MOST_GAPS + 1))


def typed_of(sent: Mapping[str, str]) -> dict[str, str]:
    """Return what was chosen and written, as it is shown again when it is refused."""
    return {
        "template": sent.get("template", "")[:20].replace("\0", ""),
        **{name: sent.get(name, "").replace("\0", "")[:LONGEST_FIELD] for name in NAMES},
    }


def chosen(typed: Mapping[str, str]) -> tuple[int | None, list[str]]:
    """Return the template's number, if one was chosen, and what goes into its gaps."""
    number = typed.get("template", "")
    fields = [typed.get(name, "") for name in NAMES]
    while fields and not fields[-1].strip():
        fields.pop()
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    return (int(number) if is_number else None), fields


def gaps(typed: Mapping[str, str]) -> list[tuple[int, str]]:
    """Return what stands in each gap, numbered, as many as a template may have."""
    return [(number, typed.get(name, "")) for number, name in enumerate(NAMES, 1)]
