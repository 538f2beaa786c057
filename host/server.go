package host

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/metric"
	"github.com/quoin-lms/quoin/host/oidc"
	"github.com/quoin-lms/quoin/host/operator"
	"github.com/quoin-lms/quoin/host/web"
	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/trace"
)

// Config is what a server works with. Site, Assets and PublicURL are needed.
type Config struct {
	Site   *site.Site
	Assets *web.Assets
	// Bus carries live updates; nil lets pages poll.
	Bus     ports.Bus
	Limiter ports.Limiter
	// Mailer sends links to reset passwords and confirm addresses; nil is a site without mail, which offers neither.
	Mailer ports.Mailer
	// PublicURL is how browsers reach the site: absolute links and the origin that forms must come from.
	PublicURL string
	// Proxies are the addresses whose X-Forwarded-For is believed.
	Proxies []string
	// Development shows demo accounts and more of errors. It refuses to listen beyond this machine.
	Development bool
	// Demo are the accounts that the sign-in page offers in development.
	Demo []Demo
	// Framed is the origin of a workbench, whose page may frame this site's pages. Only in development; "" lets nobody.
	Framed string
	// Ready is asked by /readyz; nil is ready at once.
	Ready func(ctx context.Context) error
	Log   *slog.Logger
	// Metrics adds to /metrics what the server itself does not know, such as the queue; nil is allowed.
	Metrics func(ctx context.Context, w *metric.Writer)
	// Report tells an operator's page what the server itself does not know, Mishaps keeps the errors that were logged; nil is
	// allowed.
	Report  func(ctx context.Context) operator.Report
	Mishaps *operator.Mishaps
	// Tracer follows requests; nil follows none.
	Tracer trace.Tracer
	// SignWith are other sites whose accounts people may sign in with.
	SignWith []oidc.Config
	// Joining is what people are asked before they may use the site.
	Joining Joining
	// CourseFiles bounds what course teams upload.
	CourseFiles CourseFiles
	// MetricsToken opens /metrics to others than this machine's programs.
	MetricsToken string
	// Now is the clock; nil is the system's.
	Now func() time.Time
	// VerdictWait is how long the reply to a submit waits for the verdict; 0 is a second.
	VerdictWait time.Duration
	// Heartbeat is how often a live stream is written to and its session looked at; 0 is 15 seconds.
	Heartbeat time.Duration
}

// Demo is a sample account of a development site.
type Demo struct{ Username, Password, Role string }

// Server serves a site.
type Server struct {
	config Config
	app    *fiber.App
	public *url.URL
	words  *words.Catalogue
	// scriptWords are what pages carry of them for scripts.
	scriptWords map[string]template.JS
	// studioWords are what Studio's pages carry of them.
	studioWords map[string]template.JS
	// elementWords are those of the SDK's elements, for pages and frames that use them.
	elementWords map[string]template.JS
	blockTexts   blockTexts
	templates    *template.Template
	routes       []Route
	streams      *streams
	durations    durations
	bells        bells
	// providers are the other sites that people may sign in with.
	providers []*oidc.Provider
	// mails are being sent.
	mails    sync.WaitGroup
	stopping chan struct{}
	// listening guards listener, so that a Shutdown that comes before fiber serves is not lost.
	listening sync.Mutex
	listener  net.Listener
}

// Limits of requests.
const (
	// maxBody bounds a request's body in bytes; only forms of blocks that take files may be larger.
	maxBody     = 4 << 20
	readTimeout = 30 * time.Second
	// writeTimeout ends replies that a client reads too slowly. Live streams end with it too; browsers open them again.
	writeTimeout = 5 * time.Minute
	idleTimeout  = 2 * time.Minute
)

// New makes a server; nothing listens yet.
func New(config Config) (*Server, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.VerdictWait == 0 {
		config.VerdictWait = time.Second
	}
	if config.Heartbeat == 0 {
		config.Heartbeat = 15 * time.Second
	}
	public, err := url.Parse(config.PublicURL)
	if err != nil || public.Host == "" || public.Scheme != "http" && public.Scheme != "https" {
		return nil, fmt.Errorf("the public URL %q must look like https://learn.example.org", config.PublicURL)
	}
	if err := config.Joining.Check(); err != nil {
		return nil, err
	}
	if config.Framed != "" && !config.Development {
		return nil, errors.New("pages are framed by a workbench alone, in development")
	}
	s := &Server{config: config, public: public, stopping: make(chan struct{})}
	if err := s.openProviders(); err != nil {
		return nil, err
	}
	if s.words, err = words.Load(); err != nil {
		return nil, fmt.Errorf("reading the message catalogue: %w", err)
	}
	if s.scriptWords, err = scriptWords(s.words); err != nil {
		return nil, fmt.Errorf("reading the message catalogue: %w", err)
	}
	if s.studioWords, err = scriptWords(s.words, "studio_script."); err != nil {
		return nil, fmt.Errorf("reading the message catalogue: %w", err)
	}
	if s.elementWords, err = elementWords(s.words); err != nil {
		return nil, fmt.Errorf("reading the message catalogue: %w", err)
	}
	if s.templates, err = loadTemplates(); err != nil {
		return nil, fmt.Errorf("reading templates: %w", err)
	}
	s.streams = newStreams()
	s.app = fiber.New(fiber.Config{
		AppName: "Quoin", ServerHeader: "", Immutable: true, StrictRouting: true, CaseSensitive: true,
		// Bodies come as streams, so that who asks is known before a large one is read: takeBody bounds each.
		BodyLimit: maxBody, StreamRequestBody: true, DisablePreParseMultipartForm: true, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, DisableStartupMessage: true,
		EnableTrustedProxyCheck: true, TrustedProxies: config.Proxies, ProxyHeader: proxyHeader(config.Proxies), EnableIPValidation: true,
		ErrorHandler: s.fail,
	})
	s.app.Use(s.measure, s.guard)
	s.routes = s.table()
	for _, route := range s.routes {
		s.app.Add(route.Method, route.Path, s.serve(route))
		if route.Method == fiber.MethodGet && !route.Stream {
			s.app.Add(fiber.MethodHead, route.Path, s.serve(route))
		}
	}
	s.app.Use(func(c *fiber.Ctx) error { return s.serve(Route{Who: Anyone, Handle: notFound})(c) })
	return s, nil
}

func proxyHeader(proxies []string) string {
	if len(proxies) == 0 {
		return ""
	}
	return fiber.HeaderXForwardedFor
}

// Routes is the table of every address, for the tests that sweep it.
func (s *Server) Routes() []Route { return s.routes }

// Listen serves on an address until Shutdown. In development the address must be this machine's own (security R16).
func (s *Server) Listen(listener net.Listener) error {
	if s.config.Development && !loopback(listener.Addr()) {
		return errors.Join(
			fmt.Errorf("development mode serves this machine alone: listen on 127.0.0.1, not on %s", listener.Addr()), listener.Close())
	}
	s.listening.Lock()
	s.listener = listener
	stopped := s.stopped()
	s.listening.Unlock()
	if stopped {
		return listener.Close()
	}
	if err := s.app.Listener(listener); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func (s *Server) stopped() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

func loopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// Shutdown ends live streams first, then lets running requests finish until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.listening.Lock()
	if !s.stopped() {
		close(s.stopping)
	}
	listener := s.listener
	s.listening.Unlock()
	err := s.app.ShutdownWithContext(ctx)
	s.waitForMails(ctx)
	if listener != nil { // fiber does not know of it before it serves
		if closing := listener.Close(); !errors.Is(closing, net.ErrClosed) {
			err = errors.Join(err, closing)
		}
	}
	return err
}

// App gives the fiber application to tests.
func (s *Server) App() *fiber.App { return s.app }
