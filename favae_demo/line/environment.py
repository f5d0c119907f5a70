"""What a line takes from the environment: `${NAME}` in its configuration file, and the certificates that it trusts."""

import os
import re
from typing import Annotated

from pydantic import AfterValidator, Field

UNTRUSTED = (
    "The certificate of {host} is not trusted: {reason}. Name the file of your authority's certificate in the environment variable "
    "SSL_CERT_FILE."
)
VARIABLE = re.compile(r"\$\{(\w+)\}")


def with_variables(text: str) -> str:
    """Returns a text with the values of the environment variables that it names as `${NAME}`.

    Raises:
        ValueError: One is not set.
    """
    missing = [name for name in VARIABLE.findall(text) if name not in os.environ]
    if missing:
        raise ValueError(f"The environment variable {missing[0]} is not set")
    return VARIABLE.sub(lambda match: os.environ[match[1]], text)


# Secrets are not shown where options are printed.
Secret = Annotated[str, AfterValidator(with_variables), Field(repr=False)]
