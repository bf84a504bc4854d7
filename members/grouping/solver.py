"""A whole-number programme, as little of HiGHS as is needed; the same question gives the same answer."""

from dataclasses import dataclass, field

NODES = 3000  # ends a search at the same place on every machine; the seconds are for slow ones


@dataclass(frozen=True)
class Answer:
    """`values` is None where nothing feasible was found in time."""

    values: list[float] | None
    proven: bool


@dataclass
class Model:
    """Minimise the costs of whole variables (and of `part` ones) between bounds, under rows between bounds."""

    costs: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[float, float, dict[int, float]]] = field(default_factory=list)

    def var(self, low=0.0, high=float("inf"), cost=0.0, whole=True) -> int:
        self.low.append(low)
        self.high.append(high)
        self.costs.append(cost)
        self.whole.append(whole)
        return len(self.costs) - 1

    def row(self, terms: dict[int, float], low=float("-inf"), high=float("inf")) -> None:
        self.rows.append((low, high, terms))

    def solve(self, *, seconds: float, start: list[float] | None = None) -> Answer:
        """Within `seconds` of one thread, from `start` where a feasible answer is known."""
        if seconds <= 0.05:
            return Answer(start, False)
        import highspy  # a hundred milliseconds that only a planner pays
        import numpy

        solver = highspy.Highs()
        for name, value in {
            "output_flag": False, "threads": 1, "parallel": "off", "time_limit": seconds, "mip_max_nodes": NODES,
            "mip_rel_gap": 0.0, "mip_abs_gap": 1e-6,
        }.items():  # fmt: skip
            solver.setOptionValue(name, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.costs), len(self.rows)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = (numpy.array(part) for part in (self.costs, self.low, self.high))
        lp.row_lower_ = numpy.array([low for low, _, _ in self.rows])
        lp.row_upper_ = numpy.array([high for _, high, _ in self.rows])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = numpy.cumsum([0, *(len(terms) for _, _, terms in self.rows)])
        lp.a_matrix_.index_ = numpy.array([index for _, _, terms in self.rows for index in terms])
        lp.a_matrix_.value_ = numpy.array([value for _, _, terms in self.rows for value in terms.values()])
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[is_whole] for is_whole in self.whole]
        solver.passModel(lp)
        if start is not None:
            known = highspy.HighsSolution()
            known.col_value = start
            solver.setSolution(known)
        solver.run()
        if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Answer(start, False)
        optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return Answer(list(solver.getSolution().col_value), optimal)
