"""Names of people who do not exist: always the same ones for the same seed, none twice."""

import random

SURNAMES = "王李张刘陈杨黄周吴徐孙胡朱高林何郭罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"  # noqa: E501
FIRST = "知若景书予和承清远思嘉明云雨春秋念亦初之"
SECOND = "夏禾行川宁舟言溪竹南松然岚谷棠朗苗樵桐屿"


class Names:
    def __init__(self, rng: random.Random, taken: set[str]):
        self._rng, self._taken = rng, set(taken)

    def __next__(self) -> str:
        while True:
            name = "".join(map(self._rng.choice, (SURNAMES, FIRST, SECOND)))
            if name not in self._taken:
                self._taken.add(name)
                return name

    def __iter__(self):
        return self
