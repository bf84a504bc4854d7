"""Of tables of proposals, in and out."""

VERBS = {"proposal.import": "导入历年提案", "proposal.export": "导出提案"}
