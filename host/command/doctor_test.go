package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host/web"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// healthy stands for a server behind a proxy.
func healthy(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			w.Header().Set("Content-Type", "application/json")
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// sound makes a site that nothing is wrong with, and an examination of it. A file is in it.
func sound(t *testing.T) *examination {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	inspectSite(t, data, func(ctx context.Context, s *site.Site) {
		if _, err := s.Files.Put(ctx, strings.NewReader("some content"), 100); err != nil {
			t.Fatal(err)
		}
	})
	blocks, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	parts := (&desk{}).parts()
	parts.Shipped = blocks
	return &examination{
		settings: &settings{Data: data, PublicURL: healthy(t), Memory: 256}, parts: &parts, now: time.Now, cache: filepath.Join(scratch, "cache"), assets: func() error { return nil },
	}
}

// says gives what was found in one state.
func (e *examination) says(state string) string {
	var b strings.Builder
	for _, f := range e.findings {
		if f.State == state {
			b.WriteString(f.Name + ": " + f.What + " -> " + f.Mend + "\n")
		}
	}
	return b.String()
}

func TestDoctorFindsNothing(t *testing.T) {
	e := sound(t)
	e.run(t.Context())
	if wrong := e.says(stateWrong); wrong != "" {
		t.Error(wrong)
	}
	for _, name := range []string{"web assets", "public URL", "queue", "data folder", "secret", "free disk", "store", "clock", "blocks", "formulas", "files"} {
		if !strings.Contains(e.says(stateOK)+e.says(stateWarn), name+": ") {
			t.Errorf("nothing is said of %s", name)
		}
	}
}

// TestDoctorFinds breaks a sound site in one way each.
func TestDoctorFinds(t *testing.T) {
	object := func(e *examination) string {
		found := ""
		for name := range contents(t, filepath.Join(e.settings.Data, "files")) {
			found = filepath.Join(e.settings.Data, "files", name)
		}
		return found
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		spoil func(e *examination)
		state string
		tells []string
	}{
		"web assets that were not built": {func(e *examination) { e.assets = func() error { return web.ErrNotBuilt } }, stateWrong, []string{"web assets", "make build"}},
		"no folder":                      {func(e *examination) { e.settings.Data += "x" }, stateWrong, []string{"there is no folder", "--data"}},
		"an empty folder":                {func(e *examination) { e.settings.Data = t.TempDir() }, stateWrong, []string{"there is no site in"}},
		"a folder that others enter":     {func(e *examination) { must(os.Chmod(e.settings.Data, 0o755)) }, stateWrong, []string{"mode 0755", "chmod 700"}},
		"a secret that others read":      {func(e *examination) { must(os.Chmod(filepath.Join(e.settings.Data, "secret"), 0o644)) }, stateWrong, []string{"mode 0644", "chmod 600"}},
		"a lost secret":                  {func(e *examination) { must(os.WriteFile(filepath.Join(e.settings.Data, "secret"), nil, 0o600)) }, stateWrong, []string{"0 bytes", "from a backup"}},
		"a damaged store":                {func(e *examination) { destroy(t, filepath.Join(e.settings.Data, "store")) }, stateWrong, []string{"damaged", "quoin restore"}},
		"a queue that is down":           {func(e *examination) { d := &desk{shut: true}; p := d.parts(); e.parts.Background = p.Background }, stateWrong, []string{"queue", "Redis runs"}},
		"a queue that cannot be opened": {func(e *examination) {
			e.parts.Background = func(context.Context, BackgroundConfig) (Background, error) { return nil, errors.New("no such host") }
		}, stateWrong, []string{"no such host"}},
		"formulas that were not built in": {func(e *examination) { e.judgeFormulas(fmt.Errorf("x: %w", npm.ErrNotBuilt)) }, stateWarn, []string{"formulas", "make build"}},
		"formulas that do not start":      {func(e *examination) { e.judgeFormulas(errors.New("no room")) }, stateWrong, []string{"formulas", "no room"}},
		"Python that was not built in":    {func(e *examination) { e.judgePython(fmt.Errorf("x: %w", npm.ErrNotBuilt)) }, stateWarn, []string{"python", "make build"}},
		"Python that does not start":      {func(e *examination) { e.judgePython(errors.New("no room")) }, stateWrong, []string{"python", "no room"}},
		"no blocks":                       {func(e *examination) { e.parts.Shipped = nil }, stateWrong, []string{"blocks", "make build"}},
		"a lost file":                     {func(e *examination) { must(os.Remove(object(e))) }, stateWrong, []string{"files", "from a backup"}},
		"a short file":                    {func(e *examination) { must(os.WriteFile(object(e), nil, 0o600)) }, stateWrong, []string{"files", "from a backup"}},
		"a changed file, looked at closely": {func(e *examination) {
			e.deep = true
			must(os.WriteFile(object(e), []byte("SOME content"), 0o600))
		}, stateWrong, []string{"files", "from a backup"}},
		"a clock that was put back": {func(e *examination) {
			inspectSite(t, e.settings.Data, func(ctx context.Context, s *site.Site) {
				_, err := s.Events.Append(ctx, wire.Event{Name: "test"})
				must(err)
			})
			e.now = func() time.Time { return time.Now().Add(-time.Hour) }
		}, stateWrong, []string{"clock", "time service"}},
		"no https":                     {func(e *examination) { e.settings.PublicURL = "http://192.0.2.1" }, stateWrong, []string{"https"}},
		"a URL that is none":           {func(e *examination) { e.settings.PublicURL = "learn.example.org" }, stateWrong, []string{"https://learn.example.org"}},
		"no URL":                       {func(e *examination) { e.settings.PublicURL = "" }, stateWarn, []string{"--public-url"}},
		"a proxy that nobody named":    {func(e *examination) { e.settings.PublicURL = "https://127.0.0.1:1" }, stateWarn, []string{"--proxies", "not reached"}},
		"a kept block that is damaged": {func(e *examination) { must(os.MkdirAll(filepath.Join(e.settings.Data, "blocks", "0123"), 0o700)) }, stateWarn, []string{"kept block", "0123"}},
		"a full disk":                  {func(e *examination) { e.judgeDisk(noSpace - 1) }, stateWrong, []string{"free disk", "make room"}},
		"a disk that gets full":        {func(e *examination) { e.judgeDisk(littleSpace - 1) }, stateWarn, []string{"free disk", "make room"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := sound(t)
			test.spoil(e)
			e.run(t.Context())
			for _, text := range test.tells {
				if !strings.Contains(e.says(test.state), text) {
					t.Errorf("%q is not told as %s: %v", text, test.state, e.findings)
				}
			}
			if test.state == stateWarn && e.says(stateWrong) != "" {
				t.Errorf("told as wrong: %s", e.says(stateWrong))
			}
		})
	}
}

func TestDoctorCommand(t *testing.T) {
	data := t.TempDir()
	got := callWith(t.Context(), t, (&desk{}).parts(), "doctor", "--data", data)
	got.want(t, 1, "wrong", "there is no site in", "quoin serve makes a new site")
	if entries, err := os.ReadDir(data); err != nil || len(entries) > 0 {
		t.Errorf("the doctor made something: %v, %v", entries, err)
	}
	got = callWith(t.Context(), t, (&desk{}).parts(), "doctor", "--data", data, "--json")
	var findings []finding
	if err := json.Unmarshal([]byte(got.out), &findings); err != nil || got.status != 1 || len(findings) < 3 {
		t.Errorf("%d %v %s", got.status, err, got.out)
	}
	callWith(t.Context(), t, (&desk{}).parts(), "doctor", "now").want(t, 2, "usage: quoin doctor")
}
