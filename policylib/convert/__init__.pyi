from .dna import read_dna as read_dna
from .excel import write_excel as write_excel
from .network_files import read_network as read_network
from .network_files import write_network as write_network
from .recoding import recode as recode
from .statement_files import read_statements as read_statements
