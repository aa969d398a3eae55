from .codebook import lint_codebook as lint_codebook
from .codebook import read_codebook as read_codebook
from .coder import code_documents as code_documents
from .coder import find_terms as find_terms
from .coder import report_roles as report_roles
from .reliability import agreement as agreement
from .reliability import disagreements as disagreements
from .unspoken import unattributed as unattributed
