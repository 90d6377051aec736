// Picks a route for each walk, or a drawing with start, end and target points on it.
//
// What is picked for a route or walkthrough is one plain value; every change makes a new one, so
// that undo is a list of values. The view (zoom and offset) is apart from it. Places are fractions
// of the drawing's width and height from its upper left corner; positions are the drawing's own
// latitude and longitude.
"use strict";

(() => {
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("pick-data").textContent);
  const map = find("map");
  const save = find("save"); // only on a page that is served

  const MOST_ZOOM = 60;
  const CLICK_MOVES = 6; // pixels that a finger shakes while it taps
  const STEP = 16; // pixels that an arrow key moves the crosshair
  const MARGIN = 16;

  // ---- positions and places ----------------------------------------------------------------

  let canvas = data.canvases[0]; // the one that is shown
  const rounded = (number) => Number(number.toFixed(canvas.decimals));

  function toPosition({ x, y }) {
    const { north, south, east, west } = canvas.bounds;
    return { lat: rounded(north - y * (north - south)), lng: rounded(west + x * (east - west)) };
  }

  function toPlace({ lat, lng }) {
    const { north, south, east, west } = canvas.bounds;
    return { x: (lng - west) / (east - west), y: (north - lat) / (north - south) };
  }

  function digits(number) {
    const text = number.toFixed(Math.max(canvas.decimals, 8));
    return text.includes(".") ? text.replace(/\.?0+$/u, "") : text;
  }

  // Target points are their positions, or only how many there are.
  const listed = (points) => (Array.isArray(points) ? points : []);

  const written = ({ lat, lng }) => `${digits(lat)}, ${digits(lng)}`;

  function yamlOf(one) {
    const { route, drawing, start, end, points } = one.now;
    const { drawings, routes } = data.manifests[one.manifest];
    const lines = [];
    if (route && route !== one.own.route) lines.push(`route: ${routes[route].yaml}`);
    if (drawing && drawing !== one.own.drawing) lines.push(`drawing: ${drawings[drawing].yaml}`);
    if (start) lines.push(`start_position: "${written(start)}"`);
    if (end) lines.push(`end_position: "${written(end)}"`);
    if (typeof points === "number") lines.push(`target_points: ${points}`);
    if (Array.isArray(points)) lines.push(`target_points:${points.length ? "" : " []"}`);
    for (const one of listed(points)) lines.push(`  - "${written(one)}"`);
    return lines.join("\n");
  }

  // ---- what is picked, and its history -----------------------------------------------------

  const pages = new Map(
    Object.entries(data.subjects).map(([key, one]) => [
      key,
      { ...one, saved: one.own, now: one.own, past: [], future: [] },
    ]),
  );
  const cards = [...document.querySelectorAll("[data-subject]")];
  const chosenKey = () => document.querySelector("[name=subject]:checked").value;
  const subject = () => pages.get(chosenKey());
  const nothing = { drawing: null, start: null, end: null, points: null };

  // What its route says where it says nothing itself; the page knows what stood in the manifest.
  function inheritedOf(one) {
    if (one.now.route === one.own.route) return one.inherited;
    return data.manifests[one.manifest].routes[one.now.route]?.values ?? nothing;
  }

  const drawingOf = (one) => one.now.drawing ?? inheritedOf(one).drawing;

  function isPlaced(one) {
    const inherited = inheritedOf(one);
    return ["drawing", "start", "end"].every((kind) => one.now[kind] ?? inherited[kind]);
  }

  const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  function changesOf({ now, saved }) {
    return Object.fromEntries(Object.entries(now).filter(([key, one]) => !isSame(one, saved[key])));
  }

  const isChanged = (one) => Object.keys(changesOf(one)).length > 0;
  const names = { start: "Start", end: "End", points: "Target point" };
  const mode = () => document.querySelector("[name=mode]:checked").value;

  function choose(name) {
    document.querySelector(`[name=mode][value=${name}]`).checked = true;
  }

  // What a click is most likely meant to set: the first that is neither picked nor inherited.
  function chooseMissing() {
    const inherited = inheritedOf(subject());
    const isSet = (kind) => typeof (subject().now[kind] ?? inherited[kind] ?? 0) === "object";
    choose(["start", "end", "points"].find((kind) => !isSet(kind)) || "start");
  }

  function change(next) {
    const one = subject();
    one.past.push(one.now);
    one.future = [];
    one.now = next;
    show();
  }

  function travel(from, to, word) {
    const one = subject();
    if (one[from].length === 0) return;
    one[to].push(one.now);
    one.now = one[from].pop();
    show();
    say(word);
  }

  function chooseRoute(route) {
    change({ ...nothing, route: route || null });
    say(route ? `Route: ${route}` : "No route: choose a drawing, and set positions with clicks.");
    chooseMissing();
  }

  // Positions on another drawing mean nothing on this one.
  function chooseDrawing(drawing) {
    change({ ...nothing, route: null, drawing });
    say(`Drawing: ${drawing}`);
    chooseMissing();
  }

  const undo = () => travel("past", "future", "Undone.");
  const redo = () => travel("future", "past", "Done again.");

  function setPoint(place) {
    if (!isInside(place)) {
      say("That is outside the drawing.");
      return;
    }
    const one = subject();
    const position = toPosition(place);
    const kind = mode();
    const now = drawingOf(one) ? one.now : { ...one.now, drawing: find("drawing").value };
    if (kind === "points") {
      const points = [...listed(one.now.points), position];
      change({ ...now, points });
      say(`Target point ${points.length}: ${written(position)}`);
      return;
    }
    const isFirst = !one.now[kind];
    change({ ...now, [kind]: position });
    say(`${names[kind]}: ${written(position)}`);
    if (isFirst) chooseMissing();
  }

  function movePin(pin, place) {
    const one = subject();
    const position = toPosition(clamped(place));
    if (pin.kind !== "points") {
      change({ ...one.now, [pin.kind]: position });
    } else {
      const points = one.now.points.map((other, at) => (at === pin.index ? position : other));
      change({ ...one.now, points });
    }
    say(`${pin.label} moved to ${written(position)}`);
  }

  function removePoint(index) {
    const one = subject();
    if (index < 0) return;
    const points = one.now.points.filter((_, at) => at !== index);
    change({ ...one.now, points });
    say(`Target point ${index + 1} removed, ${points.length} left.`);
  }

  function removeEnd(kind) {
    const one = subject();
    if (!one.now[kind]) return;
    change({ ...one.now, [kind]: null });
    choose(kind);
    say(`${names[kind]} removed${inheritedOf(one)[kind] ? ": that of the route counts" : ""}.`);
  }

  // What a click sets is what is removed; of target points the last.
  function remove() {
    if (mode() === "points") removePoint(listed(subject().now.points).length - 1);
    else removeEnd(mode());
  }

  // ---- the view ----------------------------------------------------------------------------

  const view = { scale: 1, x: 0, y: 0 };
  let least = 1;
  let crosshair = { x: 0.5, y: 0.5 };

  const isInside = ({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1;
  const between = (low, value, high) => Math.min(Math.max(value, low), high);
  const clamped = ({ x, y }) => ({ x: between(0, x, 1), y: between(0, y, 1) });
  const size = () => ({ width: map.clientWidth, height: map.clientHeight });

  function toScreen({ x, y }) {
    return { x: view.x + x * canvas.width * view.scale, y: view.y + y * canvas.height * view.scale };
  }

  function fromScreen({ x, y }) {
    return {
      x: (x - view.x) / view.scale / canvas.width,
      y: (y - view.y) / view.scale / canvas.height,
    };
  }

  function at(event) {
    const box = map.getBoundingClientRect();
    return { x: event.clientX - box.left - map.clientLeft, y: event.clientY - box.top - map.clientTop };
  }

  function fit() {
    const { width, height } = size();
    least = Math.min((width - 2 * MARGIN) / canvas.width, (height - 2 * MARGIN) / canvas.height);
    view.scale = least;
    view.x = (width - canvas.width * least) / 2;
    view.y = (height - canvas.height * least) / 2;
    drawMap();
  }

  function zoom(factor, around = { x: size().width / 2, y: size().height / 2 }) {
    const scale = between(least, view.scale * factor, least * MOST_ZOOM);
    view.x = around.x - ((around.x - view.x) * scale) / view.scale;
    view.y = around.y - ((around.y - view.y) * scale) / view.scale;
    view.scale = scale;
    keepInView();
    drawMap();
  }

  function pan(x, y) {
    view.x += x;
    view.y += y;
    keepInView();
    drawMap();
  }

  // Some of the drawing always stays in sight.
  function keepInView() {
    const { width, height } = size();
    const shown = 80;
    view.x = between(shown - canvas.width * view.scale, view.x, width - shown);
    view.y = between(shown - canvas.height * view.scale, view.y, height - shown);
  }

  // ---- drawing -----------------------------------------------------------------------------

  function make(tag, attributes = {}, text = "", space = map.namespaceURI) {
    const element = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  }

  function drawMap() {
    find("world").setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
    find("grid").replaceChildren(...(canvas.picture ? [] : grid()));
    find("pins").replaceChildren(...walk(), ...pins().map(drawn));
    const cross = toScreen(crosshair);
    find("crosshair").setAttribute("transform", `translate(${cross.x} ${cross.y})`);
  }

  // A step of 1, 2 or 5 times a power of ten, so that about eight lines are in view.
  function stepFor(span) {
    const rough = span / 8;
    const power = 10 ** Math.floor(Math.log10(rough));
    return power * [1, 2, 5, 10].find((one) => one * power >= rough);
  }

  function ticks(low, high) {
    const step = stepFor(high - low);
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const first = Math.ceil(low / step - 1e-9);
    const count = Math.floor(high / step + 1e-9) - first + 1;
    return Array.from({ length: Math.max(count, 0) }, (_, index) => {
      const value = (first + index) * step;
      return { value, label: value.toFixed(decimals) };
    });
  }

  function grid() {
    const { width, height } = size();
    const { north, south, east, west } = canvas.bounds;
    const seen = [fromScreen({ x: 0, y: 0 }), fromScreen({ x: width, y: height })].map(clamped);
    const [corner, other] = seen.map((place) => ({
      lat: north - place.y * (north - south),
      lng: west + place.x * (east - west),
    }));
    const [first, last] = seen.map(toScreen);
    const across = ticks(other.lat, corner.lat).flatMap(({ value, label }) => {
      const { y } = toScreen(toPlace({ lat: value, lng: west }));
      const isLow = y < first.y + 20; // at the upper edge the label stands below its line
      const text = make("text", { x: first.x + 4, y: y + (isLow ? 14 : -4) }, label);
      return [make("path", { d: `M${first.x} ${y}H${last.x}` }), text];
    });
    const up = ticks(corner.lng, other.lng).flatMap(({ value, label }) => {
      const { x } = toScreen(toPlace({ lat: north, lng: value }));
      const isLate = x > last.x - 60; // at the right edge it stands before its line
      const where = { x: x + (isLate ? -4 : 4), y: last.y - 22, class: isLate ? "late" : "" };
      return [make("path", { d: `M${x} ${first.y}V${last.y}` }), make("text", where, label)];
    });
    return [...across, ...up];
  }

  // What stands on the drawing: its own positions, and in their place those of its route.
  function pins() {
    const { now } = subject();
    const inherited = inheritedOf(subject());
    const found = [];
    for (const kind of ["points", "start", "end"]) {
      const isOwn = now[kind] !== null;
      const value = now[kind] ?? inherited[kind];
      const values = kind === "points" ? listed(value) : value ? [value] : [];
      values.forEach((position, index) => {
        const label = kind === "points" ? `${names[kind]} ${index + 1}` : names[kind];
        found.push({ kind, index, position, label, isOwn });
      });
    }
    return found;
  }

  function drawn(pin) {
    const { x, y } = toScreen(toPlace(pin.position));
    const group = make("g", {
      class: `pin ${pin.kind}${pin.isOwn ? "" : " inherited"}`,
      transform: `translate(${x} ${y})`,
    });
    const shape =
      pin.kind === "end"
        ? make("rect", { x: -12, y: -12, width: 24, height: 24, rx: 5 })
        : make("circle", { r: pin.kind === "start" ? 14 : 11 });
    const sign = pin.kind === "points" ? pin.index + 1 : pin.label[0];
    group.append(shape, make("text", {}, sign), make("title", {}, titleOf(pin)));
    if (pin.isOwn) group.pin = pin;
    return group;
  }

  const titleOf = (pin) => `${pin.label}: ${written(pin.position)}${pin.isOwn ? "" : " (from the route)"}`;

  function walk() {
    const { now } = subject();
    const inherited = inheritedOf(subject());
    const [start, points, end] = ["start", "points", "end"].map((kind) => now[kind] ?? inherited[kind]);
    if (!start || !end) return [];
    const stops = [start, ...listed(points), end].map((one) => toScreen(toPlace(one)));
    const d = `M${stops.map(({ x, y }) => `${x} ${y}`).join("L")}`;
    const kind = stops.length > 2 ? "walk" : "walk direct";
    return [make("path", { class: "walk halo", d }), make("path", { class: kind, d })];
  }

  // ---- the panel ---------------------------------------------------------------------------

  const html = document.body.namespaceURI;

  function show() {
    const one = subject();
    find("chosen").textContent = one.name;
    showRoutes(one);
    showDrawings(one);
    find("start-value").textContent = endText(one, "start");
    find("end-value").textContent = endText(one, "end");
    find("points-note").textContent = pointsText(one);
    find("points").replaceChildren(...listed(one.now.points).map(pointRow));
    find("start-remove").disabled = !one.now.start;
    find("end-remove").disabled = !one.now.end;
    find("yaml").value = yamlOf(one);
    find("copy").disabled = find("yaml").value === "";
    find("undo").disabled = one.past.length === 0;
    find("redo").disabled = one.future.length === 0;
    if (save) save.disabled = ![...pages.values()].some(isChanged);
    cards.forEach(markCard);
    drawMap();
  }

  const option = (value, text) => make("option", { value }, text, html);

  function showRoutes(one) {
    find("route").closest("label").hidden = one.routes.length === 0;
    const texts = one.routes.map(({ name, why }) => option(name, why ? `${name} (${why})` : name));
    find("route").replaceChildren(option("", "none: a drawing of its own"), ...texts);
    find("route").value = one.now.route ?? "";
  }

  function showDrawings(one) {
    const { drawings } = data.manifests[one.manifest];
    const before = find("drawing").value || data.first;
    find("drawing").replaceChildren(...Object.keys(drawings).map((name) => option(name, name)));
    const name = [drawingOf(one), before].find((known) => known in drawings);
    if (name) find("drawing").value = name;
    const next = data.canvases[drawings[find("drawing").value]?.canvas ?? 0];
    if (next === canvas && find("about").textContent) return;
    canvas = next;
    showCanvas();
  }

  function showCanvas() {
    const { picture, width, height, about, remark } = canvas;
    for (const id of ["plain", "picture"]) {
      find(id).setAttribute("width", width);
      find(id).setAttribute("height", height);
    }
    find("picture").setAttribute("href", picture ?? "data:,");
    find("about").textContent = [about, remark].filter(Boolean).join(" ");
    map.style.aspectRatio = `${width} / ${height}`; // where the style leaves the height open
    fit();
  }

  function open() {
    chooseMissing();
    show();
  }

  function endText(one, kind) {
    const { now } = one;
    const inherited = inheritedOf(one);
    if (now[kind]) return written(now[kind]);
    return inherited[kind] ? `${written(inherited[kind])} (from the route)` : "not set";
  }

  function pointsText(one) {
    const { now } = one;
    const inherited = inheritedOf(one);
    const points = now.points ?? inherited.points ?? [];
    if (typeof points === "number") return `${points}, without places. Picked points take their place.`;
    if (points.length === 0) return "None.";
    return now.points ? "" : `${points.length} from the route.`;
  }

  function pointRow(position, index) {
    const row = make("li", {}, "", html);
    const label = `Remove target point ${index + 1}`;
    const button = make("button", { type: "button", "aria-label": label }, "Remove", html);
    button.addEventListener("click", () => {
      removePoint(index);
      const rest = find("points").querySelectorAll("button");
      goOnAt(rest[Math.min(index, rest.length - 1)]);
    });
    const dot = make("span", { class: "dot points" }, index + 1, html);
    row.append(dot, make("span", {}, written(position), html), button);
    return row;
  }

  // A button that is used up takes the keyboard's place on the page with it.
  function goOnAt(element = map) {
    element.focus({ preventScroll: true });
  }

  function markCard(card) {
    const one = pages.get(card.dataset.subject);
    const where = one.now.route ?? drawingOf(one) ?? "";
    const words = [isPlaced(one) ? where : `${where ? `${where}: ` : ""}not placed yet`];
    if (save && isChanged(one)) words.push("not written yet");
    card.querySelector(".state").textContent = words.join(", ");
    card.classList.toggle("changed", isChanged(one));
    card.classList.toggle("placed", isPlaced(one));
  }

  let quiet = 0; // the timer that says where the crosshair stopped

  function say(text, isBad = false) {
    clearTimeout(quiet); // what was done goes before where the crosshair was
    find("said").textContent = text;
    find("said").classList.toggle("bad", isBad);
  }

  // ---- keys --------------------------------------------------------------------------------

  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const keys = {
    Enter: () => setPoint(crosshair),
    " ": () => setPoint(crosshair),
    Delete: remove,
    Backspace: remove,
    "+": () => zoom(1.5, toScreen(crosshair)),
    "=": () => zoom(1.5, toScreen(crosshair)),
    "-": () => zoom(1 / 1.5, toScreen(crosshair)),
    0: fit,
    s: () => chooseAloud("start"),
    e: () => chooseAloud("end"),
    t: () => chooseAloud("points"),
  };

  function chooseAloud(kind) {
    choose(kind);
    say(`Enter sets: ${names[kind].toLowerCase()}`);
  }

  function moveCrosshair([right, down], isFine) {
    const step = isFine ? 1 : STEP;
    const from = toScreen(crosshair);
    crosshair = clamped(fromScreen({ x: from.x + right * step, y: from.y + down * step }));
    bringIntoView(toScreen(crosshair));
    drawMap();
    const text = written(toPosition(crosshair));
    find("reading").textContent = text;
    clearTimeout(quiet); // a screen reader hears where the crosshair stops, not every step
    quiet = setTimeout(() => say(text), 300);
  }

  function bringIntoView({ x, y }) {
    const { width, height } = size();
    const isSeen = (place, length) => place > MARGIN / 2 && place < length - MARGIN / 2;
    pan(isSeen(x, width) ? 0 : width / 2 - x, isSeen(y, height) ? 0 : height / 2 - y);
  }

  map.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key] || keys[event.key.toLowerCase()];
    if (arrows[event.key]) moveCrosshair(arrows[event.key], event.shiftKey);
    else if (act) act();
    else return;
    event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  });

  // ---- mouse, pen and fingers --------------------------------------------------------------

  const fingers = new Map();
  let gesture = null; // what began with the first finger: { from, pin, moved }

  function distance(a, b) {
    return Math.hypot(a.x - b.x, a.y - b.y);
  }

  map.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    map.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    const pin = event.target.closest(".pin")?.pin;
    gesture = fingers.size === 1 ? { from: at(event), pin, moved: false } : { ...gesture, moved: true, pin: null };
  });

  map.addEventListener("pointermove", (event) => {
    const here = at(event);
    hover(here);
    const before = fingers.get(event.pointerId);
    if (!before || !gesture) return;
    if (fingers.size === 2) pinch(event.pointerId, before, here);
    else if (gesture.moved || distance(gesture.from, here) > CLICK_MOVES) drag(before, here);
    else return;
    fingers.set(event.pointerId, here);
  });

  function hover(here) {
    const place = fromScreen(here);
    find("reading").textContent = isInside(place) ? written(toPosition(place)) : "";
  }

  function pinch(id, before, here) {
    const [other] = [...fingers].filter(([one]) => one !== id).map(([, place]) => place);
    zoom(distance(other, here) / Math.max(distance(other, before), 1), other);
  }

  function drag(before, here) {
    gesture.moved = true;
    map.classList.add("moving");
    if (!gesture.pin) pan(here.x - before.x, here.y - before.y);
    else find("pins").append(drawn({ ...gesture.pin, position: toPosition(clamped(fromScreen(here))) }));
  }

  map.addEventListener("pointerup", (event) => {
    const here = at(event);
    fingers.delete(event.pointerId);
    if (!gesture || fingers.size > 0) return;
    const { pin, moved } = gesture;
    endGesture();
    if (pin && moved) movePin(pin, fromScreen(here));
    else if (!moved) setPoint(fromScreen(here));
  });

  map.addEventListener("pointercancel", (event) => {
    fingers.delete(event.pointerId);
    endGesture();
    drawMap();
  });

  function endGesture() {
    gesture = null;
    map.classList.remove("moving");
  }

  map.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), at(event));
    },
    { passive: false },
  );

  // ---- what leaves the page ----------------------------------------------------------------

  async function copy() {
    try {
      await navigator.clipboard.writeText(find("yaml").value);
      say("Copied.");
    } catch {
      find("yaml").select();
      say("Selected: copy it with Ctrl+C.");
    }
  }

  const post = (path, body) =>
    fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      keepalive: true,
    });

  async function write() {
    const sent = [...pages].filter(([, one]) => isChanged(one)).map(([key, one]) => [key, one.now]);
    const changes = sent.map(([key]) => ({ subject: key, ...changesOf(pages.get(key)) }));
    save.disabled = true;
    try {
      const answer = await post("save", { changes });
      const said = await answer.json();
      if (answer.ok) for (const [key, now] of sent) pages.get(key).saved = now;
      say(answer.ok ? said.said : `${said.error}. ${said.help}`, !answer.ok);
    } catch {
      say("sitewalk does not answer any more. Copy the positions, and start it again.", true);
    }
    show();
  }

  // One walk after the other: each takes a moment, and those on top are looked at first.
  async function fetchFrames() {
    for (const card of cards) {
      const place = card.querySelector(".frames");
      if (!place || isDone) continue;
      try {
        const answer = await fetch(`frames?${encodeURIComponent(card.dataset.subject)}`);
        const images = (await answer.json()).map((src) => make("img", { src, alt: "" }, "", html));
        place.replaceChildren(...images);
      } catch {
        return; // the page is left, or nobody answers: saving says so
      }
    }
  }

  function leave() {
    const left = [...pages].filter(([, one]) => isChanged(one)).map(([, one]) => one.name);
    if (left.length > 0 && find("done").dataset.asked !== "yes") {
      find("done").dataset.asked = "yes";
      say(`Not written yet: ${left.join(", ")}. Done once more leaves them out.`, true);
      return;
    }
    isDone = true;
    post("done", {}).then(() => say("You can close this page."), () => {});
    for (const button of document.querySelectorAll(".pick button")) button.disabled = true;
  }

  let isDone = false;
  if (save) {
    save.addEventListener("click", write);
    find("done").addEventListener("click", leave);
    addEventListener("pagehide", () => isDone || post("closed", {}).catch(() => {}));
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    addEventListener("beforeunload", (event) => {
      if (!isDone && [...pages.values()].some(isChanged)) event.preventDefault();
    });
  }

  find("copy").addEventListener("click", copy);
  find("undo").addEventListener("click", undo);
  find("redo").addEventListener("click", redo);
  for (const kind of ["start", "end"]) {
    find(`${kind}-remove`).addEventListener("click", () => {
      removeEnd(kind);
      goOnAt(map);
    });
  }
  find("fit").addEventListener("click", fit);
  find("zoom-in").addEventListener("click", () => zoom(1.5));
  find("zoom-out").addEventListener("click", () => zoom(1 / 1.5));
  find("route").addEventListener("change", () => chooseRoute(find("route").value));
  find("drawing").addEventListener("change", () => chooseDrawing(find("drawing").value));
  for (const { firstElementChild: radio } of cards) radio.addEventListener("change", open);
  if (!document.querySelector("[name=subject]:checked")) cards[0].firstElementChild.checked = true;
  open();
  new ResizeObserver(fit).observe(map);
  if (save) fetchFrames();
})();
