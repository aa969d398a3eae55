"""Replace characters that are not printed, or that change the text around them."""

import re

# Control characters, lone surrogates and two codes that are not characters: XML cannot hold them.
# And the marks that turn the direction of all text behind them, so that a label can hide or reverse
# its neighbours. The marks U+200E and U+200F act on the next characters only; names in Arabic and
# Hebrew need them.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def printable(text: str) -> str:
    r"""Return a text with the sign � in place of each character that is not printed.

    Tabs and the ends of lines stay.

    Examples
    --------
    >>> printable("a\x01b\u202ec\n")
    'a�b�c\n'
    """
    return UNPRINTABLE.sub("\ufffd", text)
