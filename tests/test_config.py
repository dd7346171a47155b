"""Settings from the environment: defaults that work, nonsense refused by name."""

import stat

import pytest

from tracker.config import Settings, SettingsError, read_settings, resource_dir


def test_nothing_set_means_a_laptop(tmp_path):
    settings = read_settings({"TRACKER_DATA_DIR": str(tmp_path)})
    assert (settings.host, settings.port, settings.demo_password) == ("127.0.0.1", 8000, None)
    assert settings.database_url == f"sqlite:///{tmp_path}/tracker.db"


def test_an_empty_variable_counts_as_not_set():
    assert read_settings({"TRACKER_PORT": " "}).port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"), ("PORT", "65536"), ("PORT", "80x"), ("PORT", "-1"), ("PORT", "８０"),
        ("HOST", "http://here"), ("DATABASE_URL", "mysql://x/y"), ("DATABASE_URL", "nonsense"),
        ("MAX_IMPORT_MB", "1e3"), ("MAX_IMPORT_MB", "0"), ("MAX_UPLOAD_MB", "nan"), ("JOBS", "perhaps"),
        ("SESSION_IDLE_MINUTES", "0"), ("SESSION_IDLE_MINUTES", "nan"), ("SESSION_HOURS", "25"), ("STEP_UP_MINUTES", "-1"), ("STAGED_HOURS", "-24"), ("THREADS", "1000"),
        ("DEMO_PASSWORD", "fourteen chars"), ("OIDC_ISSUER", "id.example.org"), ("FAST_HASH", "2"), ("SMTP_URL", "mail.example.org"), ("SMTP_URL", "http://x"),
        ("MAIL_FROM", "nobody"), ("MAIL_FROM", "a b@c"), ("PUBLIC_URL", "clinic.example"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_the_name_and_what_would_be_right(name, value):
    with pytest.raises(SettingsError, match=rf"TRACKER_{name} must be .+\. It is "):
        read_settings({f"TRACKER_{name}": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("DEMO_PASSWORD", "hunter2"), ("DATABASE_URL", "mysql://me:hunter2@x/y"), ("SMTP_URL", "http://me:hunter2@x")],
)
def test_a_refusal_shows_no_password(name, value):
    with pytest.raises(SettingsError) as refusal:
        read_settings({f"TRACKER_{name}": value})
    assert "hunter2" not in str(refusal.value)


def test_times_of_sessions_may_be_parts_of_minutes_and_hours():
    settings = read_settings({"TRACKER_SESSION_IDLE_MINUTES": "0.05", "TRACKER_SESSION_HOURS": "0.5"})
    assert (settings.session_idle_minutes, settings.session_hours) == (0.05, 0.5)


def test_links_in_mails_lead_to_where_the_tracker_is_served():
    assert read_settings({"TRACKER_PORT": "8123"}).site_url == "http://127.0.0.1:8123"
    assert (
        read_settings({"TRACKER_PUBLIC_URL": "https://denials.example.org"}).site_url == "https://denials.example.org"
    )


def test_settings_show_no_password():
    assert "hunter2" not in repr(read_settings({"TRACKER_SMTP_URL": "smtps://me:hunter2@mail.example.org"}))
    assert "hunter2 hunter2 hunter2" not in repr(read_settings({"TRACKER_DEMO_PASSWORD": "hunter2 hunter2 hunter2"}))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_spelling_of_postgresql_gets_the_driver_we_ship(scheme):
    settings = read_settings({"TRACKER_DATABASE_URL": f"{scheme}://me@here/tracker"})
    assert settings.database_url == "postgresql+psycopg://me@here/tracker"


def test_the_signing_key_is_kept_and_nobody_else_can_read_it(tmp_path):
    settings = Settings(tmp_path / "data", "sqlite://")
    first = settings.secret_key
    assert len(first) == 64
    assert settings.secret_key == first
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["templates", "letter_templates", "migrations"])
def test_what_the_product_ships_is_found(name):
    assert any(resource_dir(name).iterdir())
