"""A small Excel workbook, written part by part with the standard library.

The same cells give the same bytes on any machine: no compression, no clock, no name of a system or person.
Office Open XML (ECMA-376) needs no more than these six kinds of part.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

Cell = str | int
Sheet = tuple[Sequence[int], Sequence[Sequence[Cell]]]  # each column's width in characters, then the rows

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PLAIN, BOLD, TEXT = 0, 1, 2  # places in the list of cell formats
# 49 is Excel's own number for "Text": a period such as 2024-03 stays what was typed and does not become a date.
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/>'
    '<xf xfId="0" numFmtId="49" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def workbook(sheets: Mapping[str, Sheet], text_columns: int) -> bytes:
    """An .xlsx file's bytes, one sheet for each name; row 1 is bold and stays in view.

    The first `text_columns` columns hold text, also in rows still empty. Up to 26 columns.
    """
    numbers = range(1, len(sheets) + 1)
    entries = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"/>' for i, name in zip(numbers, sheets, strict=True)
    )
    links = "".join(_link(f"rId{i}", f"{KINDS}/worksheet", f"worksheets/sheet{i}.xml") for i in numbers)
    overrides = "".join(_override(f"/xl/worksheets/sheet{i}.xml", f"{OFFICE}.worksheet+xml") for i in numbers)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + _override("/xl/workbook.xml", f"{OFFICE}.sheet.main+xml")
        + _override("/xl/styles.xml", f"{OFFICE}.styles+xml")
        + f"{overrides}</Types>",
        "_rels/.rels": _links(_link("rId1", f"{KINDS}/officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{KINDS}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(links + _link("rIdStyles", f"{KINDS}/styles", "styles.xml")),
        "xl/styles.xml": STYLES,
    }
    for i, sheet in zip(numbers, sheets.values(), strict=True):
        parts[f"xl/worksheets/sheet{i}.xml"] = _sheet(sheet, text_columns)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0  # else it would say whether Windows wrote it
            archive.writestr(entry, HEAD + text)
    return out.getvalue()


def _link(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'


def _links(links: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="{part}" ContentType="{kind}"/>'


def _sheet(sheet: Sheet, text_columns: int) -> str:
    widths, rows = sheet
    columns = "".join(
        f'<col min="{i}" max="{i}" width="{width}" style="{TEXT if i <= text_columns else PLAIN}" customWidth="1"/>'
        for i, width in enumerate(widths, start=1)
    )
    lines = "".join(
        f'<row r="{r}">' + "".join(_cell(cell, f"{chr(65 + c)}{r}", r == 1) for c, cell in enumerate(row)) + "</row>"
        for r, row in enumerate(rows, start=1)
    )
    return (
        f'<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{lines}</sheetData></worksheet>"
    )


def _cell(cell: Cell, place: str, head: bool) -> str:
    if isinstance(cell, int):
        return f'<c r="{place}"><v>{cell}</v></c>'
    return f'<c r="{place}" s="{BOLD if head else TEXT}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
