"""Where a process that computes finds its programs, its machine and its GPUs."""

import os
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]

#: Libraries of the system, and what the C library looks up in it.
_SYSTEM = (
    "/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib",
    "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/usr/share/locale",
)  # fmt: skip
#: What TensorFlow and the libraries of sums ask of the machine. Of a process, only what is no
#: secret of it: TensorFlow ends itself where it cannot read the first.
_MACHINE = (
    "/proc/self/cmdline", "/proc/self/status", "/proc/self/cpuset", "/proc/cpuinfo",
    "/proc/meminfo", "/sys/devices/system/cpu", "/sys/devices/system/node",
    "/sys/kernel/mm/hugepages", "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip
_ALWAYS_THERE = ("/dev/null",)

#: Without it there is no GPU of NVIDIA's.
_GPU = Path("/dev/nvidiactl")
#: What its libraries read, of the driver, the bus and their own memory.
_OF_GPUS = (
    "/proc/driver/nvidia", "/proc/self/maps", "/proc/devices", "/proc/modules", "/sys/bus/pci",
    "/sys/devices", "/sys/module/nvidia", "/usr/local/cuda", "/usr/share/nvidia",
)  # fmt: skip
_GPU_HIDDEN = "-1"


def libraries(environment: Mapping[str, str]) -> list[Path]:
    """Folders and files to read: Python, its packages, this one, the system's libraries."""
    python = [sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")]
    added = environment.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    absolute = [path for path in added if path.startswith("/") and path.strip("/")]
    gpus = _OF_GPUS if _has_gpu(environment) else ()
    kernels = [environment.get("CUDA_CACHE_PATH", "")] if gpus else []
    return _there(
        [_PACKAGE, *python, *_SYSTEM, *_MACHINE, *absolute, *gpus, *filter(None, kernels)]
    )


def devices(environment: Mapping[str, str]) -> list[Path]:
    """Device files to use: none that keeps anything, and the GPUs unless they are hidden."""
    gpus = sorted(Path("/dev").glob("nvidia*")) if _has_gpu(environment) else []
    return _there([*_ALWAYS_THERE, *gpus])


def _has_gpu(environment: Mapping[str, str]) -> bool:
    return _GPU.exists() and environment.get("CUDA_VISIBLE_DEVICES") != _GPU_HIDDEN


def _there(paths: Iterable[str | Path]) -> list[Path]:
    return [path for path in dict.fromkeys(map(Path, paths)) if path.exists()]
