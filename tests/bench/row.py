"""A line of the bench's table."""

import dataclasses


@dataclasses.dataclass
class Row:
    figure: str
    unit: str
    product: float
    bare: float | None  # the limit, measured in the same run
    bar: str
    reached: bool | None  # None: no bar, for information

    @property
    def ratio(self):
        return self.product / self.bare if self.bare else None
