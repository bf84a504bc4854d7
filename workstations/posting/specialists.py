"""Dedicated grids first, to members who know the field: as many as fit, those who live near before others."""

from collections.abc import Mapping

from workstations.posting.problem import Problem, Seat, Target, Worker
from workstations.posting.transport import send

FAR = 0.1  # a match counts 1; a match at home is better, but two matches are better still


def match(
    problem: Problem,
    workers: Mapping[int, Worker],
    targets: Mapping[str, Target],
    hands: Mapping[int, tuple[int, int]],
    slots: Mapping[str, tuple[int, int]],
) -> list[Seat]:
    """Seats of members at dedicated grids that fit them, within what each gets at least, so that the balance holds."""
    wide = {code: least for code, (least, _) in slots.items() if targets[code].field and least}
    words = {
        (number, code): word
        for code in wide
        for number, (least, _) in hands.items()
        if least and (word := problem.match(workers[number], targets[code]))
    }
    costs = {(number, code): FAR * (workers[number].town != targets[code].town) - 1.0 for number, code in words}
    able = {number: (0, hands[number][0]) for number, _ in words}
    wanted = {code: (0, wide[code]) for _, code in words}
    return [
        Seat(number, code, f"专长 {words[number, code]} 对口 {targets[code].field}网格")
        for number, code in sorted(send(able, wanted, costs, most=1.0))
    ]
