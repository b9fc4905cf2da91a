"""Small Keras models of the kinds that CNNs come in, for the tests of the translators.

Each function takes `keras` and returns a built model; random weights come from `randomise`.
"""


def lenet(keras):
    """LeNet-5 (LeCun et al., 1998): convolution, average pooling, dense layers."""
    k = keras.layers
    return keras.Sequential(
        [
            keras.Input((32, 28, 1)),
            k.Conv2D(6, 5, activation="tanh", padding="same", name="c1"),
            k.AveragePooling2D(2, name="s2"),
            k.Conv2D(16, 5, activation="tanh", name="c3"),
            k.AveragePooling2D(2, name="s4"),
            k.Flatten(name="flatten"),
            k.Dense(120, activation="tanh", name="c5"),
            k.Dense(84, activation="tanh", name="f6"),
            k.Dense(10, activation="softmax", name="output"),
        ]
    )


def residual(keras):
    """A block with a shortcut of its own (He et al., 2016), stride 2, and one without."""
    k = keras.layers
    image = keras.Input((15, 18, 3), name="image")

    def unit(x, filters, stride):
        y = k.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
        y = k.ReLU()(k.BatchNormalization()(y))
        y = k.BatchNormalization()(k.Conv2D(filters, 3, padding="same", use_bias=False)(y))
        if stride > 1:
            x = k.BatchNormalization()(k.Conv2D(filters, 1, strides=stride, use_bias=False)(x))
        return k.Activation("relu")(k.Add()([x, y]))

    x = k.ZeroPadding2D(3)(image)
    x = k.MaxPooling2D(3, strides=2)(k.Conv2D(8, 7, strides=2, name="stem")(x))
    x = unit(unit(x, 8, 1), 12, 2)
    return keras.Model(image, k.Dense(4, name="scores")(k.GlobalAveragePooling2D()(x)))


def inverted_residual(keras):
    """MobileNetV2's block (Sandler et al., 2018), with squeeze and excitation."""
    k = keras.layers
    image = keras.Input((12, 13, 4))

    def block(x, expansion, filters, stride):
        y = k.Conv2D(expansion * x.shape[-1], 1, use_bias=False)(x)
        y = k.ReLU(max_value=6.0)(k.BatchNormalization(momentum=0.999)(y))
        y = k.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(y)
        y = k.Activation("hard_silu")(k.BatchNormalization()(y))
        gate = k.Reshape((1, 1, y.shape[-1]))(k.GlobalAveragePooling2D()(y))
        gate = k.Conv2D(2, 1, activation="relu")(gate)
        gate = k.Conv2D(y.shape[-1], 1, activation="hard_sigmoid")(gate)
        y = k.Multiply()([y, gate])
        y = k.BatchNormalization()(k.Conv2D(filters, 1, use_bias=False)(y))
        return k.Add()([x, y]) if stride == 1 and filters == x.shape[-1] else y

    return keras.Model(image, block(block(image, 3, 4, 1), 2, 6, 2))


def unet(keras):
    """A U-Net of two levels (Ronneberger et al., 2015), for images of open size."""
    k = keras.layers
    image = keras.Input((None, None, 2))

    def twice(x, filters):
        for _ in range(2):
            x = k.Conv2D(filters, 3, padding="same", activation="relu")(x)
        return x

    fine = twice(image, 4)
    coarse = twice(k.MaxPooling2D()(fine), 6)
    up = k.Conv2DTranspose(4, 2, strides=2, padding="same")(coarse)
    x = twice(k.Concatenate()([fine, k.Dropout(0.3)(up)]), 4)
    return keras.Model(image, k.Conv2D(1, 1, activation="sigmoid", name="mask")(x))


def inception(keras):
    """Four branches side by side (Szegedy et al., 2015), one of them pooled by an average."""
    k = keras.layers
    image = keras.Input((11, 10, 3))
    branches = [
        k.Conv2D(2, 1, activation="relu")(image),
        k.Conv2D(3, 3, padding="same")(k.Conv2D(2, 1)(image)),
        k.Conv2D(2, (1, 5), padding="same")(k.Conv2D(2, (5, 1), padding="same")(image)),
        k.Conv2D(2, 1)(k.AveragePooling2D(3, strides=1, padding="same")(image)),
    ]
    mixed = k.concatenate(branches)
    return keras.Model(image, k.Dense(3)(k.Flatten()(k.MaxPooling2D(3, strides=2)(mixed))))


def fire(keras):
    """SqueezeNet's block (Iandola et al., 2016): squeeze, two expansions, no dense layer."""
    k = keras.layers
    image = keras.Input((13, 13, 3))
    x = k.MaxPooling2D(3, strides=2, padding="same")(k.Conv2D(6, 3, strides=2)(image))
    squeezed = k.Conv2D(2, 1, activation="relu", name="fire.squeeze")(x)
    wide = [
        k.Conv2D(4, size, padding="same", activation="relu", name=f"fire.expand{size}")(squeezed)
        for size in (1, 3)
    ]
    x = k.Dropout(0.5)(k.Concatenate(name="fire.concat")(wide))
    return keras.Model(image, k.Softmax()(k.GlobalAveragePooling2D()(k.Conv2D(5, 1)(x))))


def siamese(keras):
    """Two inputs through one shared encoder, two outputs; sums and scalings between layers."""
    k = keras.layers
    encoder = keras.Sequential(
        [
            keras.Input((8, 9, 2)),
            k.Conv2D(3, 3, strides=2, padding="same", name="conv"),
            k.LeakyReLU(name="leaky"),
            k.Flatten(name="flatten"),
            k.Dense(5, name="code"),
        ],
        name="encoder",
    )
    left, right = keras.Input((8, 9, 2), name="left"), keras.Input((8, 9, 2), name="right")
    a, b = encoder(left), encoder(right)
    distance = k.Subtract(name="distance")([a, b])
    mean = 0.5 * (a + b) - 1.0
    return keras.Model([left, right], [distance, k.Dense(2, name="scores")(mean)])


def nested(keras):
    """A chain that has a chain in it, which has another one in it."""
    k = keras.layers
    inner = keras.Sequential([k.Conv2D(3, 3, name="conv"), k.ReLU(name="relu")], name="inner")
    body = keras.Sequential([inner, k.MaxPooling2D(name="pool")], name="body")
    return keras.Sequential(
        [
            keras.Input((9, 8, 2)),
            k.Rescaling(1 / 3, name="scale"),
            body,
            k.Flatten(name="flatten"),
            k.BatchNormalization(name="norm"),
            k.Dropout(0.2, name="drop"),
            k.Dense(4, name="head"),
        ]
    )


MODELS = (lenet, residual, inverted_residual, unet, inception, fire, siamese, nested)
