// Plays the learner in browser_test.go: looks, plays, seeks, chooses, and tells the test what he saw.

const [player, remote] = document.querySelectorAll("quoin-video");
const video = player.querySelector("video");
const seen = { problems: [] };

/** until waits for something to become true. */
const until = (what, condition) =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const look = () => {
      if (condition()) resolve();
      else if (performance.now() - began > 20_000) reject(new Error(`waited in vain for ${what}`));
      else setTimeout(look, 20);
    };
    look();
  });

const outside = () => performance.getEntriesByType("resource").map((e) => e.name).filter((name) => !name.startsWith(location.origin) && !name.startsWith("data:"));
const current = () => player.querySelector(".video-lines [aria-current]")?.textContent ?? "";
const called = (handler) => window.calls.filter((call) => call === handler).length;

async function play() {
  await until("lines", () => document.querySelectorAll(".video-lines ol").length === 2);
  seen.lines = [...player.querySelectorAll(".video-lines button")].map((button) => button.textContent);
  seen.stops = player.querySelectorAll('.video-lines button[tabindex="0"]').length;

  video.muted = true;
  await video.play();
  await until("a line in the middle", () => current().startsWith("0:01"));
  seen.focusWhilePlaying = document.activeElement.localName;
  await until("the end", () => video.ended);
  await until("a report", () => called("progress") > 0);

  const first = player.querySelector('.video-lines button[tabindex="0"]');
  first.focus();
  first.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
  seen.focusAfterArrow = document.activeElement.textContent;
  document.activeElement.click();
  await until("the seek", () => !video.seeking);
  seen.timeAfterLine = Math.round(video.currentTime);

  const speed = player.querySelector("[data-speed] select");
  seen.speedShown = !speed.closest("[hidden]");
  speed.value = "1.5";
  speed.dispatchEvent(new Event("change", { bubbles: true }));
  await until("the speed", () => called("prefer") === 1);
  const language = player.querySelector("[data-language] select");
  language.value = "ar";
  language.dispatchEvent(new Event("change", { bubbles: true }));
  await until("the other language", () => current().includes("الثاني"));
  await until("the language", () => called("prefer") === 2);
  seen.language = player.querySelector(".video-lines button span[lang]").lang;

  seen.outsideBefore = outside();
  seen.framesBefore = document.querySelectorAll("iframe").length;
  remote.querySelector("[data-load]").click();
  const frame = remote.querySelector("iframe");
  seen.frame = frame?.src ?? "";
  seen.frameTitle = frame?.title ?? "";
  seen.focusAfterLoad = document.activeElement.localName;
}

play()
  .catch((failure) => seen.problems.push(String(failure)))
  .then(() => fetch("/seen", { method: "POST", body: JSON.stringify(seen) }));
