"""What a scanner reads: the codes of products, and how to notice one that was misread."""


def check_digit(digits: str) -> int:
    """Return the last digit of an EAN or UPC for the digits before it."""
    weighed = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -weighed % 10


def is_misread(code: str) -> bool:
    """Say whether a code looks like an EAN-13 but its check digit is wrong.

    Other lengths carry no sign of a slip: a shop's own codes are often plain numbers.
    """
    return len(code) == 13 and code.isascii() and code.isdigit() and check_digit(code[:-1]) != int(code[-1])


def cleaned(code: str) -> str:
    """Return a code as it is kept: without blanks around and within."""
    return "".join(code.split())
