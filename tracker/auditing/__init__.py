"""The audit log: every read, write and refusal as an entry of a keyed chain (security.md 5.1, C-39).

There are two chains, because the two promises cannot be kept by one on SQLite:

- **changes**: an entry is in the same transaction as the change it tells of. A hook on every session appends it before
  the commit (``changes``), so no view, job or command can forget it, and neither is kept without the other.
- **reads**: an entry is on the disk before the answer is sent. SQLite has one write lock per file, which an import holds
  for seconds or minutes; a page that had to write there would wait as long. So on SQLite this chain lives in a file of its
  own beside the database (its name ends in ``-audit``), and costs a page one short commit. On PostgreSQL both chains are
  rows of the same tables, each behind the lock of its own head row.

``appending`` adds entries, ``acting`` holds who acts at the moment. Verifying, checkpoints and removing after the years
of retention are in ``tracker.services.audit_*``.
"""
