"""Element's JSON export of a Matrix room (handbook K-4)."""

from weilu.connectors.formats.matrix.reader import MatrixFormat

__all__ = ["MatrixFormat"]
