"""Of proposals, their signatures, reviews and selections."""

VERBS: dict[str, str] = {
    "proposal.invite": "请人签名",
    "proposal.sign": "签名",
    "proposal.decline_signature": "不同意署名",
    "proposal.take_off_signature": "撤下署名",
    "proposal.disclose": "修改公开方式",
    "proposal.made_key": "确定为重点提案",
    "proposal.made_excellent": "评为优秀提案",
    "selection.open": "开始遴选",
    "selection.nominate": "推荐候选提案",
    "selection.step": "办完遴选步骤",
}
