"""Uploads: what is refused and how it is said, what is kept and what is not, who may fetch it."""

import hashlib
import io
import os
import uuid
import zipfile
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from PIL import Image, PngImagePlugin

from config.uploads import checks, store
from config.uploads.forms import DocumentField, MultiplePhotosField
from config.uploads.models import Attachment

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORIENTATION, GPS = 0x0112, 0x8825


def picture(size=(60, 40), kind="JPEG", mode="RGB", color=None, **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color or 0).save(out, kind, **options)
    return out.getvalue()


def upload(content=None, name="photo.jpg"):
    return SimpleUploadedFile(name, picture() if content is None else content)


def package(members, **options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def stored():
    try:
        return sorted(store._stored_names())
    except FileNotFoundError:
        return []


def opened(file) -> Image.Image:
    file.seek(0)
    return Image.open(io.BytesIO(file.read()))


# --- photos ----------------------------------------------------------------------------------------------------------


def test_a_photo_loses_everything_but_its_pixels():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    photo = picture((60, 40), exif=exif, comment=b"secret", xmp=b"<x>secret</x>", icc_profile=b"secret")
    cleaned = checks.clean_image(upload(photo, "张三.JPEG"))
    result = opened(cleaned)
    assert (result.format, result.size, dict(result.getexif())) == ("JPEG", (40, 60), {})
    assert (cleaned.title, cleaned.content_type) == ("张三.jpg", "image/jpeg")
    cleaned.seek(0)
    content = cleaned.read()
    assert b"secret" not in content
    assert b"Exif" not in content


@pytest.mark.parametrize("size", [(4000, 1000), (1000, 4000)])
def test_a_large_photo_becomes_2000_px_and_480_px(size):
    cleaned = checks.clean_image(upload(picture(size)))
    assert max(opened(cleaned).size) == 2000
    small = opened(checks.shrink(cleaned))
    assert (max(small.size), min(small.size)) == (480, 120)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "1"), ("PNG", "I;16"), ("WEBP", "RGBA"),
     ("JPEG", "CMYK"), ("JPEG", "L")],
)  # fmt: skip
def test_every_kind_of_picture_becomes_a_jpeg(kind, mode):
    result = opened(checks.clean_image(upload(picture(kind=kind, mode=mode), f"photo.{kind.lower()}")))
    assert (result.format, result.mode, result.size) == ("JPEG", "RGB", (60, 40))


def test_a_photo_with_a_second_view_keeps_the_first():
    photo = picture(kind="MPO", save_all=True, append_images=[Image.new("RGB", (60, 40))])
    result = opened(checks.clean_image(upload(photo)))
    assert (result.format, result.size) == ("JPEG", (60, 40))


def test_transparent_becomes_white():
    photo = picture(kind="PNG", mode="RGBA", color=(0, 0, 0, 0))
    assert opened(checks.clean_image(upload(photo, "photo.png"))).getpixel((5, 5)) == (255, 255, 255)


def bomb() -> bytes:
    """A PNG of 50 000 × 50 000 pixels in a few hundred bytes: only the header is true."""
    photo = bytearray(picture(kind="PNG"))
    photo[16:24] = (50_000).to_bytes(4, "big") * 2
    photo[29:33] = zlib.crc32(bytes(photo[12:29])).to_bytes(4, "big")
    return bytes(photo)


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.jpg", "“a.jpg”是空文件。"),
        (b"<script>alert(1)</script>", "a.png", "“a.png”无法作为照片打开，可能已损坏，请换一张。"),
        (picture()[:300], "a.jpg", "“a.jpg”无法作为照片打开，可能已损坏，请换一张。"),
        (picture(kind="GIF"), "a.jpg", "“a.jpg”无法作为照片打开，可能已损坏，请换一张。"),
        (picture(), "a.svg", "“a.svg”不是可用的照片格式，请上传 JPG、PNG 或 WebP。"),
        (picture(), "a", "“a”不是可用的照片格式，请上传 JPG、PNG 或 WebP。"),
        (b"x", "a.HEIC", "“a.HEIC”是 HEIC 格式，请在手机相机设置里选“兼容性最佳”，或先转成 JPEG 再上传。"),
        (bomb(), "a.png", "“a.png”的像素太多，请缩小后再上传。"),
        (picture((8000, 5001), mode="L"), "a.jpg", "“a.jpg”的像素太多，请缩小后再上传。"),
        (picture((4000, 4001), mode="1", kind="PNG"), "a.png", "“a.png”的像素太多，请缩小后再上传。"),
        (bytes(10 * 2**20), "a.jpg", "“a.jpg”有 10.0\xa0MB，超过了 8 MB 的上限，请压缩后再上传。"),
    ],
)
def test_a_photo_that_cannot_be_used_is_refused_in_a_sentence(content, name, sentence):
    with pytest.raises(ValidationError) as refusal:
        checks.clean_image(upload(content, name))
    assert refusal.value.messages == [sentence]


def test_compressed_text_in_a_picture_is_not_blown_up():
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "0" * (80 * 2**20), zip=True)
    with pytest.raises(ValidationError):
        checks.clean_image(upload(picture(kind="PNG", pnginfo=info), "a.png"))


# --- documents -------------------------------------------------------------------------------------------------------

PDF = b"%PDF-1.7\n...\n%%EOF\n"
DOCX = package({"[Content_Types].xml": "<x/>", "word/document.xml": "<w/>"})
BROKEN = "的内容与格式不符或已损坏，请重新导出后再上传。"


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (PDF, "a.pdf", "application/pdf"),
        (DOCX, "a.DOCX", checks.DOCUMENT_TYPES[".docx"]),
        (package({"xl/workbook.xml": "<w/>"}), "a.xlsx", checks.DOCUMENT_TYPES[".xlsx"]),
        (package({"OFD.xml": "<w/>"}), "a.ofd", "application/ofd"),
        ("会议纪要".encode(), "a.txt", "text/plain"),
        ("会议纪要".encode("gb18030"), "a.txt", "text/plain"),
    ],
)
def test_documents_of_the_allowed_kinds_pass_unchanged(content, name, content_type):
    cleaned = checks.clean_document(upload(content, name))
    assert (cleaned.read(), cleaned.title, cleaned.content_type) == (content, name, content_type)


def lying() -> bytes:
    """The list of members says one byte, the member has a million."""
    content = bytearray(package({"word/document.xml": "0" * 1_000_000}))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (1).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (DOCX, "a.pdf"),
        (PDF[:-10], "a.pdf"),
        (b"MZ\x90\0" + DOCX, "a.docx"),
        (DOCX, "a.xlsx"),
        (DOCX[:-10], "a.docx"),
        (package({"word/document.xml": "", "word/vbaProject.bin": "x"}), "a.docx"),
        (package({"word/document.xml": "0" * (30 * 2**20)}), "a.docx"),
        (package({"word/document.xml": "", **{f"{n}": "" for n in range(200)}}), "a.docx"),
        (package({"word/document.xml": "", **{f"{n}": "" for n in range(20_000)}}), "a.docx"),
        (package({"word/document.xml": "", **{f"{n}{'x' * 1000}": "" for n in range(150)}}), "a.docx"),
        (lying(), "a.docx"),
        (b"\0binary", "a.txt"),
        (b"\xff\xfe\xff", "a.txt"),
    ],
)
def test_a_document_that_is_not_what_it_says_is_refused(content, name):
    with pytest.raises(ValidationError) as refusal:
        checks.clean_document(upload(content, name))
    assert refusal.value.messages == [f"“{name}”{BROKEN}"]


@pytest.mark.parametrize("name", ["a.html", "a.exe", "a.docm", "a.doc", "a.pdf.js", "pdf"])
def test_other_kinds_are_refused(name):
    with pytest.raises(ValidationError, match="的格式不能上传，请用 PDF、DOCX、XLSX、OFD 或 TXT。"):
        checks.clean_document(upload(PDF, name))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/纪要.pdf", "纪要.pdf"),
        ("C:\\fakepath\\纪要.pdf", "纪要.pdf"),
        ("纪要\u202efdp.exe\r\n.pdf", "纪要fdp.exe.pdf"),
        ("长" * 300 + ".pdf", "长" * 96 + ".pdf"),
        ("\0", "未命名"),
    ],
)
def test_a_name_keeps_only_what_is_harmless(name, safe):
    assert checks.safe_name(name) == safe


# --- keeping ---------------------------------------------------------------------------------------------------------


def test_attach_keeps_what_passed_and_nothing_of_the_sender_in_its_path(cast):
    photo = store.attach(cast.wang_member, upload(name="张三.png"), by=cast.wang, at=NOW, purpose="现场")
    paper = store.attach(cast.wang_member, upload(PDF, "纪要.pdf"), by=None, at=NOW, kind="document")
    assert stored() == sorted([f"2026/03/{photo.pk}.jpg", f"2026/03/{photo.pk}-small.jpg", f"2026/03/{paper.pk}.pdf"])
    assert os.stat(default_storage.path(photo.file.name)).st_mode & 0o777 == 0o600
    assert (photo.name, paper.name, paper.size) == ("张三.jpg", "纪要.pdf", len(PDF))
    assert paper.sha256 == hashlib.sha256(PDF).hexdigest()
    assert list(store.of(cast.wang_member)) == sorted([photo, paper], key=lambda row: row.pk)
    assert list(store.of(cast.wang_member, "现场")) == [photo]
    assert list(store.of(cast.qian_member)) == []


def test_a_checked_photo_is_not_drawn_a_second_time(cast):
    cleaned = checks.clean_image(upload())
    photo = store.attach(cast.wang_member, cleaned, by=cast.wang, at=NOW)
    cleaned.seek(0)
    with default_storage.open(photo.file.name) as kept:
        assert kept.read() == cleaned.read()


def test_nothing_is_kept_of_a_refused_file(cast):
    with pytest.raises(ValidationError):
        store.attach(cast.wang_member, upload(b"no photo"), by=cast.wang, at=NOW)
    assert (stored(), Attachment.objects.count()) == ([], 0)


def test_one_person_stores_so_much_a_day(cast, monkeypatch):
    monkeypatch.setattr(store, "DAILY_BYTES", 2 * len(PDF))
    for at in (NOW, NOW):
        store.attach(cast.wang_member, upload(PDF, "a.pdf"), by=cast.wang, at=at, kind="document")
    with pytest.raises(ValidationError, match="您今天上传的文件已达上限"):
        store.attach(cast.wang_member, upload(PDF, "a.pdf"), by=cast.wang, at=NOW, kind="document")
    tomorrow = NOW + timedelta(days=1)
    store.attach(cast.wang_member, upload(PDF, "a.pdf"), by=cast.wang, at=tomorrow, kind="document")
    store.attach(cast.wang_member, upload(PDF, "a.pdf"), by=cast.li, at=NOW, kind="document")


@transaction.atomic
def attach_and_fail(target):
    photo = store.attach(target, upload(), by=None, at=NOW)
    assert {photo.file.name, photo.small.name} <= set(stored())
    raise ZeroDivisionError


def test_a_transaction_taken_back_takes_its_files_along(cast):
    with transaction.atomic():
        kept = store.attach(cast.wang_member, upload(PDF, "a.pdf"), by=None, at=NOW, kind="document")
        with pytest.raises(ZeroDivisionError):
            attach_and_fail(cast.wang_member)
    assert stored() == [kept.file.name]


@pytest.mark.django_db(transaction=True)
def test_a_file_outlives_its_transaction_only_by_a_commit(cast):
    with pytest.raises(ZeroDivisionError):
        attach_and_fail(cast.wang_member)
    assert stored() == []
    kept = store.attach(cast.wang_member, upload(), by=None, at=NOW)
    assert stored() == sorted([kept.file.name, kept.small.name])


@pytest.mark.django_db(transaction=True)
def test_a_file_taken_back_goes_with_the_commit(cast):
    photo = store.attach(cast.wang_member, upload(), by=None, at=NOW)
    with transaction.atomic():
        store.remove(photo)
        assert len(stored()) == 2
    assert (stored(), Attachment.objects.count()) == ([], 0)


def test_a_full_disk_leaves_half_a_file_and_we_remove_it(cast, monkeypatch):
    class Failing(ContentFile):
        def chunks(self, chunk_size=None):
            yield self.read(3)
            raise OSError(28, "No space left on device")

    name = f"2026/03/{uuid.uuid4()}.pdf"
    with pytest.raises(ValidationError, match="服务器存储空间不足"):
        store._save(name, Failing(PDF))
    assert stored() == []


def test_the_sweep_removes_what_belongs_to_nothing_and_is_a_day_old(cast, capsys):
    kept = store.attach(cast.wang_member, upload(), by=None, at=NOW)
    old, young = (default_storage.save(f"2026/03/{name}.jpg", ContentFile(b"x")) for name in ("old", "young"))
    yesterday = (timezone.now() - timedelta(hours=25)).timestamp()
    for name in (old, kept.file.name, kept.small.name):
        os.utime(default_storage.path(name), (yesterday, yesterday))
    call_command("sweep_uploads")
    assert capsys.readouterr().out == "1 files removed\n"
    assert stored() == sorted([kept.file.name, kept.small.name, young])


# --- fetching --------------------------------------------------------------------------------------------------------


@pytest.fixture
def photo(cast):
    return store.attach(cast.wang, upload(name="现场.jpg"), by=cast.wang, at=NOW)


def test_who_sees_the_object_may_fetch_its_files(cast, as_, photo):
    for url in (reverse("file", args=[photo.pk]), reverse("file-small", args=[photo.pk])):
        answers = {name: as_(getattr(cast, name)).get(url).status_code for name in ("wang", "li", "zhang", "zhao")}
        assert answers == {"wang": 200, "li": 200, "zhang": 404, "zhao": 404}
        assert as_(None).get(url).status_code == 404
        assert as_(cast.wang).post(url).status_code == 405


def test_a_photo_is_shown_and_nothing_in_it_can_run(cast, as_, photo):
    response = as_(cast.wang).get(photo.get_absolute_url())
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == "inline; filename*=utf-8''%E7%8E%B0%E5%9C%BA.jpg"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert opened(io.BytesIO(response.content)).size == (60, 40)
    assert opened(io.BytesIO(as_(cast.wang).get(photo.small_url).content)).size == (60, 40)


def test_a_document_is_saved_under_its_name(cast, as_):
    paper = store.attach(cast.wang, upload(PDF, "会议 纪要.pdf"), by=cast.wang, at=NOW, kind="document")
    response = as_(cast.wang).get(paper.get_absolute_url())
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E4%BC%9A%E8%AE%AE%20%E7%BA%AA%E8%A6%81.pdf"
    assert response.content == PDF
    assert as_(cast.wang).get(paper.small_url).status_code == 404


def test_a_file_that_was_changed_on_the_disk_is_not_served(cast, as_, photo, caplog):
    with open(default_storage.path(photo.file.name), "ab") as file:
        file.write(b"x")
    assert as_(cast.wang).get(photo.get_absolute_url()).status_code == 404
    assert f"attachment {photo.pk} is not what was uploaded" in caplog.messages


def test_a_file_that_is_gone_is_not_found(cast, as_, photo):
    default_storage.delete(photo.file.name)
    assert as_(cast.wang).get(photo.get_absolute_url()).status_code == 404
    assert as_(cast.wang).get(reverse("file", args=[uuid.uuid4()])).status_code == 404


def test_only_what_decides_who_sees_it_can_have_files(cast):
    with pytest.raises(TypeError, match="visible_to"):
        store.attach(store.attach(cast.wang, upload(), by=None, at=NOW), upload(), by=None, at=NOW)


# --- forms -----------------------------------------------------------------------------------------------------------


class PhotoForm(forms.Form):
    photos = MultiplePhotosField(limit=2, required=False)


class PaperForm(forms.Form):
    paper = DocumentField()


def posted(form, **files):
    return form(files=MultiValueDict(files))


def test_several_photos_come_back_checked():
    form = posted(PhotoForm, photos=[upload(), upload(name="b.png")])
    assert form.is_valid()
    assert [photo.title for photo in form.cleaned_data["photos"]] == ["photo.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("files", "errors"),
    [
        ([upload()] * 3, ["最多上传 2 张照片，您选了 3 张。"]),
        (
            [upload(b"x", "a.jpg"), upload(b"x", "b.gif")],
            ["“a.jpg”无法作为照片打开，可能已损坏，请换一张。", "“b.gif”不是可用的照片格式，请上传 JPG、PNG 或 WebP。"],
        ),
        ([upload(b"", "a.jpg")], ["“a.jpg”是空文件。"]),
    ],
)
def test_every_photo_that_cannot_be_used_is_named(files, errors):
    assert posted(PhotoForm, photos=files).errors == {"photos": errors}


def test_no_photo_is_an_empty_list_unless_one_is_required():
    form = posted(PhotoForm)
    assert form.is_valid()
    assert form.cleaned_data == {"photos": []}
    form.fields["photos"].required = True
    form.full_clean()
    assert form.errors == {"photos": ["请选择文件。"]}


def test_a_document_field_returns_a_checked_document():
    form = posted(PaperForm, paper=[upload(DOCX, "a.docx")])
    assert form.is_valid()
    assert form.cleaned_data["paper"].content_type == checks.DOCUMENT_TYPES[".docx"]
    assert posted(PaperForm, paper=[upload(PDF, "a.docx")]).errors == {"paper": [f"“a.docx”{BROKEN}"]}


def test_the_field_offers_several_photos_of_the_right_kinds():
    assert str(PhotoForm()["photos"].as_widget()) == (
        '<input type="file" name="photos" accept="image/jpeg,image/png,image/webp" multiple '
        'aria-describedby="id_photos_helptext" id="id_photos">'
    )


def test_nobody_reads_files_of_an_object_that_is_hidden(cast, photo):
    assert store.is_readable(photo, cast.wang)
    assert not store.is_readable(photo, AnonymousUser())
