"""Texts of the model export in the Results tab."""

from favae_demo.core.settings import install_command
from favae_demo.ui.text.en.export import FORMATS as FORMATS

TITLE = "Für andere Programme"
INTRO = (
    "Das gewählte Modell als Dateien, die ohne diese Anwendung und ohne PyTorch laufen: das ganze Netz, seine Grenzen, und ein Beispiel, "
    "das Bilder beurteilt. Die Dateien werden geprüft: Sie antworten wie das Modell hier."
)
CHOOSE = "Bitte zuerst oben ein Modell wählen."
FORMAT, FORMAT_INFO = (
    "Dateiformat",
    "ncnn ist schnell auf Prozessoren und Telefonen; OpenVINO passt zu denen von Intel; ONNX lesen die meisten Programme",
)
MAKE, SAVE = "Dateien erstellen", "Dateien speichern (ZIP)"
WORKING = "Das Modell wird umgewandelt, und seine Antworten werden geprüft; das dauert einige Sekunden …"
DONE = "Fertig: Der größte Unterschied zum Modell hier ist {error:.0e} der höchsten Abweichung."
MISSING = f"Um sie zu erstellen, muss jemand weitere Pakete auf diesem Computer installieren: {install_command('fast')}"
