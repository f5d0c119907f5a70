// Plays a stream in the page: asks for the newest frame, shows it, and only then asks for the next one, so that no frame waits
// in a queue however slow the network or the screen is. Runs once the component is there, with `element`, `props`, `server`, `watch`.
const say = props.say;
const part = (name) => element.querySelector(name);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const CAMERA_SIDE = 512;
let run = 0;

class SpokenError extends Error {}

async function openCamera() {
  if (!navigator.mediaDevices?.getUserMedia) throw new SpokenError(say.insecure);
  const sentences = {NotAllowedError: say.denied, SecurityError: say.denied, NotFoundError: say.none, OverconstrainedError: say.none};
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: "environment"}, audio: false});
  } catch (error) {
    throw new SpokenError(sentences[error.name] ?? say.busy);
  }
  const video = document.createElement("video");
  Object.assign(video, {srcObject: stream, muted: true, playsInline: true});
  await video.play();
  const canvas = document.createElement("canvas");
  return {
    take() {
      const scale = Math.min(1, CAMERA_SIDE / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
      return canvas.toDataURL("image/jpeg", 0.85);
    },
    close() { stream.getTracks().forEach((track) => track.stop()); },
  };
}

// A status is announced when its words change, not with each frame.
function write(name, words) {
  const place = part(name);
  if (place.textContent !== words) place.textContent = words;
}

function note(words, state) {
  write(".live-note", words);
  part(".live").dataset.state = state;
}

// Shows a frame. One that is still decoded when the stream is stopped is shown to its end, and keeps the note that says so: it is the
// frame that a visitor's "this was good" is about.
async function show(frame, times, current) {
  const picture = part(".live-picture");
  picture.src = frame.picture;
  await picture.decode();
  picture.dataset.number = frame.number;
  part(".verdict").className = `verdict ${frame.verdict}`;
  write(".word", frame.word);
  part(".numbers").innerHTML = frame.numbers;
  part(".fill").style.width = frame.share;
  part(".support").innerHTML = frame.support;
  write(".why", frame.why);
  part(".live-strip").innerHTML = frame.strip;
  write(".live-drift", frame.drift);
  const now = performance.now();
  times.push(now);
  while (times[0] < now - 2000) times.shift();
  const rate = (1000 * (times.length - 1)) / (now - times[0]);
  write(".live-facts", times.length > 2 ? `${frame.facts} · ${say.rate.replace("{rate}", rate.toFixed(1))}` : frame.facts);
  if (current()) note(frame.note, frame.state);
}

async function play(address) {
  const mine = ++run, times = [];
  const current = () => mine === run && element.isConnected;
  const [source, token] = address.split(" ");
  let camera = null, seen = 0;
  if (source === "note") {
    note(address.slice(source.length + 1), "starting");
    return;
  }
  if (!token) {
    if (part(".live").dataset.state !== "idle") note(say.stopped, "stopped");
    return;
  }
  note(say.starting, "starting");
  try {
    if (source === "camera") camera = await openCamera();
    while (current()) {
      if (document.hidden || !element.offsetParent) { await sleep(250); continue; }
      let frame;
      try {
        frame = await server.next_frame({token, seen, frame: camera?.take() ?? null});
      } catch {
        if (current()) note(say.lost, "lost");
        await sleep(1000);
        continue;
      }
      const replaced = !current() && props.value;
      if (frame.number && !replaced) { await show(frame, times, current); seen = frame.number; }
      if (!current()) break;
      if (frame.state === "ended") { note(frame.note, "ended"); break; }
    }
  } catch (error) {
    if (!(error instanceof SpokenError)) throw error;
    if (current()) note(error.message, "ended");
  } finally {
    camera?.close();
  }
}

element.addEventListener("click", (event) => {
  if (event.target.closest(".live-release")) server.release({token: props.value.split(" ")[1]});
});
watch("value", () => play(props.value));
if (props.value) play(props.value);
