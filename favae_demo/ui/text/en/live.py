"""Texts of the Live tab."""

SOURCE, SOURCE_INFO = "Source", "Videos and folders start again at their end"
SOURCES = {
    "test": "Test pictures of this kind of part",
    "video": "A video",
    "folder": "A folder of pictures",
    "camera": "Camera",
}
MODEL_INFO = "The plain VAE is the fastest"
VIDEO = "Video (MP4, WebM, AVI)"
FOLDER = "Folder with pictures"
PACE, PACE_INFO = "Pictures a second", "For test pictures and folders; videos and cameras have their own pace"
HOLD, HOLD_INFO = (
    "Hold on defect",
    "Stops at the first picture with a defect, or that cannot be judged, until you continue",
)
START, STOP, SAVE = "Start", "Stop", "Save this picture"
RELEASE = "Continue"
STOP_FIRST = "Pictures pass too fast to tell which one you mean: press “Stop”, or use “Hold on defect”, then mark the picture."
IDLE = (
    "Press “Start”: pictures come one after another, as on a production line, and what looks wrong is marked."
)
STARTING = "One moment: the first picture is being judged …"
STOPPED = "Stopped. Press “Start” to play again."
HELD = {
    "defect": "Held at a defect. Press “Continue” when you have seen it.",
    "not judged": "Held at a picture that cannot be judged. Press “Continue” when you have seen it.",
}
FORGOTTEN = "The stream has ended, because nobody looked at it for a while. Press “Start” to play again."
LOST = "The connection to the server is lost; trying again …"
LIVE_PICTURE = "Live picture with what was found"
FACTS = "{name} · picture {number} · defects so far: {defects} · {milliseconds:.0f} ms a picture"
SCREEN_RATE = "{rate} frames a second on screen"
UNREADABLE = "Passed over, because they cannot be read: {names}."
FACT_NOT_JUDGED = " · not judged: {count}"
STRIP = "Score over the last {seconds:.0f} seconds; now {now}; {defects} of {count} pictures above the limit."
STRIP_TOP, STRIP_LIMIT, STRIP_LOW = "10 × the limit", "limit", "0.1"
STRIP_OLD, STRIP_NOW = "{seconds:.0f} s ago", "now"
NO_VIDEO = "Choose a video first."
NO_FOLDER = "Choose a folder with pictures first."
NO_TESTS = "There are no test pictures of this kind of part here. Choose another source."
NOTHING_TO_SAVE = "There is no picture yet. Press “Start” first."
TOO_MANY = (
    "{count} streams are playing on this server already. Stop one of them, or try again in two minutes."
)
BAD_FRAME = "The camera sent something that is not a picture."
NO_CAMERA = "No camera was found. Connect one, or choose another source."
CAMERA_DENIED = (
    "The browser may not use the camera. Allow it beside the address of this page, and press “Start” again."
)
CAMERA_INSECURE = (
    "Browsers give the camera only to pages on this machine (localhost) or over https. Choose another source."
)
CAMERA_BUSY = "The camera cannot be used now; perhaps another program uses it. Close that program, and press “Start” again."
