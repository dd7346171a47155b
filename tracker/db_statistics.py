"""What SQLite is told of the size of the tables, so that it looks rows up by their own key from the first day.

Without statistics SQLite takes ten rows for what any first column of an index leaves. Every key here begins with the
practice, so it would read the whole practice for the lines of one claim.
"""

from sqlalchemy import Connection

_ROWS, _OF_A_PRACTICE, _OF_A_KEY = 1_000_000, 300_000, 10


def seed_statistics(connection: Connection) -> None:
    """Give every index that begins with the practice usual figures, unless ANALYZE has counted its table.

    https://www.sqlite.org/fileformat2.html#stat1tab: rows of the table, then rows for each prefix of the columns.
    """
    connection.exec_driver_sql("ANALYZE")
    counted = {row[0] for row in connection.exec_driver_sql("SELECT DISTINCT tbl FROM sqlite_stat1")}
    for _, table, kind, _, without_rowid, *_ in connection.exec_driver_sql("PRAGMA table_list").fetchall():
        if kind == "table" and table not in counted and not table.startswith("sqlite_"):
            _seed_table(connection, table, without_rowid=bool(without_rowid))
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # this connection reads them again too


def _seed_table(connection: Connection, table: str, *, without_rowid: bool) -> None:
    for _, index, unique, origin, _ in connection.exec_driver_sql(f'PRAGMA index_list("{table}")').fetchall():
        columns = [row[2] for row in connection.exec_driver_sql(f'PRAGMA index_info("{index}")').fetchall()]
        if columns[:1] != ["practice_id"]:
            continue
        # The primary key of a table without row ids goes by the table's own name.
        name = table if origin == "pk" and without_rowid else index
        figures = [_ROWS, _OF_A_PRACTICE, *(max(1, _OF_A_KEY - place) for place in range(len(columns) - 1))]
        if unique and len(columns) > 1:
            figures[-1] = 1
        row = (table, name, " ".join(str(figure) for figure in figures))
        connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", row)
