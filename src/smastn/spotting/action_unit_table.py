"""The facial action units that are measured, and the blendshapes that show them.

Blendshapes are named as in ARKit; their relation to the Facial Action Coding System (Ekman and
Friesen, 1978) is public knowledge, and rough. Left and right are the person's own.
"""

from dataclasses import dataclass, field

_CLEAR, _FAIR, _POOR = 0.26, 0.39, 0.58
"""Departure from neutral that counts as an event; larger where a blendshape also answers to
other movements, such as a turn of the head or closed lips that shift."""
_SHUT = 0.6  # rise of the blink coefficient; eyes that look down stay below it, up to .57
_LONGER_THAN_A_BLINK = 1.0  # s


@dataclass(frozen=True, slots=True)
class Unit:
    """One action unit.

    Attributes:
        name: its number in FACS.
        title: what it does.
        blendshapes: one that has a left and a right form, named without the side, or such as
            have none; their mean shows the unit.
        least: departure from neutral, 0 to 1, that counts as an event.
        regions: regions of `smastn.spotting.regions` that it moves, named without the side.
        spoken: whether forming sounds moves it too.
        beside: the unit beside which alone it is named: its blendshape cannot tell it from
            another unit.
        lasts: seconds on end that it must be held to be this unit; what is shorter is none. It is
            named only where it departs by its least.
        drawn_by: units that raise its blendshape as well; beside them it is named only where it
            departs further than they do.
    """

    name: str
    title: str
    blendshapes: tuple[str, ...]
    least: float
    regions: tuple[str, ...]
    spoken: bool = field(default=False, kw_only=True)
    beside: str | None = field(default=None, kw_only=True)
    lasts: float = field(default=0.0, kw_only=True)
    drawn_by: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def steady(self) -> bool:
        """Whether its blendshape answers to little else than the unit."""
        return self.least == _CLEAR


UNITS: tuple[Unit, ...] = (
    Unit("1", "inner brow raiser", ("browInnerUp",), _CLEAR, ("inner brow",)),
    Unit("2", "outer brow raiser", ("browOuterUp",), _CLEAR, ("outer brow",)),
    Unit("4", "brow lowerer", ("browDown",), _FAIR, ("inner brow",)),
    Unit("5", "upper lid raiser", ("eyeWide",), _CLEAR, ("eye",)),
    # The model's cheekSquint stays at 0. Lids that narrow in a smile are raised by the cheeks.
    Unit("6", "cheek raiser", ("eyeSquint",), _FAIR, ("cheek",), beside="12"),
    Unit("7", "lid tightener", ("eyeSquint",), _FAIR, ("eye",), drawn_by=("6",)),
    Unit("9", "nose wrinkler", ("noseSneer",), _CLEAR, ("nose",)),
    Unit(
        "10",
        "upper lip raiser",
        ("mouthUpperUp",),
        _CLEAR,
        ("upper lip",),
        spoken=True,
        drawn_by=("12",),
    ),
    Unit("12", "lip corner puller", ("mouthSmile",), _CLEAR, ("mouth corner",)),
    Unit("14", "dimpler", ("mouthDimple",), _FAIR, ("mouth corner",)),
    Unit("15", "lip corner depressor", ("mouthFrown",), _CLEAR, ("mouth corner",)),
    Unit(
        "16",
        "lower lip depressor",
        ("mouthLowerDown",),
        _FAIR,
        ("lower lip",),
        spoken=True,
        drawn_by=("12", "26"),
    ),
    Unit("17", "chin raiser", ("mouthShrugLower",), _POOR, ("chin",), spoken=True),
    Unit("18", "lip pucker", ("mouthPucker",), _POOR, ("mouth corner",), spoken=True),
    Unit("20", "lip stretcher", ("mouthStretch",), _CLEAR, ("mouth corner",)),
    Unit("22", "lip funneler", ("mouthFunnel",), _FAIR, ("upper lip",), spoken=True),
    Unit("24", "lip presser", ("mouthPress",), _POOR, ("lower lip",), spoken=True),
    Unit("26", "jaw drop", ("jawOpen",), _CLEAR, ("chin",), spoken=True),
    Unit(
        "28",
        "lip suck",
        ("mouthRollLower", "mouthRollUpper"),
        _POOR,
        ("lower lip",),
        spoken=True,
    ),
    Unit("34", "cheek puff", ("cheekPuff",), _FAIR, ("cheek",)),
    # Shorter ones are blinks, 45, which `smastn.spotting.blinks` finds.
    Unit("43", "eye closure", ("eyeBlink",), _SHUT, ("eye",), lasts=_LONGER_THAN_A_BLINK),
)
"""All units, upper face first."""
