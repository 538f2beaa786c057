package command

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The command says where the workbench is, serves it, and leaves nothing when it is stopped.
func TestBlockRun(t *testing.T) {
	built(t)
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	folder := filepath.Join(t.TempDir(), "likert")
	if err := os.CopyFS(folder, os.DirFS("../../examples/blocks/likert")); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	parts := (&desk{}).parts()
	parts.Out, parts.Err = in, t.Output()
	ended := make(chan int, 1)
	go func() {
		status := Run(ctx, parts, []string{"block", "run", folder, "--port", "0"})
		_ = in.Close() // a pipe closes
		ended <- status
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err, <-ended)
	}
	said := regexp.MustCompile(`^workbench: http://(localhost:\d+)/\n$`).FindStringSubmatch(line)
	if said == nil {
		t.Fatalf("it says %q", line)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+strings.Replace(said[1], "localhost", "127.0.0.1", 1)+"/api/bench", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = said[1]
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	data, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK || !strings.Contains(string(data), "likert-story-change") {
		t.Errorf("%d, %v: %.500s", reply.StatusCode, err, data)
	}
	stop()
	if status := <-ended; status != 0 {
		t.Errorf("it ends with %d", status)
	}
	if left, err := filepath.Glob(filepath.Join(scratch, "*")); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

func TestBlockRunRefuses(t *testing.T) {
	parts := (&desk{}).parts()
	parts.Out, parts.Err = io.Discard, io.Discard
	for _, words := range [][]string{{}, {t.TempDir()}, {"no-such-folder"}} {
		if status := Run(t.Context(), parts, append([]string{"block", "run"}, words...)); status == 0 {
			t.Errorf("%v is served", words)
		}
	}
}
