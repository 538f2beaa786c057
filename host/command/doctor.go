package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/quoin-lms/quoin/host/web"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/site"
)

// finding is what the doctor says of one thing. Mend is "" where nothing is to be done.
type finding struct {
	Name  string `json:"name"`
	State string `json:"state"`
	What  string `json:"what"`
	Mend  string `json:"mend,omitempty"`
}

// The states of a finding. Warnings do not fail the examination.
const (
	stateOK    = "ok"
	stateWarn  = "warning"
	stateWrong = "wrong"
)

// doctor looks a site over: what is wrong and how to mend it. It changes nothing and may run beside a server.
func doctor(ctx context.Context, p *Parts, args []string) error {
	s := &settings{}
	set := newFlags(p, "doctor")
	s.siteFlags(set)
	s.serveFlags(set)
	deep := set.Bool("deep", false, "read every file and compare every index of the store")
	sendTo := set.String("send-to", "", "send a mail to this `address`, to see that it arrives")
	asJSON := set.Bool("json", false, "write the findings as JSON")
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
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &examination{settings: s, parts: p, deep: *deep, sendTo: *sendTo, now: time.Now, assets: func() error { _, err := web.Embedded(); return err }}
	e.run(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	if *asJSON {
		encoder := json.NewEncoder(p.Out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(e.findings); err != nil {
			return err
		}
	} else {
		e.show(p.Out)
	}
	if e.count(stateWrong) > 0 {
		return errFailed
	}
	return nil
}

// examination is one look at a site.
type examination struct {
	settings *settings
	parts    *Parts
	deep     bool
	// sendTo gets a mail, "" sends none.
	sendTo string
	// cache is where compiled blocks are kept; "" is the site's own folder.
	cache    string
	now      func() time.Time
	assets   func() error
	site     *site.Site
	findings []finding
}

func (e *examination) ok(name, what string, args ...any) {
	e.findings = append(e.findings, finding{name, stateOK, fmt.Sprintf(what, args...), ""})
}

func (e *examination) warn(name, what, mend string) {
	e.findings = append(e.findings, finding{name, stateWarn, what, mend})
}

func (e *examination) wrong(name, what, mend string) {
	e.findings = append(e.findings, finding{name, stateWrong, what, mend})
}

func (e *examination) count(state string) int {
	n := 0
	for _, f := range e.findings {
		if f.State == state {
			n++
		}
	}
	return n
}

// run looks at what can be looked at without opening the site first, since that may fail.
func (e *examination) run(ctx context.Context) {
	e.checkAssets()
	e.checkPublicURL(ctx)
	e.checkQueue(ctx)
	e.checkMail(ctx)
	e.checkTraces(ctx)
	if !e.checkFolder() {
		return
	}
	e.checkSecret()
	e.checkDisk()
	if !e.open(ctx) {
		return
	}
	e.checkStore(ctx)
	e.checkClock(ctx)
	e.checkBlocks(ctx)
	e.checkFormulas(ctx)
	e.checkPython(ctx)
	e.checkFiles(ctx)
	var err error
	closeSite(e.site, &err)
	if err != nil {
		e.wrong("site", err.Error(), "look for other messages above")
	}
}

// open opens the site; what it complains of in its log meanwhile is found too.
func (e *examination) open(ctx context.Context) bool {
	heard := &complaints{}
	config := e.settings.siteConfig(e.parts, slog.New(heard))
	config.Queue = ports.QueueFunc(func(context.Context, ports.Job) error { return ports.ErrUnavailable })
	config.Cache = e.cache
	var err error
	e.site, err = site.Open(ctx, config)
	for _, text := range heard.list() {
		e.warn("site", text, "")
	}
	if err != nil {
		e.wrong("site", err.Error(), "mend what it tells of; if the store is damaged, restore the latest backup into an empty folder with quoin restore. "+
			"Blocks, files and clock were not looked at")
		return false
	}
	return true
}

func (e *examination) show(w io.Writer) {
	for _, f := range e.findings {
		fmt.Fprintf(w, "%-8s %-12s %s\n", f.State, f.Name, f.What)
		if f.Mend != "" {
			fmt.Fprintf(w, "%-8s %-12s -> %s\n", "", "", f.Mend)
		}
	}
	switch wrong, warnings := e.count(stateWrong), e.count(stateWarn); {
	case wrong > 0:
		fmt.Fprintf(w, "\n%d wrong, %d warnings\n", wrong, warnings)
	case warnings > 0:
		fmt.Fprintf(w, "\nnothing wrong, %d warnings\n", warnings)
	default:
		fmt.Fprint(w, "\nnothing wrong\n")
	}
}

// complaints keeps what is logged as a warning or worse.
type complaints struct {
	mu    sync.Mutex
	heard []string
}

// Enabled implements slog.Handler.
func (c *complaints) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn
}

// Handle implements slog.Handler.
func (c *complaints) Handle(_ context.Context, record slog.Record) error {
	var b strings.Builder
	b.WriteString(record.Message)
	record.Attrs(func(a slog.Attr) bool {
		fmt.Fprintf(&b, "; %s: %s", a.Key, a.Value)
		return true
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = append(c.heard, b.String())
	return nil
}

// WithAttrs implements slog.Handler; what a complaint is about stands in its own attributes.
func (c *complaints) WithAttrs([]slog.Attr) slog.Handler { return c }

// WithGroup implements slog.Handler.
func (c *complaints) WithGroup(string) slog.Handler { return c }

func (c *complaints) list() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard
}
