"""PostgreSQL's own wall between practices: which rows a transaction may see and write (row level security, C-12).

A transaction says whose rows it works on in the setting ``app.practices``: practice ids with commas between, or "all" for
the system. A table that is guarded shows and takes no other rows, whatever the statement; without the setting, none.
"""

from collections.abc import Iterable

SETTING = "app.practices"
_EVERYBODY = "all"

# Each part in brackets is worked out once per statement, not once per row.
_MINE = (
    f"(SELECT current_setting('{SETTING}', true)) = '{_EVERYBODY}' OR practice_id = ANY ((SELECT "
    f"string_to_array(nullif(current_setting('{SETTING}', true), '{_EVERYBODY}'), ',')::bigint[])::bigint[])"
)


def setting_of(scope: frozenset[int] | None) -> str:
    """Return the setting's value for a session's scope; None is the system."""
    return _EVERYBODY if scope is None else ",".join(map(str, sorted(scope)))


def guarding(tables: Iterable[str]) -> list[str]:
    """Return the statements that guard tables with a ``practice_id``, for their owner too.

    Revisions of ``migrations/`` run them: what they make of a table may not change.
    """
    return [
        statement
        for table in tables
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY own_practice ON {table} USING ({_MINE})",
        )
    ]


def unguarding(tables: Iterable[str]) -> list[str]:
    """Return the statements that take back what ``guarding`` does."""
    return [
        statement
        for table in tables
        for statement in (
            f"DROP POLICY own_practice ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        )
    ]
