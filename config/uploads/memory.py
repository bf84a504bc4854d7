"""Uploads of which nothing touches a disk, not even for a moment."""

from io import BytesIO

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from config.uploads.checks import IMAGE_BYTES

FILES = 3  # whose bytes are kept; the checks refuse what is more by its number


class MemoryOnly(FileUploadHandler):
    """Django lays a file above 2.5 MB into a temporary one, with its minute and the place where the photo was taken.

    Here it stays in memory, and no more of it than the largest photo and one byte: what is larger is refused by its
    size, which is told as it came.
    """

    number = 0

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.number += 1
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data, start):
        room = IMAGE_BYTES + 1 - self.kept.tell() if self.number <= FILES else 0
        self.kept.write(raw_data[: max(0, room)])

    def file_complete(self, file_size):
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept, self.field_name, self.file_name, self.content_type, file_size, self.charset,
            self.content_type_extra,
        )  # fmt: skip
