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
        print("  ".join(fit(name, columns, right) for name, columns, right in self._columns))
        print("  ".join("─" * columns for _, columns, _ in self._columns), flush=True)

    def row(self, *cells):
        """Prints a row; the last cell may be longer than its column."""
        printed = [fit(str(cell), columns, right) for cell, (_, columns, right) in zip(cells[:-1], self._columns)]
        print("  ".join([*printed, str(cells[-1])]).rstrip(), flush=True)
