"""Word documents as a person gets them: their lines, their measures, and what an office program makes of them."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Mm

PROGRAMS = ("soffice", "pdftotext", "pdfinfo")
needs_office = pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason="needs LibreOffice Writer and poppler-utils"
)
SHEET = {
    "page_width": 210, "page_height": 297, "top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26,
}  # fmt: skip
"""GB/T 9704 in millimetres."""


def opened(content: bytes):
    return Document(io.BytesIO(content))


def lines(content: bytes) -> list[str]:
    return [line.text for line in opened(content).paragraphs]


def wrong_measures(content: bytes) -> dict[str, float]:
    """What differs from the sheet of the standard, in any section."""
    found = {}
    for section in opened(content).sections:
        for name, wanted in SHEET.items():
            if abs(getattr(section, name) - Mm(wanted)) >= Mm(0.1):
                found[name] = getattr(section, name).mm
    return found


def open_all(papers: dict[str, bytes], folder: Path) -> dict[str, tuple[str, str]]:
    """Every document opened in one run of LibreOffice: its page size, and its text without white space."""
    for name, content in papers.items():
        (folder / f"{name}.docx").write_bytes(content)
    _run(
        "soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
        *(f"{name}.docx" for name in papers), cwd=folder,
    )  # fmt: skip
    return {name: (_size(folder / f"{name}.pdf"), _text(folder / f"{name}.pdf")) for name in papers}


def _run(*command, cwd) -> str:
    done = subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=300)
    return done.stdout.decode()


def _size(pdf) -> str:
    return re.search(r"^Page size:.*\((.+)\)", _run("pdfinfo", pdf.name, cwd=pdf.parent), re.M)[1]


def _text(pdf) -> str:
    """In the order in which it is drawn, without page numbers."""
    return re.sub("—[0-9]+—", "", "".join(_run("pdftotext", "-raw", pdf.name, "-", cwd=pdf.parent).split()))
