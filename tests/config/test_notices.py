"""Notices: once for each person, read on the site, repeated by e-mail."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.notices import outbox
from config.notices.models import Delivery, Notice

AT = timezone.now()


def send(*people, key="k1", **fields):
    given = {"kind": "test", "title": "请签收", "at": AT, **fields}
    return outbox.send([person.pk for person in people], key=key, **given)


@pytest.fixture
def mailing(settings):
    """A site that sends mail; into memory."""
    settings.EMAIL_HOST = "mail.test"
    settings.SITE_URL = "https://shang.test"


@pytest.fixture
def with_mail(cast, mailing):
    cast.zhang.email = "zhang@unit.test"
    cast.zhang.save()
    return cast


# --- the inbox row -----------------------------------------------------------------------------------------------


def test_the_second_call_is_no_effect(cast):
    assert send(cast.zhang, cast.chen) == 2
    assert send(cast.zhang, cast.chen, cast.wang) == 1
    assert send(cast.zhang, key="k2") == 1
    assert Notice.objects.count() == 4


def test_the_same_person_named_twice_is_told_once(cast):
    assert outbox.send([cast.zhang.pk, cast.zhang.pk, None], kind="test", title="请签收", key="k", at=AT) == 1


def test_the_database_refuses_a_second_notice_of_the_same_key(cast):
    send(cast.zhang)
    copy = Notice.objects.get()
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


@pytest.mark.parametrize("url", ["https://elsewhere.test/", "//elsewhere.test/", "javascript:alert(1)"])
def test_a_notice_never_leads_elsewhere(cast, url):
    with pytest.raises(ValueError, match="local"):
        send(cast.zhang, url=url)
    send(cast.zhang)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.update(url=url)


def test_a_notice_without_a_key_is_refused(cast):
    with pytest.raises(ValueError, match="key"):
        send(cast.zhang, key="")
    send(cast.zhang)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.update(key="")


def test_many_letters_need_as_many_statements_as_one(cast, django_assert_num_queries):
    def letters(number, name):
        return [outbox.Letter((cast.zhang.pk, cast.chen.pk), "test", "t", f"{name}{i}") for i in range(number)]

    for number, name in ((1, "one"), (40, "many")):
        with django_assert_num_queries(4):  # savepoint, what is there, insert, release
            assert outbox.send_many(letters(number, name), at=AT) == 2 * number


def test_unread_count_is_one_query_on_its_index(cast, django_assert_num_queries):
    send(cast.zhang)
    send(cast.zhang, key="k2")
    outbox.mark_read(Notice.objects.filter(key="k2"), at=AT)
    with django_assert_num_queries(1):
        assert outbox.unread_count(cast.zhang) == 1


# --- the pages ---------------------------------------------------------------------------------------------------


def test_opening_a_notice_counts_it_as_read_and_goes_where_it_leads(cast, as_):
    send(cast.zhang, url="/office/reminders/?state=dead")
    notice = Notice.objects.get()
    answer = as_(cast.zhang).get(notice.get_absolute_url())
    assert (answer.status_code, answer["Location"]) == (302, "/office/reminders/?state=dead")
    first = Notice.objects.get().read_at
    assert first is not None
    as_(cast.zhang).get(notice.get_absolute_url())
    assert Notice.objects.get().read_at == first


def test_a_notice_that_leads_nowhere_is_a_page(cast, as_):
    send(cast.zhang, title="<b>合并提醒</b>", body="甲\n<script>乙</script>")
    page = as_(cast.zhang).get(Notice.objects.get().get_absolute_url()).content.decode()
    assert ("<script>乙" in page, "&lt;script&gt;乙" in page) == (False, True)


@pytest.mark.parametrize(("who", "status"), [("zhang", 302), ("chen", 404), ("li", 404), ("zhao", 404), (None, 302)])
def test_a_notice_is_its_recipient_s_alone(cast, as_, who, status):
    send(cast.zhang, url="/notices/")
    person = getattr(cast, who) if who else None
    answer = as_(person).get(Notice.objects.get().get_absolute_url())
    assert answer.status_code == status
    assert (Notice.objects.get().read_at is not None) == (who == "zhang")


def test_the_inbox_shows_one_s_own_newest_first(cast, as_):
    send(cast.zhang, title="第一件")
    send(cast.zhang, title="第二件", key="k2")
    send(cast.chen, title="别人的", key="k3")
    page = as_(cast.zhang).get("/notices/").content.decode()
    assert (page.index("第二件") < page.index("第一件"), "别人的" in page) == (True, False)


def test_all_read_at_once_by_post_only(cast, as_):
    send(cast.zhang, cast.chen)
    client = as_(cast.zhang)
    assert client.get("/notices/read/").status_code == 405
    assert client.post("/notices/read/", follow=True).redirect_chain == [("/notices/", 302)]
    assert (outbox.unread_count(cast.zhang), outbox.unread_count(cast.chen)) == (0, 1)


def test_the_inbox_needs_as_many_statements_for_three_as_for_one(cast, as_, django_assert_max_num_queries):
    client, counts = as_(cast.zhang), []
    client.get("/notices/")
    for number in range(3):
        send(cast.zhang, key=f"n{number}")
        with django_assert_max_num_queries(12) as statements:
            client.get("/notices/")
        counts.append(len(statements))
    assert counts[0] == counts[2]


def test_an_empty_inbox_says_what_it_is_for(cast, as_):
    assert "会在这里通知您" in as_(cast.zhang).get("/notices/").content.decode()


# --- e-mail ------------------------------------------------------------------------------------------------------


def test_no_mail_server_no_delivery(cast):
    cast.zhang.email = "zhang@unit.test"
    cast.zhang.save()
    send(cast.zhang)
    assert Delivery.objects.count() == 0


def test_a_delivery_for_those_with_an_address(with_mail):
    send(with_mail.zhang, with_mail.chen, url="/notices/", body="十五日前答复。")
    assert outbox.deliver(AT).sent == 1
    notice = Notice.objects.get(recipient=with_mail.zhang)
    (message,) = mail.outbox
    assert message.subject == "请签收"
    assert message.to == ["zhang@unit.test"]
    assert message.body == f"请签收\n\n十五日前答复。\n\nhttps://shang.test/notices/{notice.pk}/"
    assert message.message()["Message-ID"] == f"<notice-{notice.pk}@shang.test>"
    assert outbox.deliver(AT + timedelta(hours=1)).sent == 0


def test_a_rolled_back_deed_leaves_no_mail(with_mail):
    with transaction.atomic():
        send(with_mail.zhang)
        transaction.set_rollback(True)
    assert (Notice.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_title_of_several_lines_cannot_add_a_header(with_mail):
    send(with_mail.zhang, title="请签收\nBcc: all@elsewhere.test")
    outbox.deliver(AT)
    assert mail.outbox[0].subject == "请签收 Bcc: all@elsewhere.test"


class RefusingBackend(EmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({"zhang@unit.test": (550, b"unknown")})


class UnreachableBackend(EmailBackend):
    def open(self):
        raise ConnectionRefusedError(111, "Connection refused")


class DyingBackend(EmailBackend):
    """Accepts the message, then the sending process dies before it can write that down."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise KeyboardInterrupt


def test_refused_mail_waits_longer_each_time_and_ends_on_the_staff_page(with_mail, settings, as_):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    send(with_mail.zhang, scope=with_mail.committee.pk)
    at, waits = AT, []
    while (delivery := Delivery.objects.get()).state == "pending":
        outbox.deliver(delivery.next_try_at)
        at = delivery.next_try_at
        delivery.refresh_from_db()
        waits.append((delivery.next_try_at - at) // timedelta(minutes=1))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 0]
    assert (delivery.state, delivery.attempts, delivery.lease_until) == ("dead", 8, None)
    assert "SMTPRecipientsRefused" in as_(with_mail.li).get("/office/reminders/?state=mail").content.decode()
    assert "SMTPRecipientsRefused" not in as_(with_mail.zhao).get("/office/reminders/?state=mail").content.decode()


def test_an_unreachable_server_costs_no_attempt(with_mail, settings):
    settings.EMAIL_BACKEND = f"{__name__}.UnreachableBackend"
    send(with_mail.zhang)
    assert outbox.deliver(AT).unreachable.startswith("邮件服务器连接不上")
    delivery = Delivery.objects.get()
    assert (delivery.attempts, delivery.state, delivery.next_try_at) == (0, "pending", AT + timedelta(minutes=5))


def test_a_process_killed_while_sending_repeats_one_mail_under_the_same_id(with_mail, settings):
    send(with_mail.zhang)
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.DyingBackend"
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(AT)
    settings.EMAIL_BACKEND = backend
    assert outbox.deliver(AT + timedelta(minutes=1)).sent == 0  # still leased
    assert outbox.deliver(AT + timedelta(minutes=4)).sent == 1
    assert len({message.message()["Message-ID"] for message in mail.outbox}) == 1
    assert len(mail.outbox) == 2


def test_a_mail_that_kills_its_process_comes_to_an_end(with_mail, settings):
    send(with_mail.zhang)
    settings.EMAIL_BACKEND = f"{__name__}.DyingBackend"
    at = AT
    for _ in range(8):
        with pytest.raises(KeyboardInterrupt):
            outbox.deliver(at)
        at += timedelta(minutes=4)
    assert outbox.deliver(at).dead == 1
    assert Delivery.objects.values_list("state", "reason").get() == ("dead", "发送多次中断")


def test_two_that_deliver_at_once_send_one(with_mail, settings):
    """The second one looks while the first is sending."""
    send(with_mail.zhang)
    settings.EMAIL_BACKEND = f"{__name__}.NestedBackend"
    outbox.deliver(AT)
    assert len(mail.outbox) == 1


class NestedBackend(EmailBackend):
    def send_messages(self, messages):
        assert outbox.deliver(AT).as_json() == {"sent": 0, "failed": 0, "dead": 0, "unreachable": ""}
        return super().send_messages(messages)


def test_the_lease_is_taken_by_one_of_two_that_saw_the_same_row(with_mail):
    from config.notices.mail import _lease

    send(with_mail.zhang)
    one, other = Delivery.objects.get(), Delivery.objects.get()
    assert (_lease(one, AT), _lease(other, AT)) == (True, False)


def test_the_command_says_what_it_did(with_mail, capsys):
    send(with_mail.zhang)
    call_command("deliver_notices")
    assert capsys.readouterr().out == "已发送 1，待重试 0，已放弃 0\n"
