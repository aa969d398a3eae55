from .backbone import nested_backbone as nested_backbone
from .groups import communities as communities
from .groups import polarization as polarization
from .weights import count_positions as count_positions
from .weights import discourse_network as discourse_network
from .weights import two_mode as two_mode
from .windows import time_windows as time_windows
