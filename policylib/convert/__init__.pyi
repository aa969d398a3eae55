from .read_write import read_dna as read_dna
from .read_write import read_network as read_network
from .read_write import read_statements as read_statements
from .read_write import recode as recode
from .read_write import write_network as write_network
