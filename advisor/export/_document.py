"""The shape of the JSON export. A key that is renamed or removed is a new `SCHEMA_VERSION`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.export._document_minimum import (
    Certificate,
    FrontPoint,
    Goal,
    HardwareMinimum,
    LeftOut,
    Range,
    Relaxation,
)

__all__ = (
    "Certificate", "Document", "FrontPoint", "Goal", "HardwareMinimum", "LeftOut", "Range",
    "Relaxation",
)  # fmt: skip
"""What the exporters take from here and what lies beside it."""

SCHEMA_VERSION = 2
LEAST_COST = Goal("cost", None, None)
"""What plans were after before they could be after anything else."""


@dataclass(frozen=True)
class Cost:
    """USD per month; a lower bound where something is `missing`."""

    low: float | None
    expected: float | None
    high: float | None
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Costs:
    hardware: Cost
    data: Cost
    human: Cost
    training_and_deployment: Cost
    total: Cost


@dataclass(frozen=True)
class CostTable:
    """`after` is what was switched on where anything was, else what the plan advises.

    `measured` are the bills with the measured times in them, nothing on and as selected.
    """

    before: Costs
    after: Costs
    after_plan: Costs
    selected: Costs
    measured: Mapping[str, Costs] | None


@dataclass(frozen=True)
class Model:
    reference: str
    type: str
    dtype: str
    parameters: int
    active_parameters: int
    multiply_adds: int
    flops: int
    counted_by: str
    uncounted_operators: Mapping[str, int]
    weights_bytes: int
    inference_peak_bytes: int
    training_peak_bytes: int | None
    notes: tuple[str, ...]
    fingerprint: str | None
    """Changes with the model; None where it was not taken."""


@dataclass(frozen=True)
class Approval:
    """Who agreed to the steps that need a sign-off, and why; as given, not checked."""

    name: str
    reason: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    id: str
    title: str


@dataclass(frozen=True)
class Source:
    text: str
    as_of: str
    confidence: str


@dataclass(frozen=True)
class Input:
    """A figure that a line's formula names; `source` where someone has published it."""

    name: str
    value: Range | None
    unit: str
    origin: str
    source: Source | None


@dataclass(frozen=True)
class Line:
    component: str
    name: str
    quantity: Range | None
    unit: str
    unit_price_usd: Range | None
    usd_per_month: Range | None
    formula: str
    missing: str | None
    inputs: tuple[Input, ...]
    serving_share: float | None


@dataclass(frozen=True)
class Limit:
    """`met` is None where the value is not known."""

    name: str
    value: float | None
    limit: float | None
    unit: str
    met: bool | None


@dataclass(frozen=True)
class Setup:
    """One projection without its bill; `strategies` as written after `--with`."""

    strategies: tuple[str, ...]
    latency_s: Range
    throughput_per_s: Range
    serving_batch_size: int
    time_to_first_token_s: Range | None
    time_per_output_token_s: Range | None
    inference_memory_bytes: Range
    training_step_s: Range | None
    training_memory_bytes: Range | None
    accelerators_per_replica: int
    serving_accelerators: Range
    training_accelerators: int
    energy_kwh_per_month: Range | None
    quality_drop: Range


@dataclass(frozen=True)
class Step:
    number: int
    strategy: str
    title: str
    why: tuple[str, ...]
    saving_usd_per_month: Range
    effort_days: Range
    quality_drop: Range
    risk: str
    check: str
    roll_back: str
    sign_off: str | None


@dataclass(frozen=True)
class Rejected:
    strategy: str
    reason: str


@dataclass(frozen=True)
class Evidence:
    name: str
    figure: str


@dataclass(frozen=True)
class Finding:
    rule: str
    severity: str
    reason: str
    evidence: tuple[Evidence, ...]
    recommends: tuple[str, ...]
    cautions: tuple[str, ...]
    forbids: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    latency_median_s: float | None
    latency_p95_s: float | None
    repeats: int
    batch_size: int
    peak_memory_bytes: int | None
    device_memory_bytes: int | None
    size_bytes: int
    energy_j: float | None
    metric: str | None
    quality: float | None


@dataclass(frozen=True)
class Measurement:
    """Errors are (projected − measured) ÷ measured; None where nothing was projected."""

    strategies: tuple[str, ...]
    device_name: str
    torch: str
    taken_at: str
    baseline: Run
    variant: Run
    quality_drop: float | None
    worst_class_drop: float | None
    projected_latency_s: Range | None
    projection_error_latency: float | None
    projection_error_memory: float | None
    quality_drop_interval: tuple[float | None, float | None] | None = None
    """95% over the samples, by the bootstrap; None where no sample has a number of its own."""
    quality_is_noise: bool | None = None
    worst_class_interval: tuple[float | None, float | None] | None = None
    latency_ratio_interval: tuple[float | None, float | None] | None = None
    """Of the variant's median latency over the baseline's, 95% over the turns."""
    latency_is_noise: bool | None = None
    machine_is_too_noisy: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnitCosts:
    """USD, at least where prices are missing, and kg of CO2 equivalent; None where nothing is."""

    usd_per_1000_requests: Range | None
    usd_per_1000_requests_all: Range | None
    usd_per_million_tokens: Range | None
    usd_per_training_run: Range | None
    co2e_kg_per_month: Range | None


@dataclass(frozen=True)
class Investment:
    """`payback_months` is None where the saving is, and an end of it where it is never reached.

    `repaid` says whether the expected saving ever pays for the work; None where it is not known.
    """

    up_front_usd: Range
    saving_usd_per_month: Range | None
    payback_months: Range | None
    repaid: bool | None
    net_present_value_usd: Range | None
    return_fraction: Range | None
    horizon_months: float | None
    discount_rate_per_year: Range | None
    discount_rate_source: Source | None


@dataclass(frozen=True)
class AloneInvestment:
    """One strategy with nothing else on; `broken` names the limits that it does not keep."""

    strategy: str
    broken: tuple[str, ...]
    investment: Investment


@dataclass(frozen=True)
class BreakEven:
    """Renting on demand against buying. At least so much, so long, where something is `missing`.

    `months` is None where rent never pays for the purchase, as well as where it is not known.
    """

    accelerators: float | None
    purchase_usd: float | None
    owned_usd_per_month: float | None
    rented_usd_per_month: float | None
    months: float | None
    utilisation: float | None
    life_months: float | None
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Sensitivity:
    """The plan's saving with one input elsewhere; `flip` is where the decision turns."""

    key: str
    low: float | None
    expected: float | None
    high: float | None
    saving_at_low_usd: float | None
    saving_at_high_usd: float | None
    flip: float | None


@dataclass(frozen=True)
class Share:
    """A strategy's Shapley value: its part of the plan's saving, USD per month, by component."""

    strategy: str
    usd_per_month: float
    by_component: Mapping[str, float]


@dataclass(frozen=True)
class Interaction:
    """What two strategies save together beyond what they save apart, USD per month."""

    strategies: tuple[str, str]
    usd_per_month: float


@dataclass(frozen=True)
class Attribution:
    shares: tuple[Share, ...]
    interactions: tuple[Interaction, ...]


@dataclass(frozen=True)
class Economics:
    plan: Investment
    steps: tuple[Investment, ...]
    strategies: tuple[AloneInvestment, ...]
    break_even: BreakEven | None
    inputs: tuple[Sensitivity, ...]
    attribution: Attribution | None


@dataclass(frozen=True)
class Figure:
    """`at_least` where a price in it is missing."""

    value: float | None
    at_least: bool


@dataclass(frozen=True)
class Indicator:
    """None is not known or not measured; `error` is (projected − measured) ÷ measured."""

    name: str
    unit: str
    before: Figure | None
    projected: Figure | None
    measured_before: Figure | None
    measured: Figure | None
    error: float | None


@dataclass(frozen=True)
class Document:
    schema_version: int
    advisor_version: str
    command_line: str
    model: Model
    hardware: Named
    workload: Named
    organization: Named
    costs: CostTable
    projections: Mapping[str, Setup]
    lines: Mapping[str, tuple[Line, ...]]
    steps: tuple[Step, ...]
    rejected: tuple[Rejected, ...]
    findings: tuple[Finding, ...]
    certificate: Certificate
    measurement: Measurement | None
    constraints: Mapping[str, tuple[Limit, ...]]
    basis: Mapping[str, tuple[str, ...]]
    unit_costs: Mapping[str, UnitCosts]
    economics: Economics
    indicators: tuple[Indicator, ...]
    needs_sign_off: tuple[str, ...]
    """The steps that nobody has agreed to yet."""
    approval: Approval | None
    goal: Goal = LEAST_COST
    front: tuple[FrontPoint, ...] = ()
    """Cost against quality at risk, the cheapest first, where it was asked for."""
    digest: str = ""
    """SHA-256 of all the rest: it tells a file that was edited."""
