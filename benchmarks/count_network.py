"""Parameters and floating-point operations of SMA-STN for one clip."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from smastn.faces.preparation import PreparationConfig
from smastn.inputs.brightness_images import BrightnessImages
from smastn.methods.network_interface import NetworkConfig, Shape
from smastn.methods.sma_stn.network import SmaStn


def main() -> None:
    images, size = len(BrightnessImages().image_names), PreparationConfig().size
    print(f"one clip: {images} dynamic images of {size} x {size}")
    network = SmaStn(NetworkConfig(), Shape(3, images, size)).eval()
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, images, 3, size, size))
    parameters = sum(value.numel() for value in network.parameters())
    print(f"{parameters:,} parameters, {counter.get_total_flops() / 1e6:,.0f} MFLOP")


if __name__ == "__main__":
    main()
