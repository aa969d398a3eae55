from .explorer import explore as explore
from .matrices import plot_matrix as plot_matrix
from .networks import plot_network as plot_network
from .over_time import plot_attention as plot_attention
from .rankings import plot_pairs as plot_pairs
from .rankings import plot_ranking as plot_ranking
from .tiles import plot_tiles as plot_tiles
from .upset import plot_upset as plot_upset
