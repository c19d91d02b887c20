"""How much a file may ask of the machine: each limit with its reason. A file beyond them is refused with the limit named."""

from __future__ import annotations

MB = 1_000_000

# A text with broken quotation marks or lines of different length is gone through line by line, into lists of Python that
# take some ten times its size. The national list of schools, 530,000 lines of forty cells, has 150 MB.
MAX_UNEVEN_TEXT = 200 * MB
MAX_UNEVEN_CELLS = 30_000_000
# Lines of different length are filled up to the longest: 16 bytes of memory a cell.
MAX_TEXT_CELLS = 200_000_000
