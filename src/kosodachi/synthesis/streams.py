"""Named random streams: each layer of the town draws from its own, so that changing one leaves the others as they were.

A stream belongs to its name and the seed alone, not to the order in which layers run.
"""

from dataclasses import dataclass, field

import numpy as np

LAYERS = ("places", "population", "events", "need", "lives", "systems", "programme", "missing")


@dataclass(frozen=True)
class Streams:
    """The random streams of one seed. `redraw` gives a layer another draw: {layer: number}; each chunk has its own."""

    seed: int
    redraw: dict[str, int] = field(default_factory=dict)
    part: int = 0

    def of(self, name: str) -> np.random.Generator:
        """A fresh generator for a name such as `systems.kenshin.long_vowel`; before the first dot stands the layer."""
        layer = name.split(".")[0]
        if layer not in LAYERS:
            raise KeyError(layer)
        key = (*name.encode(), self.redraw.get(layer, 0), *([self.part] if self.part else []))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))
