"""A table on a terminal, in which a Chinese character is two columns wide."""

import unicodedata


def width(text):
    """Columns that `text` takes on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fit(text, columns, right=False):
    """`text` cut or filled to exactly that many columns."""
    while width(text) > columns:
        text = text[:-1]
    fill = " " * (columns - width(text))
    return fill + text if right else text + fill


class Table:
    """Rows printed as they happen, below headings of fixed width."""

    def __init__(self, columns):
        """`columns`: (heading, width, right) each."""
        self._columns = columns

    def head(self):
        self._print(name for name, _, _ in self._columns)
        self._print("─" * columns for _, columns, _ in self._columns)

    def row(self, *cells):
        """Prints a row; a last cell that is not set to the right may be longer than its column."""
        self._print(cells)

    def _print(self, cells):
        cells = [str(cell) for cell in cells]
        printed = [fit(cell, columns, right) for cell, (_, columns, right) in zip(cells, self._columns)]
        if not self._columns[-1][2]:
            printed[-1] = cells[-1]
        print("  ".join(printed).rstrip(), flush=True)
