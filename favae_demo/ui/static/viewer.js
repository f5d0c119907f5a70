// The viewer of the Detect tab: its pictures zoom and move together. One view for all of them, in shares of the picture; a layer above each
// shows what the picture's file holds beyond the reduced copy, and the chosen region.
(() => {
  const FRAMES = ".detect .panes .image-frame", SVG = "http://www.w3.org/2000/svg", SHARP = ["picture", "result"];
  const MOST = 40, STEP = 1.5, TAP = {zoom: 3, milliseconds: 350, pixels: 24}, PAN = 0.2, ROOM = 0.5, REGION = {room: 1.5, zoom: 8};
  const WAIT = 150; // milliseconds of rest after which detail is asked for
  const whole = () => ({zoom: 1, x: 0.5, y: 0.5}); // x, y: the point of the picture in the middle
  const pointers = new Map(), known = new WeakSet();
  let view = whole(), source = "", sharp = null, asked = null, waiting = 0, tapped = {time: 0, x: 0, y: 0};

  const frames = () => [...document.querySelectorAll(FRAMES)].filter((one) => one.querySelector("img")?.naturalWidth);
  const result = () => document.querySelector(".detect .panes .result img")?.src;
  const main = () => frames().find((one) => one.closest(".picture"));
  const frameOf = (target) => target.closest?.(FRAMES);
  const clamp = (value, low, high) => (low > high ? 0.5 : Math.min(Math.max(value, low), high));

  // How a picture lies in its frame: the frame's size, and the picture's at zoom 1, which is centred.
  function fit(frame) {
    const {naturalWidth, naturalHeight} = frame.querySelector("img"), {clientWidth: width, clientHeight: height} = frame;
    const scale = Math.min(width / naturalWidth, height / naturalHeight);
    return {width, height, pictureWidth: naturalWidth * scale, pictureHeight: naturalHeight * scale};
  }
  // The visible part as shares of the picture; beyond [0, 1] beside it.
  function visible(frame) {
    const at = fit(frame), width = at.width / at.pictureWidth / view.zoom, height = at.height / at.pictureHeight / view.zoom;
    return {x: view.x - width / 2, y: view.y - height / 2, width, height};
  }
  function pointAt(frame, x, y) {
    const box = frame.getBoundingClientRect(), part = visible(frame);
    return {x: part.x + ((x - box.left) / box.width) * part.width, y: part.y + ((y - box.top) / box.height) * part.height};
  }

  function show(next, frame = main()) {
    if (!frame) return;
    view = {...next, zoom: clamp(next.zoom, 1, MOST)};
    const {width, height} = fit(frame).width ? visible(frame) : {width: 1, height: 1};  // while its tab is not shown it has no size
    view.x = clamp(view.x, width / 2, 1 - width / 2);
    view.y = clamp(view.y, height / 2, 1 - height / 2);
    draw();
    clearTimeout(waiting);
    waiting = setTimeout(sharpen, WAIT);
  }
  // Zooms so that what lies under a point of the screen, by default the frame's middle, stays there.
  function zoomBy(factor, frame = main(), x = null, y = null) {
    if (!frame) return;
    const box = frame.getBoundingClientRect();
    [x, y] = [x ?? box.left + box.width / 2, y ?? box.top + box.height / 2];
    const zoom = clamp(view.zoom * factor, 1, MOST), point = pointAt(frame, x, y), kept = view.zoom / zoom;
    show({zoom, x: point.x + (view.x - point.x) * kept, y: point.y + (view.y - point.y) * kept}, frame);
  }
  function move(frame, right, down) { // in pixels of the screen
    const part = visible(frame), {width, height} = fit(frame);
    show({...view, x: view.x - (right / width) * part.width, y: view.y - (down / height) * part.height}, frame);
  }
  function reset() {
    document.querySelectorAll(".regions [aria-pressed=true]").forEach((one) => one.setAttribute("aria-pressed", "false"));
    show(whole());
  }
  function region(button) {
    const shown = button.getAttribute("aria-pressed") === "true", frame = main();
    reset();
    if (shown || !frame) return;
    button.setAttribute("aria-pressed", "true");
    const [left, top, right, bottom] = button.dataset.box.split(" ").map(Number);
    const around = REGION.room * Math.max(right - left, bottom - top);
    show({zoom: Math.min(1 / around, REGION.zoom), x: (left + right) / 2, y: (top + bottom) / 2}, frame);
    frame.closest(".panes").scrollIntoView({block: "nearest"});
  }

  function draw() {
    document.body.classList.toggle("zoomed", view.zoom > 1);
    for (const frame of frames()) {
      watch(frame);
      const at = fit(frame), part = visible(frame);
      if (!at.width) continue;
      const left = -(part.x * at.pictureWidth + (at.width - at.pictureWidth) / 2) * view.zoom;
      const top = -(part.y * at.pictureHeight + (at.height - at.pictureHeight) / 2) * view.zoom;
      frame.style.setProperty("--view", view.zoom > 1 ? `translate(${left}px, ${top}px) scale(${view.zoom})` : "none");
      layer(frame, part);
    }
    const tools = document.querySelector(".zoom-tools");
    if (!tools) return;
    tools.querySelector("output").textContent = `${Math.round(100 * view.zoom)} %`;
    tools.querySelector("[data-zoom=reset]").disabled = tools.querySelector("[data-zoom=out]").disabled = view.zoom === 1;
    tools.querySelector("[data-zoom=in]").disabled = view.zoom === MOST;
  }
  // Detail and mark, in shares × 1000: the lines stay as thin as they are at any zoom.
  function layer(frame, part) {
    const above = frame.querySelector("svg.above") ?? frame.appendChild(node("svg", {class: "above", preserveAspectRatio: "none", "aria-hidden": true}));
    above.setAttribute("viewBox", [part.x, part.y, part.width, part.height].map((one) => 1000 * one).join(" "));
    const place = ([left, top, right, bottom]) => ({x: 1000 * left, y: 1000 * top, width: 1000 * (right - left), height: 1000 * (bottom - top)});
    const drawn = [], marked = document.querySelector(".regions [aria-pressed=true]");
    const pane = SHARP.find((name) => frame.closest(`.${name}`));
    if (sharp && pane && view.zoom > 1 && !(sharp.stale && pane === "result")) drawn.push(sharp.nodes[pane] ??= node("image", {href: sharp[pane], preserveAspectRatio: "none", ...place(sharp.box)}));
    if (marked) drawn.push(...["halo", "mark"].map((name) => node("rect", {class: name, ...place(marked.dataset.box.split(" ").map(Number))})));
    above.replaceChildren(...drawn);
  }
  function node(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // Asks for the visible part, and some more around it, where the file holds more than what is there; one part at a time.
  function sharpen() {
    const frame = main(), own = Number(document.querySelector(".zoom-tools")?.dataset.width);
    if (!frame || asked || view.zoom === 1) return;
    const image = frame.querySelector("img"), part = visible(frame);
    const wanted = Math.min(own, fit(frame).pictureWidth * view.zoom * devicePixelRatio);
    if (wanted <= 1.1 * image.naturalWidth) return;
    const inside = (low, high) => [Math.max(low, 0), Math.min(high, 1)];
    const [[left, right], [top, bottom]] = [inside(part.x, part.x + part.width), inside(part.y, part.y + part.height)];
    if (sharp && !sharp.stale && sharp.density >= 0.8 * wanted && sharp.box[0] <= left && sharp.box[1] <= top && sharp.box[2] >= right && sharp.box[3] >= bottom) return;
    const [aside, above] = [ROOM * (right - left), ROOM * (bottom - top)];
    const [[x0, x1], [y0, y1]] = [inside(left - aside, right + aside), inside(top - above, bottom + above)];
    asked = {source, result: result(), area: [x0, y0, x1, y1]};
    document.getElementById("sharpen")?.click();
  }
  favae.viewer = {
    area: () => asked?.area.join(" ") ?? "",
    sharpened(detail) { // null where there is none
      const of = asked;
      asked = null;
      if (of?.source !== source) return sharpen();
      if (!detail) return;
      sharp = {...detail, nodes: {}, stale: of.result !== result(), density: detail.width / (detail.box[2] - detail.box[0])};
      draw();
      sharpen(); // the view may have moved on
    },
  };

  function watch(frame) {
    if (known.has(frame)) return;
    known.add(frame);
    const taken = (event) => { if (event.cancelable && (view.zoom > 1 || event.touches.length > 1)) event.preventDefault(); };
    frame.addEventListener("touchmove", taken, {passive: false}); // else the page would scroll under a pinch
    new ResizeObserver(() => show(view)).observe(frame);
  }
  document.addEventListener("load", ({target}) => { // of an image; of another picture the whole is shown
    const frame = target.tagName === "IMG" && frameOf(target);
    if (!frame) return;
    if (frame.closest(".result") && sharp) sharp.stale = true; // drawn with other values of the controls
    if (!frame.closest(".picture") || target.src === source) return show(view);
    [source, sharp] = [target.src, null];
    reset();
  }, true);
  addEventListener("wheel", (event) => {
    const frame = frameOf(event.target), focused = frame?.closest("button")?.contains(document.activeElement);
    if (!frame || !(event.ctrlKey || event.metaKey || focused)) return;
    const factor = Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : event.ctrlKey ? 0.01 : 0.002));
    if (!event.ctrlKey && (factor < 1 ? view.zoom === 1 : view.zoom === MOST)) return; // nothing to zoom: the page scrolls
    event.preventDefault();
    zoomBy(clamp(factor, 0.5, 2), frame, event.clientX, event.clientY);
  }, {passive: false});
  addEventListener("pointerdown", (event) => {
    const frame = frameOf(event.target);
    if (!frame || event.button) return;
    if (pointers.size === 0 || event.pointerType !== "mouse") pointers.set(event.pointerId, {x: event.clientX, y: event.clientY, frame});
    if (event.pointerType === "mouse") frame.setPointerCapture(event.pointerId);
  });
  addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const now = {x: event.clientX, y: event.clientY, frame: last.frame}, other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    const apart = (one) => Math.hypot(one.x - other.x, one.y - other.y);
    pointers.set(event.pointerId, now);
    const shared = other ? 2 : 1; // of two fingers each moves the middle by half
    if (other || view.zoom > 1) move(now.frame, (now.x - last.x) / shared, (now.y - last.y) / shared);
    if (other) zoomBy(apart(now) / Math.max(apart(last), 1), now.frame, (now.x + other.x) / 2, (now.y + other.y) / 2);
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, (event) => {
    if (!pointers.delete(event.pointerId) || end === "pointercancel") return;
    const frame = frameOf(event.target), {time, x, y} = tapped;
    tapped = {time: event.timeStamp, x: event.clientX, y: event.clientY};
    if (!frame || pointers.size || event.timeStamp - time > TAP.milliseconds || Math.hypot(tapped.x - x, tapped.y - y) > TAP.pixels) return;
    tapped.time = 0;
    if (view.zoom > 1) reset(); else zoomBy(TAP.zoom, frame, event.clientX, event.clientY);
  });
  addEventListener("dragstart", (event) => { if (frameOf(event.target)) event.preventDefault(); });
  const ARROWS = {ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};
  const KEYS = {"+": (frame) => zoomBy(STEP, frame), "=": (frame) => zoomBy(STEP, frame), "-": (frame) => zoomBy(1 / STEP, frame), "0": reset};
  addEventListener("keydown", (event) => {
    const frame = event.target.closest?.(".detect .panes button")?.querySelector(".image-frame"), arrow = ARROWS[event.key];
    if (!frame || event.ctrlKey || event.metaKey || event.altKey || !(KEYS[event.key] || (arrow && view.zoom > 1))) return;
    event.preventDefault();
    event.stopPropagation(); // in the presentation view arrows step through the pictures
    if (arrow) move(frame, arrow[0] * PAN * frame.clientWidth, arrow[1] * PAN * frame.clientHeight); else KEYS[event.key](frame);
  }, true);
  const TOOLS = {in: () => zoomBy(STEP), out: () => zoomBy(1 / STEP), reset};
  addEventListener("click", (event) => {
    TOOLS[event.target.closest?.("[data-zoom]")?.dataset.zoom]?.();
    const button = event.target.closest?.(".regions [data-box]");
    if (button) region(button);
  });
})();
