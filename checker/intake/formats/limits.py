"""How much a file may ask of the machine: each limit with its reason. A file beyond them is refused with the limit named."""

from __future__ import annotations

MB = 1_000_000

# A workbook is held whole in memory, with all its cells. A county sends 1 MB; a province with a hundred columns, 200,000
# schools, has some 100 MB.
MAX_WORKBOOK = 300 * MB
# A text or Parquet file that cannot be read in pieces (see below) is held whole, and three times over while it is taken apart.
MAX_WHOLE = 2_000 * MB
# One record a line, each taken apart by itself. What is larger is better kept as CSV or Parquet.
MAX_RECORDS = 1_000 * MB
# What a workbook may become when it is unpacked. 200,000 schools with a hundred columns have some 800 MB of XML.
MAX_UNPACKED = 2_000 * MB
# What is unpacked is kept until its reader has seen it: twice as much memory for a moment, which only large workbooks would feel.
MAX_KEPT = 100 * MB
# A part that shrinks more than this was made to: sheets, even of nothing but formatted empty rows, shrink to a fortieth;
# the limit of the method is a thousandth. Small parts may shrink as they like.
MAX_RATIO = 250
RATIO_COUNTS_FROM = 10 * MB
MAX_PARTS = 10_000  # a workbook of a hundred sheets has some three hundred
# Cells between the first and the last that holds something, in all sheets: 32 bytes of memory each, more if they hold text.
# 200,000 schools with a hundred columns have 20 million; a stray cell in the last corner of a sheet makes 17 thousand million.
MAX_CELLS = 30_000_000

# Formats whose reader may fail in ways that take the process with it are read in one of their own.
MAX_MEMORY_APART = 3_000 * MB
MAX_SECONDS_APART = 120.0

# A text with broken quotation marks or lines of different length is gone through line by line, into lists of Python that
# take some ten times its size. The national list of schools, 530,000 lines of forty cells, has 150 MB.
MAX_UNEVEN_TEXT = 200 * MB
MAX_UNEVEN_CELLS = 30_000_000
# Lines of different length are filled up to the longest: 16 bytes of memory a cell.
MAX_TEXT_CELLS = 200_000_000

# What is larger is read in pieces, two times over, and never held whole: a text of 64 MB takes some 400 MB of memory.
LONG_TEXT = 64 * MB
LONG_PARQUET = 8 * MB
PIECE_BYTES = 16 * MB
PIECE_ROWS = 200_000
FIRST_LINES = 50  # the heading must stand in the first piece
MAX_LINE = 64 * MB

# Different cells of one column that raise the same doubt, each a question of its own. A column that holds more was filled in
# some way of its own, and is asked about as a whole.
MOST_TEXTS = 5_000


def in_mb(size: int) -> str:
    return f"{size / MB:,.1g} MB" if size < MB else f"{size / MB:,.0f} MB"


def most_bytes(suffix: str) -> int:
    if suffix in (".csv", ".txt", ".tsv", ".parquet"):
        return MAX_WHOLE
    return MAX_RECORDS if suffix in (".jsonl", ".ndjson") else MAX_WORKBOOK
