"""What a municipality knows before it starts: how many children, how many places a month, how many schools, how long.

A plan, not data: its baseline and its smallest effect are statements of people, and the power that follows is as good
as they are.
"""

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Plan(BaseModel):
    """The inputs of the design chooser.

    children: resident children in scope. capacity: children whom staff can reach in a month. months: of operation.
    sites: schools or wards. order_free: whether the order in which they start can be drawn. baseline: share with the
    outcome among children at the capacity cut, without outreach. smallest_effect: the fall of that share among those
    reached that would be worth acting on. uptake: share of the offered who take support up. icc: likeness of children
    of a site. slope: log odds of the outcome for one standard deviation of the score. siblings: children in a household
    in scope, likeness of siblings sibling_correlation. history_years: years before operation with the same records.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    children: int = Field(ge=50)
    capacity: int = Field(ge=1)
    months: int = Field(12, ge=1, le=120)
    sites: int = Field(12, ge=1)
    order_free: bool = True
    baseline: float = Field(gt=0, lt=1)
    smallest_effect: float = Field(gt=0, lt=1)
    uptake: float = Field(1.0, gt=0, le=1)
    icc: float = Field(0.02, ge=0, lt=1)
    slope: float = Field(0.5, ge=0)
    siblings: float = Field(1.0, ge=1)
    sibling_correlation: float = Field(0.3, ge=0, le=1)
    history_years: int = Field(0, ge=0)
    steps: int = Field(4, ge=1)

    @model_validator(mode="after")
    def _possible(self):
        if self.smallest_effect >= self.baseline:
            raise ValueError("smallest_effect: a fall of the share must be smaller than the baseline")
        if self.capacity > self.children:
            raise ValueError("capacity: more places a month than children")
        return self

    @property
    def difference(self) -> float:
        """The fall among the offered: the effect on those reached times the share who take support up."""
        return self.smallest_effect * self.uptake

    @property
    def reached(self) -> int:
        """Children offered support in the whole time, at most all."""
        return min(self.capacity * self.months, self.children)

    def times(self, *, municipalities: int = 1, months: int | None = None) -> "Plan":
        """The plan of several municipalities of this size together, or of another length."""
        return self.model_copy(update={
            "children": self.children * municipalities, "capacity": self.capacity * municipalities,
            "sites": self.sites * municipalities, "months": self.months if months is None else months,
        })  # fmt: skip
