"""Fonts that have the characters of labels."""

import unicodedata
from collections.abc import Iterable
from functools import cache

import matplotlib as mpl
from matplotlib import font_manager

from policylib._util.warn import warn

# A font with a box for every character. Matplotlib has it from 3.11 on; if it is named as one of
# the fonts, matplotlib does not warn of each missing character.
BOXES = "Last Resort High-Efficiency"
SCRIPTS = {
    "CJK": "Chinese",
    "FULLWIDTH": "Chinese",
    "IDEOGRAPHIC": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
}
FONTS = {"Chinese": "CJK SC", "Japanese": "CJK JP", "Korean": "CJK KR", "Symbol": "Symbols 2"}


@cache
def chinese_fonts() -> list[str]:
    """Find an installed font with Chinese characters, which the main font lacks."""
    known = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "SimHei"]
    known += ["Hiragino Sans GB", "Microsoft YaHei", "WenQuanYi Micro Hei"]
    known += ["Noto Serif CJK SC", "Noto Serif CJK JP"]
    installed = font_manager.get_font_names()
    return [name for name in known if name in installed][:1]


@cache
def box_font() -> list[str]:
    """Find the font of boxes, if matplotlib has it."""
    return [BOXES] if BOXES in font_manager.get_font_names() else []


def warn_of_boxes(texts: Iterable[str]) -> None:
    """Warn once if the fonts of matplotlib's settings lack characters of these texts.

    Parameters
    ----------
    texts : iterable of str
        The labels of a figure.

    Warns
    -----
    UserWarning
        The message names the scripts, and for each a font to install.
    """
    wanted = {mark for text in texts if not text.isascii() for mark in text}
    missing = sorted(mark for mark in wanted if not mark.isspace() and not _has_glyph(mark))
    if not missing:
        return
    scripts = sorted({_script(mark) for mark in missing})
    fonts = " and ".join(
        f"a font with {script} characters, for example Noto Sans {FONTS.get(script, script)}"
        for script in scripts
    )
    chosen = "" if scripts == ["Chinese"] else ", and add its name to plt.rcParams['font.family']"
    warn(
        f"labels have characters that are drawn as boxes, for example {missing[0]!r}; install "
        f"{fonts}{chosen}. If it is installed, delete matplotlib's list of fonts, "
        f"fontlist-*.json in {mpl.get_cachedir()}, and restart Python"
    )


def _has_glyph(mark: str) -> bool:
    for family in mpl.rcParams["font.family"]:
        if family != BOXES:
            try:
                # A single text would be read as a pattern, in which "-" has a meaning.
                properties = font_manager.FontProperties(family=[family])
                path = font_manager.findfont(properties, fallback_to_default=False)
            except ValueError:  # the font is not installed
                continue
            if font_manager.get_font(path).get_char_index(ord(mark)):
                return True
    return False


def _script(mark: str) -> str:
    """Return the script of a character, which is the first word of its name in Unicode.

    Examples
    --------
    >>> [_script(mark) for mark in "河，กж"]
    ['Chinese', 'Chinese', 'Thai', 'Cyrillic']
    """
    word = unicodedata.name(mark, "").partition(" ")[0]
    letter = unicodedata.category(mark)[0] in "LM"
    return SCRIPTS.get(word, word.title() if letter and word else "Symbol")
