"""The look of all figures: colours, fonts, lengths of labels, sizes."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

import matplotlib.pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cbook import normalize_kwargs
from matplotlib.figure import Figure
from matplotlib.text import Text

from policylib._util.printable import printable
from policylib.plot.fonts import box_font, chinese_fonts, warn_of_boxes

# Okabe and Ito's colours, which readers with any kind of colour vision can distinguish.
COLOURS = {
    "province": "#0072B2",
    "organisation": "#56B4E9",
    "expert": "#D55E00",
    "initiative": "#009E73",
    "priority": "#E69F00",
}
SIGNS = {1: ("#0072B2", "more than expected"), -1: ("#D55E00", "fewer than expected")}
BELOW_ZERO = {-1: ("#D55E00", "below zero")}
# The largest number of colours that a reader can distinguish; no yellow, which is pale on white.
MANY = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#333333"]
LONGEST = 52
# The background of a label, so that lines do not cross the text.
PAPER = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.5}
INK, GREY, PALE = "#333333", "#888888", "#BBBBBB"
SIDES = {True: "for", False: "against"}  # levels of a qualifier
NO_VALUE: dict[str, Any] = {"facecolor": "white", "edgecolor": PALE, "linestyle": "--"}
STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.titlesize": 12,
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": PALE,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@contextmanager
def style() -> Iterator[None]:
    """Set the look of one figure, and restore the settings of matplotlib afterwards."""
    # Jupyter's backend turns interactive drawing on when it is loaded. If it were loaded inside
    # the context, the end of the context would turn it off, and later figures would not be shown.
    plt.draw_if_interactive()  # type: ignore[no-untyped-call]
    families = [*plt.rcParams["font.family"], *chinese_fonts(), *box_font()]
    with plt.rc_context(STYLE | {"font.family": families}):
        yield


def new_axes(width: float, height: float) -> Axes:
    """Make a figure of a size in inches."""
    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def axes_of(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the axes that are given, or new ones of a size in inches.

    Raises
    ------
    TypeError
        If `ax` is something else, such as the array of axes that ``plt.subplots(2)`` returns.
    """
    if ax is None:
        return new_axes(width, height)
    if not isinstance(ax, Axes):
        raise TypeError(f"ax: expected axes of matplotlib, not {type(ax).__name__}")
    return ax


def with_defaults(
    kwargs: Mapping[str, Any], artist: type[Artist], **defaults: Any
) -> dict[str, Any]:
    """Return what a user passes to matplotlib, by its full names, and defaults for the rest.

    Examples
    --------
    >>> from matplotlib.lines import Line2D
    >>> with_defaults({"c": "red", "lw": 2}, Line2D, color="black", marker="o")
    {'color': 'red', 'marker': 'o', 'linewidth': 2}
    """
    given: dict[str, Any] = normalize_kwargs(dict(kwargs), artist)
    if "c" in given:  # scatter takes either this or a colour
        defaults.pop("color", None)
    return defaults | given


def finish(drawn: Axes | Figure) -> None:
    """Let texts be drawn as they are written, and warn of characters that no font has.

    A dollar sign is a dollar sign, and not a mark of mathematics. The title of given axes, and
    what the user writes on the figure later, are left alone.
    """
    texts = [text for text in drawn.findobj(Text) if text is not getattr(drawn, "title", None)]
    for text in texts:
        if "$" in text.get_text():
            text.set_parse_math(False)
        if not text.get_text().isascii():  # a text of given axes may have another font
            text.set_fontfamily(plt.rcParams["font.family"])
    warn_of_boxes(text.get_text() for text in texts)


def text_of(label: object, names: Mapping[Any, str]) -> str:
    """Return the text for a label: its name, and the levels of a tuple joined by a dash."""
    if isinstance(label, tuple):
        levels = [SIDES.get(part, part) if isinstance(part, bool) else part for part in label]
        return " – ".join(text_of(level, names) for level in levels)
    return short(names.get(label, label))


def title_of(names: Sequence[Any]) -> str:
    """Return the title of an axis: the names of the levels of its labels."""
    return " – ".join(printable(str(name)) for name in names if name is not None)


def number_text(number: float, digits: int) -> str:
    """Return a number as it is printed, with a minus sign and not a hyphen.

    Examples
    --------
    >>> number_text(-1.5, 2), number_text(-0.001, 2)
    ('−1.50', '0.00')
    """
    text = f"{number:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


def different_texts(labels: Sequence[object], names: Mapping[Any, str]) -> list[str]:
    """Return a text for each label; equal texts are numbered from the second on."""
    texts: list[str] = []
    used: Counter[str] = Counter()
    for label in labels:
        text = text_of(label, names)
        used[text] += 1
        texts.append(text if used[text] == 1 else f"{text} ({used[text]})")
    return texts


def short(name: object, longest: int = LONGEST) -> str:
    """Return a name as it can be drawn; cut it if it is too long for a label."""
    text = printable(str(name))
    start = text[: longest + 1]  # no character is narrower than 1, so the rest does not matter
    if width_of(start) <= longest:
        return text
    fitting = sum(width < longest for width in accumulate(map(width_of, start)))
    return start[:fitting].rstrip() + "…"


def width_of(text: str) -> int:
    """Return the width of a text in Latin characters; a Chinese character counts as two.

    Examples
    --------
    >>> width_of("Córdoba"), width_of("河南")
    (7, 4)
    """
    return len(text) + sum(east_asian_width(character) in "WF" for character in text)
