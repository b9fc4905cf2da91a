"""Small torch networks of the usual kinds, for the tests of the translators."""

import torch
import torch.nn.functional as F
from torch import nn


class Tutorial(nn.Module):
    """The CIFAR-10 network of PyTorch's tutorial, which is LeNet-5 with ReLU and max pooling."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


class Digits(nn.Module):
    """The MNIST example in its older form: functions, `view`, dropout by `self.training`."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, kernel_size=5)
        self.conv2 = nn.Conv2d(4, 6, kernel_size=5)
        self.drop = nn.Dropout2d()
        self.fc1 = nn.Linear(96, 20)
        self.fc2 = nn.Linear(20, 10)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.drop(self.conv2(x)), 2))
        x = x.view(-1, 96)
        x = F.relu(self.fc1(x))
        x = F.dropout(x, training=self.training)
        return F.log_softmax(self.fc2(x), dim=1)


class ResidualBlock(nn.Module):
    def __init__(self, channels_in, channels_out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels_out)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels_out)
        self.downsample = None
        if stride != 1 or channels_in != channels_out:
            self.downsample = nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 1, stride, bias=False),
                nn.BatchNorm2d(channels_out),
            )

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 4, 7, 2, 3, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2, 1),
        )
        self.layer1 = ResidualBlock(4, 4)
        self.layer2 = ResidualBlock(4, 6, 2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        x = self.layer2(self.layer1(self.stem(x)))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class InvertedResidual(nn.Module):
    def __init__(self, channels=4, widening=2):
        super().__init__()
        hidden = channels * widening
        self.conv = nn.Sequential(
            nn.Conv2d(channels, hidden, 1, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(inplace=True),
            nn.Conv2d(hidden, hidden, 3, 1, 1, groups=hidden, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(inplace=True),
            nn.Conv2d(hidden, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x):
        return x + self.conv(x)


class UNet(nn.Module):
    """Two steps down and up; sizes that do not halve are padded, as in Ronneberger et al., 2015."""

    def __init__(self):
        super().__init__()
        self.down1, self.down2 = self.block(1, 4), self.block(4, 6)
        self.bottom = self.block(6, 8)
        self.up2, self.up1 = nn.ConvTranspose2d(8, 6, 2, 2), nn.ConvTranspose2d(6, 4, 2, 2)
        self.join2, self.join1 = self.block(12, 6), self.block(8, 4)
        self.pool, self.last = nn.MaxPool2d(2), nn.Conv2d(4, 2, 1)

    @staticmethod
    def block(channels_in, channels_out):
        return nn.Sequential(nn.Conv2d(channels_in, channels_out, 3, padding=1), nn.ReLU())

    @staticmethod
    def joined(skipped, x):
        rows, columns = skipped.size(2) - x.size(2), skipped.size(3) - x.size(3)
        x = F.pad(x, [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2])
        return torch.cat([skipped, x], dim=1)

    def forward(self, x):
        first = self.down1(x)
        second = self.down2(self.pool(first))
        x = self.join2(self.joined(second, self.up2(self.bottom(self.pool(second)))))
        return self.last(self.join1(self.joined(first, self.up1(x))))


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Conv2d(4, 2, 1)
        self.middle = nn.Sequential(nn.Conv2d(4, 2, 1), nn.ReLU(), nn.Conv2d(2, 3, 3, padding=1))
        self.large = nn.Conv2d(4, 2, 5, padding=2)
        self.pooled = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(4, 2, 1))

    def forward(self, x):
        branches = (self.small, self.middle, self.large, self.pooled)
        return torch.cat([F.relu(branch(x)) for branch in branches], 1)


class Twins(nn.Module):
    """One network for two inputs, and two outputs."""

    def __init__(self):
        super().__init__()
        self.conv, self.dense = nn.Conv2d(4, 4, 3, padding=1), nn.Linear(4, 3)

    def features(self, x):
        return self.dense(F.adaptive_avg_pool2d(self.conv(self.conv(x)), 1).flatten(1))

    def forward(self, x, y):
        a, b = self.features(x), self.features(y)
        return a - b, a


class TwoHeads(nn.Module):
    """A flatten behind which features are normalised and read twice."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(2, 3, 3), nn.BatchNorm1d(60)
        self.first, self.second = nn.Linear(60, 4), nn.Linear(60, 2)

    def forward(self, x):
        features = F.relu(self.norm(self.conv(x).flatten(1)))
        return self.first(features), self.second(features)


class Attention(nn.Module):
    """Weights for channels (squeeze and excite), then for pixels."""

    def __init__(self):
        super().__init__()
        self.excite = nn.Sequential(nn.Linear(4, 2), nn.ReLU(), nn.Linear(2, 4), nn.Sigmoid())
        self.conv = nn.Conv2d(2, 1, 7, padding=3)

    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.excite(F.adaptive_avg_pool2d(x, 1).view(b, c)).view(b, c, 1, 1)
        x = x * y.expand_as(x)
        mean = torch.mean(x, dim=1, keepdim=True)
        largest, _ = torch.max(x, dim=1, keepdim=True)
        return x * torch.sigmoid(self.conv(torch.cat([mean, largest], dim=1)))


NETWORKS = {
    "tutorial": (Tutorial, (3, 32, 32)),
    "digits": (Digits, (1, 28, 28)),
    "residual": (Residual, (3, 29, 38)),
    "inverted residual": (InvertedResidual, (4, 9, 12)),
    "U-Net": (UNet, (1, 13, 18)),
    "Inception": (Inception, (4, 9, 8)),
    "twins": (Twins, [(4, 9, 8), (4, 7, 6)]),
    "two heads": (TwoHeads, (2, 6, 7)),
    "attention": (Attention, (4, 9, 8)),
}
"""Each with the shape, or shapes, of its input."""
