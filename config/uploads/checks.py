"""What a file must be before it is kept. Every refusal is a Chinese sentence that names the file."""

import io
import threading
import unicodedata
import zipfile
from functools import partial
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.template.defaultfilters import filesizeformat
from PIL import Image, ImageOps

MEGABYTE = 1024 * 1024
IMAGE_BYTES, DOCUMENT_BYTES = 8 * MEGABYTE, 20 * MEGABYTE
IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
PIXELS = {"JPEG": 40_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}  # JPEG alone can be decoded at a smaller scale
SIDE, SMALL_SIDE = 2000, 480
DOCUMENT_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ofd": "application/ofd",
    ".txt": "text/plain",
}
ZIP_MEMBERS, ZIP_BYTES, ZIP_RATIO = 200, 100 * MEGABYTE, 100

Image.MAX_IMAGE_PIXELS = max(PIXELS.values())
ONE_AT_A_TIME = threading.Lock()  # decoding takes some hundred megabytes for a moment; threads must not add them up


class Checked(ContentFile):
    """The bytes of a file that passed: safe to keep, and to serve under `title`."""

    def __init__(self, content: bytes, *, title: str, suffix: str, content_type: str):
        super().__init__(content, name=title)
        self.title = title
        self.suffix = suffix
        self.content_type = content_type


def clean_image(file) -> Checked:
    """A photo drawn anew as JPEG: upright, at most 2000 px, without position, device or any other metadata."""
    title = safe_name(file.name)
    suffix = PurePosixPath(title).suffix.lower()
    if suffix in {".heic", ".heif"}:
        raise ValidationError(f"“{title}”是 HEIC 格式，请在手机相机设置里选“兼容性最佳”，或先转成 JPEG 再上传。")
    if suffix not in IMAGE_SUFFIXES:
        raise ValidationError(f"“{title}”不是可用的照片格式，请上传 JPG、PNG 或 WebP。")
    _require_size(file, title, IMAGE_BYTES)
    picture = _open(file, title)
    try:
        with ONE_AT_A_TIME:
            content = _jpeg(picture, SIDE)
    except Exception:  # whatever a decoder throws at a hostile file
        raise _not_a_photo(title) from None
    return Checked(content, title=f"{PurePosixPath(title).stem}.jpg", suffix=".jpg", content_type="image/jpeg")


def shrink(checked: Checked) -> ContentFile:
    """The small version of a photo that passed, for lists."""
    checked.seek(0)
    with Image.open(checked) as picture:
        return ContentFile(_jpeg(picture, SMALL_SIDE))


def clean_document(file) -> Checked:
    """A document of an allowed kind whose bytes are what its name says; nothing in it is opened or run."""
    title = safe_name(file.name)
    suffix = PurePosixPath(title).suffix.lower()
    if suffix not in DOCUMENT_TYPES:
        raise ValidationError(f"“{title}”的格式不能上传，请用 PDF、DOCX、XLSX、OFD 或 TXT。")
    _require_size(file, title, DOCUMENT_BYTES)
    file.seek(0)
    content = file.read()
    if not IS_WHAT_IT_SAYS[suffix](content):
        raise ValidationError(f"“{title}”的内容与格式不符或已损坏，请重新导出后再上传。")
    return Checked(content, title=title, suffix=suffix, content_type=DOCUMENT_TYPES[suffix])


def clean_table(file, *, noun: str = "表格") -> Checked:
    """An .xlsx that is what its name says, or a .csv of at most the size of a document."""
    title = safe_name(file.name)
    suffix = PurePosixPath(title).suffix.lower()
    if suffix == ".xlsx":
        return clean_document(file)
    if suffix != ".csv":
        raise ValidationError(f"“{title}”不是{noun}的格式，请上传 .xlsx 或 .csv；旧版 .xls 请先另存为 .xlsx。")
    _require_size(file, title, DOCUMENT_BYTES)
    return Checked(file.read(), title=title, suffix=suffix, content_type="text/csv")


def safe_name(name: str) -> str:
    """The last part of `name` without control and direction characters, at most 100 characters with its suffix."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = PurePosixPath("".join(c for c in last if unicodedata.category(c)[0] != "C").strip() or "未命名")
    return plain.stem[: 100 - len(plain.suffix[:10])] + plain.suffix[:10]


def _require_size(file, title, limit):
    if not file.size:
        raise ValidationError(f"“{title}”是空文件。")
    if file.size > limit:
        raise ValidationError(
            f"“{title}”有 {filesizeformat(file.size)}，超过了 {limit // MEGABYTE} MB 的上限，请压缩后再上传。"
        )


def _open(file, title) -> Image.Image:
    """The picture with its header read: its size is known, and refused, before the first pixel is decoded."""
    too_large = ValidationError(f"“{title}”的像素太多，请缩小后再上传。")
    try:
        file.seek(0)
        picture = Image.open(file, formats=list(PIXELS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large from None
    except Exception:  # whatever a decoder throws at a hostile file
        raise _not_a_photo(title) from None
    if picture.width * picture.height > PIXELS.get(picture.format, PIXELS["JPEG"]):  # MPO is a JPEG with a second view
        raise too_large
    return picture


def _not_a_photo(title):
    return ValidationError(f"“{title}”无法作为照片打开，可能已损坏，请换一张。")


def _jpeg(picture, side) -> bytes:
    """Small first, which spares memory; then upright; then onto a fresh canvas, which carries nothing but pixels."""
    picture.draft("RGB", (side, side))
    picture.load()
    if picture.mode not in {"L", "RGB", "RGBA"}:
        picture = picture.convert("RGBA")
    picture.thumbnail((side, side))
    ImageOps.exif_transpose(picture, in_place=True)
    canvas = Image.new("RGB", picture.size, "white")
    canvas.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return out.getvalue()


def _is_pdf(content) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]


def _is_text(content) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_package(content, main) -> bool:
    """A zip that is small, whole and truthful, with the member that makes it what it claims to be."""
    if not content.startswith(b"PK\x03\x04") or not _has_small_directory(content):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
            if not _is_modest(members) or main not in package.namelist():
                return False
            return package.testzip() is None
    except Exception:
        return False


def _is_modest(members) -> bool:
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    macros = any(member.filename.endswith("vbaProject.bin") for member in members)
    return len(members) <= ZIP_MEMBERS and total <= ZIP_BYTES and total <= ZIP_RATIO * max(packed, 1) and not macros


def _has_small_directory(content) -> bool:
    """Look at the length of the list of members before `zipfile` makes an object of each."""
    end = content.rfind(b"PK\x05\x06")
    return end >= 0 and int.from_bytes(content[end + 12 : end + 16], "little") <= ZIP_MEMBERS * 512


IS_WHAT_IT_SAYS = {
    ".pdf": _is_pdf,
    ".docx": partial(_is_package, main="word/document.xml"),
    ".xlsx": partial(_is_package, main="xl/workbook.xml"),
    ".ofd": partial(_is_package, main="OFD.xml"),
    ".txt": _is_text,
}
