"""Texts of the page as a whole, of the lists of models and images, and of the Detect tab."""

from favae_demo.config.variants import REPORT_TEACHERS, TITLES, VARIANT_TITLES
from favae_demo.data.io.formats import KINDS
from favae_demo.viz.result_words import LEGEND_CALM as LEGEND_CALM
from favae_demo.viz.result_words import LEGEND_FOUND as LEGEND_FOUND
from favae_demo.viz.result_words import LEGEND_HIGH as LEGEND_HIGH
from favae_demo.viz.result_words import LEGEND_LIMIT as LEGEND_LIMIT
from favae_demo.viz.result_words import LEGEND_TRUTH as LEGEND_TRUTH
from favae_demo.viz.result_words import OUTCOMES as OUTCOMES
from favae_demo.viz.result_words import PANES as PANES
from favae_demo.viz.result_words import VERDICTS as VERDICTS

# The page
TITLE = "FAVAE Demo"
INTRO = (
    "Shows where a part looks different from good parts, after learning from pictures of **good parts only**."
)
HOW_STEPS = {
    "whole": "A picture is rebuilt as a good part; picture and rebuilt picture are compared, in pixels and in features; the differences form the error map; above the limit they are a defect.",
    "picture": "1 · the picture",
    "code": "2 · a short code, and back (VAE)",
    "rebuilt": "3 · rebuilt as a good part",
    "differ": "4 · where they differ",
    "features": "in pixels and in features",
    "limit": "limit",
    "verdict": "5 · the verdict",
}
HOW_TITLE = "How it works"
HOW = """
1. A small network, the **autoencoder** (VAE), practises rebuilding pictures of good parts from a short code.
2. A second, ready-made network (such as **EfficientNet** or **VGG16**, trained on everyday photos) describes each picture by its shapes
   and textures; the first network learns to rebuild that description too.
3. A new picture is rebuilt in the same way. Where the rebuilt picture or description differs, the **error map** lights up.
4. Pictures of good parts, above all those that were held out of the training, tell how much error is normal: that sets the **limit**.
5. A score above the limit means **defect**; you choose how many false alarms are acceptable.

Of a kind of part the most exact model is shown first, and recommended in *Train*: **VAE + EfficientNet-Lite0 (extended)**. It also remembers pieces
of good parts, and compares with the most similar ones.
"""
LANGUAGE = "Language"
FAILED = "That did not work"
NOT_UNDERSTOOD = 'What was sent does not fit. Please reload the page; programs find what a call takes behind "Use via API" at its foot.'
NO_CHOICE = "What was chosen is not on offer, or not any more. Please choose again; if it is not in the list, reload the page."
FAULT = "This is a fault of the program, not yours: the log of the server says what happened. Please try again, or report it."
TABS = {
    "detect": "Detect",
    "train": "Train",
    "compare": "Compare",
    "results": "Results",
    "batch": "Batch",
    "live": "Live",
    "history": "History",
    "draw": "Draw a defect",
    "data": "Data",
}
NOT_HERE = {  # of what an address names
    "category": "There is no kind of part called '{name}' here; another one is shown.",
    "model": "There is no model called '{name}' of this kind of part here; another one is shown.",
    "image": "There is no picture called '{name}' of this kind of part here; another one is shown.",
}
LICENCES_TITLE = "Licences and credits"
LICENCES = """
- **This app**: Apache-2.0. **Generated sample parts**: CC0, free for every use.
- **MVTec AD** (Bergmann, Fauser, Sattlegger, Steger: CVPR 2019), © MVTec Software GmbH: CC BY-NC-SA 4.0. The pictures, and the models
  trained on them, are **for non-commercial use only**.
- **VGG16 and VGG19 weights**: K. Simonyan and A. Zisserman, Visual Geometry Group, University of Oxford, CC BY 4.0.
- **EfficientNet-Lite0 weights**: Google (TensorFlow TPU models) and R. Wightman, Apache-2.0.
- **ResNet-18, Wide ResNet-50-2 and EfficientNet-B0 weights**: torchvision, BSD-3-Clause; EfficientNet-B0 first by R. Wightman (timm, Apache-2.0).
- **Method**: D. Dehaene and P. Eline, arXiv 2008.05369 (2020), as in the project report *Feature Augmented VAE for Anomaly Detection and
  Localization on MVTec* (Verona 2024).
- **Libraries**: PyTorch and torchvision (BSD-3-Clause), Gradio (Apache-2.0), NumPy, scikit-learn, h5py and Jinja (BSD-3-Clause), Pillow (MIT-CMU),
  OpenCV (Apache-2.0), Matplotlib (Matplotlib licence), safetensors (Apache-2.0), platformdirs and filelock (MIT), tqdm (MPL-2.0 and MIT).
"""
PRESENT = "Presentation view"
COPY_LINK = "Copy link"
COPY_PICTURE = "Copy result"
SAID = {  # by the page's scripts
    "link": "Copied: the address of what is shown here.",
    "no_link": "This browser does not let pages copy. Copy the address from the browser's address bar: it names what is shown.",
    "picture": "Copied: the picture, to be pasted into a message or a document.",
    "no_picture": "This browser does not let this page copy pictures: it needs https, or the app on this computer. Save the picture instead.",
    "nothing": "There is no picture to copy yet.",
    "remove": "Take {model} out",
    "more_files": "Choose more files",
}
LEAVE_PRESENT = "Leave presentation (Esc)"
STATUS = "{device} · {model} · last picture {milliseconds:.0f} ms"

# Models and pictures
# Shown by Compare only where there is such a model.
OPTIONAL_VARIANTS = ("efficientnet-lite0", *(name for name in VARIANT_TITLES if name not in TITLES))
VARIANTS = {
    name: VARIANT_TITLES[name] for name in (*REPORT_TEACHERS, *OPTIONAL_VARIANTS)
}  # side by side in Compare
PRESETS = {
    "instant": "Instant (a first answer in seconds)",
    "quick": "Quick (a few minutes)",
    "extended": "Extended (recommended: the most exact; a minute or two)",
    "paper": "As in the report (hours to days without a graphics card)",
    "ae": "Autoencoder, to compare with (minutes)",
    "ae-ssim": "Autoencoder with SSIM, to compare with (minutes)",
    "deep-svdd": "Deep SVDD, to compare with (minutes)",
    "anogan": "f-AnoGAN, to compare with (minutes)",
    "dagmm": "DAGMM, to compare with (minutes)",
    "padim": "PaDiM, to compare with (half a minute)",
    "patchcore": "PatchCore, to compare with (a minute)",
}
PRESET_NAMES = {  # in names of models and trainings
    "instant": "instant",
    "quick": "quick",
    "extended": "extended",
    "paper": "as in the report",
    "custom": "own settings",
}
MAPS = {
    "combined": "All together",
    "pixels": "Pixels",
    "layer1": "Fine features",
    "layer2": "Middle features",
    "layer3": "Coarse features",
    "memory": "Unlike any good patch",
    "places": "Unlike good parts at this place",
    "ssim": "Structure",
    "sphere": "Far from what is good",
    "critic": "Features of the discriminator",
    "rebuilt": "Features",
    "energy": "Rare among good patches",
}
NO_DATA = (
    "**No pictures yet.** Put categories in MVTec layout into `{folder}`, or set `FAVAE_DATA_DIR`, and reload this page. "
    "You can still upload a picture once a model is there."
)
MODEL_ONLY = "**{title}** · a model is here, but no pictures in {folder}."
VERSION = "version {number}"
STOPPED_AFTER = "stopped after {steps} steps"
FIGURES = {"pixel_auroc": "pixel", "image_auroc": "image"}
NO_MODEL = "There is no trained model here yet. Open the Train tab to make one."
CHOOSE_PICTURE = "Choose a picture from the gallery or upload one first."
NO_PICTURES_HERE = "There are no test pictures of this category here; upload a picture of your own."
GAUGE_LIMIT = "limit"
NO_TRUTH = "Your picture: true result unknown."
NO_TRUTH_OF_MANY = "Your picture {number} of {count}: true result unknown."
UNSUPPORTED = "limit not supported"
UNSUPPORTED_INFO = "Too few good pictures set this limit for the chosen false-alarm rate: how many good parts it calls defect is not known."

# Teacher weights
FETCH_LABEL = "Fetching weights"
FETCH_CANCEL, FETCH_RETRY = "Stop fetching", "Try again"
FETCH_MEANWHILE = "Meanwhile this is what {model} sees."

# Choosing a picture
TEST_PICTURES, OWN_PICTURE = "Test pictures", "Your own pictures"
KIND_LABEL, KIND_INFO = "Show", "Good parts, or one kind of defect"
HELD_OUT_INFO = "No test pictures yet: these good ones were held out of the training"
OWN_PICTURE_LABEL, CAPTURE = "Upload", "Photograph or paste"
OWN_PICTURE_INFO = f"{KINDS}. The same kind of part, seen in the same way, as the model learned from. Of several, Previous and Next show one after another."

# Detect
LOADING = "One moment: the first picture is being judged …"
JUDGING = "One moment: this large picture is being judged …"
DRAWING = "Preparing sample parts (first start only): {done} of {count} …"
CATEGORY, CATEGORY_INFO = "Kind of part", "And where its pictures come from"
MODEL = "Model"
MODEL_INFO = (
    "With its AUROC per pixel and per picture, measured on the test pictures: 1 is perfect, 0.5 is guessing"
)
NOT_REBUILT = "{model} rebuilds no picture: it measures how far each place is from good parts."
ZOOM, ZOOM_IN, ZOOM_OUT, ZOOM_WHOLE = "Zoom of the pictures", "Zoom in", "Zoom out", "Whole picture"
ZOOM_HINT = "Double-click, pinch or Ctrl + wheel. Keys: + − 0 and arrows."
PREVIOUS, NEXT, SAVE = "◀ Previous", "Next ▶", "Save this result"
SLIDER = "Drag the line: picture | heat map"
RATE = "Sensitivity in %"
RATE_INFO = "Accepted false alarms among 100 good parts. ▲ recommended: 5"
OPACITY, OPACITY_INFO = "Strength in %", "Of the heat map; 0 shows the picture alone"
MAP, MAP_INFO = "Error map of", "All errors together, or one kind"
COLOURS, COLOURS_INFO = "Colours", "Dark = normal"
MASK, MASK_INFO = "Ignore the background", "Do not count differences outside the part"
MASKS = {"trained": "As the model was trained", "yes": "Yes", "no": "No"}
SIMILAR = "Show the good part that it resembles most"
SIMILAR_TITLE = "The good part that it resembles most"
SIMILAR_NOTE = "Of those that the model learned from, as a whole. Compare what differs."
NO_SIMILAR = "The good pictures that this model learned from are not here."
REGIONS = "Places above the limit"
REGION = "{area} of the picture; {x} from the left, {y} from the top"
REGIONS_INFO = "Places have a limit of their own, lower or higher than the whole picture's."
NO_REGIONS = "No place lies above the limit."
TRAINING_OFF = "Training is switched off on this server. Run the app on your own machine to train."
