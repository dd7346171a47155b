"""The way into the `tracker` command: its modules are imported without looking for garbage meanwhile."""

from tracker.garbage import paused


def main() -> None:
    """Run the command of the command line."""
    with paused():
        from tracker.cli import main as command
    command()
