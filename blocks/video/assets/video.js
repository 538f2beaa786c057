// The video block in the page: remembers where the learner is, puts the transcript beside the player, and brings YouTube's
// player after a click. Everything that matters works without it.

const reportEvery = 30_000; // milliseconds
const nearEnd = 3; // seconds: who stopped here begins anew
const longestStep = 6; // seconds between two times of one playing stretch; more is a jump

/** Watch collects the stretches that are played. */
class Watch {
  played = [];
  #from = null;
  #last = null;

  /** at is told the player's time while it plays. */
  at(time) {
    if (this.#from !== null && (time < this.#last || time - this.#last > longestStep)) this.stop();
    if (this.#from === null) this.#from = time;
    this.#last = time;
  }

  stop() {
    if (this.#from !== null && this.#last > this.#from) this.played.push([this.#from, this.#last]);
    this.#from = this.#last = null;
  }

  /** take gives what was played since it was last asked. */
  take() {
    const [from, last] = [this.#from, this.#last];
    this.stop();
    if (from !== null) this.#from = this.#last = last;
    return this.played.splice(0);
  }

  /** giveBack keeps what could not be told. */
  giveBack(played) {
    this.played.unshift(...played);
    if (this.played.length > 150) this.played.splice(0, this.played.length - 150);
  }
}

/** NativePlayer is the browser's own. */
class NativePlayer extends EventTarget {
  constructor(video, start) {
    super();
    this.video = video;
    const tell = (name) => this.dispatchEvent(new Event(name));
    for (const name of ["timeupdate", "pause", "ended", "seeking", "ratechange"]) video.addEventListener(name, () => tell(name));
    const ready = () => {
      const end = start.end || video.duration;
      if (start.position > start.start && start.position < end - nearEnd) video.currentTime = start.position;
      if (start.speed) {
        video.defaultPlaybackRate = start.speed;
        video.playbackRate = start.speed;
      }
      tell("ready");
    };
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA) ready();
    else video.addEventListener("loadedmetadata", ready, { once: true });
  }

  get time() {
    return this.video.currentTime;
  }

  get duration() {
    return Number.isFinite(this.video.duration) ? this.video.duration : 0;
  }

  get playing() {
    return !this.video.paused && !this.video.seeking;
  }

  get rate() {
    return this.video.playbackRate;
  }

  set rate(rate) {
    this.video.defaultPlaybackRate = rate;
    this.video.playbackRate = rate;
  }

  seek(time) {
    this.video.currentTime = time;
  }

  close() {}
}

const youtube = "https://www.youtube-nocookie.com";

/** YouTubePlayer speaks with YouTube's frame by messages, as YouTube's own script does; that script is not loaded. */
class YouTubePlayer extends EventTarget {
  time = 0;
  duration = 0;
  playing = false;
  #rate = 1;
  #start;
  #began = false;

  constructor(place, start) {
    super();
    this.#start = start;
    const from = start.position > start.start && (!start.end || start.position < start.end - nearEnd) ? start.position : start.start;
    const query = new URLSearchParams({ enablejsapi: "1", origin: location.origin, autoplay: "1", playsinline: "1", rel: "0" });
    if (from > 0) query.set("start", String(Math.floor(from)));
    if (start.end) query.set("end", String(Math.ceil(start.end)));
    if (start.locale) query.set("hl", start.locale);
    this.frame = document.createElement("iframe");
    this.frame.className = "video";
    this.frame.title = start.title;
    this.frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
    this.frame.referrerPolicy = "strict-origin-when-cross-origin"; // YouTube refuses players that do not say where they are
    this.frame.src = `${youtube}/embed/${encodeURIComponent(start.youtube)}?${query}`;
    this.frame.addEventListener("load", () => this.#send({ event: "listening" }));
    place.replaceWith(this.frame);
    this.frame.focus(); // the button that had the focus is gone
    this.hear = (message) => this.#heard(message);
    window.addEventListener("message", this.hear);
  }

  get rate() {
    return this.#rate;
  }

  set rate(rate) {
    this.#command("setPlaybackRate", [rate]);
  }

  seek(time) {
    this.#command("seekTo", [time, true]);
  }

  close() {
    window.removeEventListener("message", this.hear);
  }

  #command(func, args) {
    this.#send({ event: "command", func, args });
  }

  #send(message) {
    this.frame.contentWindow?.postMessage(JSON.stringify({ id: 1, channel: "widget", ...message }), youtube);
  }

  #heard(message) {
    if (message.origin !== youtube || message.source !== this.frame.contentWindow || typeof message.data !== "string") return;
    let told;
    try {
      told = JSON.parse(message.data);
    } catch {
      return;
    }
    const info = told?.info;
    if (!info || typeof info !== "object") return;
    if (Number.isFinite(info.duration)) this.duration = info.duration;
    if (Number.isFinite(info.playbackRate) && info.playbackRate !== this.#rate) {
      this.#rate = info.playbackRate;
      this.dispatchEvent(new Event("ratechange"));
    }
    const before = this.playing;
    if (Number.isFinite(info.playerState)) this.playing = info.playerState === 1;
    if (this.playing && !this.#began) {
      this.#began = true;
      if (this.#start.speed) this.rate = this.#start.speed;
      this.dispatchEvent(new Event("ready"));
    }
    if (Number.isFinite(info.currentTime)) {
      this.time = info.currentTime;
      this.dispatchEvent(new Event("timeupdate"));
    }
    if (before && !this.playing) this.dispatchEvent(new Event(info.playerState === 0 ? "ended" : "pause"));
  }
}

/** Lines is the transcript beside the player: one stop of the Tab key, arrows between the lines, Enter goes there. */
class Lines {
  #place;
  #list = null;
  #items = [];
  #current = -1;
  #asked = 0;

  constructor(place, start, seek) {
    this.#place = place;
    this.start = start;
    this.seek = seek;
    place.addEventListener("keydown", (event) => this.#move(event));
    place.addEventListener("click", (event) => {
      const button = event.target.closest?.("button[data-at]");
      if (button) this.seek(Number(button.dataset.at));
    });
  }

  async show(address, language) {
    const asked = ++this.#asked;
    this.#place.hidden = false;
    this.#say(this.start.words.loading);
    let lines;
    try {
      const response = await fetch(`${address}lines?lang=${encodeURIComponent(language)}`, {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      lines = await response.json();
      if (!response.ok) throw new Error(lines?.error);
    } catch (failure) {
      if (asked === this.#asked) this.#say(failure.message && failure.name === "Error" ? failure.message : this.start.words.no_transcript);
      return false;
    }
    if (asked !== this.#asked) return false;
    this.#fill(lines, language);
    return true;
  }

  #say(text) {
    this.#list = null;
    this.#items = [];
    const note = document.createElement("p");
    note.className = "soft small";
    note.textContent = text;
    this.#place.replaceChildren(note);
  }

  #fill(lines, language) {
    const { start, end } = this.start;
    this.#list = document.createElement("ol");
    this.#list.setAttribute("aria-label", this.start.words.lines_label);
    this.#items = [];
    this.#current = -1;
    for (const line of lines) {
      if (line.end < start || (end && line.start > end)) continue;
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = this.#items.length === 0 ? 0 : -1;
      button.dataset.at = line.start;
      const time = document.createElement("span");
      time.className = "video-at";
      time.textContent = clock(line.start);
      const text = document.createElement("span");
      text.lang = language.replaceAll("_", "-");
      text.dir = "auto";
      text.textContent = line.text.replaceAll("\n", " ");
      button.append(time, " ", text);
      item.append(button);
      this.#list.append(item);
      this.#items.push({ start: line.start, end: line.end, button });
    }
    this.#place.replaceChildren(this.#list);
  }

  /** at marks the line of a time. It scrolls inside the transcript only, and never while the learner is in it. */
  at(time) {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#items[middle].start <= time + 0.05) low = middle + 1;
      else high = middle;
    }
    const now = low - 1;
    if (now === this.#current) return;
    this.#items[this.#current]?.button.removeAttribute("aria-current");
    this.#current = now;
    const item = this.#items[now];
    if (!item) return;
    item.button.setAttribute("aria-current", "true");
    if (this.#place.contains(document.activeElement) || this.#place.matches(":hover")) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = item.button.offsetTop - (this.#place.clientHeight - item.button.offsetHeight) / 2;
    this.#place.scrollTo({ top, behavior: still ? "auto" : "smooth" });
  }

  #move(event) {
    const at = this.#items.findIndex((item) => item.button === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.#items.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = this.#items[Math.max(0, Math.min(to, this.#items.length - 1))];
    this.#items[at].button.tabIndex = -1;
    next.button.tabIndex = 0;
    next.button.focus();
  }
}

/** clock writes a time as people do. */
function clock(seconds) {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

class Video extends HTMLElement {
  #player = null;
  #watch = new Watch();
  #lines = null;
  #timer = 0;
  #told = -1;
  #leaving = () => {
    if (document.visibilityState === "hidden") this.#report();
  };

  connectedCallback() {
    const runtime = window.quoin?.of(this);
    if (!runtime || this.start) return;
    this.runtime = runtime;
    this.start = { start: 0, end: 0, position: 0, speed: 0, words: {}, ...runtime.init };
    const block = this.closest("[data-usage]");
    this.handlers = block?.dataset.handlers ?? "";
    // Where the page has a form for the block, the learner's own record is kept.
    this.keeps = Boolean(block?.querySelector("form[data-block-form]"));
    this.#transcript();
    const video = this.querySelector("video");
    if (video) this.#native(video);
    else this.#remote();
    document.addEventListener("visibilitychange", this.#leaving);
    window.addEventListener("pagehide", this.#leaving);
  }

  disconnectedCallback() {
    if (!this.start) return;
    this.#report();
    clearInterval(this.#timer);
    this.#player?.close();
    document.removeEventListener("visibilitychange", this.#leaving);
    window.removeEventListener("pagehide", this.#leaving);
  }

  #native(video) {
    const last = video.querySelector("source:last-of-type");
    const failed = this.querySelector("[data-failed]");
    const cannot = () => failed && (failed.hidden = false);
    if (video.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) cannot();
    last?.addEventListener("error", cannot);
    this.#attach(new NativePlayer(video, this.start));
    let ready = false;
    video.textTracks.addEventListener("change", () => {
      if (!ready) return; // the page's own beginning is nobody's choice
      const shown = [...video.textTracks].find((track) => track.mode === "showing");
      const tag = shown && [...video.querySelectorAll("track")].find((track) => track.track === shown);
      const language = tag && new URL(tag.src).searchParams.get("lang");
      this.#prefer(language ? { captions: true, language } : { captions: false });
    });
    setTimeout(() => (ready = true));
  }

  #remote() {
    const button = this.querySelector("[data-load]");
    if (!button || !this.start.youtube) return;
    button.hidden = false;
    button.addEventListener("click", () => this.#attach(new YouTubePlayer(this.querySelector("[data-remote]"), this.start)), { once: true });
  }

  #attach(player) {
    this.#player = player;
    player.addEventListener("timeupdate", () => {
      if (player.playing) {
        this.#watch.at(player.time);
        this.#timer ||= setInterval(() => player.playing && this.#report(), reportEvery);
      }
      this.#lines?.at(player.time);
    });
    player.addEventListener("seeking", () => this.#watch.stop());
    player.addEventListener("pause", () => this.#stopped());
    player.addEventListener("ended", () => this.#stopped());
    this.#speed(player);
  }

  #stopped() {
    const { time, duration } = this.#player;
    // The last time that was told lies a little before the end.
    if (duration && time >= (this.start.end || duration) - 0.3) this.#watch.at(time);
    this.#watch.stop();
    this.#report();
  }

  #speed(player) {
    const place = this.querySelector("[data-speed]");
    const list = place?.querySelector("select");
    if (!list) return;
    place.hidden = false;
    list.addEventListener("change", () => (player.rate = Number(list.value)));
    let before = this.start.speed || 1;
    player.addEventListener("ratechange", () => {
      const rate = player.rate;
      list.value = String(rate);
      if (rate === before) return;
      before = rate;
      this.#prefer({ speed: rate });
    });
  }

  #transcript() {
    const place = this.querySelector("[data-lines]");
    if (!place || !this.start.language) return;
    this.#lines = new Lines(place, this.start, (time) => this.#seek(time));
    const show = async (language) => {
      if (await this.#lines.show(this.handlers, language)) this.#lines.at(this.#player?.time ?? this.start.position ?? 0);
    };
    this.querySelector("[data-files]")?.setAttribute("hidden", "");
    const choice = this.querySelector("[data-language]");
    const list = choice?.querySelector("select");
    if (list) {
      choice.hidden = false;
      list.addEventListener("change", () => {
        void show(list.value);
        this.#prefer({ language: list.value });
      });
    }
    const panel = place.closest("details");
    const begin = () => {
      if (!panel.open) return;
      panel.removeEventListener("toggle", begin);
      void show(list ? list.value : this.start.language);
    };
    panel.addEventListener("toggle", begin);
    begin();
  }

  #seek(time) {
    if (this.#player) this.#player.seek(time);
    else this.start.position = time; // YouTube is not asked for anything: it begins there once it plays
  }

  #prefer(liking) {
    if (this.keeps) void this.runtime.call("prefer", liking).catch(() => {}); // a liking that is lost is no loss
  }

  #report() {
    const player = this.#player;
    if (!player || !this.keeps) return;
    const played = this.#watch.take();
    const position = Math.max(0, player.time);
    if (played.length === 0 && Math.abs(position - this.#told) < 1) return;
    if (this.#told < 0 && played.length === 0) return; // nothing happened yet
    this.#told = position;
    this.runtime.call("progress", { position, duration: player.duration, played }).catch(() => {
      this.#watch.giveBack(played);
      this.#told = -1;
    });
  }
}

if (!customElements.get("quoin-video")) customElements.define("quoin-video", Video);
