"""Recognise the headings of a work report: their numbers, and the words that name a part."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args
from unicodedata import normalize

from policylib._util.characters import simplify

ReportPart = Literal["front", "contents", "review", "plan", "glossary", "annex", "closing"]
PARTS: tuple[ReportPart, ...] = get_args(ReportPart)
LONGEST, LONGEST_NUMBERED = 60, 120  # characters of a heading without and with a number
BETWEEN_WIDE = re.compile(r"(?<=[^\x00-\u2e7f])[ \t]+|[ \t]+(?=[^\x00-\u2e7f])")
# A line that ends or begins like this is a sentence, or a piece of one.
NO_HEADING = re.compile(r"^[\W_]*$|^[》,，。、;；:：)）”]|[。;；,，《!！?？]$|[^.IVX0-9]\.$")
COMMA = re.compile("[,，;；。]")
# A line that announces a list, such as 主要做了以下工作.
LEADS_IN = re.compile(r"以下|如下|抓好|做好|抓了|做了|办好|following\b|as follows", re.IGNORECASE)
# The end of a heading that shares its paragraph with a sentence.
CUT = re.compile(
    r"[。:：!！?？;；]|\.(?=\s)|\s{2,}|(?<=[^\x00-\u2e7f])\s"
    r"|(?<=回顾|总结|安排|任务|要求|目标|工作)(?=20\d\d年|过去|一年来|今年|今后)"
)

# --- Numbers -----------------------------------------------------------------------------------

_ONES = "一二三四五六七八九"
_HAN = [*_ONES, "十", *(f"十{one}" for one in _ONES), "二十"]
_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV"]
_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
ORDINAL = {
    name: number
    for names in (_HAN, _ROMAN, _WORDS, [str(number) for number in range(1, 100)])
    for number, name in enumerate(names, start=1)
}
_ANY = rf"(?:[{_ONES}十]{{1,3}}|[IVX]{{1,5}}|\d{{1,2}})"
MARKS = re.compile(r"(#+)\s+")
# Each pattern has the number in its group; its name is the style.
STYLES = {
    "第": re.compile(rf"第\s*({_ANY})\s*(?:部\s*分|[章节篇编])[\s、,.:]*"),
    "part": re.compile(
        rf"(?:part|chapter|section)\s+({_ANY}|{'|'.join(_WORDS)})\b[\s.,:)-]*", re.IGNORECASE
    ),
    "(": re.compile(rf"\(\s*({_ANY})\s*\)[\s、,.:]*"),
    "一": re.compile(rf"([{_ONES}十]{{1,3}})(?:\s*[、,.:]\s*|\s+)"),
    "I": re.compile(r"([IVX]{1,5})(?:\s*[、.:)]\s*|\s+)(?![a-z])"),
    # A point before digits is a decimal point, unless these are a year.
    "1": re.compile(r"(\d{1,2})(?:\s*[、)]\s*|\s*[,.:](?!\d(?!\d{3}年))\s*|\s+)"),
}
NUMBERED = re.compile(  # a quick test before the patterns above
    r"[\s#*_【\[]*(?:[第(（㈠-㈩Ⅰ-Ⅻ⒈-⒛]|[一二三四五六七八九十\dIVX０-９]+[\s、，,.．:：)]"
    r"|part\b|chapter|section)",
    re.IGNORECASE,
)


# --- Words, in lower case ------------------------------------------------------------------------

# Words that name the past, even of a later heading; words that do so only in the first one; words
# that name what comes, whatever else a heading says; and words of plans.
REVIEW = re.compile(
    r"回顾|总结|(?:发展|主要|历史性)(?:成就|成绩|成效)|(?:工作|发展|完成|执行|进展|落实)情况|以来"
    r"|一年来|五年来|过去|去年"
    r"|\breview\b|\baccomplish|\bachieve(?:d|ments?)\b|\b(?:past|last|previous) (?:\w+ )?years?\b"
    r"|\bwe (?:have )?(?:done|did)\b|\blook(?:ing)? back\b|\bwork (?:done|completed)\b"
)
ACHIEVED = re.compile(
    r"成就|成绩|成效|做法|所做|取得|圆满|完成|进展|迈出|迈上"
    r"|\bresults?\b|\bprogress\b|\bperformance\b|\bcompleted?\b"
)
# Words of a review in the first heading, and of a plan in a later one; so are those of both.
WORK = re.compile(r"主要工作|20\d\d年(?:政府|全年)?工作$|\bour work\b")
FUTURE = re.compile(
    r"今后|未来|下一?步|明年|来年|新的?一年|下一?阶段|下半年|展望"
    r"|\bnext\b|\bcoming\b|\bupcoming\b|\bahead\b|\bwill\b|\boutlook\b|\bfuture\b"
)
CLEARLY_PAST = re.compile(r"以来|回顾|总结|\breview\b|\bachieve")
PLAN = re.compile(
    r"安排|任务|要求|目标|重点|建议|计划|规划|打算|思路|举措|部署|设想"
    r"|\bplan(?:s|ned)?\b|\btasks?\b|\bpriorit(?:y|ies)\b|\bgoals?\b|\bobjectives?\b|\btargets?\b"
    r"|\bproposals?\b|\bagenda\b|\brequirements?\b|\barrangements?\b|\bto do\b"
)
# Words of a section that only goes on with a review.
LESSONS = re.compile(r"体会|启示|(?:存在|主要|面临)的?(?:问题|困难|不足)")
WORDS = {
    "review": REVIEW,
    "lessons": LESSONS,
    "achieved": ACHIEVED,
    "plan": PLAN,
    "work": WORK,
}
# A part without a number is named by its last word, or, in English, by any.
LAST_WORD = re.compile(
    r"(?:回顾|总结|情况|成就|成绩|成效|安排|任务|要求|目标|重点|工作|建议|计划|规划|打算|思路|举措"
    r"|部署|设想|展望|体会|打算|意见)$|^[\x00-\x7f‘’“”–—]+$"
)
LAST_CHARACTERS = frozenset(
    "顾顧结結况就绩績效排务務求标標点點作议議划劃算路措署想望会會示见見释釋明解注"
)
AND = re.compile(r"[和及与暨、,;/&]|\band\b|\bas well as\b")
# The years and five-year plans of which a heading or a sentence speaks.
PERIOD = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?!\d)|([去今明来上下]半?年)|\b((?:last|this|next|coming) year)\b"
    r"|(?<![一二三四五六七八九十])(十[一二三四五六七八九]?|[六七八九])(?:个五年|五(?![年个]))",
    re.IGNORECASE,
)
TITLE = re.compile(r"(?:报告|讲话|公报|纪要)$|\breport (?:on|of)\b|\bwork report\b")
# The whole table of contents may be in the paragraph of its title.
CONTENTS = re.compile(
    r"(?:目\s*[录次]|(?:table of )?contents)(?:$|[\s:.]*(?:第?一|[1I][\s、.]).*(?:二|2|II))",
    re.IGNORECASE,
)
GLOSSARY = re.compile(
    r"(?:名词|术语|用语|词语|词汇|概念|缩略语|缩写).{0,6}(?:解释|注释|释义|说明|注解|简释|表)"
    r"|^(?:相关|有关|专业)?(?:注释|注解|名词|术语|释义|注)$"
    r"|\bglossary\b|\bexplanat(?:ion|ory) (?:of terms|notes?)\b|^(?:end)?notes$"
    r"|\bterms (?:used|explained)\b|^(?:key |list of )?(?:terms|definitions|abbreviations)$"
)
ANNEX = re.compile(
    rf"附\s*[件录表图]\s*{_ANY}?(?:[\s:.、].*|下载)?$|附\s*:"
    r"|(?:annex(?:es)?|appendix|appendices|attachments?)\b",
    re.IGNORECASE,
)
# Words that an unnumbered heading has if a sentence follows in its line.
TIME = re.compile(
    r"20\d\d|年|今后|过去|下一?步|\b(?:past|last|next|coming|we|our)\b", re.IGNORECASE
)
ENTRY = re.compile(
    r"(?:(?:\.{3,}|·{3,}|-{4,}|_{3,}|\t|\s{2,})[\s.·_-]*|(?<=[^\x00-\u2e7f件录表图])\s*)\(?\d{1,3}\)?$"
)


class Heading(NamedTuple):
    """A heading: the row of its paragraph, the style and value of its number, its title and kind.

    The kind is a part, one of WORDS, or "both" for a review and then a plan.
    """

    row: int
    style: str  # empty if it has no number
    ordinal: int  # 0 if it has no number
    title: str
    kind: str | None
    is_named: bool = False  # whether the caller named the part
    is_entry: bool = False  # whether it has a page number, as in a table of contents


def plain(text: str) -> str:
    """Return a line in plain forms: half width and simplified characters.

    Examples
    --------
    >>> plain("一．工作回顧：")
    '一.工作回顾:'
    """
    return simplify(normalize("NFKC", text).strip())


def title_of(line: str) -> str:
    """Return a plain line without spaces in Chinese, quotes, brackets and marks around it.

    Examples
    --------
    >>> title_of("【名 词 解 释】"), title_of("What we have done:")
    ('名词解释', 'What we have done')
    """
    return BETWEEN_WIDE.sub("", line).strip(' \t【】[]<>《》()“”"*_-—–·:.。')


def split_number(line: str) -> tuple[str, int, str]:
    """Return the style of a plain line's number, its value, and the rest of the line.

    Examples
    --------
    >>> split_number("第二部分 任务"), split_number("II. Tasks"), split_number("2024年")
    (('第', 2, '任务'), ('I', 2, 'Tasks'), ('', 0, '2024年'))
    """
    line = line.lstrip("*_【[ ")
    marks = MARKS.match(line)
    level, line = (marks[1], line[marks.end() :]) if marks else ("", line)
    for style, pattern in STYLES.items() if NUMBERED.match(line) else ():
        if (match := pattern.match(line)) and (
            value := ORDINAL.get(match[1]) or ORDINAL.get(match[1].lower())
        ):
            kind = style + "(" * (style == "(" and match[1].isdigit())
            return level + kind, value, line[match.end() :]
    return level, 0, line


def read_heading(row: int, text: str, named: Mapping[str, str]) -> Heading | None:
    """Return the heading at the beginning of a paragraph, or None."""
    is_sentence = len(text) > LONGEST or NO_HEADING.search(text)
    if is_sentence and not (named or NUMBERED.match(text) or _may_open(text)):
        return None  # as most paragraphs; the rest is slower
    line = plain(text[: LONGEST + 20] if len(text) > LONGEST_NUMBERED else text)
    style, ordinal, rest = split_number(line)
    longest = LONGEST_NUMBERED if ordinal else LONGEST
    is_whole = len(text) <= longest and not NO_HEADING.search(line)
    if not is_whole:
        cut = CUT.search(rest)
        rest = rest[: cut.start()] if cut else ""
        if not 0 < len(rest) <= LONGEST:
            return None
    is_entry = bool(ENTRY.search(rest))
    title = title_of(ENTRY.sub("", rest))
    if not ordinal and CONTENTS.match(title):
        return Heading(row, "", 0, title, "contents")
    for key in (title.casefold(), title_of(line).casefold()) if named else ():
        if key in named:
            return Heading(row, style, ordinal, title, named[key], is_named=True)
    kind = "annex" if ANNEX.match(rest.lstrip(" 【《(")) else kind_of(title, bool(style))
    kind = "glossary" if kind == "annex" and GLOSSARY.search(title.lower()) else kind
    if not style and not (kind and (is_whole or _is_first_words(title, kind))):
        return None
    return Heading(row, style, ordinal, title, kind, is_entry=is_entry)


def _may_open(text: str) -> bool:
    """Return whether a sentence may begin with a heading that has no number."""
    cut = CUT.search(text, 1, LONGEST)
    if not cut:
        return False
    last = text[cut.start() - 1]
    return (last in LAST_CHARACTERS or last.isascii()) and not COMMA.search(text, 0, cut.start())


def kind_of(title: str, is_marked: bool) -> str | None:
    """Return the part that the words of a title name; without a number, only clear words count.

    Examples
    --------
    >>> kind_of("2024年工作回顾", False), kind_of("主要目标任务圆满完成", True)
    ('review', 'achieved')
    >>> kind_of("Tasks for 2023", False), kind_of("加快发展", True)
    ('plan', None)
    """
    title = title.lower()
    if GLOSSARY.search(title) and len(title) <= LONGEST:
        return "glossary"
    if not is_marked and _is_no_part(title):
        return None
    if _spans_both(title):
        return "both"
    if FUTURE.search(title) and not CLEARLY_PAST.search(title):
        return "plan"
    return next((kind for kind, words in WORDS.items() if words.search(title)), None)


def _is_no_part(title: str) -> bool:
    """Return whether an unnumbered line is a title, a slogan or announces a list."""
    if TITLE.search(title) or LEADS_IN.search(title) or COMMA.search(title):
        return True
    if not LAST_WORD.search(title):
        return True
    return _spans_both(title)


def _spans_both(title: str) -> bool:
    """Return whether a title names a review and then a plan.

    Examples
    --------
    >>> _spans_both("去年工作回顾和今年任务"), _spans_both("去年工作和任务完成情况")
    (True, False)
    """
    return halves(title) != ("", "")


def halves(title: str) -> tuple[str, str]:
    """Return the pieces of a title that name a review and then a plan, or two empty texts.

    The first piece has words of a review, or names other years than the plan.

    Examples
    --------
    >>> halves("2024年工作回顾和2025年任务"), halves("2024年工作和任务完成情况")
    (('2024年工作回顾', '2025年任务'), ('', ''))
    >>> halves("Results of 2024 and priorities for 2025")
    ('results of 2024 ', ' priorities for 2025')
    """
    pieces = AND.split(title.lower())
    for n, second in enumerate(pieces):
        if not REVIEW.search(second) and (PLAN.search(second) or FUTURE.search(second)):
            for first in pieces[:n]:
                if REVIEW.search(first) or _is_of_other_years(first, second):
                    return first, second
    return "", ""


def _is_of_other_years(first: str, second: str) -> bool:
    """Return whether a piece that does not name a plan has years, and the plan has others."""
    years = set(periods(first)), set(periods(second))
    return all(years) and not years[0] & years[1] and not PLAN.search(first)


def periods(text: str) -> list[str]:
    """List the years and five-year plans that a text names.

    Examples
    --------
    >>> periods("“十四五”时期、第十五个五年规划和2026年")
    ['十四', '十五', '2026']
    """
    return ["".join(groups).lower() for groups in PERIOD.findall(text)]


def _is_first_words(title: str, kind: str) -> bool:
    """Return whether an unnumbered title may share its paragraph with a sentence."""
    if kind == "glossary":  # but not 注, which may begin a note in the text
        return len(title) > len("注释") and not title.isascii()
    return kind in ("review", "plan") and bool(TIME.search(title))
