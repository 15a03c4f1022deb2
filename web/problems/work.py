"""What to do about work that did not come to its end."""

import types
from collections.abc import Mapping

from core import errors as core_errors
from core.errors import ProjectError
from service import errors as service_errors

from .advice import Advice

FAILED: Mapping[type[ProjectError], Advice] = types.MappingProxyType(
    {
        core_errors.RepairFailed: Advice(
            mend="Read the message; try another method or other parameters.",
        ),
        core_errors.TrainingDiverged: Advice(mend="Lower `learning_rate`, or set `clip_norm`."),
        core_errors.ChildFailed: Advice(
            when=(
                "The process that did the work ended without a result: it crashed, or the system "
                "ended it."
            ),
            mend=(
                "The message names the signal or exit code. With signal 9, memory is the likely "
                "reason: lower `batch_size`, or close something."
            ),
        ),
        core_errors.TimeLimitExceeded: Advice(
            mend="Raise the limit, or ask for less (`epochs`, fewer images).",
        ),
        core_errors.NoProgress: Advice(
            when=(
                "The work has reported nothing for too long (`NETMEND_NO_PROGRESS_LIMIT_S`), and "
                "was stopped."
            ),
            mend="Run it again; if that ends alike, try smaller data, or raise the limit.",
        ),
        core_errors.OutOfMemory: Advice(
            when=(
                "The work took more memory than a job may (`NETMEND_MAX_JOB_MEMORY_BYTES`), and "
                "was stopped."
            ),
            mend="Lower `batch_size`, give fewer images, or raise the limit.",
        ),
        core_errors.GpuOutOfMemory: Advice(
            when=(
                "The memory of the GPU is not enough, not even for batches of one image. Larger "
                "batches are halved by themselves."
            ),
            mend=(
                "Give the job a GPU that nobody else uses, or a smaller model; or submit it for "
                "the queue `cpu`."
            ),
        ),
        core_errors.SandboxMissing: Advice(
            when=(
                "`NETMEND_REQUIRE_SANDBOX` is set, and the kernel of this machine lacks Landlock "
                "or seccomp, or the container forbids them."
            ),
            mend="Use a Linux kernel from 5.13 on and a container that allows both.",
        ),
        core_errors.InternalError: Advice(
            when=(
                "A bug in netmend. The trace is not shown because it may quote an input; it is "
                "kept in a log, which the message names."
            ),
            mend="Report it, with the log and the command.",
        ),
        core_errors.ProjectError: Advice(
            when="Something that none of the codes above names.",
            mend="Report it, with the message and the command.",
        ),
    }
)

INTERRUPTED: Mapping[type[ProjectError], Advice] = types.MappingProxyType(
    {
        core_errors.Canceled: Advice(
            when="Somebody stopped the work. Nothing is written.",
            mend="Run it again when you want to.",
        ),
    }
)

JOB_FAILED: Mapping[type[ProjectError], Advice] = types.MappingProxyType(
    {
        service_errors.WorkerLost: Advice(
            when=(
                "The workers that had the job were killed or lost, `NETMEND_MAX_WORKER_LOSSES` "
                "times."
            ),
            mend=(
                "If they all died over this job, it needs less memory: lower `batch_size`, give "
                "fewer images. Then retry it."
            ),
        ),
    }
)
