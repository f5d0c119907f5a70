"""Texts of the model export in the Results tab."""

from favae_demo.core.settings import install_command
from favae_demo.ui.text.en.export import FORMATS as FORMATS

TITLE = "Per altri programmi"
INTRO = (
    "Il modello scelto come file che funzionano senza questa applicazione e senza PyTorch: la rete intera, i suoi limiti e un esempio "
    "che giudica immagini. I file vengono controllati: rispondono come il modello risponde qui."
)
CHOOSE = "Scegliere prima un modello sopra."
FORMAT, FORMAT_INFO = (
    "Formato",
    "ncnn è veloce su processori e telefoni; OpenVINO è adatto a quelli di Intel; ONNX è letto dalla maggior parte dei programmi",
)
MAKE, SAVE = "Crea i file", "Salva i file (ZIP)"
WORKING = "Si converte il modello e si controllano le sue risposte; servono alcuni secondi …"
DONE = "Fatto: la differenza più grande dal modello qui è {error:.0e} dell'errore più alto."
MISSING = (
    f"Per crearli, qualcuno deve installare altri pacchetti su questo computer: {install_command('fast')}"
)
