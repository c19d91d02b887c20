"""An office file as its library writes it → the same cells and texts, the same bytes: no hour, no author of the day."""

from __future__ import annotations

import zipfile
from io import BytesIO

# Where an office file says who made it and when: the same in every file of ours.
_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>checker</dc:creator></cp:coreProperties>'
)


def timeless(written: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(written)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in given.namelist():
            content = _PROPERTIES.encode() if name == "docProps/core.xml" else given.read(name)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            copy.writestr(entry, content)
    return out.getvalue()
