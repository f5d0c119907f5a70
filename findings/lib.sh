# Sourced by every finding: a temporary folder with a virtual environment of its own, removed at the end.
set -euo pipefail

findings=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export PYTHONPATH=$findings PYTHONPYCACHEPREFIX=$work/pycache OMP_NUM_THREADS=1
"${PYTHON:-python3}" -m venv "$work/venv"

install() { "$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check "$@"; }

# PyTorch's CPU build, from the configured index where it has one, else from PyTorch's own.
install_torch() {
    install torch==2.13.0+cpu 2>/dev/null ||
        install torch==2.13.0+cpu --index-url https://download.pytorch.org/whl/cpu
}

python() { "$work/venv/bin/python" "$@"; }
