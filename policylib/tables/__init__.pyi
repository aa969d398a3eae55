from .read import Tables as Tables
from .read import read_tables as read_tables
from .read import write_tables as write_tables
