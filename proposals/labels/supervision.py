"""Of supervision, look-backs, appraisals and showcases."""

VERBS: dict[str, str] = {
    "supervision.open": "发起督办",
    "lookback.start": "启动回头看",
    "lookbackitem.spot": "抽查",
    "unitappraisal.create": "建立考核",
    "unitappraisal.indicators": "修改考核指标",
    "unitappraisal.score": "人工评分",
}
