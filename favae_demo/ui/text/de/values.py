"""Words of values: kinds of picture, counts, downloads, dates."""

GROUP = "\u202f"
"""Between the thousands of a number."""
GOOD, DEFECT = "gut", "Fehler: {kind}"
MARKED = "markiert"
GOOD_FOLDER = "gut"
AND = " und "
NO_REGION, SMALL_REGION = "keine", "< 0.1\u00a0%"
NOTHING = "–"
PICTURE, PICTURES = "{count} Bild", "{count} Bilder"
ALL_KINDS, NO_KINDS = "Alle {count} Testbilder", "Keine Testbilder"
ALL_HELD_OUT = "Alle {count} zurückgelegten Gutteile"
KNOWN_GOOD = "Bekannt: Das ist ein Gutteil."
KNOWN_HELD_OUT = "Bekannt: Das ist ein Gutteil, beim Lernen zurückgelegt."
KNOWN_DEFECT = "Bekannt: Dieses Teil hat einen Fehler ({kind})."
NOT_MARKED = "Wo er liegt, ist nicht markiert."
TIME = "{day}. {month} {clock}"
DAY = "{day}. {month}"
MONTHS = ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.")
WEIGHTS_HERE = "Die Gewichte von {name} sind da."
WEIGHTS_BEGIN = (
    "Dieses Modell braucht die ImageNet-Gewichte von {name}: Sie werden geladen, nur dieses eine Mal …"
)
WEIGHTS_COMING = (
    "Die ImageNet-Gewichte von {name} werden von {source} geladen: {size}. Das geschieht nur einmal."
)
OF_SIZE = "{done} von {total} MB"
