package video_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/blocks/video"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// site serves a page with two uses of the block as the host would, on a fakehost.
type site struct {
	t     *testing.T
	mu    sync.Mutex // a World is for one goroutine
	world *fakehost.World
	ann   *fakehost.Person
	seen  chan []byte
}

// policy is the host's for its pages, without its nonces.
const policy = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:; " +
	"media-src 'self' https: blob:; connect-src 'self'; frame-src 'self' https://www.youtube-nocookie.com"

const host = `window.calls = [];
window.quoin = { of(element) {
  const block = element.closest("[data-usage]");
  return { init: JSON.parse(block.querySelector("[data-init]").textContent), async call(handler, body) {
    const response = await fetch(block.dataset.handlers + handler, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
    window.calls.push(handler);
  } };
} };`

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch path {
	case "/":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		fmt.Fprintf(w, `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><body>%s%s<script>%s</script>`+
			`<script type="module" src="/video.js"></script><script type="module" src="/test.js"></script>`, s.block("files"), s.block("youtube"), host)
	case "/video.js":
		http.ServeFile(w, r, "assets/video.js")
	case "/test.js":
		http.ServeFile(w, r, "testdata/browser/test.js")
	case "/tone.wav":
		http.ServeContent(w, r, "tone.wav", time.Time{}, bytes.NewReader(tone()))
	case "/seen":
		data, err := io.ReadAll(r.Body)
		if err != nil {
			s.t.Error(err)
		}
		s.seen <- data
	default:
		s.handle(w, r)
	}
}

// block is one use of the block with what the host puts around it.
func (s *site) block(place string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	shown, err := s.world.View(s.ann, s.world.Place(place), "", fakehost.Where{})
	if err != nil {
		s.t.Error(err)
		return ""
	}
	html := strings.NewReplacer("quoin:handler/", "/"+place+"/", "quoin:id/", place+"-", "/static/", "/").Replace(shown.HTML)
	return fmt.Sprintf(`<section data-usage="%s" data-handlers="/%s/"><form data-block-form></form><script type="application/json" data-init>%s</script><%s>%s</%s></section>`,
		place, place, shown.Fragment.Init, shown.Fragment.Element, html, shown.Fragment.Element)
}

func (s *site) handle(w http.ResponseWriter, r *http.Request) {
	place, handler, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	posted, err := s.world.Post(s.ann, s.world.Place(place), fakehost.Post{Handler: handler, HTTP: wire.HTTP{
		Method: r.Method, Query: r.URL.Query(), ContentType: "application/json", Body: wire.Blob{Data: body},
	}})
	if err != nil {
		s.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", posted.ContentType)
	if _, err := w.Write(posted.Body.Data); err != nil {
		s.t.Error(err)
	}
}

// tone is three seconds of sound, which a browser's video element plays as it does a film.
func tone() []byte {
	const rate, seconds = 8000, 3
	var b bytes.Buffer
	b.WriteString("RIFF")
	for _, part := range []any{
		uint32(36 + rate*seconds), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(rate), uint16(1), uint16(8),
		[]byte("data"), uint32(rate * seconds),
	} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			panic(err) // a buffer takes all of it
		}
	}
	for i := range rate * seconds {
		b.WriteByte(byte(128 + 20*math.Sin(float64(i)/4)))
	}
	return b.Bytes()
}

// chromium opens a page until ctx ends. Nothing but this machine can be reached.
func chromium(ctx context.Context, t *testing.T, address string) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatal("chromium is not installed")
	default:
		t.Skip("chromium is not installed")
	}
	command := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio",
		"--autoplay-policy=no-user-gesture-required", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--remote-debugging-port=0", "--user-data-dir="+profile(t), address)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		var exit *exec.ExitError
		if err := command.Wait(); err != nil && !errors.As(err, &exit) && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// profile is a folder for the browser. Its helper processes may outlive it by a moment and write there, so it is removed by as
// many tries as that takes.
func profile(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "chromium-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 200 {
			if err = os.RemoveAll(dir); err == nil {
				return
			}
			time.Sleep(25 * time.Millisecond)
		}
		t.Logf("the browser's folder stays: %v", err)
	})
	return dir
}

// TestInBrowser plays a video to its end, goes to a line of the transcript by the keyboard, changes speed and language, and
// asks for a YouTube video: nothing of YouTube is loaded before that click, and the focus is nobody's but the learner's.
func TestInBrowser(t *testing.T) {
	s := &site{t: t, world: open(t), seen: make(chan []byte, 1)}
	s.ann = s.world.Add(fakehost.Person{ID: "ann"})
	s.world.CourseFile("en.srt", "text/plain", []byte("00:00:00,000 --> 00:00:01,000\nFirst\n\n00:00:01,000 --> 00:00:02,000\nSecond\n\n00:00:02,000 --> 00:00:03,000\nThird\n"))
	s.world.CourseFile("ar.srt", "text/plain", []byte("00:00:00,000 --> 00:00:01,000\nالأول\n\n00:00:01,000 --> 00:00:03,000\nالثاني\n"))
	for name, fields := range map[string]wire.Fields{
		"files":   {"html5_sources": []byte(`["/static/tone.wav"]`), "transcripts": []byte(`{"en": "en.srt", "ar": "ar.srt"}`)},
		"youtube": {"youtube_id_1_0": []byte(`"AbCdEfGhIj0"`), "transcripts": []byte(`{"en": "en.srt"}`), "start_time": []byte(`1`)},
	} {
		if err := s.world.Publish(s.world.Place(name), fields); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(s)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	chromium(ctx, t, server.URL+"/")
	var data []byte
	select {
	case data = <-s.seen:
	case <-ctx.Done():
		t.Fatal("the page told nothing")
	}
	s.saw(data)
	s.kept()
}

// saw holds what the page told against what a learner should see.
func (s *site) saw(data []byte) {
	var seen struct {
		Problems, Lines, OutsideBefore                                                  []string
		Stops, FramesBefore, TimeAfterLine                                              int
		SpeedShown                                                                      bool
		FocusWhilePlaying, FocusAfterArrow, FocusAfterLoad, Language, Frame, FrameTitle string
	}
	if err := json.Unmarshal(data, &seen); err != nil {
		s.t.Fatal(err)
	}
	if len(seen.Problems) > 0 {
		s.t.Fatalf("%q", seen.Problems)
	}
	check := func(what string, ok bool) {
		s.t.Helper()
		if !ok {
			s.t.Errorf("%s: %s", what, data)
		}
	}
	check("lines", strings.Join(seen.Lines, "|") == "0:00 First|0:01 Second|0:02 Third")
	check("one stop of the Tab key", seen.Stops == 1)
	check("playing takes no focus", seen.FocusWhilePlaying == "body")
	check("the keyboard moves between lines", seen.FocusAfterArrow == "0:01 Second" && seen.TimeAfterLine == 1)
	check("speeds and languages", seen.SpeedShown && seen.Language == "ar")
	check("nothing from outside before the click", len(seen.OutsideBefore) == 0 && seen.FramesBefore == 0)
	check("YouTube after it", strings.HasPrefix(seen.Frame, "https://www.youtube-nocookie.com/embed/AbCdEfGhIj0?") &&
		strings.Contains(seen.Frame, "start=1") && seen.FrameTitle == "Video" && seen.FocusAfterLoad == "iframe")
}

// kept holds what the host stored against what the learner did.
func (s *site) kept() {
	s.mu.Lock()
	defer s.mu.Unlock()
	place := s.world.Place("files")
	if got := s.world.Completion("ann", place); got != 1 {
		s.t.Errorf("completion %v after %s", got, s.world.Fields(wire.ScopeUserState, "ann", place)["watched"])
	}
	liked := s.world.Fields(wire.ScopePrefs, "ann", place)
	if string(liked["global_speed"]) != "1.5" || string(liked["transcript_language"]) != `"ar"` {
		s.t.Errorf("preferences %s", liked)
	}
	if s.world.Completion("ann", s.world.Place("youtube")) != 0 {
		s.t.Error("what was not played is complete")
	}
}

func open(t *testing.T) *fakehost.World {
	t.Helper()
	permissions, _, err := fakehost.ReadPermissions(".")
	if err != nil {
		t.Fatal(err)
	}
	w, err := fakehost.Open(fakehost.Config{Serve: video.Block().Serve, Permissions: permissions})
	if err != nil {
		t.Fatal(err)
	}
	return w
}
