"""Networks from outside the package: any torch module that the settings name."""

import inspect
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from smastn.corpora.facs import SIDES
from smastn.errors import ConfigError, SmastnError
from smastn.extensions import (
    error_place,
    installed,
    is_reference,
    load_installed,
    load_reference,
    suggestion,
)
from smastn.methods.network_interface import NetworkConfig, Output, Shape

GROUP = "smastn.networks"
"""Entry points of this group are networks."""

_WANTED = "a network: a torch.nn.Module, or a function that returns one"


class OutsideNetwork(nn.Module):
    """A user's module with SMA-STN's interface; what it returns is checked.

    Args:
        module: takes images, -1 to 1, and returns logits, or an `Output`.
        place: file and line of the module, for errors.
        shape: what it was built for.

    Raises:
        ConfigError: a trial with random images fails, or there is nothing to train.
    """

    def __init__(self, module: nn.Module, place: str, shape: Shape) -> None:
        super().__init__()
        self.module = module.float()
        self._place, self._shape = place, shape
        images = torch.rand(
            (2, shape.images, shape.channels, shape.size, shape.size),
            generator=torch.Generator().manual_seed(0),
        )
        with torch.no_grad():
            found = self.eval()(2 * images - 1)
        self.features = 0 if found.features is None else found.features.shape[1]
        self.has_segment_features = found.segment_features is not None
        self.has_units = found.unit_logits is not None
        if not any(one.requires_grad for one in self.parameters()):
            raise ConfigError(f"{place}: it has no parameters to train; wanted {_WANTED}")

    def forward(
        self,
        images: Float[Tensor, "batch images channels height width"],
        kept: Tensor | None = None,
    ) -> Output:
        """As `SmaStn.forward`; a dropout mask is ignored.

        Raises:
            ConfigError: the module failed, or returned something else than logits.
        """
        try:
            found = self.module(images)
        except SmastnError:
            raise
        except Exception as error:
            raise ConfigError(
                f"{error_place(error, self._place)}: forward failed for images of "
                f"{tuple(images.shape)}, which are batch, images, channels, height and width "
                f"({type(error).__name__}: {error}); correct the network"
            ) from error
        found = found if isinstance(found, Output) else Output(found)
        self._check(found, images)
        if found.attention is not None and found.segment_weights is None:
            even = found.logits.new_full(images.shape[:2], 1 / images.shape[1])
            found = found._replace(segment_weights=even)
        return found

    def _check(self, found: Output, images: Tensor) -> None:
        """Refuse an output of another type or shape, and in inference what is not finite."""
        batch, count = images.shape[:2]
        wanted: dict[str, tuple[int | None, ...]] = {
            "logits": (batch, self._shape.classes),
            "features": (batch, None),
            "segment_features": (batch, count, None),
            "segment_weights": (batch, count),
            "attention": (batch, count, None, None),
            "unit_logits": (batch, self._shape.units, len(SIDES)),
            "unit_attention": (batch, count, self._shape.units, len(SIDES), None, None),
        }
        for name, sizes in wanted.items():
            value = getattr(found, name)
            if value is None and name != "logits":
                continue
            if not isinstance(value, Tensor) or not _fits(value, sizes):
                seen = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
                shown = ", ".join("any" if size is None else str(size) for size in sizes)
                raise ConfigError(
                    f"{self._place}: {name} of {batch} clips are {seen}; wanted a tensor of "
                    f"({shown}): correct the network"
                )
            if not self.training and not bool(torch.isfinite(value).all()):
                raise ConfigError(
                    f"{self._place}: {name} contain NaN or infinite values; wanted finite "
                    "numbers: correct the network, or lower learning_rate if training made them so"
                )


def make_outside_network(config: NetworkConfig, shape: Shape) -> OutsideNetwork:
    """The network that `config.module` names, built for this shape.

    It is called with those of ``classes``, ``images``, ``channels``, ``size`` and ``units`` that
    its signature accepts, and with `config.arguments`.

    Raises:
        ConfigError: it cannot be found, imported, built or used; names file and line.
    """
    factory = _factory(config.module)
    place = _place(factory, config.module)
    try:
        parameters = inspect.signature(factory).parameters
        takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
        given = {k: v for k, v in shape._asdict().items() if takes_all or k in parameters}
        module = factory(**given | dict(config.arguments))
    except SmastnError:
        raise
    except Exception as error:
        raise ConfigError(
            f"{error_place(error, place)}: {config.title} could not be built "
            f"({type(error).__name__}: {error}); it is called with those of "
            f"{', '.join(shape._fields)} that it accepts, and with [network.arguments]: correct one"
        ) from error
    if not isinstance(module, nn.Module):
        seen = type(module).__name__
        raise ConfigError(f"{place}: {config.title} returned a {seen}; wanted {_WANTED}")
    return OutsideNetwork(module, place, shape)


def _factory(name: str) -> Callable[..., Any]:
    if is_reference(name):
        found = load_reference(name, _WANTED)
    else:
        points = installed(GROUP)
        if name not in points:
            raise ConfigError(
                f"network.module is {name}, and no installed package declares that name in "
                f"{GROUP} (known: {', '.join(sorted(points)) or 'none'}); wanted one of these, "
                f"or a file, as in my_net.py:Net{suggestion(name, points)}"
            )
        found = load_installed(points[name], _WANTED)
    if not callable(found):
        raise ConfigError(f"{name} is a {type(found).__name__}; wanted {_WANTED}")
    return found


def _place(factory: Callable[..., Any], name: str) -> str:
    """File and line of a class or function, or its name where it has none."""
    try:
        return f"{inspect.getsourcefile(factory)}, line {inspect.getsourcelines(factory)[1]}"
    except (TypeError, OSError):  # of C, or an object that is called
        return name


def _fits(value: Tensor, sizes: tuple[int | None, ...]) -> bool:
    return value.ndim == len(sizes) and all(
        wanted in (None, seen) for wanted, seen in zip(sizes, value.shape, strict=True)
    )
