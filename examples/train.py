"""Trains a model on images of good parts and prints how it goes.

python examples/train.py data/bottle runs/bottle        # data/bottle/train/good holds images of good parts
python examples/train.py data/bottle runs/short --teacher none --set max_steps=100
"""

import argparse
from pathlib import Path

from favae_demo import make_config, train
from favae_demo.config.fields import assignments
from favae_demo.training.events import EpochDone, Event

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("category", type=Path, help="folder in MVTec layout")
parser.add_argument("out", type=Path, help="run folder, which must not exist yet")
parser.add_argument("--preset", default="quick", help="quick, extended or paper")
parser.add_argument(
    "--teacher", default="efficientnet-lite0", help="none, vgg16, vgg19, efficientnet-lite0, …"
)
parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="any other setting")
options = parser.parse_args()


def show(event: Event) -> None:
    """Prints one line for each epoch."""
    if isinstance(event, EpochDone):
        print(
            f"epoch {event.epoch}: training {event.train['total']:.0f}, validation {event.validation['total']:.0f}"
        )


config = make_config(options.preset, options.category.name, teacher=options.teacher)
model = train(config.with_text(assignments(options.set)), options.category, options.out, on_event=show)
print(f"The model is {model}")
