package firstblock

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// Workbench is a running `quoin block run` of the block.
type Workbench struct {
	block      string
	host       string
	cmd        *exec.Cmd
	complaints strings.Builder
}

var workbenchAddress = regexp.MustCompile(`^workbench: http://(localhost:\d+)/\n$`)

// Run starts the workbench and returns when it says where it is.
func (w *Walk) Run(ctx context.Context) (*Workbench, error) {
	cmd, err := w.command(ctx, "block", "run", w.Block, "--port", "0")
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	b := &Workbench{block: w.Block, cmd: cmd}
	cmd.Stderr = &b.complaints
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	address := workbenchAddress.FindStringSubmatch(line)
	if err == nil && address == nil {
		err = fmt.Errorf("it says %q", line)
	}
	if err != nil {
		return nil, errors.Join(err, b.Stop())
	}
	b.host = address[1]
	return b, nil
}

// Stop ends the workbench.
func (b *Workbench) Stop() error {
	if err := errors.Join(b.cmd.Process.Signal(syscall.SIGTERM), b.cmd.Wait()); err != nil {
		return fmt.Errorf("quoin block run: %w: %s", err, b.complaints.String())
	}
	return nil
}

// View is what a learner of the workbench sees of the block's first sample.
func (b *Workbench) View(ctx context.Context) ([]byte, error) {
	const run = "workbench+blocks+scratch"
	return b.get(ctx, "ada."+b.host, fmt.Sprintf("/courses/course-v1:%s/blocks/block-v1:%s+type@%s+block@it-%[3]s-sample-prime/frame", run, run, b.block))
}

// get asks for a page. The workbench's hosts end in localhost, which not every resolver knows.
func (b *Workbench) get(ctx context.Context, host, path string) ([]byte, error) {
	_, port, _ := strings.Cut(b.host, ":")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Host = host
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	page, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the workbench answers %s: %.200s", response.Status, page)
	}
	return page, nil
}

// lookAt opens the workbench's page and stops the workbench.
func (w *Walk) lookAt(ctx context.Context) (err error) {
	b, err := w.Run(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Stop()) }()
	_, err = b.get(ctx, b.host, "/")
	return err
}

// Source is the file that the question of the block stands in.
func (w *Walk) Source() string {
	name := w.Block + ".go"
	if w.Language == "typescript" {
		name = "block.ts"
	}
	return filepath.Join(w.Dir, w.Block, name)
}
