package host_test

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

// posts is the script of a foreign block that listens for its own topic, and writes down what it heard.
const posts = `<script>addEventListener("load", () => { quoin.of().live("posts", id => quoin.call("add", "heard-" + id)); quoin.call("add", "listening"); });</script>`

// What one learner's post publishes is heard by the script of the same block at another learner's page, in a frame and in the page,
// under its topic and with its id; the block beside it hears nothing.
func TestOwnTopicsReachOtherLearnersInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.installTally()
	framed := html.EscapeString(posts)
	run := w.tallyCourse(`<tally url_name="here"/><foreign url_name="mine" html="` + framed + `"/><foreign url_name="other" html="` + framed + `"/>`)
	b := w.newTab(t)
	bob := w.enter(w.account("bob", run, ""))
	ann := w.member("ann", run, "")
	b.signIn("bob")
	b.open(unitPath(run, "v"))
	here, mine, other := blockPath(run, "tally", "here"), blockPath(run, "foreign", "mine"), blockPath(run, "foreign", "other")
	bob.awaitTally(mine, 1)
	bob.awaitTally(other, 1)
	b.eval(`window.posts = []; window.others = []; const block = document.querySelector("[data-usage$='block@here']");
		quoin.of(block).live("posts", id => posts.push(id)); quoin.of(block).live("elsewhere", id => others.push(id)); void 0`)
	tell := func(path, id string) {
		ann.send("POST", path+"/handlers/tell", map[string]string{"X-Quoin-Token": ann.token(), "Content-Type": "application/json"}, `"`+id+`"`).must(200)
	}
	tell(mine, "p1")
	if state := bob.awaitTally(mine, 2); !slices.Equal(state.Words, []string{"listening", "heard-p1"}) {
		t.Errorf("the frame heard %q", state.Words)
	}
	tell(here, "p2")
	b.until(`posts.join() === "p2"`)
	b.is("other topics", `others.length + " " + posts.length`, "0 1")
	if state := bob.tallied(other); state.Count != 1 {
		t.Errorf("the frame beside it heard %q", state.Words)
	}
	b.quiet()
}

// optimisticSource is a block's script that shows a change before it is confirmed.
const optimisticSource = `import { call, optimistic, send } from "@quoin/elements";
let value = 0;
const seen: number[] = [];
const shown = { get: () => value, set: (now: number) => { value = now; seen.push(now); } };
const element = document.querySelector<HTMLElement>("[data-usage]") ?? undefined;
Object.assign(window, { seen,
  up: () => optimistic(shown, value + 1, () => call("add", "up", { element })).catch((error: Error) => error.message),
  refused: () => optimistic(shown, value + 1, () => call("refuse", null, { element })).catch((error: Error) => error.message),
  beaten: () => { const late = optimistic(shown, value + 1, () => call("refuse", null, { element })).catch(() => ""); shown.set(77); return late; },
  kept: () => optimistic(shown, value + 1, () => send("add", "kept", { element })),
});
`

// An optimistic change is seen at once, stays when it is confirmed, goes when it is refused, and gives way to what came later; with
// send it stays while the network is away.
func TestOptimisticInBrowser(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"block.json": "{}", "assets/vote.ts": optimisticSource} {
		if err := os.MkdirAll(filepath.Join(folder, "assets"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	scripts, err := build.Browser(folder, manifest.Manifest{Name: "vote", Assets: "assets"})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, options{unlimited: true})
	w.installTally()
	run := w.tallyCourse(`<tally url_name="mine"/>`)
	b := w.newTab(t)
	ann := w.enter(w.account("ann", run, ""))
	b.signIn("ann")
	b.open(unitPath(run, "v"))
	b.until(`document.readyState === "complete" && !!window.quoin`)
	b.eval(fmt.Sprintf("(() => {%s})(); void 0", scripts["assets/vote.js"]))
	b.until(`!!window.seen && seen.length === 0`)
	b.eval(`up().then(() => window.done = 1); window.early = seen.join(); void 0`)
	b.is("at once", `early`, "1")
	b.until(`window.done === 1`)
	b.is("confirmed", `seen.join()`, "1")
	b.eval(`refused().then(words => window.refusal = words); void 0`)
	b.until(`!!window.refusal`)
	b.is("refused", `seen.join() + " " + refusal`, "1,2,1 not like this")
	b.eval(`beaten().then(() => window.beat = 1); void 0`)
	b.until(`window.beat === 1`)
	b.is("something later stays", `seen.slice(3).join()`, "2,77")
	b.offline(true)
	b.eval(`kept().then(() => window.sent = 1); void 0`)
	b.until(`(localStorage.getItem("quoin-queue") ?? "").includes("kept")`)
	b.is("kept", `seen.at(-1) + " " + window.sent`, "78 undefined")
	b.offline(false)
	b.until(`window.sent === 1`)
	if state := ann.awaitTally(blockPath(run, "tally", "mine"), 2); !slices.Equal(state.Words, []string{"up", "kept"}) {
		t.Errorf("the block counted %+v", state)
	}
}
