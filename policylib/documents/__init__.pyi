from .parts import report_parts as report_parts
from .read import read_documents as read_documents
