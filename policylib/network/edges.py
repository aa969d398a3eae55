"""The statements in a policy network, and what each counts for: a row and a concept."""

from collections import Counter
from collections.abc import Callable, Container, Iterable
from typing import Any, Literal, get_args

import networkx as nx
import pandas as pd

from policylib._util.cells import sort_rows
from policylib._util.graphs import PLAIN, edge_name, filled, is_missing
from policylib._util.names import first_of, require, surrogate_problem
from policylib._util.numbers import EXACT, as_integers, is_between
from policylib._util.warn import warn
from policylib.tables.levels import LEVELS, Level, roll_up_codes, unknown_broader
from policylib.tables.roles import ROLES, UNCLEAR, unclear_qualifiers

ActorKind = Literal["province", "organisation", "expert"]
Kind = Literal["province", "organisation", "expert", "initiative", "priority"]
Rows = Literal["province", "organisation", "expert", "actor"]
Columns = Literal["theme", "priority", "item", "initiative"]

ACTORS: tuple[ActorKind, ...] = get_args(ActorKind)
KINDS: tuple[Kind, ...] = get_args(Kind)
COLUMNS = ["id", "document", "paragraph", "actor", "role", "code", "initiative", "qualifier"]
COLUMNS += ["coder", "count", "date", "start", "end", "quote", "summary"]
Edge = tuple[Any, Any, Any, dict[str, Any]]  # source, target, key and attributes
ENDS = {"actor": 0, "code": 1, "id": 2}  # where these columns are in an edge
READ = ("kind", "type", "level", "broader", "province")  # attributes of nodes that decide counts


def statements(
    network: nx.MultiDiGraph,
    actors: str | Iterable[str] | None = None,
    *,
    rows: Rows | None = None,
    columns: Columns | None = None,
) -> pd.DataFrame:
    """Return the statements of a network as a table.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.
    actors : str or iterable of str, optional
        The actors whose statements are wanted; all if left out.
    rows, columns : str, optional
        As in `biadjacency`: add the columns `row`, the actor that a statement counts for, and
        `concept`, the code or initiative that it counts towards.

    Returns
    -------
    DataFrame
        One row for each statement, sorted by the id of the document, then by paragraph and place.
        The `id` is the key of the edge; where keys are not unique, as those that networkx makes, it
        is ``actor|code|key``.

    Raises
    ------
    TypeError
        If `network` is not a networkx graph.
    KeyError
        If an actor is not in the network.
    ValueError
        If `network` is a network, but not a policy network, or `rows` or `columns` is unknown; or
        if an attribute of an edge is a list, its count is not a number from 0, or its relation is
        a role but for capitals.

    Warns
    -----
    UserWarning
        If codes cannot be rolled up, because the network lacks the codes above them.

    See Also
    --------
    evidence : The statements of one actor on one concept.

    Examples
    --------
    >>> import policylib as pol
    >>> tables = pol.read_tables()
    >>> len(statements(pol.build_network(tables))) == len(tables.statements)
    True
    """
    network = check_network(network)
    table = _typed(edge_table(network, COLUMNS, actors))
    if rows is not None:
        table["row"] = table["actor"].map(actor_rows(network, rows))
    if columns is not None:
        table["concept"] = concepts(network, table, columns)
    return sort_rows(table, ["document", "paragraph", "start", "id"])


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Convert columns whose cells may all be empty to the types that they have in tables."""
    qualifier = table["qualifier"].astype("object").convert_dtypes()
    table["qualifier"] = qualifier.astype("boolean") if qualifier.isna().all() else qualifier
    for column in ("start", "end"):
        table[column] = as_integers(table[column], f"statements: column {column!r}")
    return table


def edge_table(
    network: nx.MultiDiGraph, columns: list[str], actors: str | Iterable[str] | None = None
) -> pd.DataFrame:
    """Return some columns of the statements, in the order of the edges."""
    if actors is not None:
        if not isinstance(actors, Iterable):
            raise TypeError(f"actors is {actors!r}; expected the id of an actor, or several")
        actors = [actors] if isinstance(actors, str) else list(actors)
        for actor in actors:
            if not pd.api.types.is_hashable(actor):
                raise TypeError(f"actors: expected the ids of actors, got {actor!r}")
            require_node(network, actor, "actor", ACTORS)
        actors = dict.fromkeys(actors)
    check_relations(network, actors)
    edges = _edges(network, actors)
    found: dict[str, list[Any]] = {}
    for column in columns:
        if column in ENDS:
            place = ENDS[column]
            found[column] = [edge[place] for edge in edges]
        else:
            name = "relation" if column == "role" else column
            missing = 1 if column == "count" else None  # made once
            cells = [edge[3].get(name, missing) for edge in edges]
            if not {*PLAIN, type(missing)}.issuperset(map(type, cells)):
                cells = [missing if is_missing(cell) else cell for cell in cells]
            found[column] = cells
    if "id" in found:
        own = set(found["id"])
        whole = not all(isinstance(key, str) for key in own)
        every = edges if actors is None else _edges(network, keys=None if whole else own)
        found["id"] = _ids(edges, every)
    try:
        table = pd.DataFrame(found, columns=columns)
    except UnicodeEncodeError:  # from a lone surrogate, whose edge is named below
        table = pd.DataFrame(found, columns=columns, dtype="object")
    _check_attributes(edges, table)
    for code in table["code"].unique() if "code" in table else ():
        if network.nodes[code]["kind"] != "priority":
            raise ValueError(
                f"a statement leads from an actor to a priority, but {code!r} is of kind "
                f"{network.nodes[code]['kind']!r}"
            )
    return table


def _edges(
    network: nx.MultiDiGraph,
    actors: Iterable[Any] | None = None,
    keys: Container[Any] | None = None,
) -> list[Edge]:
    """Return the statements of a network, or of some actors, or those with some keys."""
    roles = frozenset(ROLES)
    # Plain loops over the dictionaries, since network.edges takes three times as long.
    return [
        (actor, code, key, data)
        for actor, others in _adjacency(network, actors)
        for code, parallel in others.items()
        for key, data in parallel.items()
        if (keys is None or key in keys) and data.get("relation") in roles
    ]


def _adjacency(network: nx.MultiDiGraph, nodes: Iterable[Any] | None) -> Iterable[tuple[Any, Any]]:
    return network.adjacency() if nodes is None else ((a, network.adj[a]) for a in nodes)


def _ids(edges: list[Edge], every: list[Edge]) -> list[Any]:
    """Return the id of each edge: its key, with the ends if that is not unique among all edges."""
    keys = [key for _, _, key, _ in every]
    types = set(map(type, keys))
    if len(set(keys)) == len(keys) and (str not in types or types == {str}):
        return [key for _, _, key, _ in edges]
    times = Counter(keys)
    taken = {key for key in times if isinstance(key, str)}
    ids = {}
    for actor, code, key, _ in every:
        # Text and other keys could not be sorted together.
        ids[actor, code, key] = key
        if times[key] > 1 or not isinstance(key, str):
            ids[actor, code, key] = free_key(actor, code, key, taken)
            taken.add(ids[actor, code, key])
    return [ids[actor, code, key] for actor, code, key, _ in edges]


def free_key(source: Any, target: Any, key: Any, taken: Container[Any]) -> str:
    """Return a key of an edge that no other has: the ends and the former key.

    Examples
    --------
    >>> free_key("henan", "robots", 0, ["s1", "s2"])
    'henan|robots|0'
    """
    name = f"{source}|{target}|{key}"
    while name in taken:
        name += "'"
    return name


def check_relations(network: nx.MultiDiGraph, nodes: Iterable[Any] | None = None) -> None:
    """Raise if a relation cannot be compared, or is a role of a statement but for capitals."""
    try:
        relations = {
            data.get("relation")
            for _, others in _adjacency(network, nodes)
            for parallel in others.values()
            for data in parallel.values()
        }
    except TypeError:
        filled(network, (), ["relation"])  # names the edge
        raise
    meant = {name: name.strip().lower() for name in relations if isinstance(name, str)}
    wrong = {name: role for name, role in meant.items() if role in ROLES and name not in ROLES}
    for source, target, key, name in network.edges(keys=True, data="relation") if wrong else ():
        ends = network.nodes[source]["kind"], network.nodes[target]["kind"]
        if name in wrong and ends[0] in ACTORS and ends[1] == "priority":
            raise ValueError(
                f"{edge_name(source, target, key)} has the relation {name!r}, which is no role; "
                f"did you mean {wrong[name]!r}?"
            )


def _check_attributes(edges: list[Edge], table: pd.DataFrame) -> None:
    """Raise if an attribute of an edge cannot be used, such as a list or a count below 0."""
    fits: Callable[[Any], bool]
    for column in table.columns.difference(["actor", "code"]):
        cells = table[column]
        if column == "count":
            fits, expected = _is_count, "a number from 0 to 2**53"
            if cells.dtype.kind in "iu" and cells.ge(0).all():
                continue
        elif cells.dtype != "object":
            continue
        elif column == "document" and any(isinstance(cell, str) for cell in cells):
            fits, expected = _is_text, "text, as other edges have"
        else:
            fits, expected = pd.api.types.is_hashable, "one value"
        for edge, cell in zip(edges, cells, strict=True):
            if not fits(cell):
                raise ValueError(
                    f"{edge_name(*edge[:3])} has the {column} {cell!r}; expected {expected}"
                )
            if isinstance(cell, str) and (problem := surrogate_problem(cell)):
                raise ValueError(f"{edge_name(*edge[:3])} has the {column} {cell!r}; {problem}")


def require_qualifiers(table: pd.DataFrame) -> None:
    """Raise if nobody knows whether a statement of a network is a denial; name its edge."""
    for row in unclear_qualifiers(table).index[:1]:
        edge, cell = table.loc[row, [*ENDS]], table.at[row, "qualifier"]
        raise ValueError(f"{edge_name(*edge)} has the qualifier {cell!r:.60}; {UNCLEAR}")


def _is_count(cell: Any) -> bool:
    return is_between(cell, 0, EXACT) and not isinstance(cell, bool)


def _is_text(cell: Any) -> bool:
    return cell is None or isinstance(cell, str)


def check_network(network: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Return a policy network without missing attributes of nodes, or raise if it is none."""
    if not isinstance(network, nx.Graph):
        raise TypeError(
            f"expected a network, not {type(network).__name__}; build_network(tables) returns one"
        )
    if not (network.is_directed() and network.is_multigraph()):
        raise ValueError(
            f"a policy network is a MultiDiGraph, not a {type(network).__name__}; "
            "build_network(tables) returns one"
        )
    network = filled(network, READ)
    for node, data in network.nodes(data=True):
        # pandas would make levels of labels of a tuple, and nan is not equal to itself.
        if isinstance(node, tuple) or is_missing(node):
            raise TypeError(f"node {node!r}: expected text as the id of a node")
        for name, value in zip(("id", *READ), (node, *map(data.get, READ)), strict=True):
            if isinstance(value, str) and (problem := surrogate_problem(value)):
                raise ValueError(f"node {node!r} has the {name} {value!r}; {problem}")
        kind = data.get("kind")
        if kind not in KINDS:
            found = "has no kind" if kind is None else f"has the kind {kind!r}"
            raise ValueError(f"node {node!r} {found} (allowed: {', '.join(KINDS)})")
    return network


def require_node(network: nx.MultiDiGraph, node: str, what: str, kinds: tuple[str, ...]) -> str:
    """Return the kind of a node, or raise if no node of these kinds has that name."""
    try:
        kind = network.nodes[node]["kind"] if node in network else None
    except TypeError:  # a list cannot be the name of a node
        kind = None
    if kind is None or kind not in kinds:
        if kind is not None:
            raise KeyError(f"{node!r} is of kind {kind}; {what} is one of {', '.join(kinds)}")
        names = [name for name, its in network.nodes(data="kind") if its in kinds]
        require(node, names, what, KeyError)
    return str(kind)


def codebook_of(network: nx.MultiDiGraph) -> pd.DataFrame:
    """Return the codes of a network as a codebook: `id`, `level` and `broader`.

    A part of a network may lack the code above; then `broader` is empty.
    """
    codes = [
        (code, data.get("level"), data.get("broader"))
        for code, data in network.nodes(data=True)
        if data["kind"] == "priority"
    ]
    for code, level, _ in codes:
        if level not in LEVELS:
            found = "has no level" if level is None else f"has the level {level!r}"
            raise ValueError(f"node {code!r} {found} (allowed: {', '.join(LEVELS)})")
    codebook = pd.DataFrame(codes, columns=["id", "level", "broader"])
    unknown = unknown_broader(codebook)
    _refuse_relabelled(network, unknown, "broader", "broader")
    codebook["broader"] = codebook["broader"].mask(codebook["id"].isin(unknown))
    return codebook


def _refuse_relabelled(
    network: nx.MultiDiGraph, unknown: dict[Any, Any], attribute: str, relation: str
) -> None:
    """Raise if an attribute names no node, but an edge leads to the node that it means.

    In a part of a network, such as a subgraph, the edge is missing, too.
    """
    for node, name in unknown.items():
        for _, other, its in network.out_edges(node, data="relation"):
            if its == relation:
                raise ValueError(
                    f"node {node!r} has the {attribute} {name!r}, which is not in the network, but "
                    f"its edge {relation!r} leads to {other!r}. If the nodes were renamed, rename "
                    "the ids in the tables before build_network instead, or use pol.label for names"
                )


def warn_of_cut_codes(network: nx.MultiDiGraph, codes: Iterable[Any], level: Level) -> None:
    """Warn of codes that stay below a level, because the network lacks the codes above them."""
    nodes = [(code, network.nodes[code].get("broader")) for code in sorted(set(codes), key=str)]
    cut = {code: name for code, name in nodes if name not in (None, "") and name not in network}
    deeper = LEVELS[LEVELS.index(level) + 1 :]
    if stay := [code for code in cut if network.nodes[code]["level"] in deeper]:
        missing = first_of([*dict.fromkeys(cut[code] for code in stay)])
        are = "code is" if len(stay) == 1 else "codes are"
        warn(
            f"{len(stay)} {are} not rolled up to a {level} ({first_of(stay)}); the network lacks "
            f"what is above: {missing}"
        )


def actor_rows(network: nx.MultiDiGraph, rows: Rows) -> dict[str, str]:
    """Map each actor to the row that counts it; a city counts for its province.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.
    rows : {"province", "organisation", "expert", "actor"}
        Provinces (with their cities, never their institutes or experts), organisations, experts,
        or each actor on its own.

    Returns
    -------
    dict of str to str
        Actor id to row id; actors that count for no row are left out.

    Raises
    ------
    ValueError
        If `rows` is none of these, or the nodes were renamed, but not the provinces of cities.

    Examples
    --------
    >>> network = nx.MultiDiGraph()
    >>> network.add_node("shanxi", kind="province")
    >>> network.add_node("yuncheng", kind="organisation", type="city", province="shanxi")
    >>> actor_rows(network, "province")
    {'shanxi': 'shanxi', 'yuncheng': 'shanxi'}
    """
    require(rows, get_args(Rows), "rows")
    kinds = ACTORS if rows == "actor" else (rows,)
    groups = {node: node for node, kind in network.nodes(data="kind") if kind in kinds}
    if rows == "province":
        for node, data in network.nodes(data=True):
            is_city = data["kind"] == "organisation" and data.get("type") == "city"
            if is_city and data.get("province") is not None:
                groups[node] = data["province"]
        unknown = {node: row for node, row in groups.items() if row not in network}
        _refuse_relabelled(network, unknown, "province", "located_in")
    return groups


def word_of(network: nx.Graph, kind: Any) -> Any:
    """Return the word for nodes of a kind: for provinces their `type`, if all have the same.

    Parameters
    ----------
    network : networkx.Graph
        A policy network or a part of one.
    kind : str
        A kind of node, or ``"actor"``.

    Returns
    -------
    str
        The kind, or the type of the provinces, such as ``"city"``.

    Examples
    --------
    >>> network = nx.MultiDiGraph()
    >>> network.add_nodes_from(["Austin", "Dallas"], kind="province", type="city")
    >>> word_of(network, "province"), word_of(network, "expert")
    ('city', 'expert')
    """
    if kind != "province":
        return kind
    types = [data.get("type") for _, data in network.nodes(data=True) if data.get("kind") == kind]
    if types and isinstance(types[0], str) and types[0] and types.count(types[0]) == len(types):
        return types[0]
    return kind


def concepts(network: nx.MultiDiGraph, table: pd.DataFrame, columns: Columns) -> "pd.Series[str]":
    """Return the concept of each statement: its code at a level, or its initiative.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.
    table : DataFrame
        Statements of that network.
    columns : {"theme", "priority", "item", "initiative"}
        A level of the codebook, to which deeper codes roll up, or the initiative.

    Returns
    -------
    Series of str
        One concept for each statement; missing where a statement names no initiative.

    Raises
    ------
    ValueError
        If `columns` is none of these, or the nodes were renamed, but not their `broader`.

    Warns
    -----
    UserWarning
        If codes cannot be rolled up, because the network lacks the codes above them.

    Examples
    --------
    >>> network = nx.MultiDiGraph()
    >>> network.add_node("industry", kind="priority", level="theme")
    >>> network.add_node("robots", kind="priority", level="item", broader="industry")
    >>> concepts(network, pd.DataFrame({"code": ["robots", "industry"]}), "theme").to_list()
    ['industry', 'industry']
    """
    require(columns, get_args(Columns), "columns")
    if columns == "initiative":
        return table["initiative"]
    level: Level = columns
    rolled = roll_up_codes(table["code"], codebook_of(network), level)
    warn_of_cut_codes(network, rolled, level)
    return rolled
