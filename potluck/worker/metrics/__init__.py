"""`/metrics` for Prometheus, on a port of its own.

Nothing imports this package unless the operator wants metrics: it loads prometheus-client.
"""

from potluck.worker.metrics.meter import Meter

__all__ = ["Meter"]
