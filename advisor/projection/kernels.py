"""Device seconds of kernels, from their sizes and the efficiency curves of the hardware.

A matrix product is cut into tiles, which the multiprocessors compute in waves: the last wave and
the edges of the tiles are paid whole. A library chooses the tile, and into how many parts the
inner dimension is split, so the best of the candidates is taken (NVIDIA, "Matrix Multiplication
Background", on tile and wave quantization). Convolutions are the products that they amount to.
Everything else is bound by its traffic.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.hardware import Hardware
from advisor.projection.curves import (
    DEPTHWISE_CONV,
    FORMATS,
    MATMUL,
    STREAMING,
    VECTOR,
    KernelModel,
    kernel_model,
)
from advisor.projection.scenario import CASES, Cases

Floats = NDArray[np.float64]

_TILES = ((256, 128), (128, 256), (128, 128), (128, 64), (64, 128), (64, 64), (128, 32), (32, 128),
          (16, 64), (1, 128))  # fmt: skip
_SPLITS = (1, 2, 4, 8, 16)
_CANDIDATES = np.array([(a, b, s) for a, b in _TILES for s in _SPLITS], dtype=float).T
_MOST_TILE_LOSS = 3.0
"""Of the last tile, a row: a kernel for vectors, bound by its traffic, reaches a quarter."""
_ITEM_BYTES = np.array([4.0 if name == "fp32" else 2.0 for name in FORMATS])
"""Of an operand as the units take it in, by format; 8 bits run at twice the rate of 16."""
_FLOATING = np.array([name in ("fp32", "bf16", "fp16") for name in FORMATS])
_CHUNK = 1 << 21
"""Elements of the arrays over candidates that are held at a time."""


@dataclass(frozen=True)
class Calls:
    """One call of each kernel; arrays of shape (setups, operators), or that broadcast to it.

    Sizes are those of `profiling.profile.Operator`; 0 where a kernel is no product. Weights and
    activations are apart, since one run after another finds the weights of a small model in the
    cache, and an operator what the one before it wrote.
    """

    kinds: NDArray[np.intp]
    """Indices into `curves.KERNELS`, shape (operators,)."""
    labels: NDArray[np.intp]
    """Of the operators' names, shape (operators,), see `curves.label`."""
    formats: NDArray[np.intp]
    """Indices into `curves.FORMATS`."""
    batch: Floats
    m: Floats
    n: Floats
    k: Floats
    transposed: NDArray[np.bool_]
    """Whether the weight lies as k rows of n, not n rows of k."""
    flops: Floats
    weight_bytes: Floats
    streamed_bytes: Floats
    worked: Floats
    """Of them, how many times as many arithmetic goes through; see `OperatorTable`."""
    kernels: Floats
    """How many kernels a call is; 0 where it is part of the one before it."""
    extra_bytes: Floats
    """What further kernels move before and after it: casts, quantization, changes of layout."""
    extra_kernels: Floats
    peak_flops: Floats
    """Of a whole device, in the number format of the call."""
    vector_flops: Floats
    """Operations in 32 bits beside those: weights converted as they are read."""
    beside_weight_bytes: Floats
    """Weights that were read or written since those of the call were: of all operators together,
    or of the call alone where a kernel before it has just written them."""
    interpreted: Floats
    """1 where the host runs the model's own code between kernels, 0 where it is compiled; shape
    (setups, 1)."""
    share: Floats
    """Of a device's multiprocessors, shape (setups, 1)."""
    memory_share: Floats
    """Of its bandwidth and cache, shape (setups, 1)."""

    @property
    def moved_bytes(self) -> Floats:
        """All that a call moves, with the further kernels around it."""
        return self.weight_bytes + self.streamed_bytes + self.extra_bytes


def device_seconds(
    calls: Calls, hardware: Hardware, useful: Floats | None = None,
    same_sizes: NDArray[np.intp] | None = None,
) -> Floats:  # fmt: skip
    """Expected seconds of one call of each kernel, shape (setups, operators).

    `useful` is what `useful_share` gives for these calls, where it is known already. `same_sizes`
    names for each operator one whose kernel and sizes are the same under every setup.
    """
    model = kernel_model(hardware)
    if useful is None and same_sizes is not None:
        useful = _share_by_size(calls, hardware, model, same_sizes)
    return kernel_seconds(calls, hardware, model, useful)


def kernel_seconds(
    calls: Calls, hardware: Hardware, model: KernelModel, useful: Floats | None = None
) -> Floats:
    """The same by the curves of `model`."""
    kinds = _classes(calls, model)
    moved, packed = _moved_seconds(calls, hardware, model, kinds)
    reached = model.compute[kinds]
    if model.of_matrix_units:
        reached = _fed(reached, calls, hardware)
    arithmetic = calls.flops / (_peak(calls, hardware) * calls.share * reached)
    products = tiled_products(calls)
    if products.size:
        if useful is None:
            useful = _useful_share(calls, hardware, model, products)
        arithmetic[:, products] /= useful
    vectors = calls.vector_flops / (hardware.compute.fp32_tflops * 1e12 * calls.share)
    arithmetic = arithmetic + vectors
    if model.byte_s.any():
        arithmetic = arithmetic + calls.streamed_bytes * (calls.worked * model.byte_s[kinds])
    power = _of_class(model.overlap, kinds)
    longer = np.maximum(np.maximum(arithmetic, moved), 1e-30)
    both = longer * ((arithmetic / longer) ** power + (moved / longer) ** power) ** (1 / power)
    alone = both + packed + calls.kernels * model.fixed_s[kinds]
    around = _seconds_around(calls, hardware, model, kinds) + _refilling_seconds(calls, model)
    return np.asarray(alone + around)


def _of_class(figure: Floats | float, kinds: NDArray[np.intp]) -> Floats | float:
    return figure if isinstance(figure, float) else np.asarray(figure[kinds])


def _classes(calls: Calls, model: KernelModel) -> NDArray[np.intp]:
    """The finest class of each call that `model` has."""
    if model.finest is None:
        return calls.kinds
    return model.refined(calls.kinds, calls.formats, kernel_labels(calls))


def kernel_labels(calls: Calls) -> NDArray[np.intp]:
    """Of the operators' names, or of the kernel that takes their place at these sizes.

    Shape (setups, operators) where some does, else (operators,).
    """
    vectors = (calls.kinds == MATMUL) & (calls.m <= 1) & _FLOATING[calls.formats]
    return np.where(vectors, VECTOR, calls.labels) if vectors.any() else calls.labels


def _refilling_seconds(calls: Calls, model: KernelModel) -> Floats | float:
    """What the host's own code takes longer after each kernel: see `Curves`."""
    curves = model.curves
    if not curves.refill_us:
        return 0.0
    return curves.refill_us * 1e-6 * evicted(calls, curves.refill_bytes, curves.refill_s)


def evicted(calls: Calls, refill_bytes: float, refill_s: float) -> Floats:
    """The share of the host's own code that each call puts out of the caches: see `Curves`.

    Products of several rows write a packed copy of their weights, and read their operands many
    times over. Nothing of it matters where no code of the model's runs between the calls.
    """
    moved = calls.moved_bytes + np.where(calls.m > 1, calls.weight_bytes, 0.0)
    arithmetic_s = calls.flops / (calls.peak_flops * calls.share)
    return np.asarray(
        calls.interpreted * -np.expm1(-(moved / refill_bytes + arithmetic_s / refill_s))
    )


def _seconds_around(
    calls: Calls, hardware: Hardware, model: KernelModel, kinds: NDArray[np.intp]
) -> Floats | float:
    """Seconds of the kernels before and after each, which find in the cache what it touches."""
    if not (calls.extra_bytes.any() or calls.extra_kernels.any()):
        return 0.0
    bandwidth = (
        hardware.memory.bandwidth_gb_per_s * 1e9 * calls.memory_share * model.bandwidth[STREAMING]
    )
    missed = _missed(calls.extra_bytes, model.curves.cache_share, calls, hardware, model)
    moved = calls.extra_bytes * (missed / bandwidth + model.pass_s[kinds])
    return np.asarray(moved + calls.extra_kernels * model.pass_fixed_s[kinds])


def _peak(calls: Calls, hardware: Hardware) -> Floats:
    """Depth-wise convolutions have no inner dimension for matrix units: vector units take them."""
    if hardware.is_cpu:
        return calls.peak_flops
    vectors = np.minimum(calls.peak_flops, hardware.compute.fp32_tflops * 1e12)
    return np.where(calls.kinds == DEPTHWISE_CONV, vectors, calls.peak_flops)


def _fed(reached: Floats, calls: Calls, hardware: Hardware) -> Floats:
    """The share of the peak, `reached` in 16 bits, that units reach that wait less for operands."""
    hunger = _hunger(calls, hardware)
    slower = (hunger < 1) & (calls.kinds != DEPTHWISE_CONV)
    found = np.array(np.broadcast_to(reached, hunger.shape))
    return np.asarray(np.power(found, hunger, out=found, where=slower))


def _hunger(calls: Calls, hardware: Hardware) -> Floats:
    """Bytes of operands that units at their peak take in, against the fastest 16-bit ones.

    What keeps matrix units below their peak is the wait for operands, so slower units come nearer
    to theirs: products of 32-bit floats in 16 times the time take only twice the bytes. A format
    without units of its own goes by those of 32 bits.
    """
    own_units = calls.peak_flops > hardware.compute.fp32_tflops * 1e12
    fed = calls.peak_flops * np.where(own_units, _ITEM_BYTES[calls.formats], 4.0)
    return np.asarray(np.minimum(fed / (2.0 * _fastest_16_bit(hardware)), 1.0))


def spread(kinds: NDArray[np.intp], hardware: Hardware, case: Cases) -> Floats:
    """What the expected seconds of each kernel are multiplied by for a bound of the interval."""
    row = CASES.index(case) if isinstance(case, str) else case
    return np.asarray(kernel_model(hardware).spread[row][..., kinds])


def _moved_seconds(
    calls: Calls, hardware: Hardware, model: KernelModel, kinds: NDArray[np.intp]
) -> tuple[Floats, Floats | float]:
    """Seconds of the traffic, less what the last cache serves; then those of packing weights."""
    curves, weights = model.curves, calls.weight_bytes
    if model.half_row_bytes.any():
        rows = calls.batch * np.where(calls.transposed, calls.k, calls.n)
        weights = weights + np.where(weights > 0, rows, 0.0) * model.half_row_bytes[kinds]
    weights = weights * _missed(
        calls.beside_weight_bytes, curves.weight_cache_share, calls, hardware, model
    )
    streamed = calls.streamed_bytes * _missed(
        calls.streamed_bytes, curves.cache_share, calls, hardware, model
    )
    bandwidth = hardware.memory.bandwidth_gb_per_s * 1e9 * calls.memory_share
    reached = bandwidth * model.bandwidth[kinds]
    moved = np.asarray((weights + streamed) / reached)
    if not model.packing.any():
        return moved, 0.0
    # The packed copy is written and read by the call itself: other weights do not matter.
    packed = calls.weight_bytes * np.where(calls.m > 1, model.packing[kinds], 0.0)
    missed = _missed(calls.weight_bytes, curves.weight_cache_share, calls, hardware, model)
    return moved, np.asarray(packed * missed / reached)


def _missed(
    held: Floats, share: float, calls: Calls, hardware: Hardware, model: KernelModel
) -> Floats | float:
    """What `share` of the last cache leaves of the traffic's time, of `held` bytes used again.

    Nearly all of them are found in it below its size, soon none above.
    """
    saved = 1 - 1 / model.curves.cache_speed
    if hardware.memory.cache_mib is None or saved == 0.0:
        return 1.0
    cache = hardware.memory.cache_mib * 2**20 * calls.memory_share * share
    squared = np.square(held / cache)
    return np.asarray(1 - saved / (1 + np.square(squared)))


def tiled_products(calls: Calls) -> NDArray[np.intp]:
    """Which operators are products of known sizes."""
    return np.flatnonzero(np.max(calls.m, axis=0) > 0)


def useful_share(calls: Calls, hardware: Hardware) -> Floats:
    """Useful over paid arithmetic of the best tile, shape (setups, tiled products)."""
    return _useful_share(calls, hardware, kernel_model(hardware), tiled_products(calls))


def _share_by_size(
    calls: Calls, hardware: Hardware, model: KernelModel, same_sizes: NDArray[np.intp]
) -> Floats:
    """The same, computed once for operators of one size."""
    first, place = _first_of_size(same_sizes, tiled_products(calls))
    return _useful_share(calls, hardware, model, first)[:, place]


_FIRST: dict[tuple[int, int], tuple[NDArray[np.intp], NDArray[np.intp]]] = {}


def _first_of_size(
    same_sizes: NDArray[np.intp], products: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The products that differ in size, and which of them each is; kept as long as `same_sizes`.

    A table's operators are products under every load or under none, so that how many there are
    says which.
    """
    key = (id(same_sizes), len(products))
    found = _FIRST.get(key)
    if found is None:
        first, place = np.unique(same_sizes[products], return_inverse=True)
        found = _FIRST[key] = first, place.ravel()
        weakref.finalize(same_sizes, _FIRST.pop, key, None)
    return found


def _useful_share(
    calls: Calls, hardware: Hardware, model: KernelModel, products: NDArray[np.intp]
) -> Floats:
    """The same of the operators `products`."""
    shape = calls.flops.shape
    kinds = _classes(calls, model)[..., products]
    batch, m, n, k = (
        np.maximum(np.broadcast_to(each, shape)[:, products], 1e-9)
        for each in (calls.batch, calls.m, calls.n, calls.k)
    )
    small = (1 + model.half_m[kinds] / m) * (1 + model.half_n[kinds] / n)
    inner = model.half_k[kinds] / k
    if hardware.compute.multiprocessors is None or hardware.is_cpu:
        return np.asarray(1 / (small * (1 + inner)))
    workers = hardware.compute.multiprocessors * np.broadcast_to(calls.share, shape)[:, products]
    hunger = np.broadcast_to(_hunger(calls, hardware), shape)[:, products]
    if all(np.all(each == each[:1]) for each in (batch, m, n, workers, inner, hunger)):
        # The cases of one setup differ in what surrounds their kernels.
        batch, m, n, workers, inner, hunger = (
            each[:1] for each in (batch, m, n, workers, inner, hunger)
        )
    best = _best_of_distinct(
        (batch, m, n, inner * hunger, workers, model.curves.tile_loss * hunger)
    )
    return np.asarray(best / small)


def _best_of_distinct(sizes: tuple[Floats, ...]) -> Floats:
    """`_best_candidate` of what it takes, once for setups that it cannot tell apart."""
    setups, products = sizes[1].shape
    every = np.concatenate([np.broadcast_to(each, (setups, products)) for each in sizes], axis=1)
    places: dict[bytes, int] = {}
    where = [places.setdefault(row.tobytes(), len(places)) for row in every]
    _, first = np.unique(where, return_index=True)
    rows = max(1, _CHUNK // max(products * _CANDIDATES.shape[1], 1))
    parts = [
        _best_candidate(*(each[first[start : start + rows]] for each in sizes))
        for start in range(0, len(first), rows)
    ]
    return np.asarray(np.concatenate(parts)[where])


def _fastest_16_bit(hardware: Hardware) -> float:
    """The rate for which `tile_loss` and `half_k` hold; slower units wait less for operands."""
    compute = hardware.compute
    return max(compute.peak_flops(each) or 0.0 for each in ("fp16", "bf16", "tf32", "fp32"))


def _best_candidate(
    batch: Floats, m: Floats, n: Floats, inner: Floats, workers: Floats, loss: Floats
) -> Floats:
    """Arrays of shape (setups, products); `inner` is half_k / k, `loss` the tile_loss."""
    a, b, split = _CANDIDATES
    tiles = np.ceil(m[..., None] / a) * np.ceil(n[..., None] / b) * batch[..., None] * split
    of_tile = a * b * (1 + np.minimum(loss[..., None] * (1 / a + 1 / b), _MOST_TILE_LOSS))
    paid = np.ceil(tiles / workers[..., None]) * workers[..., None] * of_tile
    useful = (batch * m * n)[..., None]
    return np.asarray(np.max(useful / (paid * (1 / split + inner[..., None])), axis=-1))
