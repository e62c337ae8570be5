"""A PowerPoint presentation of one slide, with a layout, a master and a theme (ISO/IEC 29500-1, 19)."""

from __future__ import annotations

from pixelpact.mockserver.files.notes import markup, notes, title
from pixelpact.mockserver.files.office import LINKS, package
from pixelpact.mockserver.files.spec import FileSpec

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_NAMES = (
    f'xmlns:a="{_DRAWING}" xmlns:r="{LINKS}" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
#: A slide of 4:3, in English Metric Units (914400 per inch).
_WIDTH, _HEIGHT, _MARGIN = 9144000, 6858000, 457200
_GROUP = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
_COLORS = {
    "dk1": "000000",
    "lt1": "FFFFFF",
    "dk2": "303030",
    "lt2": "EEEEEE",
    **{f"accent{number}": "5577AA" for number in range(1, 7)},
    "hlink": "0000EE",
    "folHlink": "551A8B",
}
_ROLES = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2", "hlink": "hlink", "folHlink": "folHlink"}
#: Lines of the notes that fit on a slide.
_LINES = 20


def pptx(spec: FileSpec) -> bytes:
    """A presentation whose only slide shows the notes."""
    shapes = _text_box(2, (title(spec),), size=2800, top=_MARGIN, height=_MARGIN * 2)
    shapes += _text_box(3, notes(spec)[:_LINES], size=1200, top=_MARGIN * 4, height=_MARGIN * 10)
    presentation = (
        f"<p:presentation {_NAMES}>"
        '<p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst>'
        f'<p:sldIdLst><p:sldId id="256" r:id="rId2"/></p:sldIdLst><p:sldSz cx="{_WIDTH}" cy="{_HEIGHT}"/>'
        f'<p:notesSz cx="{_HEIGHT}" cy="{_WIDTH}"/></p:presentation>'
    )
    return package(
        {
            "ppt/presentation.xml": presentation,
            "ppt/slides/slide1.xml": _sheet("sld", shapes),
            "ppt/slideLayouts/slideLayout1.xml": _sheet("sldLayout", ""),
            "ppt/slideMasters/slideMaster1.xml": _master(),
            "ppt/theme/theme1.xml": _theme(),
        },
        types={
            "ppt/presentation.xml": "presentationml.presentation.main",
            "ppt/slides/slide1.xml": "presentationml.slide",
            "ppt/slideLayouts/slideLayout1.xml": "presentationml.slideLayout",
            "ppt/slideMasters/slideMaster1.xml": "presentationml.slideMaster",
            "ppt/theme/theme1.xml": "theme",
        },
        links={
            "": (("officeDocument", "ppt/presentation.xml"),),
            "ppt/presentation.xml": (
                ("slideMaster", "slideMasters/slideMaster1.xml"),
                ("slide", "slides/slide1.xml"),
                ("theme", "theme/theme1.xml"),
            ),
            "ppt/slides/slide1.xml": (("slideLayout", "../slideLayouts/slideLayout1.xml"),),
            "ppt/slideLayouts/slideLayout1.xml": (("slideMaster", "../slideMasters/slideMaster1.xml"),),
            "ppt/slideMasters/slideMaster1.xml": (
                ("slideLayout", "../slideLayouts/slideLayout1.xml"),
                ("theme", "../theme/theme1.xml"),
            ),
        },
    )


def _sheet(kind: str, shapes: str) -> str:
    """A slide or a layout, with the colors of its master."""
    return (
        f"<p:{kind} {_NAMES}><p:cSld><p:spTree>{_GROUP}{shapes}</p:spTree></p:cSld>"
        f"<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:{kind}>"
    )


def _text_box(number: int, lines: tuple[str, ...], *, size: int, top: int, height: int) -> str:
    """A text box; `size` is in hundredths of a point."""
    paragraphs = "".join(
        f'<a:p><a:r><a:rPr lang="en-US" sz="{size}"/><a:t>{markup(line)}</a:t></a:r></a:p>' for line in lines
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Text {number}"/>'
        '<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{_MARGIN}" y="{top}"/>'
        f'<a:ext cx="{_WIDTH - 2 * _MARGIN}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f'<p:txBody><a:bodyPr wrap="square"/><a:lstStyle/>{paragraphs}</p:txBody></p:sp>'
    )


def _master() -> str:
    roles = {**_ROLES, **{name: name for name in _COLORS if name.startswith("accent")}}
    mapping = " ".join(f'{role}="{color}"' for role, color in roles.items())
    return (
        f'<p:sldMaster {_NAMES}><p:cSld><p:bg><p:bgRef idx="1001"><a:schemeClr val="bg1"/></p:bgRef></p:bg>'
        f"<p:spTree>{_GROUP}</p:spTree></p:cSld><p:clrMap {mapping}/>"
        '<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst></p:sldMaster>'
    )


def _theme() -> str:
    """Colors, fonts and three formats of each kind, as the schema requires (20.1.4.1)."""
    colors = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in _COLORS.items())
    font = '<a:latin typeface="Arial"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f"<a:ln>{fill}</a:ln>"
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'<a:theme xmlns:a="{_DRAWING}" name="Plain"><a:themeElements>'
        f'<a:clrScheme name="Plain">{colors}</a:clrScheme><a:fontScheme name="Plain">'
        f"<a:majorFont>{font}</a:majorFont><a:minorFont>{font}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="Plain"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{line * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{effect * 3}</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst>"
        "</a:fmtScheme></a:themeElements></a:theme>"
    )
