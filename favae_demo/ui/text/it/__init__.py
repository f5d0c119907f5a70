"""Italian. Glossary: limit = limite, picture = immagine, part = pezzo, good part = pezzo buono, defect = difetto, verdict = esito."""
