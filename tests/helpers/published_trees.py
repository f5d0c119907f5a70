"""Small trees in the exact form of published data sets, with what is right for each: for the tests of importing.

Right is a dictionary: category → (good for training, good for testing, kinds of defect with their number, number of masks).
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from data_trees import image
from PIL import Image

Right = dict[str, tuple[int, int, dict[str, int], int]]


def photo(path: Path, seed: int) -> None:
    """Writes a picture that no other has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    grey = image(seed)
    Image.fromarray(np.stack([grey, grey // 2, grey // 3], axis=2)).save(path)


def pictures(folder: Path) -> None:
    """Writes eight pictures, `0.png` to `7.png`."""
    for i in range(8):
        photo(folder / f"{i}.png", i)


def marks(seed: int) -> np.ndarray:
    """Where the defect of a picture is: 48×48 bool."""
    mask = np.zeros((48, 48), bool)
    mask[8 + seed % 16 : 20 + seed % 16, 10:22] = True
    return mask


def mask(path: Path, seed: int, value: int = 255, *, empty: bool = False) -> None:
    """Writes a mask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(marks(seed).astype(np.uint8) * (0 if empty else value)).save(path)


def mvtec(root: Path) -> Right:
    """MVTec AD: two categories."""
    for part, start in (("bottle_like", 0), ("tile_like", 500)):
        for i in range(6):
            photo(root / part / f"train/good/{i:03}.png", start + i)
        for i in range(2):
            photo(root / part / f"test/good/{i:03}.png", start + 100 + i)
            for kind, more in (("crack", 200), ("oil", 300)):
                photo(root / part / f"test/{kind}/{i:03}.png", start + more + i)
                mask(root / part / f"ground_truth/{kind}/{i:03}_mask.png", i)
    return dict.fromkeys(("bottle_like", "tile_like"), (6, 2, {"crack": 2, "oil": 2}, 4))


def mvtec_2(root: Path) -> Right:
    """MVTec AD 2: lighting in the file names, a validation folder, secret test sets."""
    for i in range(6):
        photo(root / f"can/train/good/{i:03}_regular.png", i)
    for i in range(2):
        photo(root / f"can/validation/good/{i:03}_regular.png", 100 + i)
        photo(root / f"can/test_public/good/{i:03}_overexposed.png", 200 + i)
        photo(root / f"can/test_public/bad/{i:03}_shift_1.png", 300 + i)
        mask(root / f"can/test_public/ground_truth/bad/{i:03}_shift_1_mask.png", i)
        photo(root / f"can/test_private/{i:03}_regular.png", 400 + i)
        photo(root / f"can/test_private_mixed/{i:03}_mixed.png", 500 + i)
    return {"can": (8, 2, {"bad": 2}, 2)}


def loco(root: Path) -> Right:
    """MVTec LOCO: several masks a picture, each in a folder of the picture's name."""
    for i in range(6):
        photo(root / f"juice/train/good/{i:03}.png", i)
    for i in range(2):
        photo(root / f"juice/validation/good/{i:03}.png", 100 + i)
        photo(root / f"juice/test/good/{i:03}.png", 200 + i)
        for kind, more, value in (("logical_anomalies", 300, 255), ("structural_anomalies", 400, 251)):
            photo(root / f"juice/test/{kind}/{i:03}.png", more + i)
            mask(root / f"juice/ground_truth/{kind}/{i:03}/000.png", i, value)
            mask(root / f"juice/ground_truth/{kind}/{i:03}/001.png", i + 8, value)
    return {"juice": (8, 2, {"logical_anomalies": 2, "structural_anomalies": 2}, 4)}


def visa_folders(root: Path) -> Right:
    """VisA without its split: folders and label masks."""
    for i in range(6):
        photo(root / f"candle/Data/Images/Normal/{i:04}.JPG", i)
    for i in range(2):
        photo(root / f"candle/Data/Images/Anomaly/{i:03}.JPG", 300 + i)
        mask(root / f"candle/Data/Masks/Anomaly/{i:03}.png", i, 1 + i)
    lines = ["image,label,mask", *(f"candle/Data/Images/Normal/{i:04}.JPG,normal," for i in range(6))]
    (root / "candle/image_anno.csv").write_text("\n".join(lines))
    return {"candle": (6, 0, {"anomaly": 2}, 2)}


def visa(root: Path) -> Right:
    """VisA as it is downloaded: `split_csv/1cls.csv` tells training from test."""
    visa_folders(root)
    lines = ["object,split,label,image,mask"]
    for i in range(6):
        split = "train" if i < 5 else "test"
        lines.append(f"candle,{split},normal,candle/Data/Images/Normal/{i:04}.JPG,")
    lines += [
        f"candle,test,anomaly,candle/Data/Images/Anomaly/{i:03}.JPG,candle/Data/Masks/Anomaly/{i:03}.png"
        for i in range(2)
    ]
    (root / "split_csv").mkdir()
    (root / "split_csv/1cls.csv").write_text("\n".join(lines))
    (root / "split_csv/2cls_fewshot.csv").write_text(lines[0])
    return {"candle": (5, 1, {"anomaly": 2}, 2)}


def btad(root: Path) -> Right:
    """BTAD: ok and ko; picture and mask have other endings."""
    for part, picture, truth in (("01", "bmp", "png"), ("02", "png", "png"), ("03", "bmp", "bmp")):
        start = int(part) * 1000
        for i in range(6):
            photo(root / part / f"train/ok/{i:04}.{picture}", start + i)
        for i in range(2):
            photo(root / part / f"test/ok/{i:04}.{picture}", start + 100 + i)
            photo(root / part / f"test/ko/{i:04}.{picture}", start + 200 + i)
            mask(root / part / f"ground_truth/ko/{i:04}.{truth}", i)
    return dict.fromkeys(("01", "02", "03"), (6, 2, {"ko": 2}, 2))


def mpdd(root: Path) -> Right:
    """MPDD: as MVTec AD."""
    for i in range(6):
        photo(root / f"bracket_black/train/good/{i:03}.png", i)
    for i in range(2):
        photo(root / f"bracket_black/test/good/{i:03}.png", 100 + i)
        photo(root / f"bracket_black/test/scratches/{i:03}.png", 200 + i)
        mask(root / f"bracket_black/ground_truth/scratches/{i:03}_mask.png", i)
    return {"bracket_black": (6, 2, {"scratches": 2}, 2)}


def kolektor(root: Path) -> Right:
    """KolektorSDD: good and defective pictures in 50 folders, here 4, with a mask each."""
    for folder in range(4):
        for i in range(3):
            photo(root / f"kos{folder + 1:02}/Part{i}.jpg", folder * 10 + i)
            mask(root / f"kos{folder + 1:02}/Part{i}_label.bmp", i, empty=i != 1)
    return {"source": (8, 0, {"defect": 4}, 4)}


def kolektor_2(root: Path) -> Right:
    """KolektorSDD2: an empty mask for a good part."""
    for i in range(8):
        photo(root / f"train/{10000 + i}.png", i)
        mask(root / f"train/{10000 + i}_GT.png", i, empty=i < 6)
    for i in range(4):
        photo(root / f"test/{20000 + i}.png", 100 + i)
        mask(root / f"test/{20000 + i}_GT.png", i, empty=i < 2)
    return {"source": (6, 2, {"defect": 4}, 4)}


def dagm(root: Path) -> Right:
    """DAGM 2007: only defects have a label file, and a list of them is there too."""
    for i in range(1, 9):
        photo(root / f"Class1/Train/{i:04}.PNG", i)
        photo(root / f"Class1/Test/{i + 8:04}.PNG", 100 + i)
    for i in (2, 5):
        mask(root / f"Class1/Train/Label/{i:04}_label.PNG", i)
        mask(root / f"Class1/Test/Label/{i + 8:04}_label.PNG", i)
    (root / "Class1/Train/Label/Labels.txt").write_text("1\n1\t0\t0001.PNG\t0\t0\n")
    return {"class1": (6, 6, {"defect": 4}, 4)}


def magnetic_tile(root: Path) -> Right:
    """Magnetic tile defects: a PNG of the same name is the mask, also of good tiles."""
    for i in range(6):
        photo(root / f"MT_Free/Imgs/exp1_num_{i}.jpg", i)
        mask(root / f"MT_Free/Imgs/exp1_num_{i}.png", i, empty=True)
    for kind, start in (("MT_Blowhole", 100), ("MT_Crack", 200)):
        for i in range(2):
            photo(root / f"{kind}/Imgs/exp2_num_{i}.jpg", start + i)
            mask(root / f"{kind}/Imgs/exp2_num_{i}.png", i)
    (root / "README.md").write_text("Magnetic tile")
    return {"source": (6, 0, {"Blowhole": 2, "Crack": 2}, 4)}


def casting(root: Path) -> Right:
    """Casting product images: defects lie in train too; no masks."""
    base = root / "casting_data/casting_data"
    for i in range(6):
        photo(base / f"train/ok_front/cast_ok_0_{i}.jpeg", i)
    for i in range(2):
        photo(base / f"test/ok_front/cast_ok_0_{100 + i}.jpeg", 100 + i)
        photo(base / f"train/def_front/cast_def_0_{i}.jpeg", 200 + i)
        photo(base / f"test/def_front/cast_def_0_{100 + i}.jpeg", 300 + i)
    return {"source": (6, 2, {"def_front": 4}, 0)}


def real_iad(root: Path) -> Right:
    """Real-IAD: five views a sample; a JSON file lists class, picture and mask."""
    record: dict = {"meta": {"normal_class": "OK", "prefix": "audiojack/"}, "train": [], "test": []}

    def sample(split: str, kind: str, number: int, seed: int) -> None:
        for view in range(1, 6):
            folder = "OK" if kind == "OK" else f"NG/{kind}"
            path = f"{folder}/S{number:04}/audiojack_{number:04}_{kind}_C{view}.jpg"
            photo(root / "audiojack" / path, seed + view)
            row = {"category": "audiojack", "anomaly_class": kind, "image_path": path, "mask_path": None}
            if kind != "OK":
                row["mask_path"] = path.replace(".jpg", ".png")
                mask(root / "audiojack" / row["mask_path"], view)
            record[split].append(row)

    sample("train", "OK", 1, 0)
    sample("train", "OK", 2, 10)
    sample("test", "OK", 3, 20)
    sample("test", "AK", 1, 30)
    (root / "realiad_jsons").mkdir()
    (root / "realiad_jsons/audiojack.json").write_text(json.dumps(record))
    return {"audiojack": (10, 5, {"AK": 5}, 5)}


LAYOUTS: dict[str, Callable[[Path], Right]] = {
    "MVTec AD": mvtec, "MVTec AD 2": mvtec_2, "MVTec LOCO": loco, "VisA": visa, "VisA folders": visa_folders, "BTAD": btad,
    "MPDD": mpdd, "KolektorSDD": kolektor, "KolektorSDD2": kolektor_2, "DAGM": dagm, "Magnetic tile": magnetic_tile,
    "casting": casting, "Real-IAD": real_iad,
}  # fmt: skip
