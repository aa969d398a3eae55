"""One small data package for all tests, so small that answers can be checked by hand.

Three provinces (Henan, Jilin with its city Siping, Liaoning), a central conference, two experts of
one institute, four initiatives, two documents and fourteen statements s01 to s14. The codebook::

    new-productivity     emerging-industries   robots, new-materials
                         future-industries     quantum
    private-economy      business-environment  credit

Commitments and reports of provinces (a city counts for its province), at the level of priorities;
every statement counts once, except s14, which counts twice:

    =========  ====================  ===================  =================
    province   business-environment  emerging-industries  future-industries
    =========  ====================  ===================  =================
    henan      1 (s09)               1 (s07)              1 (s08)
    jilin      1 (s10)               3 (s11, s14)         0
    liaoning   1 (s06)               2 (s04, s05)         0
    =========  ====================  ===================  =================

The centre directs s01 to s03; the experts diagnose in s12 and recommend in s13. All statements are
in the document `daily` of conferences-2023, except s14, which is in `report` of reports-2025.
"""

import platform
import re
from copy import deepcopy
from pathlib import Path
from textwrap import dedent

import networkx as nx
import pandas as pd
import pytest
from hypothesis import settings

from policylib.network.build import build_network
from policylib.tables.read import Tables, read_tables

# These helpers contain assertions, whose failures should be as detailed as in tests.
pytest.register_assert_rewrite(
    *(f"tests.{name}.helpers" for name in ("documents", "plot", "tables"))
)

# A third of the examples finds nearly as much; `--hypothesis-profile=thorough` tries many more.
options = {"database": None, "deadline": None}
settings.register_profile("repeatable", max_examples=30, derandomize=True, **options)
settings.register_profile("thorough", max_examples=1000, **options)
settings.load_profile("repeatable")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let -k select test classes by the tested function, and leave out what takes long.

    `-k count_statements` selects the class `TestCountStatements`. Tests with these marks run with
    `-m browser` or `-m sweep`.
    """
    for item in items:
        if isinstance(item, pytest.Function) and item.cls:
            words = re.findall("[A-Z][a-z]*", item.cls.__name__.removeprefix("Test"))
            item.extra_keyword_matches.add("_".join(words).lower())
    for marker in {"browser", "sweep"} - {*config.option.markexpr.split()}:
        left_out = [item for item in items if item.get_closest_marker(marker)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that is marked as `not_on` this system, with the reason of the mark."""
    for mark in item.iter_markers("not_on"):
        reason = mark.kwargs["reason"]  # a mark without a reason fails on every system
        if platform.system() in mark.args:
            pytest.skip(f"{platform.system()}: {reason}")


SHA = "0" * 64

WORLD = {
    "provinces.csv": """\
        id,label,label_zh,aliases,adcode,iso,region,growth_2023,target_2024
        henan,Henan,河南省,,410000,CN-HA,Central,4.1,5.5
        jilin,Jilin,吉林省,,220000,CN-JL,Northeast,6.3,6
        liaoning,Liaoning,辽宁省,,210000,CN-LN,Northeast,5.3,5.5
        """,
    "organisations.csv": """\
        id,label,label_zh,aliases,type,province
        conference,Central Economic Work Conference,中央经济工作会议,,conference,
        siping,Siping,四平市,,city,jilin
        institute,Institute of Cities,,,institute,henan
        """,
    "experts.csv": """\
        id,label,label_zh,role,organisation,aliases
        li-na,Li Na,李娜,director,institute,Lina Li; Li N.
        wang-wei,Wang Wei,王伟,,institute,
        """,
    "priorities.csv": """\
        id,label,label_zh,broader,level,definition,cap,sei,terms_en,terms_zh,excluded_en,excluded_zh
        new-productivity,New productive forces,新质生产力,,theme,Innovation leads.,,,,,,
        private-economy,Private economy,民营经济,,theme,Private firms.,,,,,,
        emerging-industries,Emerging industries,新兴产业,new-productivity,priority,New,1798,1; 2,,,,
        future-industries,Future industries,未来产业,new-productivity,priority,Not yet born.,,,,,,
        business-environment,Business environment,营商环境,private-economy,priority,Rules.,,,,,,
        robots,Robots,机器人,emerging-industries,item,Machines.,,2.1,robot; robots,机器人,,
        new-materials,New materials,新材料,emerging-industries,item,Materials.,,3,,,,
        quantum,Quantum,量子,future-industries,item,Quanta.,,,,,,
        credit,Credit,信贷,business-environment,item,Loans.,,,,,,
        """,
    "initiatives.csv": """\
        id,label,label_zh,type,owner,implements,year
        revival,Revival strategy,振兴战略,strategy,conference,,2003
        robot-plan,Robot plan,机器人计划,programme,liaoning,revival,2023
        ten-measures,Ten measures,十条措施,measures,henan,,
        credit-fund,Credit fund,信贷基金,institution,siping,,2022
        """,
    "documents.csv": f"""\
        id,collection,actor,title,author,publisher,published,date,language,sha256,paragraphs
        daily,conferences-2023,,Many <provinces> met,,City Daily,2024-01-31,2023-12,en,{SHA},10
        report,reports-2025,jilin,Work report,,Jilin Daily,2025-02,2025-01-15,zh,{SHA},5
        """,
    "statements/conferences-2023.csv": """\
        id,document,paragraph,actor,role,code,initiative,qualifier,coder,count,quote,summary
        s01,daily,1,conference,directs,new-productivity,,,hand,1,new forces,Innovation leads.
        s02,daily,2,conference,directs,emerging-industries,,,hand,1,emerging,Grow them.
        s03,daily,2,conference,directs,business-environment,,,hand,1,environment,Improve it.
        s04,daily,3,liaoning,commits,robots,robot-plan,,hand,1,robots,Build robots.
        s05,daily,3,liaoning,commits,new-materials,,,hand,1,new materials,Expand them.
        s06,daily,4,liaoning,reports,business-environment,,,hand,1,services,It is better.
        s07,daily,5,henan,commits,robots,ten-measures,,hand,1,robots,Buy robots.
        s08,daily,5,henan,commits,quantum,,,hand,1,quantum,Plan ahead.
        s09,daily,6,henan,commits,business-environment,,,hand,1,rules,"Fewer, better rules."
        s10,daily,7,siping,reports,credit,credit-fund,,hand,1,loans,Loans were given.
        s11,daily,8,jilin,commits,emerging-industries,,,hand,1,industries,Grow them too.
        s12,daily,9,li-na,diagnoses,credit,,false,hand,1,hard to borrow,Credit is short.
        s13,daily,9,wang-wei,recommends,quantum,,true,hand,1,look ahead,Invest in quanta.
        """,
    "statements/reports-2025.csv": """\
        id,document,paragraph,actor,role,code,initiative,qualifier,coder,count,quote,summary
        s14,report,2,jilin,commits,robots,,,codebook 1,2,机器人,Robots twice.
        """,
    "indicators.csv": """\
        id,document,paragraph,subject,period,unit,printed,value,status,note
        i01,daily,10,private investment,2023-01/2023-11,percent,9.1%,9.1,printed,
        i02,daily,10,trade,2023,percent,61%,,unresolved,a lost point?
        """,
    "errata.csv": """\
        id,document,paragraph,kind,printed,restored,basis,confidence
        e01,daily,10,removed-word,The ** Conference,The Central Conference,official text,high
        """,
}


def write_world(folder: Path) -> Path:
    """Write the world as a folder of CSV files."""
    for name, text in WORLD.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The world as tables, read once; for reading only."""
    return read_tables(write_world(tmp_path_factory.mktemp("world")))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The world as a folder of CSV files."""
    return write_world(tmp_path / "package")


@pytest.fixture
def tables(world: Tables) -> Tables:
    """The world as tables."""
    return deepcopy(world)


@pytest.fixture
def network(tables: Tables) -> nx.MultiDiGraph:
    """The world as a policy network."""
    return build_network(tables)


@pytest.fixture
def texts() -> pd.DataFrame:
    """The text of some paragraphs of the world; paragraph 7 of `daily` is missing, for one."""
    paragraphs = [
        ("daily", 3, "Liaoning will build robots. Then it needs new materials."),
        ("daily", 5, "Henan buys robots! It plans for quantum 🚀, too."),
        ("daily", 6, "Few forms. Better *rules* & <b>help</b>."),
        ("daily", 8, "It names no such words."),
        ("report", 2, "我们修路。我们造机器人！"),
    ]
    return pd.DataFrame(paragraphs, columns=["document", "paragraph", "text"])
