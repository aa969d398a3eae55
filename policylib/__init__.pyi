from ._faults import DataError
from ._statements import statements
from .counts import biadjacency, count_statements
from .network import (
    build_network,
    describe_network,
    evidence,
    label,
    nodes_of_kind,
    roll_up,
)
from .plot import plot_matrix, plot_network, plot_pairs, plot_ranking, plot_upset
from .projection import (
    compare_measures,
    explain_overlap,
    intersections,
    priority_gaps,
    project,
    rank_pairs,
)
from .significance import (
    coverage,
    extract_backbone,
    overlap_significance,
    overlap_stability,
)
from .tables import Tables, read_tables, write_tables

__version__: str

__all__ = [
    "DataError",
    "Tables",
    "biadjacency",
    "build_network",
    "compare_measures",
    "count_statements",
    "coverage",
    "describe_network",
    "evidence",
    "explain_overlap",
    "extract_backbone",
    "intersections",
    "label",
    "nodes_of_kind",
    "overlap_significance",
    "overlap_stability",
    "plot_matrix",
    "plot_network",
    "plot_pairs",
    "plot_ranking",
    "plot_upset",
    "priority_gaps",
    "project",
    "rank_pairs",
    "read_tables",
    "roll_up",
    "statements",
    "write_tables",
]
