"""All wording of the app in one place."""

TITLE = "FAVAE Demo"
INTRO = (
    "# FAVAE Demo\n"
    "Shows where a part looks different from good parts. It learned from pictures of **good parts only**; "
    "what it cannot rebuild is marked as a possible defect."
)
HOW = """
1. A small network, the **autoencoder** (VAE), practises rebuilding pictures of good parts from a short code.
2. A second, ready-made network (**VGG16** or **VGG19**, trained on everyday photos) describes each picture by its shapes
   and textures; the first network learns to rebuild that description too.
3. A new picture is rebuilt in the same way. Where the rebuilt picture or description differs, the **error map** lights up.
4. Pictures of good parts that were held out of the training tell how much error is normal: that sets the **limit**.
5. A score above the limit means **defect**; how many good parts may be flagged by mistake is yours to choose.
"""
VARIANTS = {"none": "VAE", "vgg16": "VAE + VGG16", "vgg19": "VAE + VGG19"}
PRESETS = {
    "quick": "Quick (a few minutes)",
    "paper": "As in the report (hours to days without a graphics card)",
}
RATES = {"0.5 %": 0.005, "1 %": 0.01, "2 %": 0.02, "5 % (recommended)": 0.05, "10 %": 0.1, "20 %": 0.2}
DEFAULT_RATE = "5 % (recommended)"
MAPS = {
    "combined": "All together",
    "pixels": "Pixels",
    "layer1": "Fine features",
    "layer2": "Middle features",
    "layer3": "Coarse features",
}
NO_DATA = (
    "**No pictures yet.** Put categories in MVTec layout into `{folder}`, or set `FAVAE_DATA_DIR`, and reload this page. "
    "You can still upload a picture once a model is there."
)
NO_MODEL = "There is no trained model for this category yet. Open the Train tab to make one."
CHOOSE_PICTURE = "Choose a picture from the gallery or upload one first."
NO_TRUTH = "no ground truth for this picture"
TRAINING_OFF = "Training is switched off on this server. Run the app on your own machine to train."


def kind(defect: str) -> str:
    """A picture's kind in words: `good`, or the name of its defect."""
    return "good" if defect == "good" else f"defect: {defect.replace('_', ' ')}"


def margin(score: float, threshold: float) -> str:
    """How far a score lies from the limit, in words."""
    ratio = score / max(threshold, 1e-12)
    steps = (
        (0.7, "well below the limit"),
        (0.95, "below the limit"),
        (1.05, "close to the limit"),
        (1.5, "above the limit"),
    )
    return next((words for top, words in steps if ratio <= top), "well above the limit")
