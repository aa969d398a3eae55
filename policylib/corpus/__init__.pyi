from .coder import code_corpus as code_corpus
from .coder import count_corpus as count_corpus
