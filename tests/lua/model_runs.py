"""How long the models run: 60 runs of 60 steps in every check; LISTINGD_MODEL_EXAMPLES=2000 for a night."""

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("LISTINGD_MODEL_EXAMPLES", "60"))
RUNS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=60,
    deadline=None,
    database=None,
    derandomize="CI" in os.environ,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
