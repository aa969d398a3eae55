from .read import read_documents as read_documents
