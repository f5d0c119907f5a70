"""Teachers: frozen networks whose features the model learns to predict."""
