package workbench

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/web"
	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/workbench"
)

// Config is what a workbench is served with; all of it but Log is needed.
type Config struct {
	Bench   *workbench.Bench
	Breaker *workbench.Breaker
	Site    *site.Site
	Assets  *web.Assets
	Bus     ports.Bus
	// Port is the one that [Server.Listen] will listen on: addresses of pages hold it.
	Port int
	Log  *slog.Logger
}

// Server serves a workbench.
type Server struct {
	config Config
	app    *fiber.App
	// host and origin are the workbench's own.
	host, origin string
	pages        map[string]*desk // by host
	order        []*desk
	words        *words.Catalogue
	token        string
	stopping     chan struct{}
	stop         sync.Once

	mu   sync.Mutex
	look look
	// undos give back what a reset took.
	undos map[string]func(context.Context) error
}

// desk is one person with the server of the person's pages.
type desk struct {
	persona *workbench.Persona
	host    string
	server  *host.Server
	handle  func(c *fiber.Ctx)
	// offline closes connections without an answer.
	offline bool
}

// Host is where a workbench on a port has its own page.
func Host(port int) string { return net.JoinHostPort("localhost", strconv.Itoa(port)) }

// New makes a server; nothing listens yet.
func New(config Config) (*Server, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		config: config, host: Host(config.Port), pages: map[string]*desk{}, token: people.NewToken(), stopping: make(chan struct{}),
		undos: map[string]func(context.Context) error{},
	}
	s.origin = "http://" + s.host
	var err error
	if s.words, err = words.Load(); err != nil {
		return nil, fmt.Errorf("reading the message catalogue: %w", err)
	}
	for _, persona := range config.Bench.People() {
		if err := s.addDesk(persona); err != nil {
			return nil, fmt.Errorf("serving the pages of %s: %w", persona.Name, err)
		}
	}
	s.app = fiber.New(fiber.Config{
		AppName: "Quoin workbench", Immutable: true, StrictRouting: true, CaseSensitive: true, BodyLimit: 4 << 20,
		ReadTimeout: 30 * time.Second, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, DisableStartupMessage: true,
		ErrorHandler: s.fail,
	})
	s.app.Use(s.dispatch, s.guard)
	for _, route := range s.routes() {
		s.app.Add(route.method, route.path, route.handle)
	}
	return s, nil
}

func (s *Server) addDesk(persona *workbench.Persona) error {
	d := &desk{persona: persona, host: persona.ID + "." + s.host}
	var err error
	d.server, err = host.New(host.Config{
		Site: s.config.Site, Assets: s.config.Assets, Bus: s.config.Bus, PublicURL: "http://" + d.host, Development: true, Framed: s.origin,
		Log: s.config.Log,
	})
	if err != nil {
		return err
	}
	handle := d.server.App().Handler()
	d.handle = func(c *fiber.Ctx) { handle(c.Context()) }
	s.pages[d.host] = d
	s.order = append(s.order, d)
	return nil
}

// Address is where the workbench's page is.
func (s *Server) Address() string { return s.origin + "/" }

// Listen serves until Shutdown, on this machine alone.
func (s *Server) Listen(listener net.Listener) error {
	tcp, ok := listener.Addr().(*net.TCPAddr)
	if !ok || !tcp.IP.IsLoopback() || tcp.Port != s.config.Port {
		return errors.Join(fmt.Errorf("a workbench serves this machine alone, on port %d: not on %s", s.config.Port, listener.Addr()), listener.Close())
	}
	return s.app.Listener(listener)
}

// Shutdown ends streams and lets running requests finish until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stop.Do(func() { close(s.stopping) })
	var failed []error
	for _, d := range s.order {
		failed = append(failed, d.server.Shutdown(ctx))
	}
	return errors.Join(append(failed, s.app.ShutdownWithContext(ctx))...)
}

// App gives the fiber application to tests.
func (s *Server) App() *fiber.App { return s.app }

// errHost refuses a name that leads to this machine and is none of ours.
var errHost = fiber.NewError(fiber.StatusMisdirectedRequest, "this workbench answers under its own names alone")

// guard protects the workbench's own page and what it asks for.
func (s *Server) guard(c *fiber.Ctx) error {
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Referrer-Policy", "no-referrer")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead {
		// Pages of blocks run beside this one; they may lead here, and read nothing.
		if from := c.Get("Sec-Fetch-Site"); from != "" && from != "same-origin" && from != "none" && c.Get("Sec-Fetch-Mode") != "navigate" {
			return fiber.NewError(fiber.StatusForbidden, "only the workbench's own page may ask this")
		}
		return c.Next()
	}
	if c.Get(fiber.HeaderOrigin) != s.origin {
		return fiber.NewError(fiber.StatusForbidden, "the request does not come from the workbench's own page")
	}
	if subtle.ConstantTimeCompare([]byte(c.Get("X-Quoin-Token")), []byte(s.token)) != 1 {
		return fiber.NewError(fiber.StatusForbidden, "the page is from an earlier workbench: load it again")
	}
	return c.Next()
}

// fail turns an error into a line or, for scripts, JSON.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	status := fiber.StatusInternalServerError
	var known *fiber.Error
	switch {
	case errors.As(err, &known):
		status = known.Code
	case workbench.Unknown(err):
		status = fiber.StatusNotFound
	default:
		s.config.Log.Error("the workbench failed", "path", c.Path(), "error", err)
	}
	return c.Status(status).JSON(fiber.Map{"error": err.Error()})
}
