"""The table of all settings of a training: type, default, range or choices, and explanation of each."""

from dataclasses import dataclass

from favae_demo.config.fields import option
from favae_demo.config.methods import METHODS
from favae_demo.config.variants import TEACHERS


@dataclass(frozen=True)
class TrainSettings:
    """The fields of `TrainConfig`, which checks their values; the defaults are those of the report.

    The metadata of each field hold its range, choices and explanation.
    """

    preset: str = option("paper", help="Name of the preset these settings started from.")
    method: str = option(
        "favae",
        choices=tuple(METHODS),
        help="What learns the good parts: 'favae', or one of the methods that it is compared with.",
    )
    teacher: str = option(
        "vgg16",
        choices=TEACHERS,
        help="Frozen network whose features are rebuilt too; 'none' is the plain VAE.",
    )
    seed: int = option(
        0, 0, 2**31 - 1, help="Start of all random numbers: the same seed gives the same model."
    )
    adapt: bool = option(
        False,
        help="Let the training's pictures decide what they say themselves: their shape, the size that the smallest defect needs, whether parts "
        "lie at any angle, and whether a texture is seen.",
    )
    image_size: int = option(
        128,
        choices=(128, 256, 384, 512, 768, 1024),
        help="Shorter side of the picture that is looked at, in pixels; what is rebuilt and the error maps have half as many, but at least 128.",
    )
    aspect: float = option(
        1.0,
        0.125,
        8.0,
        help="Width of the picture that is looked at, divided by its height; other pictures are stretched to it.",
    )
    smallest_defect: float = option(
        0.02,
        0.001,
        1.0,
        help="Length of the smallest defect that matters, as a share of the picture's longer side: 3 mm of 400 are 0.0075. Small ones need larger "
        "pictures, see 'adapt'.",
    )
    align: bool = option(
        False,
        help="Turn and centre each part before it is looked at: for parts that lie at any angle on a plain background.",
    )
    register: bool = option(
        False,
        help="Shift each picture to where the training's parts lie, so that a moved camera is no defect; left out where these do not lie still.",
    )
    encoder: str = option(
        "picture",
        choices=("picture", "features"),
        help="What the network looks at: the picture, or the teacher's features of it.",
    )
    width: float = option(
        1.0,
        0.05,
        2.0,
        help="Size of the network: a factor on the channels of every layer; 1 is the report's.",
    )
    latent: int = option(
        100,
        2,
        1024,
        help="How many numbers a picture is squeezed into (latent dimensions), at each place of the code.",
    )
    latent_side: int = option(
        1,
        choices=(1, 8),
        help="Places of the code along each side of the picture: 1 for one code for all of it, the report's; 8 for parts that are "
        "not always in the same place.",
    )
    narrow_adapters: bool = option(
        False,
        help="Adapters with the network's own channels inside instead of the teacher's: faster in a compact network.",
    )
    tap: str = option(
        "relu", choices=("relu", "conv"), help="Teacher features after ('relu') or before ('conv') the ReLU."
    )
    standardise: bool = option(
        True,
        help="Shift and scale each teacher channel by its mean and deviation over the training pictures.",
    )
    epochs: int = option(100, 1, 10_000, help="Most passes over the training views.")
    max_steps: int = option(0, 0, 10_000_000, help="Most training steps; 0 means no limit but the epochs.")
    max_seconds: int = option(
        0,
        0,
        10_000_000,
        help="Stop after this time; 0 means no limit. A time limit makes results depend on the machine.",
    )
    batch_size: int = option(32, 1, 512, help="Pictures a training step.")
    optimiser: str = option(
        "adam",
        choices=("adam", "muon"),
        help="How the weights are changed: by Adam, as in the report, or by Muon for convolutions and Adam for the rest, which needs fewer steps.",
    )
    learning_rate: float = option(1e-3, 1e-7, 1.0, help="Learning rate of the optimiser.")
    decay: str = option(
        "none", choices=("none", "cosine"), help="How the learning rate falls over the training."
    )
    weight_decay: float = option(1e-5, 0.0, 1.0, help="Pull of all weights towards zero.")
    weight_average: float = option(
        0.0,
        0.0,
        0.9999,
        help="Memory of the running average of the weights that is kept as the model; 0 is off.",
    )
    kl_weight: float = option(
        1.0,
        0.0,
        1e6,
        help="Weight α of the KL term, which keeps the latent numbers near a normal distribution.",
    )
    balance_layers: bool = option(
        False,
        help="Weigh the teacher's layers alike in the loss; else a layer weighs by its size, as in the report.",
    )
    patience: int = option(
        20, 1, 10_000, help="Stop after this many epochs without a better validation loss."
    )
    validation_ratio: float = option(
        0.2, 0.05, 0.5, help="Share of the good pictures held out for validation and calibration."
    )
    views: int = option(
        10_000,
        0,
        1_000_000,
        help="Augmented pictures made in all (training and validation); 0 uses each picture once, unchanged.",
    )
    augment_validation: bool = option(True, help="Whether the held-out pictures are augmented too.")
    bank: bool = option(False, help="Compute the teacher's features of all views once, before the training.")
    bank_mb: int = option(
        1500, 0, 1_000_000, help="Memory for that feature bank in MB; past it the bank goes to disk."
    )
    rotation: float = option(15.0, 0.0, 180.0, help="Largest rotation of a view in degrees, either way.")
    rotation_p: float = option(1.0, 0.0, 1.0, help="Share of views that are rotated.")
    crop: float = option(
        0.9, 0.3, 1.0, help="Smallest side of the random crop, as a share of the picture's side; 1 is off."
    )
    crop_p: float = option(1.0, 0.0, 1.0, help="Share of views that are cropped.")
    hflip_p: float = option(0.3, 0.0, 1.0, help="Share of views that are mirrored left to right.")
    vflip_p: float = option(0.3, 0.0, 1.0, help="Share of views that are mirrored top to bottom.")
    colour: float = option(
        0.0,
        0.0,
        0.9,
        help="Largest change of brightness, contrast and saturation, as a share; of the hue a tenth of that.",
    )
    colour_p: float = option(0.0, 0.0, 1.0, help="Share of views whose colours are changed; 0 is off.")
    noise: float = option(
        0.0, 0.0, 0.5, help="Standard deviation of Gaussian noise, as a share of full brightness."
    )
    noise_p: float = option(0.0, 0.0, 1.0, help="Share of views that get noise; 0 is off.")
    elastic: float = option(
        0.0,
        0.0,
        0.04,
        help="How far points a quarter of the picture apart are shifted: standard deviation, as a share of its side.",
    )
    elastic_p: float = option(0.0, 0.0, 1.0, help="Share of views that are bent; 0 is off.")
    background: str = option(
        "none", choices=("none", "light", "dark", "auto"), help="Kind of background that is masked out."
    )
    mask_training: bool = option(False, help="Leave the background out of the training losses.")
    mask_score: bool = option(False, help="Leave the background out of the score map.")
    score: str = option(
        "sum",
        choices=("sum", "scaled", "channels", "whitened"),
        help="'sum' adds the error maps as they are; 'scaled' divides each by its mean on held-out good pictures first; "
        "'channels' does so for each channel; 'whitened' also counts less what errs together on good pictures (the likelihood of a Student-t distribution).",
    )
    pixel_weight: float = option(
        1.0, 0.0, 100.0, help="Weight of the pixels' error map in the score map, beside the features' maps."
    )
    centre: bool = option(
        False,
        help="Take out of the error what the whole picture shares: for textures, whose exact position cannot be known.",
    )
    neighbours: bool = option(
        False,
        help="Average the error of each place with its neighbours', in all layers but the coarsest: what they share is more than chance.",
    )
    nuisance: float = option(
        0.0,
        0.0,
        4.0,
        help="Strength of the changes of light, sharpness, noise and compression that must not count as a defect: a factor, 1 is what a camera "
        "does within a week. For the score 'whitened'; 0 is off.",
    )
    memory: int = option(
        0,
        0,
        20_000,
        help="How many patches of good parts are remembered: the distance from the nearest one counts in a picture's score; 0 is off.",
    )
    memory_layer: str = option(
        "coarse",
        choices=("coarse", "middle"),
        help="Size of the remembered patches: those of the coarsest of the teacher's layers, or of the middle one, with four times as many.",
    )
    memory_whitened: bool = option(
        True,
        help="Compare patches where the features of good parts vary alike; else by their plain distance.",
    )
    boundary: str = option(
        "one-class",
        choices=("one-class", "soft"),
        help="Deep SVDD: draw all good places to the centre ('one-class'), or leave a share of them outside ('soft').",
    )
    nu: float = option(0.1, 0.001, 0.999, help="Deep SVDD: share of good places outside of a soft boundary.")
    search: int = option(
        0,
        0,
        5000,
        help="AnoGAN: steps of the search for the code of each picture, which take seconds; 0 takes the encoder's.",
    )
    dimensions: int = option(
        100,
        1,
        2000,
        help="How many of the teacher's channels, drawn at random, PaDiM compares.",
    )
    image_score: str = option(
        "max",
        choices=("max", "top"),
        help="Score of a whole picture: the highest value of its score map ('max'), or the mean of its highest values ('top').",
    )
    top_share: float = option(
        0.01, 0.0001, 0.2, help="Share of the score map's pixels that count for a picture's score 'top'."
    )
    blur: float = option(4.0, 0.0, 20.0, help="Gaussian smoothing σ of the score map, in pixels.")
    weight_bits: int = option(
        16,
        choices=(8, 16),
        help="How finely the finished network's weights are kept; 8 bits halve the file, and its figures move in the fourth digit.",
    )
    snapshot_every: int = option(10, 1, 10_000, help="Epochs between two sample reconstructions.")
