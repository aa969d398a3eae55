from .ids import statement_ids as statement_ids
from .levels import roll_up_codes as roll_up_codes
from .make import make_tables as make_tables
from .read import Tables as Tables
from .read import read_tables as read_tables
from .read import write_tables as write_tables
