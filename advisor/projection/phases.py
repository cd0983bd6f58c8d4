"""The parts of a phase that engines and training steps are put together from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from advisor.catalog.engine import Joined
from advisor.catalog.hardware import Hardware
from advisor.errors import ModelError
from advisor.profiling.profile import ModelProfile, Operator, Phase
from advisor.projection.attention import with_fused_attention
from advisor.projection.columns import SetupColumns
from advisor.projection.curves import MATMUL
from advisor.projection.joined import with_joined_products
from advisor.projection.kept import kept_with
from advisor.projection.kernels import device_seconds, spread
from advisor.projection.operators import Floats, OperatorTable, operator_table
from advisor.projection.scenario import Cases
from advisor.projection.time import Load, host_calls, turn_ratio, work


@dataclass(frozen=True)
class Kernels:
    """Arrays of shape (setups,)."""

    device_s: Floats
    launches: Floats


def row_seconds(
    table: OperatorTable, columns: SetupColumns, load: Load, hardware: Hardware, case: Cases
) -> tuple[Floats, Floats]:
    """Device seconds of each row, shape (setups, operators), and launches, shape (setups,)."""
    todo = work(table, columns, load)
    each = (
        device_seconds(todo.calls, hardware, same_sizes=table.same_sizes)
        * spread(table.kernels, hardware, case)
        * turn_ratio(columns, case)[:, None]
    )
    return each * table.repeats, host_calls(todo, hardware)


def run_kernels(
    table: OperatorTable, columns: SetupColumns, load: Load, hardware: Hardware, case: Cases
) -> Kernels:
    """What one run of a phase takes on the device, and how many kernels the host launches."""
    rows, launches = row_seconds(table, columns, load, hardware, case)
    return Kernels(np.sum(rows, axis=1), launches)


Part = Literal["prefill", "decode", "head"]


@dataclass(frozen=True)
class DecoderPhases:
    """Phases of a decoder as an engine runs them: body and output head apart."""

    prefill: Phase
    decode: Phase
    head: Phase
    """The last matrix product of the decode phase: logits of one token of each sequence."""

    def part(self, name: Part) -> Phase:
        return {"prefill": self.prefill, "decode": self.decode, "head": self.head}[name]

    @property
    def widened_elements(self) -> float:
        """Keys and values of one token, a head for each query head, all layers together."""
        attention = (row for row in self.decode.operators if row.kind == "attention")
        heads = sum(row.repeats * row.batch * (row.k or 0) for row in attention)
        return 2.0 * heads / self.decode.batch_size

    @property
    def vocabulary(self) -> float:
        return float(self.head.operators[0].n or 0) if self.head.operators else 0.0


@kept_with
def decoder_phases(
    profile: ModelProfile, *, fused: bool = False, joined: tuple[Joined, ...] = ()
) -> DecoderPhases:
    """Split once for a profile and kept as long as it is.

    `fused` takes attention that is written out for the kernel that replaces it, `joined` the
    products that these blocks compute as one. Raises ModelError where the profile holds no decode
    phase.
    """
    prefill, decode = profile.phase("prefill"), profile.phase("decode")
    if prefill is None or decode is None:
        raise ModelError(
            f"{profile.reference}: the profile of a decoder holds no decode phase; "
            f"its phases are {', '.join(phase.name for phase in profile.phases)}"
        )
    if fused:
        prefill, decode = with_fused_attention(prefill), with_fused_attention(decode)
    decode = _with_all_experts(decode, prefill)
    prefill, decode = (with_joined_products(each, joined) for each in (prefill, decode))
    head = _head(decode)
    return DecoderPhases(
        prefill=causal(_without_head(prefill)),
        decode=_without_head(decode),
        head=replace(decode, operators=() if head is None else (head,)),
    )


def _with_all_experts(decode: Phase, prefill: Phase) -> Phase:
    """`decode` with the weights of all experts, as a long prompt asks all; one token asks a few."""
    whole = {_product(row): row.weight_bytes for row in prefill.operators if row.kind == "matmul"}
    rows = (
        replace(row, weight_bytes=max(row.weight_bytes, whole.get(_product(row), 0)))
        if row.weight_bytes and row.kind == "matmul"
        else row
        for row in decode.operators
    )
    return replace(decode, operators=tuple(rows))


def _product(row: Operator) -> tuple[str, str, int | None, int | None]:
    return row.module, row.name, row.n, row.k


def _head(phase: Phase) -> Operator | None:
    """The product that makes logits: the last one with a weight, where no block repeats it."""
    products = [row for row in phase.operators if row.kind == "matmul" and row.weight_bytes]
    return products[-1] if products and products[-1].repeats == 1 else None


def _without_head(phase: Phase) -> Phase:
    head = _head(phase)
    return replace(phase, operators=tuple(row for row in phase.operators if row is not head))


def causal(phase: Phase) -> Phase:
    """Attention of a token to those before it: fused kernels skip the other half of the scores."""
    halved = tuple(
        replace(row, multiply_adds=row.multiply_adds // 2)
        if row.kind == "attention" and row.m == row.n and (row.m or 0) > 1
        else row
        for row in phase.operators
    )
    return replace(phase, operators=halved)


@kept_with
def _training_phase(profile: ModelProfile, *, fused: bool) -> Phase:
    phase = profile.phases[0]
    phase = with_fused_attention(phase) if fused else phase
    return phase if profile.decoder is None else causal(phase)


def training_table(profile: ModelProfile, *, fused: bool) -> OperatorTable:
    """The forward pass of a training step; a decoder's tokens attend to those before them."""
    return operator_table(_training_phase(profile, fused=fused))


def recomputed_share(profile: ModelProfile, *, fused: bool, early_stop: bool) -> Floats:
    """Of each row of `training_table`, the share that checkpointing does again.

    Blocks are what repeats. With `early_stop`, the last product of a block is not needed again
    (torch.utils.checkpoint.set_checkpoint_early_stop, on since torch 2.1). Made once for a phase
    and kept as long as it is.
    """
    return _recomputed_share(_training_phase(profile, fused=fused), early_stop=early_stop)


@kept_with
def _recomputed_share(phase: Phase, *, early_stop: bool) -> Floats:
    table = operator_table(phase)
    share = np.where(table.repeats > 1, 1.0, 0.0)
    products = [
        row
        for row in phase.operators
        if row.kind == "matmul" and row.weight_bytes and row.repeats > 1
    ]
    if not early_stop or not products:
        return share
    last = products[-1]
    alike = (table.n == (last.n or 0)) & (table.k == (last.k or 0)) & (table.kernels == MATMUL)
    return np.where(alike, np.maximum(share - last.repeats / table.repeats, 0.0), share)


def vocabulary(profile: ModelProfile) -> float:
    """How many logits a decoder makes of a token; 0 for other models."""
    return 0.0 if profile.decoder is None else decoder_phases(profile).vocabulary
