"""How a file arrives: in memory, never on a disk outside the data folder; a larger one is counted and dropped.

The form then says that it is too large, and all else that was typed stays. Only a request far beyond any form of
ours is refused as a whole.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST_KEPT = 10_000_000
MOST_OF_REQUEST = 60_000_000


class InMemory(FileUploadHandler):
    """See the head of this module."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        if content_length > MOST_OF_REQUEST:
            raise RequestDataTooBig("the request is larger than any form")

    def new_file(self, *args: Any, **more: Any) -> None:
        super().new_file(*args, **more)
        self.content, self.size = BytesIO(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size <= MOST_KEPT:
            self.content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.content.seek(0)
        return InMemoryUploadedFile(
            file=self.content,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
