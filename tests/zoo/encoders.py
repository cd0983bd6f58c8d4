"""Encoders, encoder-decoders, vision and speech models at their published sizes."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]


def _facts(model_type: str, architecture: str, **facts: Any) -> Facts:
    return {"model_type": model_type, "architectures": [architecture], **facts}


_BASE = {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12}
_BASE_TEXT = {**_BASE, "intermediate_size": 3072}

TEXT: dict[str, Facts] = {
    "bert-base": _facts("bert", "BertForMaskedLM", **_BASE_TEXT, vocab_size=30522),
    "roberta-base": _facts(
        "roberta",
        "RobertaForSequenceClassification",
        **_BASE_TEXT,
        vocab_size=50265,
        max_position_embeddings=514,
        type_vocab_size=1,
    ),
    "deberta-v3-base": _facts(
        "deberta-v2",
        "DebertaV2ForSequenceClassification",
        **_BASE_TEXT,
        vocab_size=128100,
        relative_attention=True,
        position_buckets=256,
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        pos_att_type=["p2c", "c2p"],
        position_biased_input=False,
        type_vocab_size=0,
        max_relative_positions=-1,
    ),
    "t5-base": _facts(
        "t5",
        "T5ForConditionalGeneration",
        d_model=768,
        d_ff=3072,
        d_kv=64,
        num_layers=12,
        num_heads=12,
        vocab_size=32128,
    ),
    "bart-large": _facts(
        "bart",
        "BartForConditionalGeneration",
        d_model=1024,
        encoder_layers=12,
        decoder_layers=12,
        encoder_attention_heads=16,
        decoder_attention_heads=16,
        encoder_ffn_dim=4096,
        decoder_ffn_dim=4096,
        vocab_size=50265,
    ),
}

VISION: dict[str, Facts] = {
    "vit-base": _facts(
        "vit", "ViTForImageClassification", **_BASE_TEXT, image_size=224, patch_size=16
    ),
    "deit-base": _facts(
        "deit", "DeiTForImageClassification", **_BASE_TEXT, image_size=224, patch_size=16
    ),
    "swin-tiny": _facts(
        "swin",
        "SwinForImageClassification",
        image_size=224,
        patch_size=4,
        embed_dim=96,
        depths=[2, 2, 6, 2],
        num_heads=[3, 6, 12, 24],
        window_size=7,
    ),
    "convnext-tiny": _facts(
        "convnext",
        "ConvNextForImageClassification",
        image_size=224,
        depths=[3, 3, 9, 3],
        hidden_sizes=[96, 192, 384, 768],
    ),
    "resnet-50": _facts(
        "resnet",
        "ResNetForImageClassification",
        image_size=224,
        depths=[3, 4, 6, 3],
        hidden_sizes=[256, 512, 1024, 2048],
        layer_type="bottleneck",
    ),
    "segformer-b0": _facts(
        "segformer",
        "SegformerForSemanticSegmentation",
        image_size=512,
        depths=[2, 2, 2, 2],
        hidden_sizes=[32, 64, 160, 256],
        num_attention_heads=[1, 2, 5, 8],
        sr_ratios=[8, 4, 2, 1],
        decoder_hidden_size=256,
    ),
    "dinov2-base": _facts(
        "dinov2", "Dinov2ForImageClassification", **_BASE, image_size=518, patch_size=14
    ),
    "beit-base": _facts(
        "beit", "BeitForImageClassification", **_BASE_TEXT, image_size=224, patch_size=16
    ),
    "mobilenet-v2": _facts("mobilenet_v2", "MobileNetV2ForImageClassification", image_size=224),
    "efficientnet-b0": _facts(
        "efficientnet",
        "EfficientNetForImageClassification",
        image_size=224,
        width_coefficient=1.0,
        depth_coefficient=1.0,
        hidden_dim=1280,
    ),
    "regnet-y-040": _facts(
        "regnet",
        "RegNetForImageClassification",
        image_size=224,
        hidden_sizes=[128, 192, 512, 1088],
        depths=[2, 6, 12, 2],
        groups_width=64,
    ),
}
