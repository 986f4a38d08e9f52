"""The repository as the rest sees it: the store, with the open documents over it."""

from retrieval.index.alone import Alone
from retrieval.index.repository import Index

__all__ = ["Alone", "Index"]
