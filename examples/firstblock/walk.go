// Package firstblock walks the way from an empty folder to a learner's grade on a machine that has nothing but the quoin
// binary (and, for a block in Go, the go command): a block is made, tried, looked over, shown in the workbench, packed, signed
// and installed into a site that runs. Its test lets a learner answer in a browser; `make bench` measures it.
package firstblock

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// Walk is one author's way.
type Walk struct {
	// Quoin is the binary.
	Quoin string
	// Dir is an empty folder; the author's home is in it too, so nothing of this machine's caches helps.
	Dir string
	// Language is "typescript" or "go".
	Language string
	// Block is the name that the block gets.
	Block string
	// Data is the folder of the site that runs and gets the block.
	Data string
	// Took lists what was done, in order.
	Took []Step
}

// Step is one command of the author's.
type Step struct {
	Name string
	Took time.Duration
}

// Publish does all that an author and the site's admin do, from the empty folder to the installed block. It needs no network.
func (w *Walk) Publish(ctx context.Context) error {
	steps := []struct {
		args []string
		said string
	}{
		{[]string{"block", "new", w.Block, "--lang", w.Language}, "made the block"},
		{[]string{"block", "test", w.Block}, "all good"},
		{nil, ""}, // the workbench
		{[]string{"block", "check", w.Block}, "good"},
		{[]string{"block", "pack", w.Block, "--out", w.archive()}, "nobody signed it yet"},
		{[]string{"block", "keys", "new", "--no-password", "--out", "publisher.key"}, "public key"},
		{[]string{"block", "sign", w.archive(), "--key", "publisher.key"}, "signed by"},
		{[]string{"block", "install", w.archive(), "--yes", "--data", w.Data}, "is installed"},
	}
	for _, s := range steps {
		begin := time.Now()
		name := "block run, until its page is there"
		var err error
		if s.args == nil {
			err = w.lookAt(ctx)
		} else {
			name = strings.Join(s.args[:2], " ")
			err = w.do(ctx, s.said, s.args...)
		}
		if err != nil {
			return err
		}
		w.Took = append(w.Took, Step{name, time.Since(begin)})
	}
	return nil
}

func (w *Walk) archive() string { return w.Block + ".block" }

// command is the binary on the author's machine.
func (w *Walk) command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	path := filepath.Join(w.Dir, "nothing")
	if w.Language == "go" {
		program, err := exec.LookPath("go")
		if err != nil {
			return nil, err
		}
		path = filepath.Dir(program)
	}
	cmd := exec.CommandContext(ctx, w.Quoin, args...)
	cmd.Dir = w.Dir
	cmd.Env = []string{"HOME=" + filepath.Join(w.Dir, "home"), "PATH=" + path, "GOPROXY=off", "GOFLAGS=-mod=mod", "GOTOOLCHAIN=local", "TMPDIR=" + os.TempDir()}
	return cmd, nil
}

// do runs a command, which must succeed and say something.
func (w *Walk) do(ctx context.Context, said string, args ...string) error {
	cmd, err := w.command(ctx, args...)
	if err != nil {
		return err
	}
	out, err := cmd.CombinedOutput()
	if err == nil && !strings.Contains(string(out), said) {
		err = fmt.Errorf("it does not say %q", said)
	}
	if err != nil {
		return fmt.Errorf("quoin %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

var workbenchAddress = regexp.MustCompile(`^workbench: http://(localhost:\d+)/\n$`)

// lookAt opens the workbench's page and stops the workbench.
func (w *Walk) lookAt(ctx context.Context) (err error) {
	cmd, err := w.command(ctx, "block", "run", w.Block, "--port", "0")
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		stopped := cmd.Process.Signal(syscall.SIGTERM)
		if err = errors.Join(err, stopped, cmd.Wait()); err != nil {
			err = fmt.Errorf("quoin block run %s: %w: %s", w.Block, err, complaints.String())
		}
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	address := workbenchAddress.FindStringSubmatch(line)
	if address == nil {
		return fmt.Errorf("it says %q", line)
	}
	return opens(ctx, address[1])
}

// opens asks for the workbench's first page. Its hosts end in localhost, which not every resolver knows.
func opens(ctx context.Context, host string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+strings.Replace(host, "localhost", "127.0.0.1", 1)+"/", http.NoBody)
	if err != nil {
		return err
	}
	request.Host = host
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	page, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the workbench answers %s: %.200s", response.Status, page)
	}
	return nil
}
