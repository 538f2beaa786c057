package acidtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// tab is a page of Debian's chromium, signed in as a learner.
type tab struct {
	t   *testing.T
	w   *world
	ctx context.Context
}

func (w *world) tab(token string) *tab {
	w.t.Helper()
	need(w.t, "chromium", "chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.ExecPath("chromium"),
		chromedp.WindowSize(1280, 900),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), chromedp.Flag("lang", "en"))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	w.t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	w.t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	w.t.Cleanup(cancel)
	b := &tab{w.t, w, ctx}
	if err := chromedp.Do(ctx); err != nil { // the browser lives as long as the context that starts it
		w.t.Fatal(err)
	}
	_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: "quoin_session", Value: token, URL: w.url})
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (b *tab) does(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%v; the page says: %.1000s", err, b.text("document.body.innerText"))
	}
}

func (b *tab) open(path string) {
	b.t.Helper()
	b.does(chromedp.Navigate(b.w.url+path), chromedp.WaitReady(chromedp.CSS("body")))
}

func (b *tab) text(script string) string {
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script))
	if err != nil {
		return err.Error()
	}
	return text
}

// until asks the page again and again until it says true.
func (b *tab) until(condition string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*time.Minute)
	defer cancel()
	for {
		done, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
		if done {
			return
		}
		if ctx.Err() != nil {
			b.t.Fatalf("waiting for %s: %v; the page says: %.1000s", condition, errors.Join(ctx.Err(), err), b.text("document.body.innerText"))
		}
		if err := chromedp.Do(ctx, chromedp.Sleep(50*time.Millisecond)); err != nil {
			b.t.Fatal(err)
		}
	}
}

// start opens a page and presses its first button by keyboard, in a frame as on the page. Nobody outside of a frame sees when its
// script is ready: where nothing began the page is opened again, and given longer.
func (b *tab) start(path string, framed bool, begun func() bool) {
	b.t.Helper()
	button := `document.querySelector("acid-page[data-lively] .acid-run")`
	if framed {
		button = `document.querySelector("iframe[data-frame]")`
	}
	for try := range 8 {
		b.open(path)
		if framed {
			b.until(button + `?.style.blockSize !== ""`)
			b.does(chromedp.Sleep(time.Duration(try+1) * 400 * time.Millisecond))
		} else {
			b.until("!!" + button)
		}
		b.does(chromedp.Evaluate[chromedp.Void](button + ".focus()"))
		if framed {
			b.does(chromedp.KeyEvent("\t"))
		}
		b.does(chromedp.KeyEvent("\r"))
		for range 40 * (try + 1) {
			if begun() {
				return
			}
			b.does(chromedp.Sleep(100 * time.Millisecond))
		}
	}
	b.t.Fatalf("no row was asked; the page says: %.1000s", b.text("document.body.innerText"))
}

// like shows the page at a width, in a colour scheme.
func (b *tab) like(width int64, scheme string) {
	b.t.Helper()
	b.does(chromedp.EmulateViewport(width, 844))
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// picture writes a picture of the whole page where pictures are wanted.
func (b *tab) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("QUOIN_SCREENSHOTS")
	if dir == "" {
		return
	}
	size := func(script string) int64 {
		n, err := strconv.ParseInt(b.text("String("+script+")"), 10, 64)
		if err != nil {
			b.t.Fatal(err)
		}
		return n
	}
	width := size("innerWidth")
	b.does(chromedp.EmulateViewport(width, min(size("document.documentElement.scrollHeight"), 14000)))
	data, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.does(chromedp.EmulateViewport(width, 844))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("acid-%s.png", name)), data, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
