from .weights import communities as communities
from .weights import count_positions as count_positions
from .weights import discourse_network as discourse_network
from .weights import nested_backbone as nested_backbone
from .weights import polarization as polarization
from .weights import time_windows as time_windows
from .weights import two_mode as two_mode
