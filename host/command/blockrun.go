package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/web"
	front "github.com/quoin-lms/quoin/host/workbench"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/workbench"
)

// benchPort is where a workbench listens unless another port is named.
const benchPort = 8100

// blockRun serves the workbench of some blocks on this machine until it is stopped.
func blockRun(ctx context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block run")
	port := set.Int("port", benchPort, "`port` on this machine; 0 is any that is free")
	browser := set.Bool("open", false, "open the workbench in the browser")
	inline := set.Bool("inline", false, "show the blocks in the page itself, as blocks are that the binary carries; a site frames all others")
	data := set.String("data", "", "`folder` that keeps what people did; a scratch one, which goes at the end, when empty")
	folders, err := blockFolders(set, args)
	if err != nil {
		return err
	}
	for i := range folders {
		if folders[i], err = filepath.Abs(folders[i]); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	r := &benchRun{parts: p, folders: folders, data: *data, browser: *browser, inline: *inline}
	r.log = slog.New(host.LogHandler(slog.NewTextHandler(p.Err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err := r.run(ctx, *port); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// benchRun is one workbench that is served.
type benchRun struct {
	parts   *Parts
	folders []string
	data    string
	browser bool
	inline  bool
	log     *slog.Logger
	breaker workbench.Breaker
}

// run opens everything, serves, and closes everything again in the reverse order.
func (r *benchRun) run(ctx context.Context, port int) (err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("listening on port %d: %w; choose another with --port", port, err)
	}
	defer listener.Close()
	if r.data == "" {
		if r.data, err = os.MkdirTemp("", "quoin-workbench-*"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(r.data)) }()
	}
	background, err := r.parts.Background(ctx, BackgroundConfig{Log: r.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, background.Close()) }()
	fmt.Fprintln(r.parts.Err, "building; the first time this takes a while")
	recorder := workbench.NewRecorder(&r.breaker)
	opened, err := r.open(ctx, background, recorder, listener)
	if err != nil {
		return err
	}
	defer closeSite(opened, &err)
	bench, err := workbench.Open(ctx, workbench.Config{
		Site: opened, Folders: r.folders, Recorder: recorder, Breaker: &r.breaker, Log: r.log,
	})
	if err != nil {
		return err
	}
	stopWork, err := background.Work(ctx, opened, RoleAll)
	if err != nil {
		return fmt.Errorf("starting the workers: %w", err)
	}
	defer func() {
		grace, cancel := context.WithTimeout(context.Background(), drain)
		defer cancel()
		err = errors.Join(err, stopWork(grace))
	}()
	watching, stopWatching := context.WithCancel(ctx)
	followed := make(chan struct{})
	go func() { defer close(followed); bench.Run(watching) }()
	defer func() { stopWatching(); <-followed }()
	go opened.Formulas.Warm(watching)
	return r.serve(ctx, opened, bench, background, listener)
}

func (r *benchRun) open(ctx context.Context, background Background, recorder *workbench.Recorder, listener net.Listener) (*site.Site, error) {
	for _, name := range workbench.Names(r.folders) {
		recorder.Watch(name)
	}
	own := "http://" + front.Host(portOf(listener))
	return site.Open(ctx, site.Config{
		Data: r.data, Queue: background, Bus: background, Limiter: nil, Shipped: r.parts.Shipped, Folders: r.folders, Framed: !r.inline,
		Development: true, Early: true, NoRenderCache: true, AllowProcess: workbench.Processes(r.folders), Watch: recorder.Wrap, Break: r.breaker.Store, Poll: workbench.Poll,
		Address: func(usage string) string { return own + host.MountPath(usage) }, Log: r.log,
	})
}

func portOf(listener net.Listener) int {
	tcp, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0 // it listens on TCP
	}
	return tcp.Port
}

func (r *benchRun) serve(ctx context.Context, opened *site.Site, bench *workbench.Bench, background Background, listener net.Listener) error {
	assets, err := web.Embedded()
	if err != nil {
		return err
	}
	server, err := front.New(front.Config{
		Bench: bench, Breaker: &r.breaker, Site: opened, Assets: assets, Bus: background, Port: portOf(listener), Log: r.log,
	})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Listen(listener) }()
	for name, why := range bench.Broken() {
		fmt.Fprintf(r.parts.Err, "%s does not build yet: %s\n", name, why)
	}
	fmt.Fprintf(r.parts.Out, "workbench: %s\n", server.Address())
	if r.browser {
		if err := openBrowser(ctx, server.Address()); err != nil {
			fmt.Fprintf(r.parts.Err, "the browser could not be opened: %v\n", err)
		}
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	return server.Shutdown(grace)
}

// openBrowser asks the system to show an address.
func openBrowser(ctx context.Context, address string) error {
	words := map[string][]string{"darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"}}[runtime.GOOS]
	if words == nil {
		words = []string{"xdg-open"}
	}
	return exec.CommandContext(ctx, words[0], append(words[1:], address)...).Start()
}
