"""Patterns for the speaker of a sentence in news text, in English and Chinese."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Verbs of saying.
SAYING_EN = """
say says said saying propose proposes proposed stress stresses stressed emphasize emphasizes
emphasized emphasise emphasises emphasised require requires required pledge pledges pledged call
calls called announce announces announced mention mentions mentioned believe believes believed
think thinks thought suggest suggests suggested recommend recommends recommended add adds added
note notes noted argue argues argued state states stated declare declares declared demand demands
demanded urge urges urged vow vows vowed promise promises promised explain explains explained tell
tells told stipulate stipulates stipulated warn warns warned expect expects expected hope hopes
hoped maintain maintains maintained advise advises advised predict predicts predicted reveal
reveals revealed report reports reported observe observes observed conclude concludes concluded
insist insists insisted outline outlines outlined describe describes described acknowledge
acknowledges acknowledged point points pointed write writes wrote indicate indicates indicated show
shows showed ask asks asked remind reminds reminded caution cautions cautioned admit admits
admitted make\\sclear makes\\sclear made\\sclear make\\sit\\sclear makes\\sit\\sclear
made\\sit\\sclear put\\sforward point\\sout points\\sout pointed\\sout promising
"""
# Other verbs that may follow a subject; the pattern adds every word that ends in -ed.
DOING_EN = """
will would shall must should is are was were has have had can plan plans aim aims intend intends
seek seeks want wants set sets put puts make makes made take takes took give gives gave bring
brings brought build builds built lead leads led keep keeps kept go goes went begin begins began
draw draws drew grow grows grew rise rises rose win wins won launch launches introduce introduces
issue issues continue continues focus focuses support supports accelerate accelerates encourage
encourages expand expands strengthen strengthens promote promotes develop develops need needs
regard regards did does do seem seems lay lays turn turns offer offers open opens raise raises cut
cuts include includes rely relies choose chooses chose speak speaks spoke hope hopes
"""
SAYING_ZH = """
提出 表示 强调 要求 指出 认为 建议 明确 称 说 介绍 坦言 透露 补充
宣布 部署 呼吁 解释 告诉 预计 主张 提到 显示 公布 表态 分析 直言 提醒
承诺 号召 谈到 写明
"""
DOING_ZH = """
将 要 拟 计划 力争 推动 推进 加快 出台 实施 设立 启动 发布 印发
聚焦 坚持 围绕 已 正 把 支持 建设 打造 培育 安排 寄望 再 深化
扩大 加强 提升 优化 让
"""
ELSEWHERE = (  # after the name of a place, these do not mean the government of that place
    "University|Institute|Institution|Academy|Society|Association|College|Center|Centre|School|"
    "Bank|Daily|News|Group|Company"
)
SUFFIX = r"(?: (?:Province|City|Municipality|(?:(?:Zhuang|Hui|Uygur|Uyghur) )?Autonomous Region))?"


Rules = Sequence[tuple[str, re.Pattern[str]]]


@dataclass(frozen=True)
class Speech:
    """The patterns of one language by which the speakers of sentences are found.

    The group `who` of a pattern contains the speakers. The group `skip` contains the words that
    name them, which are not part of what they say.
    """

    sentence: re.Pattern[str]
    name: re.Pattern[str]
    alone: re.Pattern[str]  # a sentence that only names the speaker of those before it
    whole: Rules  # the speaker says the whole sentence
    clause: Rules  # the speaker says the text up to the next match
    person: re.Pattern[str]  # "he", the last expert
    body: re.Pattern[str]  # "it", the last province or organisation
    others: re.Pattern[str]  # an unnamed speaker, or the newspaper
    goes_on: re.Pattern[str]  # a sentence that continues the one before
    done: re.Pattern[str]  # something that was done
    asked: re.Pattern[str]  # something that ought to be done
    lacking: re.Pattern[str]  # an obstacle or a shortage


def english(names: Iterable[str]) -> Speech:
    """Build the patterns of English."""
    name = (
        rf"(?-i:(?<!\w)(?:{_either(names)}){SUFFIX}(?!\w)"
        rf"(?!(?: (?:of|for|and|[A-Z][\w-]*))* (?:{ELSEWHERE})\b))"
    )
    who = rf"(?P<who>{name}(?:(?:, (?:the )?{name}){{0,40}},? and (?:the )?{name})?)"
    says, does = rf"(?:{_words(SAYING_EN)})\b", rf"(?:{_words(DOING_EN)}|\w\w+ed)\b"
    title = r"(?:\s?\([^()]*\)|,[^.;!?\"“”]{2,180}?,(?=\s))?"
    body = (
        r"(?:(?:['’]s)?(?: [\w'’-]+){0,5}? (?:conference|meeting|session|government|authorities"
        r"|officials|report|plan|committee|leaders|commission|bureau|department|delegation))?"
    )
    small = (
        r"(?: (?:also|further|again|both|all|each|then|therefore|later|earlier|recently|once|still"
        r"|itself|has|have|had|will|would|in turn|\w+ly))*"
    )
    # Before the subject: punctuation, a conjunction, a phrase with a comma, or a date.
    at = (
        r"(?:\W{0,20}|(?:and|but|meanwhile) |[^.,;]{0,60}[,;:] "
        r"|(?:in|on|by|since|this|last|next) [\w.]{1,12}(?: [\w.]{1,10}){0,2} )"
    )
    rest = r"(?:,? (?:to|in|at|on|when|during|as|last|this|of)\b[^.]{0,80})?"
    both = f"{who}(?:, {name})?{title}{body}{title}{small}"
    # A full stop after these does not end a sentence.
    short = "No|Nos|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|vs|etc|e.g|i.e|Dr|Mr|Mrs|Ms"
    no_short_form = r"(?<!\b[A-Z])" + "".join(
        rf"(?<!\b{re.escape(word)})" for word in f"{short}|Prof|Ph.D|Co|Ltd|Inc|St".split("|")
    )
    joined = "[,;:] (?:and|but|while|whereas|so|as) "
    also = r"^\W{0,20}(?:(?:and|but|also|moreover|in addition|meanwhile),? )?"
    return Speech(
        # Closing quotes belong to the sentence. Without a space, it ends before a capital.
        sentence=re.compile(
            rf"{no_short_form}[.][\"”’')]*(?=\s+[^\sa-z]|\s*$)"
            rf"|{no_short_form}(?<!\d)[.][\"”’']?(?=[A-Z][a-z])|[!?;][\"”’')]*|\n"
        ),
        name=re.compile(name),
        alone=re.compile(
            rf"[\W_]{{0,20}}(?P<skip>(?:the )?{both} {says}{rest})[\W_]{{0,20}}", re.I | re.S
        ),
        whole=_rules(
            ("tag after", rf"[,”\"’!?]\s*(?P<skip>(?:the )?{both} {says}{rest}[\W_]{{0,20}})$"),
            ("tag after", rf"[,”\"’!?]\s*(?P<skip>{says} (?:the )?{who}(?:,[^.]*)?[\W_]{{0,20}})$"),
            ("tag within", rf"[,”\"’!?]\s*(?P<skip>(?:the )?{both} {says}{rest}),"),
            (
                "according to",
                rf"(?P<skip>\baccording to (?:[\w'’-]+ ){{0,6}}?(?:the )?{who}(?:['’]s)?{title})",
            ),
            (
                "in the view of",
                rf"(?P<skip>\b(?:in|to) {who}{title}['’]s "
                r"(?:own )?(?:view|opinion|eyes|words|mind))",
            ),
            (
                "in the view of",
                rf"(?P<skip>\bin the (?:view|opinion|eyes|words|mind) of {who}{title})",
            ),
            ("in the view of", rf"^\W{{0,20}}(?P<skip>for {who},)"),
            (
                "taken as an example",
                rf"(?P<skip>\b(?:take|taking) (?:the case of )?{who}"
                r"(?: as an? example|,? for example)?)",
            ),
            (
                "taken as an example",
                rf"(?P<skip>{who} (?:is|offers|provides) (?:an?|one|another) (?:\w+ )?"
                r"(?:case|example|illustration)\b(?: in point)?)",
            ),
            (
                "at a conference",
                rf"(?P<skip>\bat [^.]{{0,60}}?{who}[^.]{{0,60}}?, "
                rf"(?:it was|participants|officials|delegates) (?:\w+ly )?{says})",
            ),
            (
                "conference of",
                r"(?P<skip>\b(?:conference|meeting|session|government|authorities|officials|report)"
                rf" (?:held )?(?:in|of|from) {who}{title}{small} {says})",
            ),
        ),
        clause=_rules(
            ("verb after name", rf"(?P<skip>(?:the )?{both} {says})(?=.*\w)"),
            ("subject", rf"(?:^{at}|{joined})(?P<skip>(?:the )?{both}) {does}"),
            ("subject", rf"(?:^{at}|{joined})(?P<skip>{who}['’]s(?: [\w-]+){{1,4}}?) {does}"),
        ),
        person=re.compile(
            rf"{also}(?:he|she){small} {says}"
            r"|^\W{0,20}in (?:his|her) (?:own )?(?:view|opinion|eyes|words)\b"
            rf"|[,”\"’!?] (?:he|she){small} {says}(?:,|{rest}[\W_]{{0,20}}$)",
            re.I,
        ),
        body=re.compile(
            rf"{also}(?:it|the (?:[\w-]+ )?(?:province|city|region|municipality|conference|meeting|"
            rf"government|bureau|commission|administration)){small} (?:{says}|{does})"
            rf"|[,”\"’!?] it{small} {says}{rest}[\W_]{{0,20}}$",
            re.I,
        ),
        others=re.compile(
            r"^\W{0,20}(?:[^,.]{1,60}, )?(?:(?:many|some|several|other|most|a number of|various|few"
            r"|all|local|both) (?:[\w-]+ )?(?:places|provinces|localities|regions|governments"
            r"|experts|analysts|observers|economists|scholars|cities|people|researchers)"
            r"|(?:industry )?(?:analysts|observers|experts|insiders|economists|localities"
            r"|reporters)|(?:an?|the|our|this) (?:reporter|newspaper|journalist)"
            rf"|[^,.]*\b(?:{ELSEWHERE})\b[^,.]*)"
            rf"(?:,[^,]*,)?{small} (?!should|must|need|ought|can)(?:{says}|{does})",
            re.I,
        ),
        goes_on=re.compile(
            r"^\W{0,20}(?:at the same time|in addition|besides|moreover|furthermore|meanwhile"
            r"|finally|specifically|in particular|on the basis|therefore"
            r"|(?:the )?(?:first|second|third)(?:ly)?(?:,| is)|its|it|this|these|they|one is"
            r"|give|make|focus|promote|accelerate|strengthen|support|expand|build|improve|deepen"
            r"|optimi[sz]e|adhere|increase|implement|take|speed|stabili[sz]e|cultivate|develop"
            r"|ensure|encourage)\b"
            r"|\b(?:should|must|shall|will|need|needs|necessary|we|our)\b|^\s*[\"“]",
            re.I,
        ),
        done=re.compile(
            r"\b(?:has|have|had|increased|rose|grew|reached|last year|was|were)\b", re.I
        ),
        asked=re.compile(
            r"\b(?:should|must|ought|need|needs|necessary|suggest\w*|recommend\w*|urgent\w*|advise\w*"
            r"|call(?:s|ed)? (?:for|on))\b",
            re.I,
        ),
        lacking=re.compile(
            r"\b(?:insufficient\w*|lack\w*|gaps?|obstacles?|barriers?|shortage\w*|not perfect|"
            r"unsuitable|weak\w*|difficult\w*|challenge\w*|bottlenecks?|room for improvement"
            r"|problems?)\b",
            re.I,
        ),
    )


def chinese(names: Iterable[str]) -> Speech:
    """Build the patterns of Chinese."""
    elsewhere = "大学|学院|研究院|研究会|研究所|研究中心|日报"
    name = rf"(?:{_either(names)})(?![^，。；、]{{0,8}}(?:{elsewhere}))"
    who = rf"(?P<who>{name}(?:[、和与及]{name}){{0,40}})"
    says, does = f"(?:{_words(SAYING_ZH)})", f"(?:{_words(DOING_ZH)})"
    body = (
        r"(?:省委|市委|区委|党委|省政府|政府|省长|(?:有关|相关)?负责人|(?:新闻)?发言人|数据"
        r"|[^，。；]{0,14}?(?:会议|报告|厅|局|委员会))?"
    )
    where = r"对[^，。]{0,14}记者|在[^，。]{0,20}[上中时]"
    when = "近日|日前|今年|明年|去年|目前|相继|分别|纷纷|先后"
    small = rf"(?:也|还|又|均|都|则|将|同时|进一步|{when}|{where}|，)*"
    both = f"{who}{body}{small}"
    return Speech(
        sentence=re.compile(r"[。！？；]+[”’」』）]*|\n"),
        name=re.compile(name),
        alone=re.compile(rf"\W{{0,20}}(?P<skip>[^，。；]{{0,40}}?{both}{says})\W{{0,20}}"),
        whole=_rules(
            ("tag after", rf"[，”！？]\s*(?P<skip>[^，。]{{0,40}}?{both}{says}\W{{0,20}})$"),
            ("according to", rf"(?P<skip>(?:据|根据){who}[^，。]{{0,20}}，)"),
            ("in the view of", rf"(?P<skip>在[^，。]{{0,40}}?{who}看来)"),
            ("taken as an example", rf"(?P<skip>以(?:{name})?{who}为例)"),
        ),
        clause=_rules(
            ("verb after name", rf"(?P<skip>{both}{says})(?=.*\w)"),
            ("subject", rf"(?:^|[，；：])(?P<skip>{both}){does}"),
        ),
        person=re.compile(rf"^\W{{0,20}}(?:此外，|同时，)?(?:[他她]{small}{says}|在[他她]看来)"),
        body=re.compile(
            rf"^\W{{0,20}}(?:此外，|同时，)?(?:该省|该市|该区|全省|会议|它){small}(?:{says}|{does})"
        ),
        others=re.compile(
            r"^\W{0,20}(?:[^，。]{1,30}，)?"
            r"(?:各地|多地|多个省份|不少地方|一些地方|专家|业内人士|分析人士|记者|本报)"
            rf"[^，。]{{0,10}}?(?:{says}|{does}|注意到|发现)"
        ),
        goes_on=re.compile(
            "^\\W*(?:同时|此外|另外|其次|再次|最后|其中|一是|二是|三是|具体|要|将)|应|需|必须|我们|^[“「]"
        ),
        done=re.compile("已|了|去年|增长"),
        asked=re.compile("应|需|必须|建议|要"),
        lacking=re.compile("不足|缺乏|短板|困难|障碍|瓶颈|不完善|薄弱|挑战|问题"),
    )


def _rules(*rules: tuple[str, str]) -> Rules:
    return [(rule, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for rule, pattern in rules]


def _either(names: Iterable[str]) -> str:
    """Join names into a pattern; the longest is first, because the first match is used."""
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


def _words(words: str) -> str:
    return "|".join(sorted(words.split(), key=lambda word: (-len(word), word)))
