"""Each torch layer with random weights, translated to Keras: equal outputs, natural layers."""

import pytest
from torch import nn

from tests.keras_to_torch import keras_or_skip
from tests.torch_to_keras import agree, kinds, randomised

LINE, IMAGE, VOLUME = (4, 13), (4, 9, 12), (4, 7, 6, 9)
# What is made, the input without the batch, channels first, and the Keras layers that it becomes.
CONVOLUTIONS = {
    "1-D, stride 2": (lambda: nn.Conv1d(4, 6, 3, stride=2, padding=1), LINE, "Conv1D"),
    "rectangular": (
        lambda: nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0)),
        IMAGE,
        "ZeroPadding2D Conv2D",
    ),
    "padding 1, odd width": (lambda: nn.Conv2d(4, 6, 3, stride=2, padding=1), (4, 7, 9), "Conv2D"),
    "padding 1, even width": (
        lambda: nn.Conv2d(4, 6, 3, stride=2, padding=1),
        (4, 8, 9),
        "ZeroPadding2D Conv2D",
    ),
    "3-D": (lambda: nn.Conv3d(4, 6, 3, stride=2, padding=1), VOLUME, "ZeroPadding3D Conv3D"),
    "same, even kernel": (
        lambda: nn.Conv2d(4, 6, (4, 3), padding="same", dilation=(2, 1)),
        IMAGE,
        "Conv2D",
    ),
    "valid": (lambda: nn.Conv2d(4, 6, 3, padding="valid", bias=False), IMAGE, "Conv2D"),
    "reflect": (
        lambda: nn.Conv2d(4, 6, 3, padding=(1, 2), padding_mode="reflect"),
        IMAGE,
        "BorderPadding Conv2D",
    ),
    "replicate": (
        lambda: nn.Conv2d(4, 6, 3, padding=(1, 2), padding_mode="replicate"),
        IMAGE,
        "BorderPadding Conv2D",
    ),
    "circular": (
        lambda: nn.Conv2d(4, 6, 3, padding=(1, 2), padding_mode="circular"),
        IMAGE,
        "BorderPadding Conv2D",
    ),
    "same by reflection": (
        lambda: nn.Conv1d(4, 6, 4, padding="same", padding_mode="reflect"),
        LINE,
        "BorderPadding Conv1D",
    ),
    "stride and dilation": (
        lambda: nn.Conv2d(4, 6, 3, stride=2, dilation=2, padding=2),
        IMAGE,
        "ZeroPadding2D Conv2D MaxPooling2D",
    ),
    "groups": (
        lambda: nn.Conv2d(4, 6, 3, groups=2, stride=2, padding=1),
        IMAGE,
        "ZeroPadding2D Conv2D",
    ),
    "depthwise": (
        lambda: nn.Conv2d(4, 8, 3, groups=4, stride=2, padding=1),
        IMAGE,
        "ZeroPadding2D DepthwiseConv2D",
    ),
    "depthwise, uneven strides": (
        lambda: nn.Conv2d(4, 8, 3, groups=4, stride=(2, 1), padding=1),
        IMAGE,
        "Conv2D",
    ),
    "depthwise, stride and dilation": (
        lambda: nn.Conv2d(4, 4, 3, groups=4, dilation=2, stride=2, padding=2),
        IMAGE,
        "ZeroPadding2D DepthwiseConv2D",
    ),
    "depthwise 1-D": (lambda: nn.Conv1d(4, 4, 3, groups=4, dilation=2), LINE, "DepthwiseConv1D"),
    "depthwise 3-D": (lambda: nn.Conv3d(4, 8, 3, groups=4), VOLUME, "Conv3D"),
    "one channel": (lambda: nn.Conv2d(1, 3, 3), (1, 9, 8), "Conv2D"),
    "transposed, torch's usual": (
        lambda: nn.ConvTranspose2d(4, 3, 3, 2, 1, 1),
        IMAGE,
        "Conv2DTranspose Cropping2D",
    ),
    "transposed, same": (lambda: nn.ConvTranspose2d(4, 3, 4, 2, 1), IMAGE, "Conv2DTranspose"),
    "transposed, kernel as stride": (
        lambda: nn.ConvTranspose2d(4, 3, 2, 2),
        IMAGE,
        "Conv2DTranspose",
    ),
    "transposed, kernel below stride": (
        lambda: nn.ConvTranspose2d(4, 3, 2, 3),
        IMAGE,
        "Conv2DTranspose",
    ),
    "transposed, made whole": (
        lambda: nn.ConvTranspose2d(4, 3, 2, 3, 0, 1),
        IMAGE,
        "Conv2DTranspose",
    ),
    "transposed, more cells": (
        lambda: nn.ConvTranspose2d(4, 3, 3, 3, 0, 2),
        IMAGE,
        "Conv2DTranspose",
    ),
    "transposed, uneven": (
        lambda: nn.ConvTranspose2d(4, 3, (3, 5), (1, 2), (1, 2), (0, 1)),
        IMAGE,
        "Conv2DTranspose Cropping2D",
    ),
    "transposed, dilation": (
        lambda: nn.ConvTranspose2d(4, 3, 3, dilation=2, padding=1),
        IMAGE,
        "ZeroPadding2D Conv2D",
    ),
    "transposed, groups": (
        lambda: nn.ConvTranspose1d(4, 6, 3, groups=2),
        LINE,
        "ZeroPadding1D Conv1D",
    ),
    "transposed 1-D": (
        lambda: nn.ConvTranspose1d(4, 3, 5, 2, 2, 1),
        LINE,
        "Conv1DTranspose Cropping1D",
    ),
    "transposed 3-D": (
        lambda: nn.ConvTranspose3d(4, 3, 3, 2, 1, 1),
        VOLUME,
        "Conv3DTranspose Cropping3D",
    ),
}
POOLING = {
    "max": (lambda: nn.MaxPool2d(2), IMAGE, "MaxPooling2D"),
    "max, padded": (lambda: nn.MaxPool2d(3, 2, 1), IMAGE, "BorderPadding MaxPooling2D"),
    "max, same by chance": (lambda: nn.MaxPool2d(3, 2, 1), (4, 9, 7), "MaxPooling2D"),
    "max, ceil": (lambda: nn.MaxPool2d(3, 2, ceil_mode=True), (4, 10, 12), "MaxPooling2D"),
    "max, dilation": (
        lambda: nn.MaxPool2d(3, 2, 1, dilation=2),
        IMAGE,
        "BorderPadding DilatedMaxPooling",
    ),
    "max 1-D": (lambda: nn.MaxPool1d(3, 2, 1), (4, 12), "BorderPadding MaxPooling1D"),
    "max 3-D": (lambda: nn.MaxPool3d(2, ceil_mode=True), VOLUME, "MaxPooling3D"),
    "max 3-D, dilation": (lambda: nn.MaxPool3d(2, 1, dilation=2), VOLUME, "DilatedMaxPooling"),
    "max behind a ReLU": (
        lambda: nn.Sequential(nn.ReLU(), nn.Dropout(0.2), nn.MaxPool2d(3, 2, 1)),
        IMAGE,
        "ReLU Dropout ZeroPadding2D MaxPooling2D",
    ),
    "average": (lambda: nn.AvgPool2d(2), IMAGE, "AveragePooling2D"),
    "average, padded": (lambda: nn.AvgPool2d(3, 2, 1), IMAGE, "ZeroPadding2D AveragePooling2D"),
    "average, padding left out": (
        lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False),
        (4, 8, 12),
        "BorderAveragePooling",
    ),
    "average, left out at stride 1": (
        lambda: nn.AvgPool2d(3, 1, 1, count_include_pad=False),
        IMAGE,
        "AveragePooling2D",
    ),
    "average, ceil": (lambda: nn.AvgPool2d(3, 2, ceil_mode=True), (4, 10, 12), "AveragePooling2D"),
    "average, ceil and padding": (
        lambda: nn.AvgPool2d(3, 2, 1, ceil_mode=True),
        (4, 10, 12),
        "BorderAveragePooling",
    ),
    "average, ceil, left out": (
        lambda: nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False),
        (4, 10, 12),
        "BorderAveragePooling",
    ),
    "average, own divisor": (
        lambda: nn.AvgPool2d(3, 2, 1, divisor_override=5, ceil_mode=True),
        (4, 10, 12),
        "ZeroPadding2D AveragePooling2D Rescaling",
    ),
    "average 1-D": (
        lambda: nn.AvgPool1d(3, 2, 1, ceil_mode=True),
        LINE,
        "ZeroPadding1D AveragePooling1D",
    ),
    "average 3-D": (lambda: nn.AvgPool3d(3, 2, 1), VOLUME, "ZeroPadding3D AveragePooling3D"),
    "l2": (lambda: nn.LPPool2d(2, 3, 2), IMAGE, "L2Pooling"),
    "l1": (lambda: nn.LPPool2d(1, (3, 2)), IMAGE, "AveragePooling2D Rescaling"),
    "l2 1-D": (lambda: nn.LPPool1d(2, 3), LINE, "L2Pooling"),
    "l2 3-D": (lambda: nn.LPPool3d(2, 2), VOLUME, "L2Pooling"),
    "adaptive to one": (lambda: nn.AdaptiveAvgPool2d(1), IMAGE, "GlobalAveragePooling2D"),
    "adaptive, even": (lambda: nn.AdaptiveAvgPool2d((3, 4)), IMAGE, "AveragePooling2D"),
    "adaptive, uneven": (lambda: nn.AdaptiveAvgPool2d((4, 5)), IMAGE, "AdaptiveAveragePooling2D"),
    "adaptive, one axis": (
        lambda: nn.AdaptiveAvgPool2d((None, 5)),
        IMAGE,
        "AdaptiveAveragePooling2D",
    ),
    "adaptive, one window": (lambda: nn.AdaptiveAvgPool2d((1, 5)), IMAGE, "AdaptiveWindowPooling"),
    "adaptive, more windows than cells": (
        lambda: nn.AdaptiveMaxPool2d((11, 13)),
        (4, 9, 12),
        "AdaptiveMaxPooling2D",
    ),
    "adaptive max": (lambda: nn.AdaptiveMaxPool2d((4, 5)), IMAGE, "AdaptiveMaxPooling2D"),
    "adaptive max 1-D": (lambda: nn.AdaptiveMaxPool1d(1), LINE, "GlobalMaxPooling1D"),
    "adaptive max 3-D": (lambda: nn.AdaptiveMaxPool3d((2, 1, 4)), VOLUME, "AdaptiveWindowPooling"),
    "adaptive 3-D": (lambda: nn.AdaptiveAvgPool3d((3, 4, 5)), VOLUME, "AdaptiveAveragePooling3D"),
    "adaptive 1-D": (lambda: nn.AdaptiveAvgPool1d(5), LINE, "AdaptiveAveragePooling1D"),
}
PADDING_AND_SIZES = {
    "zeros": (lambda: nn.ZeroPad2d((1, 2, 3, 0)), IMAGE, "ZeroPadding2D"),
    "zeros and a crop": (lambda: nn.ZeroPad2d((1, -2, -3, 0)), IMAGE, "Cropping2D ZeroPadding2D"),
    "a constant": (lambda: nn.ConstantPad2d((1, 2, 3, 0), 1.5), IMAGE, "BorderPadding"),
    "a constant and a crop": (
        lambda: nn.ConstantPad1d((-1, 2), 1.5),
        LINE,
        "Cropping1D BorderPadding",
    ),
    "reflection": (lambda: nn.ReflectionPad2d((1, 2, 3, 0)), IMAGE, "BorderPadding"),
    "replication": (lambda: nn.ReplicationPad3d((1, 2, 3, 0, 1, 1)), VOLUME, "BorderPadding"),
    "circular": (lambda: nn.CircularPad2d((1, 2, 3, 0)), IMAGE, "BorderPadding"),
    "reflection 1-D": (lambda: nn.ReflectionPad1d(3), LINE, "BorderPadding"),
    "zeros 3-D": (lambda: nn.ZeroPad3d(1), VOLUME, "ZeroPadding3D"),
    "nearest": (lambda: nn.Upsample(scale_factor=2), IMAGE, "UpSampling2D"),
    "bilinear": (lambda: nn.Upsample(scale_factor=(2, 3), mode="bilinear"), IMAGE, "UpSampling2D"),
    "to a size": (lambda: nn.Upsample(size=(18, 36)), IMAGE, "UpSampling2D"),
    "nearest 1-D": (lambda: nn.Upsample(scale_factor=3), LINE, "UpSampling1D"),
    "nearest 3-D": (lambda: nn.Upsample(scale_factor=2), VOLUME, "UpSampling3D"),
    "pixel shuffle": (lambda: nn.PixelShuffle(2), IMAGE, "Permute Reshape Permute Reshape"),
    "pixel unshuffle": (
        lambda: nn.PixelUnshuffle(3),
        IMAGE,
        "Permute Reshape Permute Reshape Permute",
    ),
    "channel shuffle": (
        lambda: nn.ChannelShuffle(2),
        IMAGE,
        "Permute Reshape Permute Reshape Permute",
    ),
    "flatten": (lambda: nn.Flatten(), IMAGE, "Permute Flatten"),
    "flatten two axes": (lambda: nn.Flatten(2), IMAGE, "Permute Reshape Permute"),
    "flatten, dense": (
        lambda: nn.Sequential(nn.Flatten(), nn.Linear(432, 3)),
        IMAGE,
        "Flatten Dense",
    ),
    "unflatten": (
        lambda: nn.Sequential(nn.Linear(6, 24), nn.Unflatten(1, (2, 3, 4))),
        (6,),
        "Dense Reshape Permute",
    ),
}
OTHERS = {
    "batch norm": (lambda: nn.BatchNorm2d(4), IMAGE, "BatchNormalization"),
    "batch norm, not affine": (
        lambda: nn.BatchNorm2d(4, affine=False, eps=1e-3, momentum=0.3),
        IMAGE,
        "BatchNormalization",
    ),
    "batch norm of features": (lambda: nn.BatchNorm1d(7), (7,), "BatchNormalization"),
    "batch norm 1-D": (lambda: nn.BatchNorm1d(4), LINE, "BatchNormalization"),
    "batch norm 3-D": (lambda: nn.BatchNorm3d(4), VOLUME, "BatchNormalization"),
    "layer norm, last axis": (lambda: nn.LayerNorm(12), IMAGE, "LayerNormalization"),
    "layer norm, all": (lambda: nn.LayerNorm((4, 9, 12)), IMAGE, "LayerNormalization"),
    "layer norm, no shift": (
        lambda: nn.LayerNorm((9, 12), bias=False),
        IMAGE,
        "LayerNormalization",
    ),
    "layer norm of features": (
        lambda: nn.LayerNorm(7, elementwise_affine=False),
        (7,),
        "LayerNormalization",
    ),
    "group norm": (lambda: nn.GroupNorm(2, 4), IMAGE, "GroupNormalization"),
    "group norm 1-D": (lambda: nn.GroupNorm(1, 4, affine=False), LINE, "GroupNormalization"),
    "group norm of features": (lambda: nn.GroupNorm(2, 8), (8,), "GroupNormalization"),
    "instance norm": (lambda: nn.InstanceNorm2d(4), IMAGE, "GroupNormalization"),
    "instance norm, affine": (
        lambda: nn.InstanceNorm3d(4, affine=True),
        VOLUME,
        "GroupNormalization",
    ),
    "dense": (lambda: nn.Linear(7, 3), (7,), "Dense"),
    "dense on the last axis of maps": (lambda: nn.Linear(12, 3), IMAGE, "Permute Dense Permute"),
    "dense on lines": (lambda: nn.Linear(13, 3, bias=False), LINE, "Permute Dense Permute"),
    "dropout": (lambda: nn.Dropout(0.3), IMAGE, "Dropout"),
    "dropout of channels": (lambda: nn.Dropout2d(0.3), IMAGE, "SpatialDropout2D"),
    "identity": (lambda: nn.Identity(), IMAGE, "Identity"),
    "doubles": (lambda: nn.Conv2d(4, 2, 3).double(), IMAGE, "Conv2D"),
    "weight norm": (
        lambda: nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 2, 3))),
        IMAGE,
        "Conv2D",
    ),
}
ACTIVATIONS = {
    "ReLU()": (lambda: nn.ReLU(), IMAGE, "ReLU"),
    "ReLU6()": (lambda: nn.ReLU6(), IMAGE, "ReLU"),
    "LeakyReLU(0.3)": (lambda: nn.LeakyReLU(0.3), IMAGE, "LeakyReLU"),
    "PReLU()": (lambda: nn.PReLU(), IMAGE, "PReLU"),
    "PReLU(4)": (lambda: nn.PReLU(4), IMAGE, "PReLU"),
    "ELU(0.7)": (lambda: nn.ELU(0.7), IMAGE, "ELU"),
    "SELU()": (lambda: nn.SELU(), IMAGE, "Activation"),
    "CELU()": (lambda: nn.CELU(), IMAGE, "Activation"),
    "CELU(0.6)": (lambda: nn.CELU(0.6), IMAGE, "ActivationFunction"),
    "GELU()": (lambda: nn.GELU(), IMAGE, "Activation"),
    'GELU("tanh")': (lambda: nn.GELU("tanh"), IMAGE, "ActivationFunction"),
    "SiLU()": (lambda: nn.SiLU(), IMAGE, "Activation"),
    "Mish()": (lambda: nn.Mish(), IMAGE, "Activation"),
    "Sigmoid()": (lambda: nn.Sigmoid(), IMAGE, "Activation"),
    "Tanh()": (lambda: nn.Tanh(), IMAGE, "Activation"),
    "Hardtanh()": (lambda: nn.Hardtanh(), IMAGE, "Activation"),
    "Hardtanh(-0.4, 1.2)": (lambda: nn.Hardtanh(-0.4, 1.2), IMAGE, "ActivationFunction"),
    "Hardtanh(0, 2)": (lambda: nn.Hardtanh(0, 2), IMAGE, "ReLU"),
    "Hardsigmoid()": (lambda: nn.Hardsigmoid(), IMAGE, "Activation"),
    "Hardswish()": (lambda: nn.Hardswish(), IMAGE, "Activation"),
    "Softmax(1)": (lambda: nn.Softmax(1), IMAGE, "Softmax"),
    "Softmax(-1)": (lambda: nn.Softmax(-1), IMAGE, "Softmax"),
    "Softmax2d()": (lambda: nn.Softmax2d(), IMAGE, "Softmax"),
    "LogSoftmax(1)": (lambda: nn.LogSoftmax(1), IMAGE, "Activation"),
    "LogSoftmax(2)": (lambda: nn.LogSoftmax(2), IMAGE, "ActivationFunction"),
    "Softplus()": (lambda: nn.Softplus(), IMAGE, "Activation"),
    "Softplus(2.5)": (lambda: nn.Softplus(2.5), IMAGE, "Rescaling Activation Rescaling"),
    "Softsign()": (lambda: nn.Softsign(), IMAGE, "Activation"),
    "LogSigmoid()": (lambda: nn.LogSigmoid(), IMAGE, "Activation"),
    "Hardshrink()": (lambda: nn.Hardshrink(), IMAGE, "Activation"),
    "Softshrink(0.3)": (lambda: nn.Softshrink(0.3), IMAGE, "ActivationFunction"),
    "Tanhshrink()": (lambda: nn.Tanhshrink(), IMAGE, "Activation"),
    "Threshold(0.3, 0)": (lambda: nn.Threshold(0.3, 0), IMAGE, "ReLU"),
}


@pytest.mark.parametrize(
    ("make", "shape", "wanted"),
    [
        pytest.param(*case, id=name)
        for table in (CONVOLUTIONS, POOLING, PADDING_AND_SIZES, OTHERS, ACTIVATIONS)
        for name, case in table.items()
    ],
)
def test_a_layer_gives_the_same_in_keras(make, shape, wanted):
    keras_or_skip()
    from cnncourse.frameworks import to_keras

    module = randomised(make())
    model = to_keras(module, input_shape=shape)
    agree(module, model, shape)
    assert kinds(model) == wanted
