"""An audit as the document of the JSON export."""

from __future__ import annotations

from advisor.advice.certificate import Certificate
from advisor.advice.front import FrontPoint
from advisor.advice.plan import Plan, Step
from advisor.advice.relax import Relaxation
from advisor.advice.rule import Finding
from advisor.export import _document as document
from advisor.export._figures import figure as _figure
from advisor.export._figures import known as _known
from advisor.export._figures import optional as _range
from advisor.export._fill_economics import economics_of
from advisor.export._indicators import as_document, rows_of
from advisor.export.audit import Approval, Audit
from advisor.measurement.comparison import MeasuredVariant
from advisor.measurement.result import Interval, Run
from advisor.profiling.profile import ModelProfile
from advisor.projection.result import (
    Bill,
    Component,
    Constraint,
    LineInput,
    LineItem,
    Projection,
)
from advisor.projection.unit_costs import unit_costs
from advisor.strategies.selection import Selection


def fill(audit: Audit) -> document.Document:
    scenario, plan, goal = audit.scenario, audit.plan, audit.plan.goal
    named = {"before": audit.before, "after_plan": plan.after, "selected": audit.selected}
    chosen = {"before": (), "after_plan": plan.chosen, "selected": audit.chosen}
    return document.Document(
        schema_version=document.SCHEMA_VERSION,
        advisor_version=audit.version,
        command_line=audit.command_line,
        model=_model(audit.profile),
        hardware=document.Named(scenario.hardware.id, scenario.hardware.name),
        workload=document.Named(scenario.workload.id, scenario.workload.title),
        organization=document.Named(scenario.organization.id, scenario.organization.title),
        costs=document.CostTable(
            **{name: _costs(projection.bill) for name, projection in named.items()},
            after=_costs((audit.selected if audit.chosen else plan.after).bill),
            measured=_measured_costs(audit.measured),
        ),
        projections={name: _setup(each, chosen[name]) for name, each in named.items()},
        lines={name: tuple(map(_line, each.bill.lines)) for name, each in named.items()},
        steps=tuple(_step(step, number) for number, step in enumerate(plan.steps, start=1)),
        rejected=tuple(document.Rejected(each.slug, each.reason) for each in plan.rejected),
        findings=tuple(map(_finding, audit.findings)),
        certificate=_certificate(plan.certificate),
        measurement=None if audit.measured is None else _measurement(audit.measured),
        constraints={name: tuple(map(_limit, each.constraints)) for name, each in named.items()},
        basis={name: each.basis for name, each in named.items()},
        unit_costs={name: _unit_costs(audit, each) for name, each in named.items()},
        economics=economics_of(audit.economics),
        indicators=tuple(map(as_document, rows_of(audit))),
        needs_sign_off=() if audit.approval else audit.plan.unsigned,
        approval=None if audit.approval is None else _approval(audit.approval, audit.plan),
        goal=document.Goal(goal.objective, goal.max_days, goal.max_up_front_usd),
        front=tuple(map(_front_point, audit.front)),
    )


def _front_point(point: FrontPoint) -> document.FrontPoint:
    return document.FrontPoint(
        tuple(map(str, point.chosen)), _figure(point.usd_per_month), _known(point.quality_drop),
        _known(point.effort_days), point.keeps_floor,
    )  # fmt: skip


def _approval(approval: Approval, plan: Plan) -> document.Approval:
    return document.Approval(approval.name, approval.reason, plan.unsigned)


def _unit_costs(audit: Audit, projection: Projection) -> document.UnitCosts:
    payer, asked = audit.scenario.organization, audit.scenario.workload
    found = unit_costs(projection.bill, projection.energy_kwh_per_month, asked, payer)
    return document.UnitCosts(
        usd_per_1000_requests=_range(found.usd_per_1000_requests),
        usd_per_1000_requests_all=_range(found.usd_per_1000_requests_all),
        usd_per_million_tokens=_range(found.usd_per_million_tokens),
        usd_per_training_run=_range(found.usd_per_training_run),
        co2e_kg_per_month=_range(found.co2e_kg_per_month),
    )


def _cost(bill: Bill, component: Component | None = None) -> document.Cost:
    total = bill.total(component)
    low, expected, high = _figure(total.low), _figure(total.expected), _figure(total.high)
    return document.Cost(low, expected, high, bill.missing_in(component))


def _costs(bill: Bill) -> document.Costs:
    return document.Costs(
        hardware=_cost(bill, "hardware"),
        data=_cost(bill, "data"),
        human=_cost(bill, "human"),
        training_and_deployment=_cost(bill, "training_and_deployment"),
        total=_cost(bill),
    )


def _measured_costs(measured: MeasuredVariant | None) -> dict[str, document.Costs] | None:
    if measured is None or measured.before is None or measured.after is None:
        return None
    return {"before": _costs(measured.before.bill), "selected": _costs(measured.after.bill)}


def _model(profile: ModelProfile) -> document.Model:
    return document.Model(
        reference=profile.reference,
        type=profile.model_type,
        dtype=profile.dtype,
        parameters=profile.parameters,
        active_parameters=profile.active_parameters,
        multiply_adds=profile.multiply_adds,
        flops=profile.flops,
        counted_by=profile.counted_by,
        uncounted_operators=dict(sorted(profile.uncounted_operators.items())),
        weights_bytes=profile.weights_bytes,
        inference_peak_bytes=profile.memory.inference_peak_bytes,
        training_peak_bytes=profile.memory.training_peak_bytes,
        notes=profile.notes,
        fingerprint=profile.fingerprint,
    )


def _setup(projection: Projection, chosen: Selection) -> document.Setup:
    return document.Setup(
        strategies=tuple(map(str, chosen)),
        latency_s=_known(projection.latency_s),
        throughput_per_s=_known(projection.throughput_per_s),
        serving_batch_size=projection.serving_batch_size,
        time_to_first_token_s=_range(projection.time_to_first_token_s),
        time_per_output_token_s=_range(projection.time_per_output_token_s),
        inference_memory_bytes=_known(projection.inference_memory_bytes),
        training_step_s=_range(projection.training_step_s),
        training_memory_bytes=_range(projection.training_memory_bytes),
        accelerators_per_replica=projection.accelerators_per_replica,
        serving_accelerators=_known(projection.serving_accelerators),
        training_accelerators=projection.training_accelerators,
        energy_kwh_per_month=_range(projection.energy_kwh_per_month),
        quality_drop=_known(projection.quality_drop),
    )


def _line(line: LineItem) -> document.Line:
    return document.Line(
        component=line.component,
        name=line.name,
        quantity=_range(line.quantity),
        unit=line.unit,
        unit_price_usd=_range(line.unit_price_usd),
        usd_per_month=_range(line.usd_per_month),
        formula=line.formula,
        missing=line.missing,
        inputs=tuple(map(_input, line.inputs)),
        serving_share=_figure(line.serving_share),
    )


def _input(each: LineInput) -> document.Input:
    told = each.source
    source = None if told is None else document.Source(told.text, told.as_of, told.confidence)
    return document.Input(each.name, _range(each.value), each.unit, each.origin, source)


def _limit(limit: Constraint) -> document.Limit:
    value, most = _figure(limit.value), _figure(limit.limit)
    return document.Limit(limit.name, value, most, limit.unit, limit.met)


def _step(step: Step, number: int) -> document.Step:
    return document.Step(
        number=number,
        strategy=str(step.choice),
        title=step.title,
        why=step.why,
        saving_usd_per_month=_known(step.saving_usd_per_month),
        effort_days=_known(step.effort_days),
        quality_drop=_known(step.quality_drop),
        risk=step.risk,
        check=step.check,
        roll_back=step.roll_back,
        sign_off=step.sign_off,
    )


def _finding(finding: Finding) -> document.Finding:
    return document.Finding(
        rule=finding.rule,
        severity=finding.severity,
        reason=finding.reason,
        evidence=tuple(document.Evidence(name, figure) for name, figure in finding.evidence),
        recommends=finding.recommends,
        cautions=finding.cautions,
        forbids=finding.forbids,
    )


def _certificate(certificate: Certificate) -> document.Certificate:
    return document.Certificate(
        setups=certificate.setups,
        evaluated=certificate.evaluated,
        pruned=certificate.pruned,
        minimum_usd_per_month=_figure(certificate.minimum_usd_per_month),
        minimum_strategies=tuple(map(str, certificate.minimum_selection)),
        minimum_is_feasible=certificate.minimum_is_feasible,
        plan_usd_per_month=_figure(certificate.plan_usd_per_month),
        plan_is_feasible=certificate.plan_is_feasible,
        distance_usd_per_month=_figure(certificate.distance_usd_per_month),
        distance_fraction=_figure(certificate.distance_fraction),
        left_out=tuple(
            document.LeftOut(str(each.choice), each.reason) for each in certificate.left_out
        ),
        elsewhere=tuple(
            document.HardwareMinimum(
                each.hardware,
                _figure(each.usd_per_month),
                tuple(map(str, each.chosen)),
                each.setups,
                each.evaluated,
            )
            for each in certificate.elsewhere
        ),
        guards_usd_per_month=_figure(certificate.guards_usd_per_month),
        forbidden=tuple(map(str, certificate.forbidden)),
        minimum_figure=_figure(certificate.minimum_figure),
        plan_figure=_figure(certificate.plan_figure),
        relaxations=tuple(map(_relaxation, certificate.relaxations)),
    )


def _relaxation(found: Relaxation) -> document.Relaxation:
    first = found.limits[0]
    return document.Relaxation(
        tuple(limit.name for limit in found.limits), first.unit, _figure(first.value),
        _figure(found.needed[0]), tuple(map(str, found.chosen)), _figure(found.usd_per_month),
    )  # fmt: skip


def _run(run: Run) -> document.Run:
    return document.Run(
        latency_median_s=_figure(run.latency_s.median),
        latency_p95_s=_figure(run.latency_s.p95),
        repeats=run.latency_s.repeats,
        batch_size=run.batch_size,
        peak_memory_bytes=run.peak_memory_bytes,
        device_memory_bytes=run.device_memory_bytes,
        size_bytes=run.size_bytes,
        energy_j=_figure(run.energy_j),
        metric=None if run.quality is None else run.quality.metric,
        quality=None if run.quality is None else _figure(run.quality.value),
    )


def _interval(found: Interval | None) -> tuple[float | None, float | None] | None:
    return None if found is None else (_figure(found.low), _figure(found.high))


def _measurement(measured: MeasuredVariant) -> document.Measurement:
    measurement = measured.measurement
    return document.Measurement(
        strategies=measurement.request.choices,
        device_name=measurement.environment.device_name,
        torch=measurement.environment.torch,
        taken_at=measurement.taken_at,
        baseline=_run(measurement.baseline),
        variant=_run(measurement.variant),
        quality_drop=_figure(measurement.quality_drop),
        worst_class_drop=_figure(measurement.worst_class_drop),
        projected_latency_s=_range(measured.projected_s),
        projection_error_latency=_figure(measured.latency_error),
        projection_error_memory=_figure(measured.memory_error),
        quality_drop_interval=_interval(measurement.drop_interval),
        quality_is_noise=measurement.quality_is_noise,
        worst_class_interval=_interval(measurement.worst_class_interval),
        latency_ratio_interval=_interval(measurement.latency_ratio),
        latency_is_noise=measurement.latency_is_noise,
        machine_is_too_noisy=measurement.machine_is_too_noisy,
        notes=measurement.notes,
    )
