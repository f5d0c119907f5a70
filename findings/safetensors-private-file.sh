#!/usr/bin/env bash
# Since 0.8 safetensors' save_file makes a file that only its owner can read (mode 600) whatever the umask, takes away the
# permissions of a file that it overwrites, and replaces a symbolic link instead of writing to the file behind it. A server
# under another account can no longer read the model. 0.7 kept to the umask and followed the link.
#
# Output seen on Linux (x86-64):
#   versions: Python 3.11.7, safetensors 0.8.0
#   expected: new file 644, overwritten 664, link kept: True (umask 022)
#   observed: 0.7.0: new file 644, overwritten 664, link kept: True; 0.8.0: new file 600, overwritten 600, link kept: False
source "$(dirname "$0")/lib.sh"

cat >save.py <<'PY'
import os
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

os.umask(0o022)
shared, link = Path("shared"), Path("link")
shared.touch()
shared.chmod(0o664)
link.unlink(missing_ok=True)
link.symlink_to(shared)
save_file({"array": np.zeros(1)}, link)
followed = link.is_symlink()
save_file({"array": np.zeros(1)}, shared)
save_file({"array": np.zeros(1)}, "new")
print(f"new file {Path('new').stat().st_mode & 0o777:o}, overwritten {shared.stat().st_mode & 0o777:o}, link kept: {followed}")
PY
for version in 0.7.0 0.8.0; do
    install safetensors==$version numpy==2.4.6
    rm -f shared link new
    python save.py >seen-$version
done

python <<'PY'
from pathlib import Path

from finding import report

old, new = (Path(f"seen-{version}").read_text().strip() for version in ("0.7.0", "0.8.0"))
report(
    "safetensors",
    "new file 644, overwritten 664, link kept: True (umask 022)",
    f"0.7.0: {old}; 0.8.0: {new}",
    old == "new file 644, overwritten 664, link kept: True" and new == "new file 600, overwritten 600, link kept: False",
)
PY
