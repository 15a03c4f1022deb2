"""Where people can get to: a name for each page, and its address in a service with examples."""

import dataclasses
import types
from collections.abc import Mapping

from .examples import Example

#: What fills a gap is a field of `Example`.
PAGES: Mapping[str, str] = types.MappingProxyType(
    {
        "home": "/",
        "new-repair": "/repairs/new",
        "new-repair-filled": "/repairs/new?model={model}&data.clean_validation={clean}"
        "&data.poisoned_test={poisoned}&recipe=own&method=fine-pruning"
        "&n_seeds=3&reactivation=false&goodnet.targets=0",
        "jobs": "/jobs",
        "jobs-bad-search": "/jobs?search=state:nonsense",
        "jobs-none-fits": "/jobs?search=nobody",
        "job-repaired": "/jobs/{repaired}",
        "job-budgets": "/jobs/{budgets}",
        "job-failed": "/jobs/{failed}",
        "job-canceled": "/jobs/{canceled}",
        "job-check": "/jobs/{check}",
        "job-diagnosed": "/jobs/{diagnosed}",
        "retry": "/jobs/{repaired}/retry",
        "try": "/jobs/{repaired}/try",
        "try-answers": "/jobs/{repaired}/try?asked={tried}",
        "compare": "/compare?job={repaired}&job={other}",
        "compare-everything": "/compare?job={repaired}&job={budgets}&job={failed}"
        "&baseline={budgets}&all=1",
        "compare-nothing": "/compare",
        "batches": "/batches",
        "new-batch": "/batches/new",
        "new-batch-preview": "/batches/new?preview=1&models={model}&data.0.clean_validation={clean}"
        "&data.0.poisoned_test={poisoned}&methods=fine-pruning&methods=fine-tuning&seeds=0,1",
        "new-batch-refused": "/batches/new?preview=1&seeds=one&n_seeds=21&goodnet.targets=cat",
        "batch": "/batches/{batch}",
        "models": "/models",
        "model": "/models/{model}",
        "model-refused": "/models/{refused}",
        "data-sets": "/datasets",
        "data-set": "/datasets/{clean}",
        "data-set-poisoned": "/datasets/{poisoned}",
        "methods": "/methods",
        "workers": "/workers",
        "settings": "/settings",
        "api": "/api",
        "about": "/about",
        "problem-words": "/problems/not-a-keras-model",
        "not-found": "/nowhere",
    }
)
#: Those that everybody may see.
OPEN_PAGES: Mapping[str, str] = types.MappingProxyType(
    {"sign-in": "/sign-in", "welcome": "/welcome/nmt_invitation"}
)
#: Those that look otherwise as long as nothing is there.
EMPTY: Mapping[str, str] = types.MappingProxyType(
    {
        name: PAGES[name]
        for name in (
            "home",
            "new-repair",
            "jobs",
            "batches",
            "new-batch",
            "models",
            "data-sets",
            "compare-nothing",
        )
    }
)
#: Those that show what goes on right now.
LIVE_PAGES: Mapping[str, str] = types.MappingProxyType(
    {"home-busy": "/", "job-running": "/jobs/{running}", "job-waiting": "/jobs/{waiting}"}
)


def address(pattern: str, example: Example, **more: str) -> str:
    """A pattern with its gaps filled."""
    return pattern.format(**dataclasses.asdict(example), **more)
