package firstblock

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/quoin-lms/quoin/examples/running"
)

// needs finds a program. Without it the test is skipped, but not in CI.
func needs(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") != "":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
	return ""
}

// built is the binary. A tree without the browser's assets (make web) cannot serve pages.
func built(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat("../../host/web/dist/manifest.json"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("run make web: %v", err)
	}
	quoin := filepath.Join(t.TempDir(), "quoin")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", quoin, "../..").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return quoin
}

// TestFromEmptyFolderToGrade walks with nothing but the binary, in both languages, into one site that runs all the while.
// The learner has the unit open before the block is there.
func TestFromEmptyFolderToGrade(t *testing.T) {
	chromium := needs(t, "chromium")
	quoin := built(t)
	for _, language := range []string{"typescript", "go"} {
		t.Run(language, func(t *testing.T) {
			course, data := filepath.Join(t.TempDir(), "course"), filepath.Join(t.TempDir(), "site")
			if err := WriteCourse(course, "mood"); err != nil {
				t.Fatal(err)
			}
			if _, err := running.Import(t.Context(), quoin, data, course); err != nil {
				t.Fatal(err)
			}
			server, err := running.StartQuoin(context.WithoutCancel(t.Context()), quoin, data)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := server.Stop(); err != nil {
					t.Error(err)
				}
			})
			learner := browse(t, chromium, server.Base)
			learner.joins()
			learner.reads("A question of a new kind") // the placeholder

			walk := &Walk{Quoin: quoin, Dir: t.TempDir(), Language: language, Block: "mood", Data: data}
			if err := walk.Publish(t.Context()); err != nil {
				t.Fatal(err)
			}
			learner.answersAndSeesGrade()
			for _, step := range walk.Took {
				t.Logf("%-40s %8.2f s", step.Name, step.Took.Seconds())
			}
		})
	}
}

// browser is a learner's.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string
}

func browse(t *testing.T, chromium, base string) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1280, 900), chromedp.Flag("lang", "en"),
		chromedp.Flag("disable-features", "IsolateSandboxedIframes")) // so that the frame can be read from here
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // a browser ends with the context that started it
		t.Fatal(err)
	}
	return &browser{t, ctx, base}
}

// do runs steps. A page that never comes fails the test with what stands there instead.
func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		text, e := chromedp.Run(b.ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
		b.t.Fatalf("%v: %.1500s %v", err, text, e)
	}
}

func (b *browser) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base+path), chromedp.WaitReady(chromedp.CSS("body")))
}

// press presses a button of a page and waits until another page came.
func (b *browser) press(selector string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](`void (window.before = true)`), chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
	b.until(`!window.before && document.readyState === "complete"`)
}

// until asks again and again until a script says true, across navigations.
func (b *browser) until(condition string) {
	b.t.Helper()
	var last error
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		held, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](condition))
		if held && err == nil {
			return
		}
		last = err
	}
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	b.t.Fatalf("never came true: %s (%v): %.1500s %v", condition, last, text, err)
}

func (b *browser) reads(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.body.innerText.includes(%q)`, text))
}

// joins signs up, enrols and opens the unit.
func (b *browser) joins() {
	b.t.Helper()
	b.open("/signup")
	for field, value := range map[string]string{"username": "amal", "email": "amal@example.org", "name": "Amal", "password": "a long enough passphrase"} {
		b.do(chromedp.SendKeys(chromedp.CSS("main [name="+field+"]"), value))
	}
	b.press("main form button.primary")
	b.open(CourseHome + "/about")
	b.press(`form[action$="/enrol"] button`)
	b.open(Unit)
}

// comes opens a page again and again until a script says true there.
func (b *browser) comes(path, condition string) {
	b.t.Helper()
	begin := time.Now()
	for {
		b.open(path)
		there, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](condition))
		if err == nil && there {
			b.t.Logf("%s after %.2f s", path, time.Since(begin).Seconds())
			return
		}
		if time.Since(begin) > 2*time.Minute {
			text, e := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body.innerText`))
			b.t.Fatalf("never came true at %s: %s (%v): %.1500s %v", path, condition, err, text, e)
		}
	}
}

// answersAndSeesGrade answers in the frame that the block's view stands in, wrong first, and looks at the progress page.
func (b *browser) answersAndSeesGrade() {
	b.t.Helper()
	b.comes(Unit, `!!document.querySelector("iframe[data-frame]")`) // the server follows within two seconds
	b.inFrame("Which of these is a prime number?")
	b.choose("9")
	b.inFrame("That is not right.")
	b.choose("7")
	b.inFrame("That is right.")
	b.comes(CourseHome+"/progress", `document.body.innerText.includes("1 of 1 point (100%)")`)
}

// frame is the sandboxed page that the block's view stands in.
func (b *browser) frame(ctx context.Context) (*chromedp.Node, error) {
	frames, err := chromedp.Run(ctx, chromedp.Nodes(chromedp.CSS("iframe[data-frame]")))
	if err != nil {
		return nil, err
	}
	return frames[0], nil
}

// inFrame waits until the frame shows a text.
func (b *browser) inFrame(text string) {
	b.t.Helper()
	shown, last := "", error(nil)
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		shown, last = b.frameText()
		if last == nil && strings.Contains(shown, text) {
			return
		}
	}
	b.t.Fatalf("the frame never showed %q: %v: %s", text, last, shown)
}

// frameText is what stands in the frame now; one that is being replaced is an error.
func (b *browser) frameText() (string, error) {
	ctx, cancel := context.WithTimeout(b.ctx, 2*time.Second)
	defer cancel()
	frame, err := b.frame(ctx)
	if err != nil {
		return "", err
	}
	return chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body"), chromedp.FromNode(frame)))
}

// choose takes a choice in the frame and hands it in, by keyboard.
func (b *browser) choose(value string) {
	b.t.Helper()
	frame, err := b.frame(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.SendKeys(chromedp.CSS(`input[value="`+value+`"]`), " ", chromedp.FromNode(frame)),
		chromedp.SendKeys(chromedp.CSS(`button[value=submit]`), kb.Enter, chromedp.FromNode(frame)))
}
