"""Small files for the tests of the readers, good ones and hostile ones."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def text_file(folder: Path, content: str | bytes, encoding: str = "utf-8", name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def xlsx_file(
    folder: Path, sheet_xml: str, *, strings: str = "", since_1904: bool = False, prologue: str = "", styles: str = ""
) -> Path:
    """An XLSX whose parts are written by hand, so that they can be wrong in every way."""
    path = folder / "rows.xlsx"
    head = f"<?xml version='1.0' encoding='UTF-8'?>{prologue}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'{head}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr date1904="{int(since_1904)}"/>'
            '<sheets><sheet name="Ark 1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/></Relationships>",
        )
        archive.writestr("xl/worksheets/sheet1.xml", f'{head}<worksheet xmlns="{MAIN}">{sheet_xml}</worksheet>')
        archive.writestr(
            "xl/styles.xml",
            styles
            or f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        )
        if strings:
            archive.writestr("xl/sharedStrings.xml", strings)
    return path


def sheet(*rows: list) -> str:
    """Rows as sheet XML: text inline, numbers as numbers; a tuple (number, style) is a styled number."""
    written = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, cell in enumerate(row):
            reference = f"{chr(65 + column)}{number}"
            if isinstance(cell, tuple):
                cells.append(f'<c r="{reference}" s="{cell[1]}"><v>{cell[0]}</v></c>')
            elif isinstance(cell, str):
                cells.append(f'<c r="{reference}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
            else:
                cells.append(f'<c r="{reference}"><v>{cell}</v></c>')
        written.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f"<sheetData>{''.join(written)}</sheetData>"
