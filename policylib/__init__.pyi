from . import coding as coding
from . import compare as compare
from . import convert as convert
from . import corpus as corpus
from . import discourse as discourse
from . import documents as documents
from . import network as network
from . import plot as plot
from . import tables as tables

# Tables and the network
from .tables import read_tables as read_tables
from .tables import write_tables as write_tables
from .tables import make_tables as make_tables
from .tables import Tables as Tables
from ._util.faults import DataError as DataError
from .network import build_network as build_network
from .network import describe_network as describe_network
from .network import statements as statements
from .network import evidence as evidence
from .network import label as label
from .network import nodes_of_kind as nodes_of_kind
from .network import roll_up as roll_up

# From documents to statements
from .documents import read_documents as read_documents
from .documents import report_parts as report_parts
from .coding import read_codebook as read_codebook
from .coding import lint_codebook as lint_codebook
from .coding import report_roles as report_roles
from .coding import code_documents as code_documents
from .coding import find_terms as find_terms
from .coding import unattributed as unattributed
from .coding import concordance as concordance
from .coding import code_by_hand as code_by_hand
from .coding import apply_corrections as apply_corrections
from .coding import agreement as agreement
from .coding import disagreements as disagreements

# More documents than fit into memory
from .corpus import code_corpus as code_corpus
from .corpus import count_corpus as count_corpus

# Counts, overlap, emphasis
from .compare import count_statements as count_statements
from .compare import biadjacency as biadjacency
from .compare import coverage as coverage
from .compare import project as project
from .compare import compare_measures as compare_measures
from .compare import rank_pairs as rank_pairs
from .compare import intersections as intersections
from .compare import explain_overlap as explain_overlap
from .compare import emphasis as emphasis
from .compare import rank_emphasis as rank_emphasis
from .compare import priority_gaps as priority_gaps
from .compare import pair_card as pair_card

# More than chance?
from .compare import overlap_significance as overlap_significance
from .compare import overlap_stability as overlap_stability
from .compare import extract_backbone as extract_backbone

# Change over time
from .compare import attention as attention
from .compare import first_statements as first_statements
from .compare import panel as panel

# Discourse networks
from .discourse import count_positions as count_positions
from .discourse import discourse_network as discourse_network
from .discourse import two_mode as two_mode
from .discourse import time_windows as time_windows
from .discourse import communities as communities
from .discourse import polarization as polarization
from .discourse import nested_backbone as nested_backbone

# Pictures and tables in notebooks
from .plot import plot_matrix as plot_matrix
from .plot import plot_pairs as plot_pairs
from .plot import plot_ranking as plot_ranking
from .plot import plot_upset as plot_upset
from .plot import plot_network as plot_network
from .plot import plot_tiles as plot_tiles
from .plot import plot_attention as plot_attention
from .plot import explore as explore
from .plot import style_table as style_table

# Files of other programs
from .convert import read_network as read_network
from .convert import write_network as write_network
from .convert import read_statements as read_statements
from .convert import read_dna as read_dna
from .convert import write_dna as write_dna
from .convert import read_qdpx as read_qdpx
from .convert import write_qdpx as write_qdpx
from .convert import write_excel as write_excel

__version__: str
