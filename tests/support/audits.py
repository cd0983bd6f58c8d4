"""One audit written by hand, figure by figure, so that what an exporter makes of it is fixed.

No figure in it comes from the engine or from the shipped profiles; of the organization only its
identity is exported.
"""

from __future__ import annotations

import math
from dataclasses import replace

from advisor.advice.attribution import Attribution, Interaction, Share
from advisor.advice.break_even import BreakEven
from advisor.advice.certificate import Certificate, LeftOut
from advisor.advice.economics import Economics
from advisor.advice.permitted import Rejected
from advisor.advice.plan import Plan, Step
from advisor.advice.plan_economics import AloneEconomics, PlanEconomics
from advisor.advice.rule import Finding
from advisor.advice.tornado import Sensitivity
from advisor.catalog.hardware import Compute, Efficiency, Hardware, Memory
from advisor.catalog.load import organization_by_id
from advisor.catalog.organization import Organization
from advisor.catalog.quantity import Quantity, Source
from advisor.catalog.workload import Serving, Workload
from advisor.export.audit import Audit
from advisor.measurement.comparison import MeasuredVariant
from advisor.measurement.training_comparison import ComparedRun, ComparedTraining
from advisor.profiling.profile import ModelProfile
from advisor.projection.check_training import ProjectedStep
from advisor.projection.result import (
    COMPONENTS,
    Bill,
    Component,
    Constraint,
    Estimate,
    LineInput,
    LineItem,
    Projection,
)
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from advisor.strategies.selection import Choice
from tests.support.measurements import measurement, trained
from tests.support.profiles import encoder

HOSTILE = "evil|name`*_<b>&\x1b[31m\u202e\nnext\u0085"
"""What a model may be called: ends cells, code and lines, colours a terminal, turns text around."""

_SOURCE = Source("by hand", "2026-01-01", "high")
_HARDWARE = Hardware(
    id="small-gpu",
    name="A small GPU",
    vendor="nvidia",
    architecture="none",
    compute=Compute(_SOURCE, fp32_tflops=10.0),
    memory=Memory(_SOURCE, capacity_gib=16, bandwidth_gb_per_s=300),
    efficiency=Efficiency(
        _SOURCE,
        compute_fraction=Quantity.exact(0.5),
        bandwidth_fraction=Quantity.exact(0.8),
        dispatch_us=Quantity.exact(8.0),
        launch_us=Quantity.exact(3.0),
    ),
)
_WORKLOAD = Workload("scoring", "Scoring", "general", Serving(requests_per_month=1e6))


def _line(component: Component, name: str, usd: Estimate | None) -> LineItem:
    return LineItem(
        component, name, Estimate(1.0, 2.0, 3.0), "units", usd, usd,
        "units × price", None if usd else f"price of {name}: not in the catalogue",
        inputs=(
            LineInput("units", Estimate(1.0, 2.0, 3.0), "units", "projected"),
            LineInput("price", usd, "USD", "price list by hand", _SOURCE),
        ),
        serving_share=1.0 if component == "training_and_deployment" else None,
    )  # fmt: skip


def _projection(serving: Estimate, unpriced: bool, latency_s: float) -> Projection:
    lines = [
        _line("training_and_deployment", "serving, on-demand", serving),
        _line("human", "ml-engineer", Estimate(1000.0, 2000.0, 3000.125)),
        _line("data", "storage", None if unpriced else Estimate(1.0, 2.0, 3.0)),
    ]
    return Projection(
        setup=Setup(),
        latency_s=Estimate(latency_s / 2, latency_s, latency_s * 2),
        throughput_per_s=Estimate(0.5 / latency_s, 1 / latency_s, 2 / latency_s),
        serving_batch_size=1,
        time_to_first_token_s=None,
        time_per_output_token_s=None,
        inference_memory_bytes=Estimate(1e9, 1.1e9, 1.2e9),
        training_step_s=None,
        training_memory_bytes=None,
        accelerators_per_replica=1,
        serving_accelerators=Estimate(1.0, 2.0, 2.0),
        training_accelerators=0,
        energy_kwh_per_month=None,
        quality_drop=Estimate(0.0, 0.0, 0.002),
        bill=Bill(tuple(lines)),
        constraints=(
            Constraint("latency", latency_s, 0.05, "s"),
            Constraint("quality", None, 0.01, "fraction"),
        ),
        basis=("operators counted by fvcore", "efficiency of small-gpu: by hand"),
    )


_BEFORE = _projection(Estimate(500.0, 1000.0, 1500.0), unpriced=False, latency_s=0.06)
_AFTER = _projection(Estimate(250.0, 400.0, 750.0), unpriced=False, latency_s=0.02)
_STEP = Step(
    choice=Choice("bf16"),
    title="bfloat16 weights and arithmetic",
    why=("fp32-on-half-precision-units: the model computes in 32 bits",),
    saving_usd_per_month=Estimate(250.0, 600.0, 750.0),
    effort_days=Quantity(low=0.25, expected=0.5, high=1.0),
    quality_drop=Quantity(low=-0.0017, expected=0.0, high=0.0023),
    risk="accuracy may fall by up to 0.2%",
    check="advisor measure encoder --with bf16",
    roll_back="accuracy falls by more than 1.0%, or latency rises",
    sign_off="owner of the model's quality: accuracy is not measured with this step",
)
_FINDING = Finding(
    "fp32-on-half-precision-units",
    "waste",
    "the model computes in 32 bits",
    (("fp32 rate", "10.00 TFLOP/s"), ("odd figure", "a|b")),
    recommends=("amp", "bf16"),
    cautions=("fsdp",),
    forbids=("spot:scope=everything",),
)


_NOTHING = Estimate(0.0, 0.0, 0.0)
_IDLE = PlanEconomics(
    Economics(_NOTHING, _NOTHING, _NOTHING, None, None, 12.0, None), (), (), None, ()
)
_WORTH = Economics(
    up_front_usd=Estimate(300.0, 600.0, 1200.0),
    saving_usd_per_month=Estimate(-10.0, 650.0, 750.0),
    payback_months=Estimate(0.4, 600 / 650, math.inf),
    net_present_value_usd=Estimate(-1320.0, 6900.5, 8600.0),
    return_fraction=Estimate(-1.1, 12.0, 29.0),
    horizon_months=12.0,
    discount_rate_per_year=Quantity(0.08, 0.05, 0.12, _SOURCE),
)
_LOSS = Economics(_NOTHING, None, None, None, None, 12.0, _WORTH.discount_rate_per_year)


def _share(slug: str, **usd: float) -> Share:
    return Share(Choice(slug), {part: usd.get(part, 0.0) for part in COMPONENTS})


_ECONOMICS = PlanEconomics(
    plan=_WORTH,
    steps=(_WORTH,),
    alone=(
        AloneEconomics(Choice("bf16"), _WORTH, ()),
        AloneEconomics(Choice("spot"), _LOSS, ("latency",)),
    ),
    buying=BreakEven(2.0, 9000.0, 310.0, 1000.0, 11.5, 0.31, 48.0, ("maintenance: not given",)),
    inputs=(
        Sensitivity("organization: people.on_cost_factor", 1.1, 1.3, 1.5, 610.0, 560.0, None),
        Sensitivity("workload: horizon_months", 12.0, 12.0, 12.0, 600.0, 600.0, 0.92),
    ),
    shares=Attribution(
        (_share("bf16", hardware=30.0, human=-10.0), _share("spot", hardware=5.0)),
        (Interaction(Choice("bf16"), Choice("spot"), -12.5),),
    ),
)


def _profile(reference: str) -> ModelProfile:
    profile = encoder(layers=2, hidden=64, tokens=16)
    return replace(profile, reference=reference, uncounted_operators={"aten::odd_operator": 3})


def _payer() -> Organization:
    return replace(organization_by_id("cloud-startup"), id="payer", title="A payer")


def plain_audit(reference: str = "encoder") -> Audit:
    """Nothing switched on, nothing measured, no step in the plan, every price known."""
    scenario = Scenario(_profile(reference), _HARDWARE, _WORKLOAD, _payer())
    certificate = Certificate(12, 8, 4, 3002.0, (), 3002.0)
    return Audit(
        profile=scenario.profile,
        scenario=scenario,
        command_line=f"advisor audit {reference} --hardware small-gpu",
        chosen=(),
        before=_BEFORE,
        selected=_BEFORE,
        measured=None,
        trained=None,
        findings=(),
        plan=Plan((), _BEFORE, _BEFORE, (Rejected("fsdp", "no rule speaks for it"),), certificate),
        economics=_IDLE,
        version="0.0.0",
    )


def _run(projected_s: float, measured_s: float) -> ComparedRun:
    step = Estimate(projected_s, projected_s, projected_s)
    return ComparedRun(ProjectedStep(step, None), projected_s / measured_s - 1, None)


def full_audit(reference: str = "encoder") -> Audit:
    """A step, a finding, a selection that was measured, and a price that is missing."""
    missing = _projection(Estimate(300.0, 500.0, 800.0), unpriced=True, latency_s=0.03)
    measured = MeasuredVariant(
        measurement=measurement("bf16", 0.061, 0.028, 0.9, 0.898),
        projected_s=Estimate(0.02, 0.03, 0.04),
        latency_error=0.03 / 0.028 - 1,
        memory_error=None,
        before=_BEFORE,
        after=missing,
    )
    rejected = (Rejected("fsdp", "sharding-without-training: nothing is trained"),)
    sliced = Choice("mig").at("slice", "3g")
    certificate = Certificate(
        62208, 1728, 60480, 2300.0, (sliced,), 2402.0,
        left_out=(LeftOut(sliced, "no rule speaks for it here"),),
    )  # fmt: skip
    return replace(
        plain_audit(reference),
        chosen=(Choice("bf16"),),
        selected=missing,
        measured=measured,
        trained=ComparedTraining(
            trained("bf16", 0.2, 0.15),
            _run(0.21, 0.2),
            _run(0.16, 0.15),
            ratio_error=(0.16 / 0.21) / (0.15 / 0.2) - 1,
        ),
        findings=(_FINDING,),
        plan=Plan((_STEP,), _BEFORE, _AFTER, rejected, certificate),
        economics=_ECONOMICS,
    )


AUDITS = {"plain": plain_audit, "full": full_audit}
