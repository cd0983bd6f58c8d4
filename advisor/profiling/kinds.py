"""What kind of work an aten operator is, by its name, its schema and PyTorch's own tags.

Views move no bytes and get no row. Pointwise operators and reductions are told by
`torch.Tag.pointwise` and `torch.Tag.reduction`; only what has no tag is listed here.
"""

from __future__ import annotations

import functools
from typing import Any, Literal

import torch

from advisor.profiling.profile import OperatorKind

WorkKind = OperatorKind | Literal["view"]


def names_in(text: str) -> frozenset[str]:
    """The names in `text`, which are separated by blanks."""
    return frozenset(text.split())


MATRIX_PRODUCTS = names_in(
    "linear addmm mm mv matmul bmm baddbmm addbmm einsum dot vdot addmv inner tensordot bilinear"
    " linalg_matmul linalg_multi_dot chain_matmul cdist _cdist_forward _euclidean_dist"
    " _addmm_activation mkldnn_linear _weight_int8pack_mm _weight_int4pack_mm"
    " _weight_int4pack_mm_for_cpu _dyn_quant_matmul_4bit _int_mm _scaled_mm _scaled_mm_v2"
    " _grouped_mm _scaled_grouped_mm _scaled_grouped_mm_v2 grouped_mm_fallback"
    " lstm gru rnn_tanh rnn_relu mkldnn_rnn_layer affine_grid_generator"
    " _native_multi_head_attention _transformer_encoder_layer_fwd"
)
CONVOLUTIONS = frozenset(["_convolution", "convolution"])
ATTENTION = names_in(
    "scaled_dot_product_attention _scaled_dot_product_flash_attention_for_cpu"
    " _scaled_dot_product_flash_attention _scaled_dot_product_efficient_attention"
    " _scaled_dot_product_cudnn_attention _scaled_dot_product_fused_attention_overrideable"
    " _scaled_dot_product_attention_math flex_attention"
)
_NORMS = names_in(
    "batch_norm layer_norm group_norm instance_norm rms_norm local_response_norm"
    " native_layer_norm native_batch_norm native_group_norm _fused_rms_norm cudnn_batch_norm"
    " _native_batch_norm_legit _native_batch_norm_legit_no_training"
    " _native_batch_norm_legit_functional _weight_norm _weight_norm_interface"
)
_EMBEDDINGS = names_in("embedding embedding_bag _embedding_bag _embedding_bag_forward_only")
_REDUCTIONS = names_in(
    "softmax _softmax log_softmax _log_softmax cumsum cumprod logcumsumexp topk sort argsort"
    " argmin max_pool1d max_pool2d max_pool3d max_pool2d_with_indices avg_pool1d avg_pool2d"
    " avg_pool3d adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d _adaptive_avg_pool2d"
    " _adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d"
    " bincount histc median msort unique"
    " unique_consecutive _unique2 cummax cummin mode kthvalue quantile searchsorted bucketize"
    " frobenius_norm linalg_norm linalg_matrix_norm linalg_vecdot _safe_softmax _masked_softmax"
    " special_softmax special_log_softmax special_logsumexp _logcumsumexp _aminmax trace nanmean"
    " cross_entropy_loss nll_loss nll_loss_nd max_pool3d_with_indices trapezoid trapz istft"
)
_COPIES = names_in(
    "contiguous clone copy cat concat stack hstack vstack to _to_copy type_as float half double"
    " index index_select gather take_along_dim scatter index_put index_copy masked_scatter"
    " repeat repeat_interleave tile pad constant_pad_nd reflection_pad1d reflection_pad2d"
    " replication_pad2d roll flip tril triu arange zeros ones full zeros_like ones_like"
    " full_like new_zeros new_ones new_full scalar_tensor one_hot nonzero pixel_shuffle"
    " pixel_unshuffle channel_shuffle im2col upsample_nearest1d upsample_nearest2d"
    " upsample_nearest3d meshgrid masked_select fill zero eye linspace select_scatter"
    " slice_scatter _unsafe_index lift_fresh_copy"
    " block_diag cartesian_prod col2im column_stack diag diag_embed diagflat fill_diagonal fliplr"
    " flipud index_fill masked_scatter multinomial pad_sequence randint randint_like randperm"
    " reflection_pad3d replication_pad1d replication_pad3d rot90 take tril_indices triu_indices"
    " nonzero_static _index_put_impl _unsafe_index_put _pack_padded_sequence _pad_packed_sequence"
    " _upsample_nearest_exact1d _upsample_nearest_exact2d _upsample_nearest_exact3d fft_fftshift"
    " fft_ifftshift fft_fftfreq fft_rfftfreq hann_window view_copy"
)
_UNTAGGED_POINTWISE = names_in(
    "absolute addr arccos arccosh arcsin arcsinh arctan arctan2 arctanh bernoulli complex"
    " cosine_similarity cross dequantize diff divide exponential floor_divide ger glu"
    " greater greater_equal hardswish huber_loss index_add index_reduce kl_div kron l1_loss less"
    " less_equal linalg_cross"
    " log_sigmoid log_sigmoid_forward modf mse_loss multiply native_dropout negative normal"
    " not_equal outer pairwise_distance polar prelu _prelu_kernel rand rand_like randn randn_like"
    " renorm rrelu_with_noise scatter_add scatter_reduce smooth_l1_loss special_erf special_erfc"
    " special_expit special_expm1 special_log1p special_logit special_round special_sinc"
    " special_xlogy subtract uniform binary_cross_entropy binary_cross_entropy_with_logits"
)
_VIEWS = names_in(
    "size stride dim numel empty empty_like new_empty empty_strided Int ScalarImplicit"
    " FloatImplicit IntImplicit Bool Float item _local_scalar_dense detach lift is_nonzero"
    " _unsafe_view _shape_as_tensor resolve_conj unsafe_chunk unsafe_split"
    " unsafe_split_with_sizes ListUnpack atleast_1d atleast_2d"
)


def base_name(name: str) -> str:
    """The operator's name without its namespace and without the mark of an in-place call."""
    short = name.rpartition("::")[2]
    return short[:-1] if short.endswith("_") and not short.endswith("__") else short


@functools.cache
def work_kind(name: str) -> WorkKind | None:
    """The kind of `name`; None where nothing tells."""
    base = base_name(name)
    listed: tuple[tuple[frozenset[str], WorkKind], ...] = (
        (MATRIX_PRODUCTS, "matmul"),
        (CONVOLUTIONS, "conv"),
        (ATTENTION, "attention"),
        (_NORMS, "norm"),
        (_EMBEDDINGS, "embedding"),
        (_REDUCTIONS, "reduction"),
        (_COPIES, "copy"),
        (_VIEWS, "view"),
        (_UNTAGGED_POINTWISE, "elementwise"),
    )
    for names, kind in listed:
        if base in names:
            return kind
    return _tagged_kind(base)


def _tagged_kind(base: str) -> WorkKind | None:
    """The kind by the operator's overloads: an alias that is not written to is a view."""
    packet: Any = getattr(torch.ops.aten, base, None)
    overloads = packet.overloads() if hasattr(packet, "overloads") else []
    for overload in (getattr(packet, each) for each in overloads):
        returned = overload._schema.returns  # noqa: SLF001 - OpOverload has no public schema
        alias = returned[0].alias_info if returned else None
        if alias is not None and not alias.is_write:
            return "view"
        if torch.Tag.reduction in overload.tags:
            return "reduction"
        if torch.Tag.pointwise in overload.tags:
            return "elementwise"
    return None


def registered_operators() -> tuple[str, ...]:
    """The qualified name of every operator that is registered now, libraries' own included."""
    return _qualified_names(tuple(torch._C._dispatch_get_all_op_names()))  # noqa: SLF001 - listed nowhere else


@functools.lru_cache(maxsize=1)
def _qualified_names(registered: tuple[str, ...]) -> tuple[str, ...]:
    """Those and what only a trace has, looked up once for the same `registered` ones."""
    schemas = torch._C._jit_get_all_schemas()  # noqa: SLF001 - PyTorch lists them nowhere else
    return tuple(sorted({each.name for each in schemas if not each.name.startswith("prim::")}))
