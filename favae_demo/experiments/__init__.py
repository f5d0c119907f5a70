"""Many trainings with one purpose: the shipped models, and what each element of a recipe is worth."""
