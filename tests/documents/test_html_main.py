"""The main text of pages: their menus, tools and footers are left out, plain pages are whole."""

import time

import pytest

import policylib as pol
from policylib.documents.html_main import is_aside
from tests.documents.helpers import problem, put, texts

ZH = [
    "去年以来，全市经济运行总体平稳，主要指标好于预期，民生福祉不断增进。",
    "我们着力建设现代化产业体系，培育机器人、新材料和生物医药三个产业集群。",
    "深化重点领域改革，支持民营经济发展壮大，为企业减税降费十二亿元。",
    "办好民生实事，新增普惠托位两千个，改造老旧小区四十六个。",
    "今年要加快数字经济创新发展，推动人工智能与实体经济深度融合。",
]
EN = [
    "The government will spend two billion more on regional transport over four years.",
    "We will set up a national office for robotics, which will advise small firms.",
    "Ministers have agreed a plan to train forty thousand technicians by the end of the decade.",
    "Schools in rural districts will be connected to fast broadband before the next winter.",
]
TITLE = "云川市2026年政府工作报告"
MENU = ["首页", "政务公开", "政务服务", "互动交流", "走进云川"]
OTHERS = ["我市召开经济工作会议", "市领导调研重点项目", "一图读懂政府工作报告", "春耕备耕有序推进"]
FOOT = """<div><p>主办：云川市人民政府办公室</p><p>蜀ICP备00000000号</p>
<p>扫一扫在手机打开当前页</p></div>"""


def links(names: list[str]) -> str:
    return "<ul>" + "".join(f"<li><a href=/a>{name}</a></li>" for name in names) + "</ul>"


def blocks(lines: list[str], tag: str = "p") -> str:
    return "".join(f"<{tag}>{line}</{tag}>" for line in lines)


ROWS = [cell for number, task in enumerate(ZH, 1) for cell in (str(number), task)]
CELLS = "".join(f"<tr><td>{n}</td><td>{t}</td></tr>" for n, t in enumerate(ZH, 1))
REPORT = ["一、2025年工作回顾", *ZH[:3], "二、2026年重点工作", *ZH[3:]]
# A page, and what is its main text.
PAGES = {
    "provincial government": (
        f"""<title>{TITLE}_云川市人民政府</title><div>今天是2026年2月3日 {links(MENU)}</div>
        <div>您的位置：<a>首页</a> &gt; <a>政府工作报告</a></div><h1>{TITLE}</h1>
        <div><a>下载</a><a>打印</a><a>全屏</a><a>收藏</a><br>【字号：<br>加大<br>还原<br>减小<br>】</div>
        <div>{blocks(REPORT)}</div><div>责任编辑：李一</div><div>分享到：微信 微博</div>
        <h3>相关报道：</h3>{links(OTHERS)}{FOOT}""",
        [TITLE, *REPORT],
    ),
    "old tables": (
        f"""<table><tr><td>{" | ".join(f"<a>{name}</a>" for name in MENU)}</table>
        <table><tr><td><table>{"".join(f"<tr><td>·<a>{name}</a>" for name in OTHERS)}</table>
        <td>{"<br>".join(ZH)}<tr><td>[<a>打印本页</a>] [<a>关闭窗口</a>]</table>
        版权所有：云川市人民政府""",
        ZH,
    ),
    "short news": (
        f"""<title>市政府召开会议</title>{links(MENU)}<div>当前位置：首页 > 要闻</div>
        <h2>市政府召开会议</h2><div><p>{ZH[0]}</p><p>会议还研究了其他事项。</p></div>
        {links(OTHERS * 5)}{FOOT}""",
        ["市政府召开会议", ZH[0], "会议还研究了其他事项。"],
    ),
    "table of tasks": (
        f"""<div>{"".join(f"<a>{name}</a>" for name in MENU)}</div><h1>重点任务</h1>
        <div>打印 分享</div><table>{CELLS}</table>{FOOT}""",
        ["重点任务", *ROWS],
    ),
    "hidden until a script runs": (
        f"""<h1>解读</h1><div style='visibility: hidden'>{blocks(ZH, "section")}</div>
        <div>微信扫一扫<br>关注该公众号</div><div><a>知道了</a></div>""",
        ["解读", *ZH],
    ),
    "english government": (
        f"""<a>Skip to main content</a><div class=cookie><p>We use cookies.</p><button>Accept
        </button></div><nav>{links(["Home", "Policies"])}</nav><main><h1>Plan</h1><h2>Our aims</h2>
        {blocks(EN[:2])}<ul>{blocks(EN[2:], "li")}</ul></main><aside><h2>Related</h2>
        {links(["A map", "A form"])}</aside><footer><p>All content is free.</p></footer>""",
        ["Plan", "Our aims", *EN],
    ),
}


class TestMainText:
    @pytest.mark.parametrize(("page", "expected"), PAGES.values(), ids=PAGES)
    def test_menus_tools_and_footers_are_left_out(self, tmp_path, page, expected):
        page = f"<!DOCTYPE html><html><meta charset=utf-8>{page}</html>"
        assert texts(tmp_path, "a.html", page, main_text=True) == expected
        assert len(texts(tmp_path, "a.html", page)) > len(expected)

    @pytest.mark.parametrize(
        "page",
        [
            "<p>We will buy robots.</p>",
            f"<h1>Speech</h1>{blocks(EN)}<p>End</p>",
            "<br>".join(ZH),
            f"<ul>{blocks(EN, 'li')}</ul>",
            blocks(["打印机产业", "下载中心建设", "5%", "版权保护。", "位置服务产业。", "收藏业"]),
            f"<ul>{''.join(f'<li><a>{line}</a></li>' for line in ZH)}</ul>",
            links(MENU),  # there is nothing else
        ],
    )
    def test_a_plain_page_loses_nothing(self, tmp_path, page):
        page = f"<meta charset=utf-8>{page}"
        whole = texts(tmp_path, "a.html", page)
        assert texts(tmp_path, "a.html", page, main_text=True) == whole

    def test_the_text_is_that_of_the_whole_page(self, tmp_path):
        page = f"{links(MENU)}<p>In 2024<sup>1</sup>, robo&shy;tics  grew.<p>{EN[0]}<p>{EN[1]}"
        page = f"<?xml version='1.0' encoding='gb2312'?>{page}".encode("gbk")
        expected = ["In 2024 1, robotics grew.", *EN[:2]]
        assert texts(tmp_path, "a.html", page, main_text=True) == expected

    def test_other_files_and_problems_are_as_before(self, tmp_path):
        assert texts(tmp_path, "a.txt", "打印", main_text=True) == ["打印"]
        assert problem(tmp_path, "a.html", "<p>a<script>b", main_text=True).startswith("<script>")

    def test_pages_of_odd_make_are_read(self, tmp_path):
        started = time.monotonic()
        menu = links(MENU)
        for piece in ("<div>", "<b>", "x<p>", "<a>y</a>", "&#", "<table><tr><td>", "<![CDATA["):
            put(tmp_path, a__html=f"{menu}text<p>{piece * 10_000}", b__html="<p>text")
            pol.read_documents(tmp_path, main_text=True)
        assert time.monotonic() - started < 60

    def test_a_page_of_very_many_lines_is_read_by_its_words(self, tmp_path, monkeypatch):
        monkeypatch.setattr("policylib.documents.html_main.MANY", 3)
        page = f"<meta charset=utf-8>{links(MENU)}<div>short</div><p>{EN[0]}"
        assert texts(tmp_path, "a.html", page, main_text=True) == ["short", EN[0]]


class TestIsAside:
    @pytest.mark.parametrize(
        ("line", "linked", "expected"),
        [
            ("下载 打印 全屏 收藏", 0, True),
            ("【字号： 大 中 小】", 0, True),
            ("您现在的位置：首页 > 要闻", 0.5, True),
            ("责任编辑：李一", 0, True),
            ("Home", 1, True),
            ("打印机产业", 0, False),
            ("中小企业", 0, False),
            ("大力发展", 0, False),
            ("版权保护工作要加强。", 0, False),
            ("We will buy robots.", 1, False),  # a sentence is no menu
            ("看全文", 0.5, False),
            ("大", 0, False),  # a cell of a table
            ("###", 0, False),
        ],
    )
    def test_a_tool_has_nothing_but_words_of_tools(self, line, linked, expected):
        assert is_aside(line, linked) == expected
