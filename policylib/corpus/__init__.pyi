from .coder import code_corpus as code_corpus
from .counter import count_corpus as count_corpus
