package formula

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/script"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/runtime/sanitize"
)

// Bounds of what is typeset. Beyond them a formula is shown as its source.
const (
	// MaxTeX bounds one formula, in bytes.
	MaxTeX = 4 << 10
	// maxBatch bounds what the sandbox is given at once: formulas, and bytes of TeX.
	maxBatch, maxBatchTeX = 32, 2 << 10
	// fuel bounds one batch, alone one formula whose batch needed more, most all formulas of a fragment. A long formula needs
	// 30 000 000 steps, which take 10 ms.
	fuel, alone, most = 600_000_000, 300_000_000, 2_500_000_000
	// memory bounds one instance of the sandbox, in bytes.
	memory = 48 << 20
	// patience is how long a page waits for its formulas.
	patience = 5 * time.Second
	// retry is how long after a failed start the next one is tried.
	retry = time.Minute
	// cacheBytes bounds what is remembered of formulas, and of fragments.
	cacheBytes = 16 << 20
)

//go:embed serve.js
var serve []byte

// Config is what a Typesetter works with.
type Config struct {
	// Engine runs the script; it must be engine wasm.
	Engine engine.Engine
	Log    *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// Typesetter typesets formulas. It starts with the first one. Safe for concurrent use.
type Typesetter struct {
	config    Config
	formulas  *otter.Cache[source, outcome]
	fragments *otter.Cache[fragment, string]

	// mu guards the start.
	mu     sync.Mutex
	conn   engine.Conn
	failed error
	tried  time.Time
}

// outcome is what became of it: clean markup, or why there is none.
type outcome struct{ math, reason string }

// fragment is a piece of a page, in a language, since reasons are told in words.
type fragment struct{ html, wrong string }

// New makes a typesetter; nothing is loaded yet.
func New(config Config) (*Typesetter, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	t := &Typesetter{config: config}
	var err error
	if t.formulas, err = otter.New(&otter.Options[source, outcome]{
		MaximumWeight: cacheBytes,
		Weigher: func(s source, o outcome) uint32 {
			return uint32(len(s.tex)+len(s.definitions)+len(o.math)+len(o.reason)) + 256
		},
	}); err != nil {
		return nil, fmt.Errorf("remembering formulas: %w", err)
	}
	if t.fragments, err = otter.New(&otter.Options[fragment, string]{
		MaximumWeight: cacheBytes,
		Weigher:       func(f fragment, s string) uint32 { return uint32(len(f.html)+len(s)) + 256 },
	}); err != nil {
		return nil, fmt.Errorf("remembering formulas: %w", err)
	}
	return t, nil
}

// Warm starts ahead of the first formula, so that nobody waits for it; what goes wrong is in the log.
func (t *Typesetter) Warm(ctx context.Context) { _ = t.Start(ctx) }

// Start loads what typesets, or says why it cannot be had; the error wraps [npm.ErrNotBuilt] where the binary lacks it. After a
// failure it is not tried again for a minute. A nil Typesetter typesets nothing.
func (t *Typesetter) Start(ctx context.Context) error {
	_, err := t.started(ctx)
	return err
}

func (t *Typesetter) started(ctx context.Context) (engine.Conn, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.config.Now()
	if t.conn != nil || t.failed != nil && (errors.Is(t.failed, npm.ErrNotBuilt) || now.Sub(t.tried) < retry) {
		return t.conn, t.failed
	}
	conn, err := t.load(ctx)
	if err != nil && ctx.Err() != nil { // whoever asked has gone; that says nothing of the next
		return nil, err
	}
	t.conn, t.failed, t.tried = conn, err, now
	if err != nil {
		t.config.Log.Warn("formulas are shown as their TeX source", "error", err)
	}
	return conn, err
}

func (t *Typesetter) load(ctx context.Context) (engine.Conn, error) {
	var all []byte
	for _, name := range []string{npm.Temml, npm.Chemistry} {
		data, err := npm.File(name)
		if err != nil {
			return nil, err
		}
		all = append(append(all, data...), ";\n"...)
	}
	artifact, err := script.Artifact("formula", "1", append(all, serve...), engine.Limits{Memory: memory, Fuel: fuel})
	if err != nil {
		return nil, err
	}
	conn, err := t.config.Engine.Load(ctx, artifact)
	if err != nil {
		return nil, fmt.Errorf("starting the typesetter of formulas: %w", err)
	}
	return conn, nil
}

// HTML typesets the formulas in the texts of a fragment and leaves every other byte as it is. Texts are those of elements that
// show text as text; see quiet. A formula that cannot be typeset is marked, with wrong and the reason as its title; where nothing can be
// typeset now, the fragment comes back unchanged. wrong says in the reader's language that a formula is wrong.
//
// The result is remembered by the fragment's bytes. What sanitising left unchanged stays so: the added markup has been
// through the sanitiser.
func (t *Typesetter) HTML(ctx context.Context, markup, wrong string) string {
	if t == nil || !mayHold(markup) || len(markup) > sanitize.MaxHTML {
		return markup
	}
	key := fragment{markup, wrong}
	if known, ok := t.fragments.GetIfPresent(key); ok {
		return known
	}
	// Many may open the same page at once: one of them typesets it, for all and even if he leaves.
	result, err := t.fragments.Get(context.WithoutCancel(ctx), key, otter.LoaderFunc[fragment, string](t.typeset))
	if err != nil {
		return markup
	}
	return result
}

func (t *Typesetter) typeset(ctx context.Context, f fragment) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	parts := scan(f.html)
	outcomes, err := t.outcomes(ctx, formulasOf(parts))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(len(f.html) * 4)
	for _, p := range parts {
		if p.formula == nil {
			b.WriteString(p.raw)
			continue
		}
		outcomes[*p.formula].write(&b, p, f.wrong)
	}
	return b.String(), nil
}

func (o outcome) write(b *strings.Builder, p part, wrong string) {
	if o.math == "" {
		fmt.Fprintf(b, `<span class="formula-wrong" dir="ltr" title="%s">%s</span>`, html.EscapeString(strings.TrimSpace(wrong+" "+o.reason)), p.raw)
		return
	}
	class := "formula"
	switch {
	case p.formula.display:
		class = "formula formula-display"
	case breadth(o.math) > phone:
		class = "formula formula-wide"
	}
	math := o.math
	if p.kind == name {
		math = strings.Replace(math, "<math", `<math aria-label="`+html.EscapeString(p.formula.tex)+`"`, 1)
	}
	fmt.Fprintf(b, `<span class="%s" dir="ltr">%s</span>`, class, math)
}
