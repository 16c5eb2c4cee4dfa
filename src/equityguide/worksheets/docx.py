"""A small writer of Word files: a title, headings, paragraphs and controls to fill in, as an OPC package that is the
same bytes each time.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

Style = Literal["Title", "Heading1", "Heading2", "ListBullet", "Question", "Normal"]

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OPC = "application/vnd.openxmlformats-package"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip can say: no clock gets into the file

# What XML 1.0 cannot hold even when escaped, lone halves of surrogate pairs among it.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_STYLES = (
    ("Normal", "Normal", 22, False, None),
    ("Title", "Title", 40, True, None),
    ("Heading1", "heading 1", 30, True, 0),
    ("Heading2", "heading 2", 24, True, 1),
    ("ListBullet", "List Bullet", 22, False, None),
    ("Question", "Question", 22, False, None),
)  # id, name as Word knows it, half-points, bold, outline level
_WITH_NEXT = ("Title", "Heading1", "Heading2", "Question")  # never the last on a page
# A list that Word knows as one, and a screen reader too: a bullet typed before a paragraph is only a sign.
_BULLETS = (
    '<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
    '<w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
WRITE, PICK = "Click here and write.", "Click here and choose."
_ALIAS = 64  # characters that Word takes for the name of a control


@dataclass(frozen=True)
class Blank:
    """A box to write in, `lines` high until something is written: its `name` is read out where it has the focus."""

    name: str
    lines: int = 1


@dataclass(frozen=True)
class Menu:
    """A menu with these entries."""

    name: str
    entries: tuple[str, ...]


Part = tuple[Style, str] | Blank | Menu


def write(title: str, parts: Iterable[Part]) -> bytes:
    """A .docx file with these parts. A line break inside a text becomes one in Word; `title` is its property."""
    styles = "".join(_style(*one) for one in _STYLES)
    body = "".join(
        _paragraph(*part) if isinstance(part, tuple) else _control(part, number)
        for number, part in enumerate(parts, start=1)
    )
    size = '<w:sectPr><w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" '
    size += 'w:left="1440" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>'
    files = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{_OPC}.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
            f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
            f'<Override PartName="/word/numbering.xml" ContentType="{_WORD}.numbering+xml"/>'
            f'<Override PartName="/docProps/core.xml" ContentType="{_OPC}.core-properties+xml"/></Types>'
        ),
        "_rels/.rels": _relations(
            (f"{_OFFICE}/officeDocument", "word/document.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": (
            f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{_safe(title)}</dc:title><dc:language>en-US</dc:language></cp:coreProperties>"
        ),
        "word/_rels/document.xml.rels": _relations(
            (f"{_OFFICE}/styles", "styles.xml"), (f"{_OFFICE}/numbering", "numbering.xml")
        ),
        "word/document.xml": f'<w:document xmlns:w="{MAIN}"><w:body>{body}{size}</w:body></w:document>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{MAIN}">{_BULLETS}</w:numbering>',
        "word/styles.xml": f'<w:styles xmlns:w="{MAIN}">{styles}</w:styles>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else the file would say which system wrote it
            package.writestr(entry, (_HEAD + content).encode("utf-8"))
    return out.getvalue()


def _paragraph(style: Style, text: str) -> str:
    lines = [f'<w:t xml:space="preserve">{_safe(line)}</w:t>' for line in text.splitlines() or [""]]
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r>{"<w:br/>".join(lines)}</w:r></w:p>'


def _control(part: Blank | Menu, number: int) -> str:
    """A content control, which Word, LibreOffice and Pages fill in without changing what stands around it."""
    if isinstance(part, Blank):
        # A paragraph for each line: with line breaks in one, LibreOffice puts the words under the empty lines.
        shown, kind = [WRITE, *[""] * part.lines], "<w:richText/>"
    else:
        entries = "".join(
            f'<w:listItem w:displayText="{_safe(one, quote=True)}" w:value="{_safe(one, quote=True)}"/>'
            for one in dict.fromkeys(part.entries)
        )
        shown, kind = [PICK], f"<w:dropDownList>{entries}</w:dropDownList>"
    name = _safe(part.name if len(part.name) <= _ALIAS else f"{part.name[: _ALIAS - 1]}…", quote=True)
    line = 'w:val="single" w:sz="4" w:space="4" w:color="767676"'
    edges = "".join(f"<w:{side} {line}/>" for side in ("top", "left", "bottom", "right"))
    last = len(shown) - 1
    box = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="Normal"/><w:keepNext w:val="{"true" if at < last else "false"}"/>'
        f'<w:pBdr>{edges}</w:pBdr><w:spacing w:before="0" w:after="{0 if at < last else 160}"/></w:pPr>'
        f'<w:r><w:rPr><w:color w:val="595959"/></w:rPr><w:t>{line}</w:t></w:r></w:p>'
        for at, line in enumerate(shown)
    )
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{name}"/><w:tag w:val="answer-{number}"/><w:id w:val="{number}"/>'
        f'<w:lock w:val="sdtLocked"/><w:showingPlcHdr/>{kind}</w:sdtPr><w:sdtContent>{box}</w:sdtContent></w:sdt>'
    )


def _style(name: str, title: str, size: int, bold: bool, level: int | None) -> str:
    default = ' w:default="1"' if name == "Normal" else ""
    start = f'<w:style w:type="paragraph"{default} w:styleId="{name}">'
    based = "" if name == "Normal" else '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/>'
    outline = "" if level is None else f'<w:outlineLvl w:val="{level}"/>'
    listed = '<w:numPr><w:numId w:val="1"/></w:numPr>' if name == "ListBullet" else ""
    return (
        f'{start}<w:name w:val="{title}"/>{based}<w:qFormat/>'
        f'<w:pPr><w:keepNext w:val="{"true" if name in _WITH_NEXT else "false"}"/>{listed}'
        f'<w:spacing w:before="120" w:after="120"/>{outline}'
        f'</w:pPr><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/>{"<w:b/>" if bold else ""}'
        f'<w:sz w:val="{size}"/><w:lang w:val="en-US"/></w:rPr></w:style>'
    )


def _relations(*pairs: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="rId{i}" Type="{kind}" Target="{target}"/>' for i, (kind, target) in enumerate(pairs, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _safe(text: str, *, quote: bool = False) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text), {'"': "&quot;"} if quote else {})
