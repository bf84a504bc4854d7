"""Papers laid beside a step: a short official document for each kind of evidence."""

from datetime import date

from django.core.files.base import ContentFile

from config.demo import pictures
from config.documents.docx import Heading, Paragraph, Table, official
from consultation.steps import Evidence

NAMES = {
    Evidence.FILE: "情况报告", Evidence.LIST: "意见征集清单", Evidence.NOTICE: "通知", Evidence.STUDY: "学习记录",
    Evidence.MINUTES: "纪要",
}  # fmt: skip
HEARD = [
    ("1", "群众代表", "希望时间表公开，办到哪一步看得见"),
    ("2", "政协委员", "先易后难，能马上办的先办"),
    ("3", "职能部门", "资金分年安排，急需的优先"),
]


def evidence(kind: str, *, title: str, text: str, issuer: str, on: date) -> ContentFile:
    """What `Evidence` asks for, about `title`."""
    if kind == Evidence.PHOTO:
        return pictures.notice_board("公示照片.jpg")
    name = NAMES[kind]
    blocks = [Heading(1, "基本情况"), Paragraph(text)]
    if kind == Evidence.LIST:
        blocks += [Heading(1, "主要意见"), Table(("序号", "来源", "意见"), HEARD)]
    content = official(mark=[issuer], title=f"{title}\n{name}", blocks=blocks, signers=[issuer], on=on)
    return ContentFile(content, name=f"{title}{name}.docx")
