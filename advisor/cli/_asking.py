"""One request for a projection: what may be asked, and the scenario, setup and sizes it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from msgspec import Meta

from advisor.catalog.convert import convert
from advisor.catalog.workload import BatchSize, Tokens, Workload
from advisor.errors import UsageError
from advisor.measurement.result import ModelRequest
from advisor.profiling.profile import ModelProfile
from advisor.projection.exact import project_exactly
from advisor.projection.exact_result import Asked, AtLoad, ExactPhase, PhaseProjection
from advisor.projection.project import setup_basis
from advisor.projection.scenario import Scenario
from advisor.projection.serving_engine import PLAIN, serving_of
from advisor.projection.setup import Optimizer, PipelineSchedule, Setup
from advisor.session import build_scenario, check_options, machine_hardware
from advisor.session_options import Options
from advisor.strategies.selection import parse_selection, refuse_lacking, setup_for

Degree = Annotated[int, Meta(ge=1, le=1_000_000)]
Dtype = Literal["native", "fp32", "bf16", "fp16", "amp-bf16", "amp-fp16"]
DEFAULT_DECODER_ENGINE = "vllm"
DTYPES: Mapping[str, str] = {"float32": "fp32", "bfloat16": "bf16", "float16": "fp16"}


@dataclass(frozen=True)
class Request:
    """One line of a requests file, or the options of the command; what is absent is the default.

    A model is profiled once for all requests that name it.
    """

    model: str
    weights: bool = False
    trust_remote_code: bool = False
    hardware: str | None = None
    workload: str | None = None
    organization: str | None = None
    set: tuple[str, ...] = ()
    strategies: str = ""
    batch: BatchSize | None = None
    prompt_tokens: Tokens | None = None
    context_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    training_tokens: Tokens | None = None
    dtype: Dtype = "native"
    engine: str | None = None
    attention: Literal["native", "fused"] = "native"
    chunked_prefill_tokens: Tokens | None = None
    tensor_parallel: Degree | None = None
    pipeline_parallel: Degree = 1
    data_parallel: Degree | None = None
    sharding_stage: Literal[0, 1, 2, 3] | None = None
    micro_batch: BatchSize | None = None
    accumulation: BatchSize | None = None
    checkpointing: bool = False
    optimizer: Optimizer = "adamw"
    requests_per_s: Annotated[float, Meta(gt=0)] | None = None
    virtual_stages: Degree = 1
    pipeline_schedule: PipelineSchedule = "1f1b"
    expert_parallel: Degree = 1

    @property
    def model_request(self) -> ModelRequest:
        return ModelRequest(self.model, self.weights, self.trust_remote_code)

    @property
    def options(self) -> Options:
        return Options(self.hardware, self.workload, self.organization, self.set)


def read_request(table: Mapping[str, Any], origin: str) -> Request:
    """Read one request. Keys may be written with dashes; `set` may be a table or a list.

    Raises CatalogError with origin, key and what is accepted.
    """
    keys = {key.replace("-", "_"): value for key, value in table.items() if value is not None}
    settings = keys.get("set", ())
    if isinstance(settings, Mapping):
        keys["set"] = tuple(f"{key}={value}" for key, value in settings.items())
    elif isinstance(settings, str):
        keys["set"] = (settings,)
    chosen = keys.pop("with", "")
    if isinstance(chosen, list):
        chosen = ",".join(map(str, chosen))
    if chosen:
        keys["strategies"] = chosen
    return convert(keys, Request, origin)


def check(request: Request) -> None:
    """Raise for every name that is in no catalogue, before a model is loaded for nothing."""
    check_options(request.options)
    parse_selection(request.strategies, "with")
    if request.engine not in (None, PLAIN):
        serving_of(Setup(engine=request.engine))


@dataclass(frozen=True)
class Answer:
    """A projection with what it stands on."""

    model: str
    hardware: str
    engine: str | None
    """What serves it, where it is a decoder."""
    setup: Setup
    asked: Asked
    phases: Mapping[ExactPhase, PhaseProjection]
    at_load: AtLoad | None
    memory_capacity_bytes: float
    fits: Mapping[ExactPhase, bool | None]
    basis: tuple[str, ...]


def answer(request: Request, profile: ModelProfile) -> Answer:
    """Project exactly what `request` asks of the model behind `profile`."""
    scenario = build_scenario(profile, machine_hardware(), request.options)
    setup = _setup(request, scenario)
    found = project_exactly(scenario, setup, _asked(request, scenario, setup))
    room = found.memory_capacity_bytes
    return Answer(
        model=request.model,
        hardware=scenario.hardware.id,
        engine=(setup.engine or PLAIN) if profile.decoder else None,
        setup=found.setup,
        asked=found.asked,
        phases=found.phases,
        at_load=found.at_load,
        memory_capacity_bytes=room,
        fits={name: _fits(name, phase, setup, room) for name, phase in found.phases.items()},
        basis=setup_basis(scenario, setup, None),
    )


def _fits(
    name: ExactPhase, phase: PhaseProjection, setup: Setup, capacity_bytes: float
) -> bool | None:
    """Whether the phase fits what is planned with; None where its memory is not known."""
    if phase.memory_bytes is None:
        return None
    planned = 1.0 if name == "training_step" else serving_of(setup).memory_fraction
    return phase.memory_bytes.expected <= capacity_bytes * planned


def _setup(request: Request, scenario: Scenario) -> Setup:
    """What the strategies make of the model, then what the request says itself."""
    chosen = parse_selection(request.strategies, "with")
    refuse_lacking(scenario.hardware, chosen)
    setup = setup_for(chosen)
    setup = replace(
        setup,
        **_number_format(request, scenario.profile),
        engine=_engine(request, scenario),
        attention=request.attention if request.attention != "native" else setup.attention,
        chunked_prefill_tokens=request.chunked_prefill_tokens or setup.chunked_prefill_tokens,
        tensor_parallel=request.tensor_parallel or setup.tensor_parallel or 1,
        pipeline_parallel=request.pipeline_parallel,
        data_parallel=request.data_parallel or setup.data_parallel,
        micro_batch=request.micro_batch or setup.micro_batch,
        checkpointing=request.checkpointing or setup.checkpointing,
        virtual_stages=request.virtual_stages,
        pipeline_schedule=request.pipeline_schedule,
        expert_parallel=request.expert_parallel,
    )
    if request.optimizer != "adamw":
        setup = replace(setup, optimizer=request.optimizer)
    if request.sharding_stage is not None:
        setup = replace(setup, sharding_stage=request.sharding_stage)
    return setup


def _engine(request: Request, scenario: Scenario) -> str | None:
    """A decoder on an accelerator is served by an engine made for it, unless another is named."""
    if request.engine is not None:
        return None if request.engine == PLAIN else request.engine
    on_engine = scenario.profile.decoder is not None and not scenario.hardware.is_cpu
    return DEFAULT_DECODER_ENGINE if on_engine else None


def _number_format(request: Request, profile: ModelProfile) -> dict[str, Any]:
    native = DTYPES.get(profile.dtype, profile.dtype)
    if request.dtype in ("native", native):
        return {}
    if request.dtype.startswith("amp-"):
        return {"autocast": request.dtype.removeprefix("amp-")}
    if request.dtype == "fp32":
        raise UsageError(
            f"dtype 'fp32': {profile.reference} is held in {native}, and is not projected wider; "
            f"choose from {native}, bf16, fp16, amp-bf16, amp-fp16"
        )
    return {"float_format": request.dtype}


def _asked(request: Request, scenario: Scenario, setup: Setup) -> Asked:
    """Sizes as asked; else those of the workload; else those the model was profiled at."""
    workload, phase = scenario.workload, scenario.profile.phases[0]
    takes_tokens = phase.query_tokens is not None
    prompt = request.prompt_tokens or workload.serving.prompt_tokens or phase.query_tokens
    output = request.output_tokens or workload.serving.output_tokens or 1
    decoder = scenario.profile.decoder is not None
    batch = request.batch or (1 if decoder else workload.serving.batch_size)
    return Asked(
        batch_size=batch,
        prompt_tokens=prompt if takes_tokens else None,
        context_tokens=(request.context_tokens or (prompt or 1) + output // 2) if decoder else None,
        output_tokens=output,
        training_batch_size=_training_batch(request, workload, setup),
        training_tokens=_training_tokens(request, workload, phase.query_tokens),
        requests_per_s=request.requests_per_s,
    )


def _training_batch(request: Request, workload: Workload, setup: Setup) -> int:
    """All samples of one optimizer step: those of a rank, times the ranks."""
    micro = request.micro_batch or request.batch
    if micro is None and request.accumulation is None:
        return workload.training.batch_size
    return (micro or 1) * (request.accumulation or 1) * setup.data_parallel


def _training_tokens(request: Request, workload: Workload, traced: int | None) -> int | None:
    if traced is None:
        return None
    asked = request.training_tokens or request.prompt_tokens
    return asked or workload.training.tokens_per_sample or traced
