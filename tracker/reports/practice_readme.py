"""What the README.txt of an export says."""

README = """\
Everything of one practice, as the tracker holds it
===================================================

This archive holds health data. Keep it where only those who need it can read it, and delete it when you are done.

What is where
-------------
csv/           One CSV file per table, UTF-8, for spreadsheets. Names stand beside ids (payer beside payer_id). Columns
               ending in _cents are whole cents, those ending in _dollars are the same amount in dollars. Days are
               written 2026-11-23, moments are UTC. A cell that would start a formula begins with an apostrophe.
                 denials.csv        one row per denied line; denial_chain.csv has every answer to it in order,
                                    cause_decisions.csv and suggested_causes.csv why, outcomes.csv how its appeals ended
                 claims.csv, claim_lines.csv, patients.csv, payments.csv, payments_of_lines.csv, adjustments.csv,
                 remittances.csv    what was billed and paid
                 appeals.csv, appeal_denials.csv, letters.csv, attachments.csv
                                    appeals; the column packet or file says where the PDF is
                 notes.csv          the index of the notes; the column file names the text
                 activity.csv       who did what, when
notes/         The text of each note.
letters/       Signed letters with their exhibits, as sent (PDF): A-301-1.pdf is the first letter of appeal A-301.
attachments/   Files kept with denials, appeals and requests, as they were added.
originals/     The 835, 837 and 277CA files as they came; imported_files_as_they_came.csv says which is which.
pictures/      Logos and pictures of letters.
data/          Every table once more, whole, as JSON Lines: one JSON object per row, by column. This is what an
               installation of the tracker reads to take the practice in: tracker practice import FILE
manifest.json  The version of this format, the number of rows of each table, and the SHA-256 of every file here.

Columns named id are keys of rows; a column like claim_id holds the id of a row of claims. Names of files hold numbers
only. Not in here: passwords, sign-in data, encryption keys, the audit log of the installation (manifest.json, left_out).
"""
