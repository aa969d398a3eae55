"""Build the policy network from tables, describe it, and return its evidence."""

from typing import Any, get_args

import networkx as nx
import pandas as pd

from policylib._util.cells import require_values
from policylib._util.graphs import edge_name, is_missing
from policylib._util.names import (
    first_of,
    nearest,
    require,
    require_columns,
    surrogate_problem,
)
from policylib.documents.sentences import with_sentences
from policylib.network.edges import (
    ACTORS,
    KINDS,
    Kind,
    actor_rows,
    check_network,
    check_relations,
    codebook_of,
    concepts,
    free_key,
    require_node,
    statements,
    warn_of_cut_codes,
)
from policylib.tables.levels import (
    LEVELS,
    Level,
    broader_codes,
    circle_problem,
    codes_above,
    in_circles,
)
from policylib.tables.read import Tables
from policylib.tables.roles import ROLES

Pairs = list[tuple[str, dict[str, Any]]]

# The kinds of the nodes that the ids in a column name.
REFERENCES: dict[tuple[str, str], tuple[str, ...]] = {
    ("priorities", "broader"): ("priority",),
    ("initiatives", "implements"): ("initiative",),
    ("initiatives", "owner"): ACTORS,
    ("experts", "organisation"): ("organisation",),
    ("organisations", "province"): ("province",),
    ("statements", "actor"): ACTORS,
    ("statements", "code"): ("priority",),
    ("statements", "initiative"): ("initiative",),
}


def build_network(tables: Tables) -> nx.MultiDiGraph:
    """Build the policy network of provinces, organisations, experts, initiatives and priorities.

    Every statement is one edge from its actor to its code; a statement that names an initiative
    is also an edge from that initiative to the code. Structural edges join initiatives to their
    owners, codes to broader codes, experts to organisations, and so on.

    Parameters
    ----------
    tables : Tables
        A data package, as `read_tables` returns it.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes carry `kind` (province, organisation, expert, initiative, priority) and the columns of
        their table. Edges carry `relation`: the role for a statement, whose key is the statement's
        id; `advances` from initiative to code, with the same key and evidence; `launches`,
        `implements`, `broader`, `affiliated_with` and `located_in`, with the key
        ``source|relation|target``. An empty cell does not become an attribute.

    Raises
    ------
    TypeError
        If `tables` are not `Tables`.
    ValueError
        If a column is missing; if two nodes, documents or statements have the same id; if a role is
        unknown; if a cell refers to an id that does not exist or is of the wrong kind; or if a code
        is below itself.

    See Also
    --------
    statements : The statements of a network as a table.

    Examples
    --------
    >>> import policylib as pol
    >>> network = pol.build_network(pol.read_tables())
    >>> network.nodes["henan"]["label"]
    'Henan'
    >>> network.has_edge("henan", "future-industries")
    True
    """
    if not isinstance(tables, Tables):
        raise TypeError(
            f"expected Tables, not {type(tables).__name__}; read_tables(folder) returns them"
        )
    network = nx.MultiDiGraph()
    for kind in KINDS:
        name = "priorities" if kind == "priority" else f"{kind}s"
        for node, data in _rows(tables, name, ["id"]):
            if node in network:
                its = network.nodes[node]["kind"]
                raise ValueError(f"{name}: the id {node!r} is taken by another {its}")
            network.add_node(node, kind=kind, **data)
    _check_references(network, tables)
    _refuse_circles(tables.priorities)
    for name, column, relation in (
        ("priorities", "broader", "broader"),
        ("initiatives", "implements", "implements"),
        ("experts", "organisation", "affiliated_with"),
        ("organisations", "province", "located_in"),
    ):
        for source, target in _links(tables, name, column):
            _add_structural(network, source, relation, target)
    for initiative, owner in _links(tables, "initiatives", "owner"):
        _add_structural(network, owner, "launches", initiative)
    _add_statements(network, tables)
    return network


def _check_references(network: nx.MultiDiGraph, tables: Tables) -> None:
    """Raise unless each id that a table names is a node of a fitting kind."""
    for (name, column), kinds in REFERENCES.items():
        table = getattr(tables, name)
        if not isinstance(table, pd.DataFrame) or column not in table:
            continue
        cells = table[column].dropna()
        require_values(cells.to_frame(), column, name=name)
        for value in cells.unique():
            kind = network.nodes[value]["kind"] if value in network else None
            if kind in kinds:
                continue
            place = f"{name}: column {column!r}, row {cells.index[cells == value].to_list()[0]!r}"
            if kind is not None:
                raise ValueError(f"{place}: {value!r} is of kind {kind}, not {' or '.join(kinds)}")
            known = tuple(str(n) for n, its in network.nodes(data="kind") if its in kinds)
            raise ValueError(f"{place}: no table describes {value!r}{nearest(str(value), known)}")


def _refuse_circles(priorities: pd.DataFrame) -> None:
    """Raise if a code is below itself, directly or through others."""
    above = codes_above(priorities)
    for code in in_circles(above)[:1]:
        raise ValueError(f"priorities: {circle_problem(code, above)}")


def _add_statements(network: nx.MultiDiGraph, tables: Tables) -> None:
    table = _table(tables, "statements", ["id", "document", "actor", "role", "code"])
    for role in table["role"].unique():
        try:
            require(role, ROLES, "role")
        except ValueError as error:
            row = table.index[table["role"] == role].to_list()[0]
            raise ValueError(f"statements: column 'role', row {row!r}: {error}") from None
    documents = _table(tables, "documents", ["id", "date"]).set_index("id")
    known = set(documents.index)
    unknown = [name for name in table["document"].unique().tolist() if name not in known]
    if unknown:
        raise ValueError(f"statements: no document {first_of(unknown)} in the table of documents")
    dates = table["document"].map(documents["date"])
    ends = [table[column].tolist() for column in ("actor", "code", "id")]
    data = _records(table.drop(columns=["id", "actor", "code"]).assign(date=dates))
    advances = []
    for actor, code, key, row in zip(*ends, data, strict=True):
        role = row["relation"] = row.pop("role")
        if (initiative := row.get("initiative")) is not None:
            others = {name: value for name, value in row.items() if name != "initiative"}
            others |= {"relation": "advances", "actor": actor, "role": role}
            advances.append((initiative, code, key, others))
        network.add_edge(actor, code, key, **row)
    network.add_edges_from(advances)


def _table(tables: Tables, name: str, columns: list[str]) -> pd.DataFrame:
    """Return a table of the package, or raise if it is not a table with these columns."""
    table = getattr(tables, name)
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{name}: expected a DataFrame, not {type(table).__name__}")
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise ValueError(f"{name}: the column {twice!r} appears twice")
    for column in ("key", "relation") if name == "statements" else ("kind",):
        if column in table:
            raise ValueError(f"{name}: rename the column {column!r}; the network uses this name")
    for column in columns:
        require_columns(table, column, name=name)
        if column != "date":
            require_values(table, column, name=name)
    if not table["id"].is_unique and name in ("statements", "documents"):
        twice = table.loc[table["id"].duplicated(), "id"].iloc[0]
        raise ValueError(f"{name}: the id {twice!r} is used twice")
    return table


def _rows(tables: Tables, name: str, columns: list[str]) -> Pairs:
    table = _table(tables, name, columns)
    return list(zip(table["id"], _records(table.drop(columns="id")), strict=True))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries of the cells that are not empty."""
    empty = table.isna()
    full = [column for column in table if not empty[column].any()]
    names = list(map(str, full))
    cells = [table[column].tolist() for column in full]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
    if not full:
        rows = [{} for _ in range(len(table))]
    for column in table.columns.difference(full, sort=False):
        filled = (~empty[column]).to_numpy().nonzero()[0]
        for place, value in zip(filled, table[column].iloc[filled].tolist(), strict=True):
            rows[place][str(column)] = value
    return rows


def _links(tables: Tables, name: str, column: str) -> list[tuple[str, str]]:
    table = getattr(tables, name)
    if column not in table:
        return []
    return list(table[["id", column]].dropna().itertuples(index=False, name=None))


def _add_structural(network: nx.MultiDiGraph, source: str, relation: str, target: str) -> None:
    network.add_edge(source, target, f"{source}|{relation}|{target}", relation=relation)


def describe_network(network: nx.MultiDiGraph) -> pd.DataFrame:
    """Count the nodes of each kind and the edges of each relation.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.

    Returns
    -------
    DataFrame
        One row for each kind and relation, largest first: `part` (node or edge), `name`, `count`.

    Raises
    ------
    TypeError, ValueError
        If `network` is not a policy network.

    Examples
    --------
    >>> network = nx.MultiDiGraph()
    >>> network.add_node("henan", kind="province")
    >>> network.add_node("robots", kind="priority")
    >>> _ = network.add_edge("henan", "robots", relation="commits")
    >>> print(describe_network(network).to_string(index=False))
    part     name  count
    node priority      1
    node province      1
    edge  commits      1
    """
    network = check_network(network)
    values = [("node", kind) for _, kind in network.nodes(data="kind")]
    for *edge, relation in network.edges(keys=True, data="relation"):
        if is_missing(relation):
            continue
        problem = surrogate_problem(relation) if isinstance(relation, str) else "expected text"
        if problem:
            raise ValueError(f"{edge_name(*edge)} has the relation {relation!r}; {problem}")
        values.append(("edge", relation))
    counts = pd.DataFrame(values, columns=["part", "name"]).value_counts().reset_index()
    return counts.sort_values(
        ["part", "count", "name"], ascending=[False, False, True], ignore_index=True
    )


def nodes_of_kind(network: nx.MultiDiGraph, kind: Kind) -> list[str]:
    """List the ids of all nodes of one kind.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.
    kind : {"province", "organisation", "expert", "initiative", "priority"}
        The kind of the nodes.

    Returns
    -------
    list of str
        Ids in alphabetical order.

    Raises
    ------
    TypeError
        If `network` is not a networkx graph.
    ValueError
        If the kind is unknown.

    Examples
    --------
    >>> network = nx.MultiDiGraph()
    >>> network.add_node("henan", kind="province")
    >>> network.add_node("robots", kind="priority")
    >>> nodes_of_kind(network, "province")
    ['henan']
    """
    network = check_network(network)
    require(kind, get_args(Kind), "kind")
    nodes = (node for node, its_kind in network.nodes(data="kind") if its_kind == kind)
    return sorted(nodes, key=str)


def evidence(
    network: nx.MultiDiGraph,
    actor: str | None = None,
    concept: str | None = None,
    *,
    documents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the statements behind an edge, each with its document and paragraph.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.
    actor : str, optional
        A province (its cities speak for it too), an organisation or an expert; or an initiative,
        for the statements that name it. All actors if left out.
    concept : str, optional
        A code, which includes all narrower codes, or an initiative. All if left out.
        ``biadjacency(network, columns="priority")`` counts for a theme only the statements on the
        theme as a whole, so the number here can be larger.
    documents : DataFrame, optional
        The texts, or some of them, to see each statement in its sentence. One row for each
        paragraph: `document`, `paragraph` and `text`, as `read_documents` returns them.

    Returns
    -------
    DataFrame
        One row for each statement, sorted by document, paragraph and place, with the columns of the
        statements table and `date`. An empty table means that the documents contain no such
        statement. It does not mean that nothing is done. With `documents`, there is the column
        `sentence`: the sentence or sentences that contain the place of the statement, or else its
        quote; or the paragraph, if it is not known where in the paragraph the statement is. It is
        missing if the paragraph is not in `documents`, or its text has changed.

    Raises
    ------
    KeyError
        If the network has no such actor or concept; the message names the nearest one.
    TypeError, ValueError
        If `network` is not a policy network; or if `documents` is not a table of paragraphs, has a
        paragraph twice, or has no document of these statements.

    Examples
    --------
    >>> import policylib as pol
    >>> network = pol.build_network(pol.read_tables())
    >>> print(evidence(network, "hebei")[["paragraph", "code"]].to_string(index=False))
     paragraph                 code
            33      private-finance
            33 business-environment
    >>> text = "They lend more. They further optimize the business environment."
    >>> documents = pd.DataFrame({"document": "city-daily-2024", "paragraph": [33], "text": text})
    >>> evidence(network, "hebei", documents=documents)[["quote", "sentence"]].iloc[1].to_list()
    ['further optimize the business environment', 'They further optimize the business environment.']
    """
    network = check_network(network)
    actors = None
    if actor is not None:
        actor_kind = require_node(network, actor, "actor", (*ACTORS, "initiative"))
        if actor_kind != "initiative":
            groups = actor_rows(network, actor_kind)  # type: ignore[arg-type]
            actors = [member for member, row in groups.items() if row == actor]
    table = statements(network, actors)
    if actor is not None and actors is None:
        table = table[table["initiative"] == actor]
    if concept is not None:
        kind = require_node(network, concept, "concept", ("priority", "initiative"))
        codebook_of(network)  # so that a node without a level is named
        level = "initiative" if kind == "initiative" else network.nodes[concept]["level"]
        table = table[concepts(network, table, level) == concept]  # type: ignore[arg-type]
    table = table.reset_index(drop=True)
    return table if documents is None else with_sentences(table, documents)


def roll_up(network: nx.MultiDiGraph, *, level: Level = "priority") -> nx.MultiDiGraph:
    """Merge the codes below a level of the codebook into the code above them.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network; it is not changed.
    level : {"theme", "priority", "item"}
        The deepest level that stays; ``"item"`` keeps all.

    Returns
    -------
    networkx.MultiDiGraph
        A copy without deeper codes; their statements lead to the broader code. If an edge there has
        the same key, the new key of a statement is ``actor|code|key``, with its former code.

    Raises
    ------
    TypeError, ValueError
        If `network` is not a policy network, the level is unknown, or the `broader` code of a code
        is not at a higher level.

    Warns
    -----
    UserWarning
        If codes cannot be rolled up, because the network lacks the codes above them.

    Examples
    --------
    >>> import policylib as pol
    >>> network = pol.build_network(pol.read_tables())
    >>> roll_up(network).number_of_edges("liaoning", "future-industries")
    5
    """
    require(level, LEVELS, "level")
    checked = check_network(network)
    check_relations(checked)
    codes = broader_codes(codebook_of(checked), level)
    warn_of_cut_codes(checked, codes.values(), level)
    deeper = [code for code, broader in codes.items() if code != broader]
    merged = network.copy()
    merged.remove_nodes_from(deeper)
    for source, code, key, data in network.in_edges(deeper, keys=True, data=True):
        if data.get("relation") in {"broader"}:  # a set, since pd.NA is not compared with text
            continue
        target, others = codes[code], merged.get_edge_data(source, codes[code], default={})
        key = free_key(source, code, key, others) if key in others else key
        merged.add_edges_from([(source, target, key, data)])
    return merged
