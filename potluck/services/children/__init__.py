"""Work on hostile input, each piece in a child process with limits that is replaced when it fails.

`ChildPool` is the parent's side. A program of a child is a module whose `main` calls
`service.serve`. What libraries do to hostile input (throw, loop, swell, crash) happens there.
"""

from potluck.services.children.pool import ChildPool, PoolLimits, WorkBroke, WorkOverran

__all__ = ["ChildPool", "PoolLimits", "WorkBroke", "WorkOverran"]
