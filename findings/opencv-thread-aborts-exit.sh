# A background thread that reads a stream with OpenCV aborts the program when it ends.
#
# A daemon thread that is within `VideoCapture.grab` or `read` while Python ends comes back, and wants Python's lock. Up to Python 3.13 Python then ends
# the thread by unwinding its stack, which goes through C++ code that catches everything, and the program is aborted (SIGABRT, "terminate called
# without an active exception"). All its work is done by then, but its exit code tells of a failure. Seen with OpenCV 5.0.0.93 and Python 3.11.7. The
# stream here gives 20 pictures a second over HTTP.
#
# expected: exit code 0
# observed: exit codes [-6, -6, -6, -6, -6]
source "$(dirname "$0")/lib.sh"
install opencv-python-headless==5.0.0.93
cat > reads.py <<'PYTHON'
import sys
import threading
import time

import cv2

capture = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG)


def read():
    while capture.grab():
        pass


threading.Thread(target=read, daemon=True).start()
time.sleep(0.5)
print("all work is done", flush=True)
PYTHON
cat > ends.py <<'PYTHON'
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
from finding import report

PICTURE = cv2.imencode(".jpg", np.zeros((48, 64, 3), np.uint8))[1].tobytes()


class Camera(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(PICTURE)}\r\n\r\n".encode()
        try:
            while True:
                self.wfile.write(head + PICTURE + b"\r\n")
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
threading.Thread(target=server.serve_forever, daemon=True).start()
ended = [
    subprocess.run(
        [sys.executable, "reads.py", f"http://127.0.0.1:{server.server_port}/"], capture_output=True, text=True
    )
    for _ in range(5)
]
print(ended[0].stdout, ended[0].stderr.strip())
codes = [end.returncode for end in ended]
report("opencv-python-headless numpy", "exit code 0", f"exit codes {codes}", -6 in codes)
PYTHON
python ends.py
