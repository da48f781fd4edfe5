"""A matplotlib figure that is laid out in inches from its top left corner."""

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from smastn.media.frame_array import Image

INK, FAINT, RULE, GROUND = "#1c1f26", "#667085", "#d5d9e0", "#ffffff"
SPEECH = "#7ba3c4"
"""Colours of text, secondary text, rules, background, and speech."""

DPI = 120
"""Pixels an inch."""

_ASCENT, _LEADING = 0.76, 1.65  # of letters and lines, as a share of their size


class Page:
    """An empty page, `width` by `height` inches.

    Attributes:
        figure: of matplotlib.
        width: inches.
        height: inches.
    """

    def __init__(self, width: float, height: float) -> None:
        self.figure = Figure(figsize=(width, height), dpi=DPI, facecolor=GROUND)
        self._canvas = FigureCanvasAgg(self.figure)
        self.width, self.height = width, height

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Empty axes at (`left`, `top`) of the page, without a frame above and right."""
        bottom = 1 - (top + height) / self.height
        box = (left / self.width, bottom, width / self.width, height / self.height)
        axes = self.figure.add_axes(box)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(RULE)
        axes.tick_params(colors=FAINT, labelsize=9, color=RULE)
        return axes

    def picture(self, left: float, top: float, side: float, image: Image) -> None:
        """Draw a square image with its top left corner at (`left`, `top`)."""
        pixels = round(side * DPI)
        larger = pixels > image.shape[0]
        drawn = cv2.resize(
            image, (pixels, pixels), interpolation=cv2.INTER_CUBIC if larger else cv2.INTER_AREA
        )
        bottom = round((self.height - top) * DPI) - pixels
        self.figure.figimage(drawn, round(left * DPI), bottom, origin="upper")

    def pixels(self) -> Image:
        """The page as an image, at `DPI`."""
        self._canvas.draw()
        return np.asarray(self._canvas.buffer_rgba())[..., :3].copy()

    def text(
        self, at: tuple[float, float], words: str, size: float, colour: str = INK, style: str = ""
    ) -> None:
        """Draw text at (left, top) of its first line.

        Args:
            at: inches from the left and from the top.
            words: one line or several.
            size: points.
            colour: of the text.
            style: any of ``bold``, ``centre`` (`at` is the middle) and ``right`` (the end).
        """
        for number, line in enumerate(words.splitlines()):
            # By the baseline, so that neighbouring texts are aligned.
            down = at[1] + (_ASCENT + _LEADING * number) * size / 72
            self.figure.text(
                at[0],
                self.height - down,
                line,
                transform=self.figure.dpi_scale_trans,
                size=size,
                color=colour,
                va="baseline",
                ha="center" if "centre" in style else "right" if "right" in style else "left",
                fontweight="bold" if "bold" in style else "normal",
            )

    def plate(self, left: float, top: float, size: tuple[float, float], colour: str) -> None:
        """Draw a filled rectangle with rounded corners, (width, height) inches."""
        width, height = size
        rounded = f"round,pad=0,rounding_size={min(0.05, height / 3, width / 3)}"
        self.figure.add_artist(
            FancyBboxPatch(
                (left, self.height - top - height),
                width,
                height,
                rounded,
                color=colour,
                linewidth=0,
                transform=self.figure.dpi_scale_trans,
            )
        )

    def rule(self, top: float, left: float, right: float) -> None:
        """Draw a thin horizontal line from `left` to `right`."""
        self.plate(left, top, (right - left, 0.01), RULE)
