"""What a linkage is: comparisons with their levels, blocking, training rules and thresholds. It computes nothing.

The documented m and u of a level are what is assumed before any data is seen; training moves them as far as the data
carry. They are not error rates: how wrong the links are is measured in `quality`, where truth is known.
"""

from dataclasses import dataclass

from kosodachi.faults import Fault


@dataclass(frozen=True)
class Level:
    """One comparison level: SQL over `<column>_l` (register) and `<column>_r`, with its documented m and u.

    `fixed` keeps m as documented. `held` levels are never linked without a person looking. `tf` names a column whose
    term frequency may adjust the level.
    """

    label: str
    sql: str
    m: float = 0.0
    u: float = 0.0
    null: bool = False
    fixed: bool = False
    held: bool = False
    tf: str | None = None


@dataclass(frozen=True)
class Rule:
    """Pairs that agree on all `columns`; `a=b` means column a of the register equals column b of the record."""

    columns: tuple[str, ...]

    @property
    def sides(self) -> list[tuple[str, str]]:
        """(register column, record column) for each part of the rule."""
        return [(part.split("=")[0], part.split("=")[-1]) for part in self.columns]

    @property
    def sql(self) -> str:
        """The rule as Splink and DuckDB read it."""
        return " and ".join(f"l.{left} = r.{right}" for left, right in self.sides)

    def __str__(self) -> str:
        return " + ".join(self.columns)


@dataclass(frozen=True)
class Comparison:
    """One comparison: the columns it looks at, its levels from best agreement to none.

    Pairs that agree on one of the `rare` rules are so few among pairs of different people that all of them are counted
    for u; the others are sampled.
    """

    name: str
    columns: tuple[str, ...]
    levels: tuple[Level, ...]
    rare: tuple[Rule, ...] = ()

    @property
    def scored(self) -> tuple[Level, ...]:
        """The levels without the null level; the first has the highest comparison vector value."""
        return tuple(level for level in self.levels if not level.null)

    def held_values(self) -> tuple[int, ...]:
        """Comparison vector values of the levels that are never linked without a person looking."""
        return tuple(len(self.scored) - 1 - i for i, level in enumerate(self.scored) if level.held)


@dataclass(frozen=True)
class Training:
    """One EM session: pairs blocked on `rule` train the comparisons named, none of which reads the rule's columns."""

    rule: Rule
    trains: tuple[str, ...]


@dataclass(frozen=True)
class Specification:
    """A whole linkage specification. Nothing in it is tuned on truth.

    `sure` are rules that rarely err: their one-to-one pairs give the prior and keep matches out of the u estimate;
    `sure_recall` is the share of matches they are expected to find. At most `pair_limit` pairs are compared, or
    `pairs_a_record` pairs a record where that is more.
    """

    comparisons: tuple[Comparison, ...]
    blocking: tuple[Rule, ...]
    sure: tuple[Rule, ...]
    training: tuple[Training, ...]
    sure_recall: float = 0.9
    max_pairs: float = 1e6
    pair_limit: float = 5e7
    pairs_a_record: float = 50.0
    term_frequencies: bool = False

    @property
    def columns(self) -> list[str]:
        """Every column the specification reads, sorted."""
        rules = [*self.blocking, *self.sure, *(training.rule for training in self.training)]
        named = {column for comparison in self.comparisons for column in comparison.columns}
        return sorted(named | {column for rule in rules for side in rule.sides for column in side})


FALSE_LINK_RATE = 0.002


@dataclass(frozen=True)
class Thresholds:
    """Where the bands lie, on the match probability; `margin` is in match weight (log2).

    link: linked without a person looking. review: people look between review and link. duplicate: a second person
    number of one source is linked to a child that has one already. margin: a runner-up closer than this is a tie.
    Raises Fault E-LINK-05 if they are not in order.
    """

    link: float = 0.9
    review: float = 0.05
    duplicate: float = 0.99
    margin: float = 2.0

    def __post_init__(self):
        if not 0 < self.review <= self.link <= self.duplicate <= 1 or self.margin < 0:
            raise Fault("E-LINK-05", review=self.review, link=self.link, duplicate=self.duplicate, margin=self.margin)
