"""《社情民意》as it goes out (GB/T 9704), and the register as a table."""

import re
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from config.documents.docx import Colophon, Heading, Paragraph, official
from members.models import OrganisationKind
from proposals.models import Bulletin, Information
from proposals.queries import information as queries
from proposals.states import BulletinState

HEADING = re.compile(r"^[一二三四五六七八九十]+、(.{1,30})$")
REGISTER = [
    "登记号", "报送日期", "标题", "反映人", "来源", "领域", "所在地", "状态", "编入", "签发日期", "采用", "批示",
]  # fmt: skip
AT_ONCE = 500


def sheet_of(bulletin: Bulletin) -> bytes:
    """期号, 签发人, 标题, 反映人及单位, the text, 报送范围; internal, and 送签稿 before it is signed."""
    committee = bulletin.committee
    office = committee.organisations.filter(kind=OrganisationKind.CPPCC_OFFICE).order_by("pk").first()
    issuer = office.name if office else committee.name
    is_issued = bulletin.state == BulletinState.ISSUED
    day = timezone.localdate(bulletin.issued_at) if is_issued else timezone.localdate()
    names = queries.reporters_of(bulletin)
    return official(
        mark=[committee.name],
        suffix="社情民意",
        corner="内部资料",
        number=bulletin.serial if is_issued else "送签稿",
        title=bulletin.title,
        blocks=[
            Paragraph("反映人及单位：" + "、".join(names)),
            *_blocks(bulletin.text),
            Paragraph(f"报送：{bulletin.range}"),
        ],
        signers=[issuer],
        approved_by=str(bulletin.signer) if bulletin.signer_id else "",
        on=day,
        colophon=Colophon(printed_by=issuer, printed_on=day) if is_issued else None,
    )


def _blocks(text: str) -> Iterator[Heading | Paragraph]:
    for line in text.splitlines():
        if found := HEADING.match(line.strip()):
            yield Heading(1, found[1])
        elif line.strip():
            yield Paragraph(line)


def register_rows(rows: QuerySet[Information]) -> Iterator[list]:
    """Line by line, with dates as dates; adoptions and instructions of each issue are read with its batch."""
    rows = rows.select_related("author__user", "category", "region", "bulletin", "word").order_by("-pk")
    rows = rows.prefetch_related("bulletin__deliveries", "bulletin__instructions")
    for information in rows.iterator(chunk_size=AT_ONCE):
        bulletin = information.bulletin
        yield [
            information.serial,
            timezone.localdate(information.submitted_at),
            information.title,
            queries.reporter_of(information),
            _source(information),
            str(information.category or ""),
            str(information.region or ""),
            information.get_state_display(),
            bulletin.serial if bulletin else "",
            timezone.localdate(bulletin.issued_at) if bulletin and bulletin.issued_at else "",
            "；".join(_adoptions(bulletin)) if bulletin else "",
            len(bulletin.instructions.all()) if bulletin else 0,
        ]


def _source(information) -> str:
    if information.word_id:
        return "群众反映"
    if information.micro_id:
        return "微建议"
    if information.proposal_id:
        return "提案"
    return "委员" if information.author_id else "单位和个人"


def _adoptions(bulletin):
    for delivery in bulletin.deliveries.all():
        if delivery.adopted_on:
            yield f"{delivery.receiver} {delivery.adopted_on:%Y-%m-%d}"
