"""Features by their ranks, as scikit-learn transforms them."""

from __future__ import annotations

from typing import Any

from sklearn.preprocessing import QuantileTransformer


class Ranks(QuantileTransformer):  # type: ignore[misc]
    """No more quantiles than clips, without a warning."""

    def fit(self, x: Any, y: Any = None) -> Any:
        self.n_quantiles: int = min(self.n_quantiles, len(x))
        return super().fit(x, y)
