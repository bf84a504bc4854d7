"""Numbers and addresses that lead to a person: found in texts that become public, refused or covered there."""

import re

from config.refusals import Incomplete

LEADING = re.compile(
    r"(?<!\d)((?:[8８][6６][-\s]?)?[1１]\d{2}[-\s]?\d{4}[-\s]?\d{4}"
    r"|[0０]\d{2,3}[-\s]?\d{7,8}|\d{7,8}|\d{17}[\dXxＸｘ])(?!\d)"
    r"|[\w.+-]+[@＠][\w-]+[.．]\w+"
)
"""Written in digits of any width; a mobile number also after the country's 86."""
PLAIN = "这里的内容会公开，请不要写电话、邮箱和身份证号。"


def reaches_somebody(text: str) -> bool:
    """Whether a telephone number, an e-mail address or the number of an identity card stands in `text`."""
    return bool(LEADING.search(text))


def masked(text: str) -> str:
    """`text` as the public may read it: what reaches somebody is covered."""
    return LEADING.sub("****", text)


def require_plain(**texts: str) -> None:
    """Incomplete at each field, named by the keyword, whose text reaches somebody."""
    wrong = {name: PLAIN for name, text in texts.items() if reaches_somebody(text)}
    if wrong:
        raise Incomplete(PLAIN, wrong)
