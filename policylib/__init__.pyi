from ._faults import DataError
from ._statements import statements
from .codebook import lint_codebook, read_codebook
from .coding import code_documents, find_terms, report_roles
from .convert import read_dna, read_network, read_statements, recode, write_network
from .corpus import code_corpus, count_corpus
from .counts import biadjacency, count_statements
from .discourse import (
    communities,
    count_positions,
    discourse_network,
    nested_backbone,
    polarization,
    time_windows,
    two_mode,
)
from .documents import read_documents
from .explorer import explore
from .network import (
    build_network,
    describe_network,
    evidence,
    label,
    nodes_of_kind,
    roll_up,
)
from .pairs import PairCard, compare_pair, pair_card
from .plot import (
    plot_attention,
    plot_matrix,
    plot_network,
    plot_pairs,
    plot_ranking,
    plot_tiles,
    plot_upset,
)
from .projection import (
    compare_measures,
    emphasis,
    explain_overlap,
    intersections,
    priority_gaps,
    project,
    rank_pairs,
)
from .reliability import agreement, disagreements
from .significance import (
    coverage,
    extract_backbone,
    overlap_significance,
    overlap_stability,
)
from .tables import Tables, read_tables, write_tables
from .trends import attention, first_statements

__version__: str

__all__ = [
    "DataError",
    "PairCard",
    "Tables",
    "agreement",
    "attention",
    "biadjacency",
    "build_network",
    "code_corpus",
    "code_documents",
    "communities",
    "compare_measures",
    "compare_pair",
    "count_corpus",
    "count_positions",
    "count_statements",
    "coverage",
    "describe_network",
    "disagreements",
    "discourse_network",
    "emphasis",
    "evidence",
    "explain_overlap",
    "explore",
    "extract_backbone",
    "find_terms",
    "first_statements",
    "intersections",
    "label",
    "lint_codebook",
    "nested_backbone",
    "nodes_of_kind",
    "overlap_significance",
    "overlap_stability",
    "pair_card",
    "plot_attention",
    "plot_matrix",
    "plot_network",
    "plot_pairs",
    "plot_ranking",
    "plot_tiles",
    "plot_upset",
    "polarization",
    "priority_gaps",
    "project",
    "rank_pairs",
    "read_codebook",
    "read_dna",
    "read_documents",
    "read_network",
    "read_statements",
    "read_tables",
    "recode",
    "report_roles",
    "roll_up",
    "statements",
    "time_windows",
    "two_mode",
    "write_network",
    "write_tables",
]
