"""A plan of one day → the rules as people read them: a book clause by clause, or the short list of what is in force."""

from checker.book.chapters import book
from checker.book.in_force import in_force
from checker.book.page import page

__all__ = ["book", "in_force", "page"]
