package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/operator"
	"github.com/quoin-lms/quoin/host/web"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/trace/otlp"
)

// drain is how long running requests and jobs may take after SIGTERM before the process ends.
const drain = 20 * time.Second

// serve runs the site until SIGTERM or SIGINT, then lets running requests and jobs finish.
func serve(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "serve")
	s.siteFlags(set)
	s.serveFlags(set)
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 0 {
		return errUsage
	}
	if err := s.complete(set); err != nil {
		return err
	}
	if len(s.Blocks) > 0 && !s.Development {
		return errors.New("blocks are built from source on a development site alone: add --development, or build packages with quoin block build")
	}
	if s.Sample != "" && !s.Development {
		return errors.New("a sample course is for a development site: add --development, or bring it in with quoin course import " + s.Sample)
	}
	mishaps := &operator.Mishaps{}
	log := slog.New(host.LogHandler(mishaps.Handler(s.logHandler(p.Err))))
	slog.SetDefault(log)
	log.Info("starting", redacted(set)...)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return (&server{settings: s, parts: p, log: log, mishaps: mishaps, started: time.Now()}).run(ctx)
}

// server is one process of a site.
type server struct {
	settings   *settings
	parts      *Parts
	log        *slog.Logger
	mishaps    *operator.Mishaps
	started    time.Time
	listener   net.Listener
	background Background
	site       *site.Site
	mailer     ports.Mailer
	demo       []host.Demo
	// traces is nil where none are sent.
	traces *otlp.Exporter
}

func (s *server) role() Role { return Role(s.settings.Role) }

// run opens everything, serves, and closes everything again in the reverse order.
func (s *server) run(ctx context.Context) (err error) {
	if s.listener, err = s.listen(ctx); err != nil {
		return err
	}
	defer s.listener.Close()
	if err := s.openTraces(ctx); err != nil {
		return err
	}
	defer s.closeTraces()
	if err := s.openBackground(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.background.Close()) }()
	if err := s.open(ctx); err != nil {
		return err
	}
	defer closeSite(s.site, &err)
	release, err := s.alone()
	if err != nil {
		return err
	}
	defer release()
	if s.settings.Development {
		err = s.prepareDemo(ctx)
	} else {
		err = s.refuseDemo(ctx)
	}
	if err != nil {
		return err
	}
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	go s.site.Run(watching)
	go giveBack(watching, s.site.Kernel)
	stopWork, err := s.background.Work(ctx, s.site, s.role())
	if err != nil {
		return fmt.Errorf("starting the workers: %w", err)
	}
	defer func() {
		grace, cancel := context.WithTimeout(context.Background(), drain)
		defer cancel()
		err = errors.Join(err, stopWork(grace))
	}()
	if s.role().Serves() {
		go s.site.Formulas.Warm(watching)
		return s.serveWeb(ctx)
	}
	return s.serveHealth(ctx)
}

// listen takes the address first, so that one that is in use is told before anything else happens.
func (s *server) listen(ctx context.Context) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.settings.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w; choose another with --listen", s.settings.Listen, err)
	}
	if s.settings.Development && !loopback(listener) { // before there are accounts whose passwords everybody knows
		return nil, errors.Join(
			fmt.Errorf("a development site serves this machine alone: listen on 127.0.0.1, not on %s", listener.Addr()), listener.Close())
	}
	if s.settings.PublicURL == "" {
		s.settings.PublicURL = "http://" + listener.Addr().String()
	}
	return listener, nil
}

func loopback(listener net.Listener) bool {
	tcp, ok := listener.Addr().(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

func (s *server) open(ctx context.Context) error {
	config := s.settings.siteConfig(s.parts, s.log)
	config.Queue, config.Bus, config.Limiter = s.background, s.background, s.background
	public := strings.TrimSuffix(s.settings.PublicURL, "/")
	config.Address = func(usage string) string {
		return public + host.MountPath(usage)
	}
	if len(s.settings.Blocks) > 0 {
		s.log.Info("building the blocks of source folders; the first time this takes a minute or two", "folders", s.settings.Blocks.String())
	}
	var err error
	s.site, err = site.Open(ctx, config)
	if err != nil {
		return err
	}
	if err := s.openMail(); err != nil {
		return err
	}
	for _, status := range s.site.Kernel.Blocks() {
		if status.Broken != "" {
			s.log.Warn("a block is broken", "block", status.Name, "why", status.Broken)
		}
	}
	return nil
}

// openMail says who sends mail, to the jobs that do so too, before any of them runs.
func (s *server) openMail() error {
	var err error
	if s.mailer, err = s.settings.mailer(); err != nil || s.mailer == nil {
		return err
	}
	letters, err := host.NewLetters(s.site, s.mailer, s.settings.PublicURL)
	if err != nil {
		return err
	}
	s.site.Lists.Notify(letters)
	s.site.Kernel.Notices().Mail(letters)
	return nil
}

func (s *server) serveWeb(ctx context.Context) error {
	assets, err := web.Embedded()
	if err != nil {
		return err
	}
	web, err := host.New(host.Config{
		Site: s.site, Assets: assets, Bus: s.background, Limiter: s.background, PublicURL: s.settings.PublicURL,
		Proxies: s.settings.Proxies, Development: s.settings.Development, Demo: s.demo, Ready: s.ready, Log: s.log,
		Metrics: s.queueMetrics, MetricsToken: s.settings.Metrics, CourseFiles: s.settings.Files, Mailer: s.mailer,
		SignWith: s.settings.SignIn, Joining: s.settings.Joining,
		Report: s.report, Mishaps: s.mishaps, Tracer: s.tracer(),
	})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- web.Listen(s.listener) }()
	s.log.Info("ready", "address", s.settings.PublicURL, "listening", s.listener.Addr().String(), "role", string(s.role()))
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	s.log.Info("stopping: running requests and jobs may finish")
	grace, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	return web.Shutdown(grace)
}

// ready says whether requests and jobs can be served now.
func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if _, _, err := s.site.Courses.Runs(ctx, "", 1); err != nil {
		return fmt.Errorf("the store: %w", err)
	}
	if err := s.background.Ping(ctx); err != nil {
		return fmt.Errorf("the queue: %w", err)
	}
	return nil
}

// serveHealth answers /healthz and /readyz for processes that serve no pages.
func (s *server) serveHealth(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, `{"status":"ok"}`) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := s.ready(r.Context()); err != nil {
			s.log.Warn("not ready", "error", err)
			http.Error(w, `{"status":"not ready"}`, http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, `{"status":"ready"}`)
	})
	mux.HandleFunc("GET /metrics", s.metrics)
	web := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(s.listener) }()
	s.log.Info("ready", "listening", s.listener.Addr().String(), "role", string(s.role()))
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	s.log.Info("stopping: running jobs may finish")
	grace, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	return web.Shutdown(grace)
}
