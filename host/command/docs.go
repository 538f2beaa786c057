package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/quoin-lms/quoin/host/guide"
	"github.com/quoin-lms/quoin/host/web"
)

// docs shows the guide for block developers: served to this machine alone, or written into a folder that needs no server.
func docs(ctx context.Context, p *Parts, args []string) error {
	set := newFlags(p, "docs")
	out := set.String("out", "", "write the guide into this `folder` instead of serving it")
	port := set.Int("port", 8223, "`port` on this machine")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return errUsage
	}
	look, err := guideLook()
	if err != nil {
		return err
	}
	if *out != "" {
		if err := guide.Write(*out, look); err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "the guide begins at %s/index.html\n", *out)
		return nil
	}
	dir, err := os.MkdirTemp("", "quoin-docs-*")
	if err != nil {
		return fmt.Errorf("serving the guide: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := guide.Write(dir, look); err != nil {
		return err
	}
	return serveFolder(ctx, p, dir, *port)
}

// guideLook takes what the pages look like from the site's own assets.
func guideLook() (guide.Look, error) {
	assets, err := web.Embedded()
	if err != nil {
		return guide.Look{}, err
	}
	site, err := assets.Text("site.css")
	if err != nil {
		return guide.Look{}, err
	}
	own, err := assets.Text("docs.css")
	if err != nil {
		return guide.Look{}, err
	}
	script, err := assets.Text("docs.js")
	return guide.Look{Styles: site + own, Script: script}, err
}

// serveFolder serves files to this machine until it is told to stop.
func serveFolder(ctx context.Context, p *Parts, dir string, port int) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", fmt.Sprint(port)))
	if err != nil {
		return fmt.Errorf("serving the guide: %w: choose another port with --port", err)
	}
	server := &http.Server{Handler: http.FileServer(http.Dir(dir)), ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintf(p.Out, "the guide: http://%s/index.html (Ctrl-C ends it)\n", listener.Addr())
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case <-ctx.Done():
		return server.Close()
	case err := <-done:
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return fmt.Errorf("serving the guide: %w", err)
	}
}
