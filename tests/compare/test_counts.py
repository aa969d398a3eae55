"""Matrices of who says what, and how often."""

import warnings
from dataclasses import replace
from datetime import date
from decimal import Decimal

import networkx as nx
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.compare import compare_pair

tables = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(1, 9)), min_size=1
)
NAMES = {"rows": "who", "columns": "what"}
COUNTERS = [
    lambda table, rows: pol.count_statements(table, rows=rows, columns="what"),
    pol.coverage,
    lambda table, rows: pol.overlap_stability(table, rows=rows, columns="what", samples=1),
]


@pytest.fixture
def spoken():
    """One actor says the same thing again and again, and once the contrary."""
    date = ["2024-12-30", "2025-01-01", "2025-01-31", "2024-01-31", "2025-12-29", "2025-01-01"]
    return pd.DataFrame(
        {
            "document": ["d1", "d1", "d2", "d3", "d4", "d1"],
            "date": date,
            "who": "henan",
            "what": "robots",
            "agrees": [True, True, True, True, True, False],
            "count": [1, 3, 1, 1, 1, 1],
        }
    )


@pytest.mark.parametrize("count", COUNTERS)
@pytest.mark.parametrize("most", [2**53, 2**62, 2**63, 1e300])
def test_counts_that_would_not_be_exact_are_refused(count, most):
    table = pd.DataFrame({"who": ["a", "a", "b"], "what": "x", "document": "d", "paragraph": 1})
    with pytest.raises(ValueError, match=r"column 'count': the numbers add up to .*2\*\*53"):
        count(table.assign(count=[most, most, 1]), rows="who")
    assert pol.count_statements(table.assign(count=[2**52, 0, 1]), **NAMES).max(axis=None) == 2**52


class TestBiadjacency:
    def test_provinces_by_priority(self, network):
        expected = pd.DataFrame(
            {
                "emerging-industries": [1, 3, 2],
                "future-industries": [1, 0, 0],
                "business-environment": [1, 1, 1],
            },
            index=pd.Index(["henan", "jilin", "liaoning"], name="province"),
        ).rename_axis(columns="priority")
        pd.testing.assert_frame_equal(pol.biadjacency(network), expected)

    def test_the_index_has_the_name_of_the_type_that_all_provinces_share(self, network):
        for node in ("henan", "jilin", "liaoning"):
            network.nodes[node]["type"] = "state"
        assert pol.biadjacency(network).index.name == "state"
        assert pol.biadjacency(network, rows="expert").index.name == "expert"
        ax = pol.plot_matrix(pol.biadjacency(network))
        assert ax.get_ylabel() == "state"
        network.nodes["henan"]["type"] = "county"
        assert pol.biadjacency(network).index.name == "province"

    def test_commitments_alone(self, network):
        matrix = pol.biadjacency(network, roles="commits")
        assert matrix.loc["liaoning"].to_dict() == {
            "business-environment": 0,
            "emerging-industries": 2,
            "future-industries": 0,
        }

    @pytest.mark.parametrize("rows", ["province", "organisation", "expert", "actor"])
    def test_themes_are_the_sums_of_what_rolls_up(self, network, rows):
        roles = ("commits", "reports", "directs", "diagnoses", "recommends")
        themes = pol.biadjacency(network, rows=rows, columns="theme", roles=roles)
        for level in ("priority", "item"):
            deeper = pol.biadjacency(network, rows=rows, columns=level, roles=roles)
            theme_of = {code: code for code in deeper.columns}
            for code in theme_of:
                while network.nodes[theme_of[code]]["level"] != "theme":
                    theme_of[code] = network.nodes[theme_of[code]]["broader"]
            summed = deeper.T.groupby(theme_of).sum().T
            pd.testing.assert_frame_equal(summed, themes, check_names=False)

    def test_a_code_above_the_level_keeps_its_column(self, network):
        centre = pol.biadjacency(network, rows="organisation", columns="item", roles="directs")
        assert centre.columns.tolist() == [
            "new-productivity",
            "emerging-industries",
            "business-environment",
        ]

    def test_every_cell_is_backed_by_its_evidence(self, network):
        matrix = pol.biadjacency(network, columns="theme")
        for (actor, theme), count in matrix.stack().items():
            found = pol.evidence(network, actor, theme)
            counted = found.loc[found["role"].isin(["commits", "reports"]), "count"].sum()
            assert counted == count

    def test_initiatives(self, network):
        matrix = pol.biadjacency(network, columns="initiative")
        assert matrix.stack().loc[lambda x: x > 0].to_dict() == {
            ("henan", "ten-measures"): 1,
            ("jilin", "credit-fund"): 1,
            ("liaoning", "robot-plan"): 1,
        }

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"rows": "city"}, "no rows 'city' .*allowed: province, organisation, expert, actor"),
            ({"columns": "level"}, "no columns 'level' .*theme, priority, item, initiative"),
            ({"roles": "commit"}, "no role 'commit' .*did you mean 'commits'"),
            ({"roles": ("commits", "wants")}, "no role 'wants'"),
        ],
    )
    def test_unknown_options_name_what_is_allowed(self, network, options, message):
        with pytest.raises(ValueError, match=message):
            pol.biadjacency(network, **options)

    def test_all_roles_count_by_default(self, network):
        directs = pol.biadjacency(network, rows="organisation")
        assert directs.loc["conference"].to_dict() == {
            "new-productivity": 1,
            "emerging-industries": 1,
            "business-environment": 1,
        }
        assert directs.loc["siping"].to_dict() == {
            "new-productivity": 0,
            "emerging-industries": 0,
            "business-environment": 1,
        }
        experts = pol.biadjacency(network, rows="expert", denied=True)
        assert experts.loc["li-na"].to_dict() == {"future-industries": 0, "business-environment": 1}
        pd.testing.assert_frame_equal(
            experts,
            pol.biadjacency(network, rows="expert", roles=["recommends", "diagnoses"], denied=True),
        )

    def test_what_a_province_asks_of_others_is_not_its_priority(self, network):
        asks = network.copy()
        for actor in ("henan", "siping"):
            data = asks.edges["henan", "quantum", "s08"] | {"relation": "recommends"}
            asks.add_edge(actor, "credit", "ask-" + actor, **data)
        pd.testing.assert_frame_equal(pol.biadjacency(asks), pol.biadjacency(network))
        every = pol.biadjacency(asks, columns="item", roles=["commits", "reports", "recommends"])
        assert every["credit"].to_dict() == {"liaoning": 0, "jilin": 2, "henan": 1}
        assert len(pol.explain_overlap(asks, "henan", "jilin", columns="item")) == 2
        asked = pol.explain_overlap(
            asks, "henan", "jilin", columns="item", roles=["reports", "recommends"]
        )
        assert asked["concept"].to_list() == ["credit"] * 3
        network.nodes["henan"]["kind"] = "organisation"  # then all of its roles count
        asks.nodes["henan"]["kind"] = "organisation"
        assert pol.biadjacency(asks, rows="organisation", columns="item").at["henan", "credit"] == 1

    def test_rows_and_columns_have_the_order_of_their_tables(self, tables):
        turned = replace(
            tables, provinces=tables.provinces[::-1], priorities=tables.priorities[::-1]
        )
        matrix = pol.biadjacency(pol.build_network(turned))
        assert matrix.index.to_list() == ["liaoning", "jilin", "henan"]
        assert matrix.columns.to_list() == [
            "business-environment",
            "future-industries",
            "emerging-industries",
        ]

    def test_roles_that_nobody_has_give_an_empty_matrix(self, network):
        matrix = pol.biadjacency(network, roles="recommends")
        assert matrix.empty
        assert (matrix.index.name, matrix.columns.name) == ("province", "priority")

    def test_all_roles_together(self, network, tables):
        matrix = pol.biadjacency(network, rows="actor", roles=None, denied=True)
        assert matrix.to_numpy().sum() == tables.statements["count"].sum()


class TestCountStatements:
    @given(tables, st.randoms())
    def test_counts_sum_up_and_do_not_depend_on_order(self, rows, random):
        table = pd.DataFrame(rows, columns=["actor", "concept", "count"])
        matrix = pol.count_statements(table, rows="actor", columns="concept")
        assert matrix.to_numpy().sum() == table["count"].sum()
        random.shuffle(rows)
        shuffled = pd.DataFrame(rows, columns=["actor", "concept", "count"])
        pd.testing.assert_frame_equal(
            matrix, pol.count_statements(shuffled, rows="actor", columns="concept")
        )
        turned = pol.count_statements(table, rows="concept", columns="actor")
        pd.testing.assert_frame_equal(matrix, turned.T)

    @pytest.mark.parametrize(
        ("count", "message"),
        [
            (["1", "2"], "must hold numbers from 0, not str"),
            ([1, None], "row 1: expected a number from 0, got nan"),
            ([1, -1], "row 1: expected a number from 0, got -1"),
            ([float("inf"), 1], "row 0: expected a number from 0, got inf"),
        ],
    )
    @pytest.mark.parametrize("call", COUNTERS)
    def test_a_count_must_be_one(self, count, message, call):
        table = pd.DataFrame({"who": ["a", "b"], "what": ["x", "x"], "count": count})
        with pytest.raises(ValueError, match=f"column 'count'.* {message}"):
            call(table.assign(document="d", paragraph=1), rows="who")

    def test_weights_need_not_be_whole(self):
        table = pd.DataFrame({"who": ["a", "a"], "what": ["x", "x"], "count": [0.5, 0.25]})
        assert pol.count_statements(table, rows="who", columns="what").loc["a", "x"] == 0.75

    def test_several_columns_become_the_levels_of_the_rows(self, tables):
        table = tables.statements.drop(columns="qualifier")
        matrix = pol.count_statements(table, rows=["actor", "document", "paragraph"])
        assert matrix.index.names == ["actor", "document", "paragraph"]
        assert matrix.loc[("jilin", "report", 2), "robots"] == 2
        assert matrix.to_numpy().sum() == table["count"].sum()
        turned = pol.count_statements(table, rows=["document", "actor"])
        assert turned.index.names == ["document", "actor"]
        pd.testing.assert_frame_equal(
            matrix.groupby("actor").sum(), pol.count_statements(table, rows="actor")
        )
        sided = table.assign(acts=table["role"] == "commits")
        both = pol.count_statements(sided, rows=["actor", "document"], qualifier="acts")
        assert both.index.nlevels == both.columns.nlevels == 2
        assert both.to_numpy().sum() == table["count"].sum()

    @pytest.mark.parametrize("kind", ["float16", "Sparse[int64]", "Sparse[float64]"])
    def test_counts_of_odd_types_are_added_up(self, kind):
        said = pd.DataFrame({"who": "henan", "what": ["a", "a", "b"], "count": [2048, 1, 0]})
        odd = said.astype({"count": kind})  # in float16, the sum would be 2048
        assert pol.count_statements(odd, **NAMES).loc["henan"].to_list() == [2049, 0]

    @pytest.mark.parametrize(("counts", "whole"), [(["2", "1"], True), (["0.5", "1"], False)])
    def test_decimals_are_numbers(self, counts, whole):
        decimals = pd.ArrowDtype(pa.decimal128(38, 9))
        said = pd.DataFrame({"document": ["d", "e"], "paragraph": 1, "actor": ["h", "j"]})
        said = said.assign(code=["p", "q"], quote=["a", "b"], date=[2020, 2021])
        usual = said.assign(count=[int(c) if whole else float(c) for c in counts])
        said["count"] = pd.array([Decimal(count) for count in counts], dtype=decimals)
        texts = said[["document", "actor", "date"]]
        texts = texts.assign(characters=pd.array([Decimal(10), Decimal(20)], dtype=decimals))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of counts above 1
            for call in (
                lambda table: pol.count_statements(table, rows="actor"),
                pol.attention,
                lambda table: pol.attention(table, normalize=False),
                lambda table: pol.panel(table, texts),
                lambda table: pol.compare.explain_change(table, table),
                lambda table: pol.coverage(table, rows="actor"),
            ):
                pd.testing.assert_frame_equal(call(said), call(usual))
        with pytest.raises(
            ValueError, match="column 'count', row 1: expected a number from 0, got"
        ):
            pol.attention(said.assign(count=pd.array([Decimal(1), None], dtype=decimals)))

    def test_numbers_of_float16_can_be_a_rating_but_not_a_row(self):
        said = pd.DataFrame({"who": "henan", "what": "a", "stars": [1, 2, 2]})
        odd = said.astype({"stars": "float16"})
        matrix = pol.count_statements(odd, **NAMES, qualifier="stars")
        assert matrix.loc["henan"].to_dict() == {("a", 1): 1, ("a", 2): 2}
        with pytest.raises(ValueError, match="column 'stars' holds float16, which pandas cannot"):
            pol.count_statements(odd, rows="stars", columns="what")

    def test_a_rating_is_a_real_number_and_so_are_the_ends_of_its_range(self):
        said = pd.DataFrame({"who": "henan", "what": "a", "stars": [1, 2]})
        with pytest.raises(ValueError, match="qualifier 'stars' holds complex128; expected real"):
            pol.count_statements(said.astype({"stars": complex}), **NAMES, qualifier="stars")
        for end in (float("nan"), float("inf")):
            said.attrs["ranges"] = {"stars": (1, end)}
            with pytest.raises(ValueError, match=r"^attrs\['ranges'\] is .* expected the lowest"):
                pol.count_statements(said, **NAMES, qualifier="stars")

    def test_columns_may_have_numbers_for_names(self):
        table = pd.DataFrame([["a", "x"], ["b", "x"]])
        assert pol.count_statements(table, rows=0, columns=1)["x"].to_list() == [1, 1]

    def test_rows_without_a_count_count_once(self):
        table = pd.DataFrame({"who": ["a", "a", None], "what": ["x", "x", "x"]})
        assert pol.count_statements(table, rows="who", columns="what").loc["a", "x"] == 2

    def test_any_two_columns_but_not_one_twice(self, tables):
        by_role = pol.count_statements(tables.statements, rows="role", columns="document")
        assert by_role.loc["commits", "report"] == 2
        with pytest.raises(ValueError, match="column 'role' is named twice"):
            pol.count_statements(tables.statements, rows="role", columns="role")
        with pytest.raises(ValueError, match=r"no column 'actr'.*; did you mean 'actor'"):
            pol.count_statements(tables.statements, rows="actr", columns="role")

    @pytest.mark.parametrize(
        ("duplicates", "times"),
        [
            ("include", 8),
            ("document", 4),  # d1 to d4
            ("week", 4),  # 30 December and 1 January are one ISO week; 29 December 2025 is another
            ("month", 4),  # January 2024 is not January 2025
            ("year", 2),
            ("acrossrange", 1),
        ],
    )
    def test_duplicates_count_once(self, spoken, duplicates, times):
        matrix = pol.count_statements(spoken, **NAMES, duplicates=duplicates)
        assert matrix.loc["henan", "robots"] == times
        assert matrix.dtypes.to_list() == ["int64"]

    @pytest.mark.parametrize(
        ("duplicates", "against", "for_"),
        [("include", 1, 7), ("document", 1, 4), ("week", 1, 4), ("acrossrange", 1, 1)],
    )
    def test_the_qualifier_is_part_of_what_is_the_same(self, spoken, duplicates, against, for_):
        matrix = pol.count_statements(spoken, **NAMES, qualifier="agrees", duplicates=duplicates)
        assert matrix.loc["henan", "robots"].to_dict() == {False: against, True: for_}
        assert matrix.columns.names == ["what", "agrees"]

    @given(tables, st.sampled_from(["document", "week", "month", "year", "acrossrange"]))
    def test_duplicates_only_take_away_and_order_does_not_matter(self, rows, duplicates):
        table = pd.DataFrame(rows, columns=["actor", "concept", "count"])
        table["document"] = table["count"] % 3
        table["date"] = "2024-0" + table["count"].astype(str) + "-15"
        names = {"rows": "actor", "columns": "concept"}
        once = pol.count_statements(table, **names, duplicates=duplicates)
        every = pol.count_statements(table, **names)
        assert ((once > 0) == (every > 0)).all(axis=None)
        assert (once <= every).all(axis=None)
        reverse = pol.count_statements(table[::-1], **names, duplicates=duplicates)
        pd.testing.assert_frame_equal(once, reverse)
        again = pd.concat([table, table])
        pd.testing.assert_frame_equal(
            once, pol.count_statements(again, **names, duplicates=duplicates)
        )

    def test_a_statement_made_no_time_does_not_stand_for_another(self, spoken):
        spoken["count"] = [0, 3, 0, 0, 0, 0]
        assert (
            pol.count_statements(spoken, **NAMES, duplicates="document").loc["henan", "robots"] == 1
        )

    def test_levels_stand_under_every_concept(self):
        table = pd.DataFrame({"who": ["a", "b"], "what": ["x", "y"], "rating": [2, -1.5]})
        matrix = pol.count_statements(table, **NAMES, qualifier="rating")
        expected = pd.MultiIndex.from_product([["x", "y"], [-1.5, 2]], names=["what", "rating"])
        pd.testing.assert_index_equal(matrix.columns, expected)
        assert matrix.to_numpy().tolist() == [[0, 1, 0, 0], [0, 0, 1, 0]]

    def test_categories_are_levels_even_where_nobody_uses_them(self):
        table = pd.DataFrame({"who": ["a", "b"], "what": "x", "rating": [2, 3]})
        table["rating"] = pd.Categorical(table["rating"], categories=[1, 2, 3])
        matrix = pol.count_statements(table, **NAMES, qualifier="rating")
        assert matrix["x"].to_numpy().tolist() == [[0, 1, 0], [0, 0, 1]]

    def test_a_mapped_role_is_a_qualifier(self, tables):
        """A role that the map leaves out is neither for nor against, and not counted."""
        acts = {"commits": True, "reports": True, "recommends": False}
        table = tables.statements.assign(acts=tables.statements["role"].map(acts))
        matrix = pol.count_statements(table, rows="actor", columns="code", qualifier="acts")
        assert matrix.to_numpy().sum() == table["count"][table["role"].isin(acts)].sum()
        assert matrix.loc["wang-wei", ("quantum", False)] == 1

    def test_nothing_to_count_gives_an_empty_matrix(self):
        table = pd.DataFrame({"who": [], "what": [], "agrees": pd.Series([], dtype=bool)})
        matrix = pol.count_statements(table, **NAMES, qualifier="agrees")
        assert matrix.shape == (0, 0)
        assert pol.discourse_network(matrix).shape == pol.two_mode(matrix).shape == (0, 0)
        assert pol.count_positions(matrix).empty
        assert pol.nested_backbone(matrix).empty
        assert pol.communities(pol.discourse_network(matrix)).empty
        assert matrix.columns.names == ["what", "agrees"]

    @pytest.mark.parametrize("level", [None, "theme", "priority", "item"])
    def test_categories_give_the_numbers_of_text(self, network, tables, level):
        said = pol.statements(network).drop(columns="qualifier")
        categories = said.astype({"code": "category", "actor": "category"})
        options = {"level": level, "codebook": tables.priorities}
        counts = pol.count_statements(said, rows="actor", **options)
        found = pol.count_statements(categories, rows="actor", **options)
        assert found.to_dict() == counts.to_dict()
        assert found.to_numpy().sum() == said["count"].sum()
        years = pol.attention(said, **options, normalize=False)
        again = pol.attention(categories, **options, normalize=False)
        assert again.to_dict() == years.to_dict()

    @pytest.mark.parametrize(
        ("change", "options", "message"),
        [
            (
                {"agrees": "yes"},
                {"qualifier": "agrees"},
                "qualifier 'agrees' holds str; one is boolean",
            ),
            (
                {"agrees": pd.Series([date(2024, 1, 1)] * 6, dtype="date32[pyarrow]")},
                {"qualifier": "agrees"},
                r"qualifier 'agrees' holds date32\[day\]\[pyarrow\]; one is boolean",
            ),
            ({"who": [["a"]] * 6}, {}, "column 'who', row 0: expected a single value, got a list"),
            ({}, {"rows": []}, "rows names no column"),
            (
                {},
                {"columns": "theme"},
                "no column 'theme'; use the column 'code' and level='the",
            ),
            ({"agrees": float("inf")}, {"qualifier": "agrees"}, "an infinite value"),
            ({}, {"qualifier": "agree"}, "no column 'agree'.*did you mean 'agrees'"),
            ({}, {"qualifier": "who"}, "column 'who' is named twice"),
            ({}, {"duplicates": "weeks"}, "no duplicates 'weeks'.*did you mean 'week'"),
            ({"document": None}, {"duplicates": "document"}, "row 0: the document is missing"),
            (
                {"date": None},
                {"duplicates": "year"},
                r"row 0: the date is missing \(and 5 more rows",
            ),
            (
                {"date": 2023},
                {"duplicates": "month"},
                "'2023' is only a year, so the month is unknown",
            ),
            (
                {"date": "2023-12"},
                {"duplicates": "week"},
                "'2023-12' is only a month, so the week",
            ),
        ],
    )
    def test_what_cannot_be_counted(self, spoken, change, options, message):
        with pytest.raises(ValueError, match=message):
            pol.count_statements(spoken.assign(**change), **(NAMES | options))

    @pytest.mark.parametrize("level", [None, "theme"])
    @pytest.mark.parametrize("codebook", ["codes.csv", {"id": ["rail"]}, pd.Series(["rail"])])
    def test_a_codebook_is_a_table(self, spoken, codebook, level):
        spoken = spoken.rename(columns={"what": "code"})
        options = {"level": level, "codebook": codebook}
        message = f"codebook: expected a table .*, not {type(codebook).__name__}"
        with pytest.raises(TypeError, match=message):
            pol.count_statements(spoken, rows="who", **options)
        with pytest.raises(TypeError, match=message):
            pol.attention(spoken, **options)
        documents = spoken[["document", "date"]].drop_duplicates("document")
        with pytest.raises(TypeError, match=message):
            pol.panel(spoken, documents, rows="who", **options)

    def test_a_category_may_be_missing_and_a_qualifier_wholly(self):
        table = pd.DataFrame({"who": ["a", "b"], "what": "x", "rating": pd.Categorical([1, None])})
        table.attrs["ranges"] = {"rating": (0, 5)}
        matrix = pol.count_statements(table, **NAMES, qualifier="rating")
        assert matrix.columns.get_level_values(1).to_list() == [0, 1, 5]
        assert matrix.to_numpy().tolist() == [[0, 1, 0]]
        silent = table.assign(rating=pd.Series([None, None], dtype="object"))
        assert pol.count_statements(silent, **NAMES, qualifier="rating").empty

    @pytest.mark.parametrize("dtype", ["bool[pyarrow]", "boolean", "object", "category"])
    def test_truth_values_of_any_type_are_a_qualifier(self, dtype):
        rating = pd.Series([True, False], dtype="object").astype(dtype)
        table = pd.DataFrame({"who": ["a", "b"], "what": "x", "rating": rating})
        matrix = pol.count_statements(table, **NAMES, qualifier="rating")
        assert matrix.columns.get_level_values(1).to_list() == [False, True]
        assert matrix.to_numpy().tolist() == [[0, 1], [1, 0]]

    def test_a_row_without_a_name_needs_no_date(self):
        years = pd.DataFrame({"who": ["a", None], "what": "x", "date": [2023.0, None]})
        assert pol.count_statements(years, **NAMES, duplicates="year").loc["a", "x"] == 1

    def test_a_network_is_refused(self, network):
        with pytest.raises(TypeError, match=r"expected a table .*, not MultiDiGraph"):
            pol.count_statements(network, rows="actor", columns="code")

    def test_without_dates_or_documents(self, spoken):
        with pytest.raises(ValueError, match="no column 'date'"):
            pol.count_statements(spoken.drop(columns="date"), **NAMES, duplicates="year")
        with pytest.raises(ValueError, match="no column 'document'"):
            pol.count_statements(spoken.drop(columns="document"), **NAMES, duplicates="document")


# --- What an actor denies is none of its priorities, in every function that counts. -------------

CODES = ["rail", "robots"]


@pytest.fixture
def said():
    """Henan will not build railways; Jilin will. Both want robots, and Henan says it twice."""
    rows = [
        ("henan", "commits", "rail", False, 1, "2023"),
        ("henan", "commits", "robots", True, 2, "2023"),
        ("jilin", "commits", "rail", True, 1, "2024"),
        ("jilin", "reports", "robots", None, 1, "2024"),
        ("li-na", "recommends", "rail", False, 1, "2024"),
    ]
    columns = ["actor", "role", "code", "qualifier", "count", "date"]
    table = pd.DataFrame(rows, columns=columns).astype({"qualifier": "boolean"})
    return table.assign(document=table["actor"], paragraph=range(1, 6), id=list("vwxyz"))


@pytest.fixture
def net(said):
    network = nx.MultiDiGraph()
    network.add_nodes_from(["henan", "jilin"], kind="province")
    network.add_node("li-na", kind="expert")
    network.add_nodes_from(CODES, kind="priority", level="priority")
    for row in said.to_dict("records"):
        ends = row.pop("actor"), row.pop("code"), row.pop("id")
        row["relation"] = row.pop("role")
        network.add_edge(*ends, **{k: v for k, v in row.items() if not pd.isna(v)})
    return network


def documents(said):
    return said[["document", "actor", "date"]].drop_duplicates("document")


TABLES = {
    "count": lambda t, **o: pol.count_statements(t, rows="actor", **o),
    "attention": lambda t, **o: pol.attention(t, normalize=False, **o),
    "first": lambda t, **o: pol.first_statements(t, **o),
    "panel": lambda t, **o: pol.panel(t, documents(t), per=None, **o),
    "stability": lambda t, **o: pol.overlap_stability(t, rows="actor", columns="code", seed=1, **o),
}
NETWORKS = {
    "biadjacency": lambda net, **o: pol.biadjacency(net, rows="actor", **o),
    "pair": lambda net, **o: compare_pair(net, "henan", "jilin", **o)[["concept", "id"]],
    "explain": lambda net, **o: pol.explain_overlap(net, "henan", "jilin", **o)[["concept", "id"]],
    "gaps": lambda net, **o: pol.priority_gaps(net, **o),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_counted_as_if_it_had_no_denials(said, name):
    count = TABLES[name]
    affirmed = said[said["qualifier"].fillna(True)]
    if name == "panel":  # an actor with a document keeps its row
        expected = count(said.drop(columns="qualifier"))
        expected.loc[(expected["actor"] == "henan") & (expected["code"] == "rail"), "count"] = 0
        expected.loc[expected["actor"] == "li-na", "count"] = 0
        expected["present"] = expected["count"] > 0
    else:
        expected = count(affirmed)
    pd.testing.assert_frame_equal(count(said), expected)
    whole = count(said.drop(columns="qualifier"))
    pd.testing.assert_frame_equal(count(said, denied=True), whole)
    assert not whole.equals(expected)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_counted_as_if_it_had_no_denials(net, name):
    count = NETWORKS[name]
    whole = net.copy()
    for *_, data in whole.edges(data=True):
        data.pop("qualifier", None)
    affirmed = net.copy()
    affirmed.remove_edges_from([("henan", "rail", "v"), ("li-na", "rail", "z")])
    pd.testing.assert_frame_equal(count(net), count(affirmed))
    pd.testing.assert_frame_equal(count(net, denied=True), count(whole))
    assert not count(net).equals(count(whole))


def test_a_refusal_is_not_shared(net):
    assert pol.project(pol.biadjacency(net)).loc["henan", "jilin"] == 1
    assert pol.project(pol.biadjacency(net, denied=True)).loc["henan", "jilin"] == 2
    assert pol.priority_gaps(net).empty  # the expert asks for no railways
    assert pol.priority_gaps(net, denied=True).loc["rail", "taken_up_by"] == "henan; jilin"


def test_coverage_says_how_many_denials_there_are(said):
    columns = ["statements", "paragraphs", "documents", "denied"]
    without = pol.coverage(said, rows="actor")
    assert without.columns.to_list() == columns
    assert without.loc["henan"].to_list() == [2, 1, 1, 1]
    assert without.loc["li-na"].to_list() == [0, 0, 0, 1]  # it is not lost
    with_them = pol.coverage(said, rows="actor", denied=True)
    assert with_them.loc["henan"].to_list() == [3, 2, 1, 1]
    assert with_them.loc["li-na"].to_list() == [1, 1, 1, 1]
    assert set(with_them.dtypes.astype(str)) == {"int64"}


def test_a_card_says_how_many_denials_it_leaves_out(net):
    card = pol.pair_card(net, "henan", "jilin")
    assert card.actors["denied"].to_dict() == {"henan": 1, "jilin": 0}
    assert "Denials: 1 left out." in card.to_markdown()
    assert "(denied)" not in card.to_markdown()
    whole = pol.pair_card(net, "henan", "jilin", denied=True)
    assert "Denials: 1 counted." in whole.to_markdown()
    assert "commits (denied)" in whole.to_markdown()
    assert whole.actors["statements"].to_dict() == {"henan": 3, "jilin": 2}


def test_who_counts_by_qualifier_gets_denials_too(said):
    for options in ({"qualifier": "qualifier"}, {"columns": "qualifier"}):
        assert pol.count_statements(said, rows="actor", **options).to_numpy().sum() == 5
    assert pol.count_statements(said, rows=["actor", "qualifier"]).to_numpy().sum() == 5
    sides = pol.count_statements(said, rows="actor", qualifier="qualifier")
    ties = pol.discourse_network(sides, aggregation="congruence")
    assert ties.at["henan", "li-na"] == 1  # both are against railways
    assert ties.at["henan", "jilin"] == 0


@pytest.mark.parametrize("agreement", [[0, 1, 1, 1, 0], ["0", "1", "1", "1", "0"]])
def test_other_scales_and_columns_are_no_denials(said, agreement):
    whole = pol.count_statements(said.drop(columns="qualifier"), rows="actor")
    for name in ("agreement", "qualifier"):
        rated = said.drop(columns="qualifier").assign(**{name: agreement})
        pd.testing.assert_frame_equal(pol.count_statements(rated, rows="actor"), whole)
    yes_no = said.rename(columns={"qualifier": "agreement"})
    pd.testing.assert_frame_equal(pol.count_statements(yes_no, rows="actor"), whole)


def test_evidence_and_the_explorer_mark_denials(net):
    found = pol.evidence(net, "henan", "rail")
    assert found["qualifier"].to_list() == [False]
    nx.set_node_attributes(net, {node: node for node in net}, "label")
    graph = pol.explore(net).graph
    assert graph.edges["henan", "rail"]["statement 1"].endswith(": commits (denied)")
    assert graph.edges["jilin", "rail"]["statement 1"].endswith(": commits")
    assert graph.nodes["rail"]["statement 1"] == "henan, paragraph 1: henan commits (denied)"
