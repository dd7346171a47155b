"""The two roles of PostgreSQL: one that owns the tables and changes them, one that the app works as (C-12).

Row level security holds back only who cannot take it away, so the app's role owns nothing and may bypass nothing.
"""

from typing import NamedTuple

from sqlalchemy import Engine, make_url, text

from tracker.config import Settings, SettingsError

_ROLE = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"

# What the present role is, or could become with SET ROLE.
_MIGHT = text("""
SELECT bool_or(rolsuper) AS superuser, bool_or(rolbypassrls) AS bypasses,
       EXISTS (SELECT FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
               AND pg_has_role(current_user, relowner, 'MEMBER')) AS owns
FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')""")


class Roles(NamedTuple):
    """The database and its two roles by name."""

    database: str
    owner: str
    app: str


def roles_of(owner_url: str, app_url: str) -> Roles:
    """Return the names in the two addresses. Raises ValueError when they are not two roles of one database."""
    owner, app = make_url(owner_url or "postgresql://"), make_url(app_url)
    if not (owner.username and app.username and owner.database) or owner.username == app.username:
        raise ValueError("the two addresses must name two different roles")
    if owner.database != app.database:
        raise ValueError("the two addresses must name the same database")
    return Roles(owner.database, owner.username, app.username)


def making(roles: Roles) -> list[str]:
    """Return the statements a superuser runs in the database, as often as they like: roles, then what each may do.

    The app's role gets the rows of every table, those that are there and those the owner makes later.
    """
    database, owner, app = map(_quoted, roles)
    rows = "SELECT, INSERT, UPDATE, DELETE"
    return [
        *(_made_if_missing(name) for name in (roles.owner, roles.app)),
        f"ALTER ROLE {app} {_ROLE}",
        f"ALTER DATABASE {database} OWNER TO {owner}",
        f"GRANT CREATE, USAGE ON SCHEMA public TO {owner}",
        f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {app}",
        f"GRANT USAGE ON SCHEMA public TO {app}",
        f"GRANT {rows} ON ALL TABLES IN SCHEMA public TO {app}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT {rows} ON TABLES TO {app}",
    ]


def make_roles(admin: Engine, owner_url: str, app_url: str) -> None:
    """Carry ``making`` out as a superuser, and set the passwords that the addresses hold."""
    with admin.begin() as connection:
        for statement in making(roles_of(owner_url, app_url)):
            connection.exec_driver_sql(statement)
        driver = connection.connection.driver_connection
        assert driver is not None
        for url in map(make_url, (owner_url, app_url)):
            if url.password:  # hashed here: the server's log never has it
                hashed = driver.pgconn.encrypt_password(
                    str(url.password).encode(), str(url.username).encode(), b"scram-sha-256"
                )
                connection.exec_driver_sql(f"ALTER ROLE {_quoted(str(url.username))} PASSWORD '{hashed.decode()}'")


def too_mighty(engine: Engine) -> list[str]:
    """Return what the role that the app works as may do and must not; nothing on SQLite."""
    if engine.dialect.name != "postgresql":
        return []
    with engine.connect() as connection:
        found = connection.execute(_MIGHT).one()
    words = {
        "is a superuser": found.superuser,
        "may bypass row level security (BYPASSRLS)": found.bypasses,
        "owns tables": found.owns and not found.superuser,
    }
    return [word for word, is_so in words.items() if is_so]


def refuse_mighty(settings: Settings, engine: Engine) -> None:
    """A company's app works as a role that row level security holds back. Raises SettingsError for another."""
    found = too_mighty(engine) if settings.profile == "company" else []
    if found:
        raise SettingsError(
            f"The tracker does not start like this: the role of TRACKER_DATABASE_URL {' and '.join(found)}, so the "
            "database would not keep practices apart. Make two roles with: tracker db roles (deploy/README.md)"
        )


def _made_if_missing(name: str) -> str:
    literal = name.replace("'", "''")
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{literal}') THEN "
        f"CREATE ROLE {_quoted(name)} {_ROLE}; END IF; END $$"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
