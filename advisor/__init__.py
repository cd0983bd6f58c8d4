"""advisor: what a PyTorch model costs, and which strategies make it cheaper.

A file that hands a model to `advisor FILE.py:factory` may return a `LoadedModel` with an
`Evaluation` from here. `audit` does the same as the command, for a model already in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.models.loaded import DecoderShape, Evaluation, EvaluationResult, LoadedModel, Training

if TYPE_CHECKING:
    import torch

    from advisor.advice.plan import Plan

__version__ = "0.1.0"

__all__ = [
    "DecoderShape",
    "Evaluation",
    "EvaluationResult",
    "LoadedModel",
    "Training",
    "__version__",
    "audit",
]


def audit(
    module: torch.nn.Module | LoadedModel,
    inputs: Any = None,
    *,
    hardware: str | None = None,
    workload: str | None = None,
    organization: str | None = None,
    settings: tuple[str, ...] = (),
) -> Plan:
    """Profile a model in this process and return the plan for it.

    `inputs` is what one forward pass takes: a tensor, a tuple of positional or a dict of keyword
    inputs; a `LoadedModel` brings its own. The names are ids of the catalogues, as on the command
    line. Raises advisor.errors.AdvisorError.
    """
    from advisor.measurement.result import ModelRequest
    from advisor.models.factory import accept
    from advisor.profiling.run import profile
    from advisor.session import check_options, session_for
    from advisor.session_options import Options

    options = Options(hardware, workload, organization, settings)
    check_options(options)
    given = module if inputs is None else (module, inputs)
    model = accept("advisor.audit(…)", given)
    return session_for(profile(model), ModelRequest(model.reference), options).plan()
