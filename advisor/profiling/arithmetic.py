"""FLOPs beside the multiply-adds, by operator: one convention for each kind of work.

A model's headline count is its multiply-adds: matrix products, convolutions, attention. What
else it computes is counted apart, as single floating-point operations:

- pointwise work, whatever the function: 1 an output element (as XLA's cost analysis);
- reductions, scans: 1 an input element; pooling: 1 an element of each window;
- softmax: 5 an element (maximum, subtraction, exponential, sum, division), also inside fused
  attention, on batch × query tokens × key tokens scores;
- batch normalisation in evaluation: 2 an element; layer, group and instance: 5; RMS: 4
  (as fvcore where it counts them);
- interpolation and grid sampling: 2 a neighbour that an output element is mixed from;
- Fourier transforms: 5 N log2 N for each complex transform of N points, half of it where one
  side is real (as FFTW);
- bags of embeddings: 1 an element gathered; recurrent cells: 9 (LSTM), 8 (GRU) or 1 for each
  hidden unit, step and direction, beside their matrices;
- copies, look-ups, comparisons, sorting, whatever makes no floating-point numbers: none.

The addition of a bias belongs to the multiply-adds of its product.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from advisor.profiling.calls import Call, TensorFact
from advisor.profiling.kinds import WorkKind, base_name, names_in, work_kind
from advisor.profiling.matrix import Product

_MOVES = ("copy", "view")
_SOFTMAX = 5
_NORMS = {
    "batch_norm": 2, "native_batch_norm": 2, "cudnn_batch_norm": 2,
    "_native_batch_norm_legit": 2, "_native_batch_norm_legit_functional": 2,
    "_native_batch_norm_legit_no_training": 2,
    "rms_norm": 4, "_fused_rms_norm": 4, "local_response_norm": 5,
}  # fmt: skip
_ANY_OTHER_NORM = 5
_TRAINING = 5
"""Position of the switch among the arguments of `aten::batch_norm`."""
_NEIGHBOURS = {"linear1d": 2, "bilinear2d": 4, "bicubic2d": 16, "trilinear3d": 8}
_CELL_OPERATIONS = {"lstm": 9, "gru": 8, "rnn_tanh": 1, "rnn_relu": 1}
_WITHOUT_ARITHMETIC = names_in(
    "embedding topk sort argsort argmin argmax median msort bincount histc unique"
    " unique_consecutive _unique2 cummax cummin mode kthvalue quantile searchsorted bucketize"
    " dropout feature_dropout alpha_dropout feature_alpha_dropout"
)
_SOFTMAXES = names_in(
    "softmax _softmax log_softmax _log_softmax _safe_softmax _masked_softmax special_softmax"
    " special_log_softmax cross_entropy_loss"
)


def other_flops(call: Call, kind: WorkKind, product: Product | None) -> int | None:
    """FLOPs of `call` beside its multiply-adds; None where no convention covers it."""
    base = base_name(call.name)
    if kind in _MOVES or base in _WITHOUT_ARITHMETIC or not _makes_numbers(call):
        return 0
    special = _SPECIAL.get(base)
    if special is not None:
        return special(call)
    if kind in ("matmul", "conv", "attention"):
        counted = product is not None or call.multiply_adds is not None
        return _SOFTMAX * _scores(kind, product) if counted else None
    return _by_kind(call, kind) if work_kind(call.name) is not None else None


def _by_kind(call: Call, kind: WorkKind) -> int:
    base = base_name(call.name)
    if base == "batch_norm" and call.argument(_TRAINING):
        return _ANY_OTHER_NORM * _elements(_first(call))
    if kind == "norm":
        return _NORMS.get(base, _ANY_OTHER_NORM) * _elements(_first(call))
    if kind == "reduction":
        return (_SOFTMAX if base in _SOFTMAXES else 1) * _elements(_first(call))
    return _elements(call.outputs[0])


def _makes_numbers(call: Call) -> bool:
    return any(each.dtype.is_floating_point or each.dtype.is_complex for each in call.outputs)


def _first(call: Call) -> TensorFact:
    return next(call.tensors(), call.outputs[0])


def _elements(fact: TensorFact) -> int:
    return math.prod(fact.shape)


def _scores(kind: WorkKind, product: Product | None) -> int:
    if kind != "attention" or product is None or product.m is None or product.n is None:
        return 0
    return product.batch * product.m * product.n


def _window(call: Call) -> int:
    """Pooling with a stated window: its elements, for each output element."""
    window = call.argument(1)
    sizes = window if isinstance(window, (list, tuple)) else [window]
    known = [each for each in sizes if isinstance(each, int)]
    spatial = len(call.outputs[0].shape) - 2
    return _elements(call.outputs[0]) * math.prod(known * spatial if len(known) == 1 else known)


def _interpolated(neighbours: int) -> Callable[[Call], int]:
    return lambda call: 2 * neighbours * _elements(call.outputs[0])


def _grid_sample(call: Call) -> int:
    neighbours = 1 << (len(call.outputs[0].shape) - 2)
    return 2 * neighbours * _elements(call.outputs[0])


def _fourier(call: Call) -> int:
    """The transform along the stated axes; half where one side of it is real."""
    source, output = _first(call), call.outputs[0]
    full = source if _elements(source) >= _elements(output) else output
    points = math.prod(full.shape[axis] for axis in _fourier_axes(call, full))
    flops = 5 * _elements(full) * math.log2(max(points, 1))
    both_complex = source.dtype.is_complex and output.dtype.is_complex
    return round(flops if both_complex else flops / 2)


def _short_time_fourier(call: Call) -> int:
    """A real transform of `n_fft` points and its window for each frame of each signal."""
    points, output = int(call.arguments[1]), call.outputs[0]
    frames = _elements(output) // int(output.shape[-2 - (not output.dtype.is_complex)])
    return round(frames * points * (2.5 * math.log2(points) + 1))


def _inverse_short_time_fourier(call: Call) -> int:
    """As `_short_time_fourier`: of a complex (…, n_fft // 2 + 1, frames) input."""
    points, source = int(call.arguments[1]), _first(call)
    frames = _elements(source) // int(source.shape[-2])
    return round(frames * points * (2.5 * math.log2(points) + 1))


def _fourier_axes(call: Call, fact: TensorFact) -> list[int]:
    """Transform axes: the third argument, else as many last ones as the name says."""
    stated = call.argument(2 if not call.name.startswith("aten::_fft") else 1)
    if isinstance(stated, int):
        return [stated]
    if isinstance(stated, (list, tuple)) and stated:
        return [each for each in stated if isinstance(each, int)]
    base = base_name(call.name)
    if base.endswith("n"):
        return list(range(len(fact.shape)))
    return [-2, -1] if base.endswith("2") else [-1]


def _bag(call: Call) -> int:
    """One addition for each element gathered: indices × width of the table."""
    table, indices = call.arguments[0], call.arguments[1]
    return _elements(indices) * int(table.shape[-1])


def _recurrent(call: Call) -> int:
    # The first output holds the hidden state of every step, both directions side by side.
    return _CELL_OPERATIONS[base_name(call.name)] * _elements(call.outputs[0]) * _layers(call)


def _layers(call: Call) -> int:
    """Layers of a recurrent call: the argument after has_biases; 1 where a trace hides it."""
    numbers = [each for each in call.arguments if type(each) is int]
    return numbers[0] if numbers else 1


_SPECIAL: dict[str, Callable[[Call], int]] = {
    **{f"{name}_pool{size}d": _window for size in (1, 2, 3) for name in ("avg", "max")},
    **{f"max_pool{size}d_with_indices": _window for size in (1, 2, 3)},
    **{
        f"{prefix}upsample_{name}{suffix}": _interpolated(count)
        for name, count in _NEIGHBOURS.items()
        for prefix in ("", "_")
        for suffix in ("", "_aa")
    },
    **dict.fromkeys(("grid_sampler", "grid_sampler_2d", "grid_sampler_3d"), _grid_sample),
    **dict.fromkeys(
        (
            f"fft_{direction}{size}"
            for direction in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
            for size in ("", "2", "n")
        ),
        _fourier,
    ),
    "stft": _short_time_fourier,
    "istft": _inverse_short_time_fourier,
    **dict.fromkeys(("_fft_c2c", "_fft_r2c", "_fft_c2r"), _fourier),
    **dict.fromkeys(("embedding_bag", "_embedding_bag", "_embedding_bag_forward_only"), _bag),
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _recurrent),
}
