from .build import build_network as build_network
from .build import describe_network as describe_network
from .build import evidence as evidence
from .build import nodes_of_kind as nodes_of_kind
from .build import roll_up as roll_up
from .edges import statements as statements
from .names import label as label
