"""An archive for the tests of batches, with one file for each reason to leave a file out."""

import io
import zipfile
from pathlib import Path

from odd_images import cut_in_strips
from PIL import Image

from favae_demo.data.io.images import decode

LEFT_OUT = {
    ".DS_Store": "hidden",
    "line/.hidden.png": "hidden",
    "__MACOSX/line/._000.png": "macOS",
    "readme.txt": "not a picture",
    "line/broken.png": "damaged",
    "line/letter.png": "is not a PNG",
    "line/empty.png": "empty",
    "ground_truth/spot/000_mask.png": "mask",
    "../evil.png": "unsafe path",
    "inside.zip": "archive inside",
}


def hostile_zip(path: Path, category: Path) -> list[str]:
    """Writes the archive and returns the names of the valid images; three of them have the same file name in different folders.

    `line/c/000.png` is a good image that is cut in strips, so its score is high.

    Args:
        path: Path of the ZIP file.
        category: Folder of a category with `test/good` and `test/spot`.
    """
    good = {"line/a/000.png": "good", "line/b/000.png": "spot", "=1+1.png": "good"}
    png = (category / "test" / "good" / "000.png").read_bytes()
    contents = dict.fromkeys(LEFT_OUT, png)
    contents |= {"line/broken.png": png[:1000], "line/letter.png": b"Dear reader", "line/empty.png": b""}
    contents |= {".DS_Store": b"x", "readme.txt": b"hello", "inside.zip": b"PK"}
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("line")
        for name, content in contents.items():
            archive.writestr(name, content)
        for name, kind in good.items():
            archive.write(category / "test" / kind / "000.png", name)
        opposite = io.BytesIO()
        Image.fromarray(cut_in_strips(decode(png))).save(opposite, format="PNG")
        archive.writestr("line/c/000.png", opposite.getvalue())
    return [*good, "line/c/000.png"]
