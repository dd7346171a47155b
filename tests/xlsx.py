"""Small Excel workbooks for tests, written by hand so that odd ones can be made too."""

import io
import zipfile
from collections.abc import Sequence

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = (
    f'<workbook {_MAIN} xmlns:r="{_REL}"><workbookPr/><sheets>'
    '<sheet name="Old" sheetId="1" state="hidden" r:id="rId1"/><sheet name="Open" sheetId="2" r:id="rId2"/></sheets></workbook>'
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_REL}/worksheet" Target="/xl/worksheets/sheet2.xml"/></Relationships>'
)
STYLES = (
    f'<styleSheet {_MAIN}><numFmts><numFmt numFmtId="164" formatCode="mm/dd/yyyy;@"/><numFmt numFmtId="165" formatCode="[Red]0.00"/>'
    '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)


def text(value: str) -> str:
    """A cell that holds its text itself."""
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def number(value: object, style: int = 0, formula: str = "") -> str:
    """A cell with a number; styles 1 and 2 show a day."""
    return f'<c s="{style}">{f"<f>{formula}</f>" if formula else ""}<v>{value}</v></c>'


def workbook(rows: Sequence[Sequence[str]], *, after: str = "", texts: Sequence[str] = (), head: str = "") -> bytes:
    """A workbook of rows of cells; ``after`` follows the rows, ``head`` stands before the sheet's XML."""
    body = "".join(f"<row>{''.join(row)}</row>" for row in rows)
    return packed(f"{head}<worksheet {_MAIN}><sheetData>{body}</sheetData>{after}</worksheet>", texts)


def packed(sheet: str, texts: Sequence[str] = ()) -> bytes:
    """A workbook whose visible sheet is the XML given."""
    shared = f"<sst {_MAIN}>{''.join(f'<si>{one}</si>' for one in texts)}</sst>"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", LINKS),
            ("xl/styles.xml", STYLES),
            ("xl/sharedStrings.xml", shared),
            ("xl/worksheets/sheet2.xml", sheet),
        ):
            archive.writestr(name, content)
    return written.getvalue()
