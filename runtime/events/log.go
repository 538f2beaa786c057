package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// ErrInvalid is about an event that no log takes. Nothing of its batch was written.
var ErrInvalid = errors.New("invalid event")

// Limits of one event, in bytes.
const (
	// MaxData bounds the data.
	MaxData = 32 << 10
	// MaxField bounds every other text but the agent, which is cut.
	MaxField = 1024
	// MaxPath bounds the blocks above the usage.
	MaxPath = 20

	maxAgent = 300
)

// Sources of events.
const (
	SourceServer  = "server"
	SourceBrowser = "browser"
	SourceMobile  = "mobile"
)

// Config says where the log is and how far behind it is read. Store must be set.
type Config struct {
	Store store.Store
	// Lag is how far a Tail stays behind now; 0 is 3 s. Overlap is how much before that it looks at again; 0 is 15 s. An
	// event whose write takes longer than both together can be missed by a Tail, never by Find.
	Lag, Overlap time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Log is the event log. It is safe for concurrent use, also by several processes.
type Log struct {
	config Config
	docs   store.Collection[eventDoc]
	clock  *clock
}

type eventDoc struct {
	// At is the event's place; see Position.
	At       string   `bson:"at"`
	Name     string   `bson:"name"`
	Version  int      `bson:"version"`
	Source   string   `bson:"source"`
	Time     int64    `bson:"time"`
	Actor    string   `bson:"actor,omitempty"`
	Session  string   `bson:"session,omitempty"`
	Agent    string   `bson:"agent,omitempty"`
	Run      string   `bson:"run,omitempty"`
	Usage    string   `bson:"usage,omitempty"`
	Path     []string `bson:"path,omitempty"`
	Revision string   `bson:"revision,omitempty"`
	Sitting  string   `bson:"sitting,omitempty"`
	Request  string   `bson:"request,omitempty"`
	// Data is JSON, "" for none.
	Data string `bson:"data,omitempty"`
}

func (d *eventDoc) event(id string) wire.Event {
	e := wire.Event{
		ID: id, Name: d.Name, Version: d.Version, Source: d.Source, Time: d.Time, Actor: d.Actor, Session: d.Session,
		Agent: d.Agent, Run: d.Run, Usage: d.Usage, Path: d.Path, Revision: d.Revision, Sitting: d.Sitting, Request: d.Request,
	}
	if d.Data != "" {
		e.Data = json.RawMessage(d.Data)
	}
	return e
}

var spec = store.Spec{Name: "events", Learners: "actor", Indexes: []store.Index{
	{Name: "at", Fields: []string{"at"}},
	{Name: "run", Fields: []string{"run", "at"}},
	{Name: "actor", Fields: []string{"actor", "at"}},
}}

// Specs are the collections of this package.
func Specs() []store.Spec { return []store.Spec{spec} }

const (
	defaultLag     = 3 * time.Second
	defaultOverlap = 15 * time.Second
)

// New prepares access; it does no I/O.
func New(config Config) *Log {
	if config.Lag <= 0 {
		config.Lag = defaultLag
	}
	if config.Overlap <= 0 {
		config.Overlap = defaultOverlap
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Log{config: config, docs: store.Of[eventDoc](config.Store, spec), clock: newClock(config.Now)}
}

// Batches of writes, in events and in bytes of data.
const (
	batchEvents = 500
	batchBytes  = 2 << 20
)

// Append writes events in the order given and returns how many were new. An event without an id gets one; one whose id is
// in the log already is left out. Without a time it is now, without a version 1, without a source the server's. They are
// durable when Append returns; after an error some may have been written, and appending them again (with ids) is harmless.
func (l *Log) Append(ctx context.Context, events ...wire.Event) (written int, err error) {
	docs := make([]store.Doc[eventDoc], 0, len(events))
	for i := range events {
		doc, err := l.document(&events[i])
		if err != nil {
			return 0, fmt.Errorf("appending event %d (%.80q): %w", i, events[i].Name, err)
		}
		docs = append(docs, doc)
	}
	for len(docs) > 0 {
		n, size := 0, 0
		for n < len(docs) && n < batchEvents && (n == 0 || size+len(docs[n].Body.Data) <= batchBytes) {
			// Places are given as late as can be: readers wait only so long.
			docs[n].Body.At = string(l.clock.next())
			if docs[n].ID == "" {
				docs[n].ID = docs[n].Body.At
			}
			size += len(docs[n].Body.Data)
			n++
		}
		fresh, err := l.docs.InsertMany(ctx, docs[:n])
		written += fresh
		if err != nil {
			return written, fmt.Errorf("appending events: %w", err)
		}
		docs = docs[n:]
	}
	return written, nil
}

// nameForm is dotted words, as Open edX's events are called ("edx.problem.hint.demandhint_displayed", "play_video").
var nameForm = regexp.MustCompile(`^[A-Za-z0-9_]+([.:/-][A-Za-z0-9_]+)*$`)

const maxName = 200

func (l *Log) document(e *wire.Event) (store.Doc[eventDoc], error) {
	doc := store.Doc[eventDoc]{ID: e.ID, Body: eventDoc{
		Name: e.Name, Version: e.Version, Source: e.Source, Time: e.Time, Actor: e.Actor, Session: e.Session, Agent: cut(e.Agent, maxAgent),
		Run: e.Run, Usage: e.Usage, Path: e.Path, Revision: e.Revision, Sitting: e.Sitting, Request: e.Request,
	}}
	d := &doc.Body
	if len(e.Name) > maxName || !nameForm.MatchString(e.Name) {
		return doc, fmt.Errorf("%w: a name is letters, digits and _ with dots between, at most %d bytes", ErrInvalid, maxName)
	}
	for name, value := range map[string]string{
		"id": e.ID, "actor": e.Actor, "session": e.Session, "run": e.Run, "usage": e.Usage, "revision": e.Revision,
		"sitting": e.Sitting, "request": e.Request, "path": longest(e.Path),
	} {
		if len(value) > MaxField || !utf8.ValidString(value) {
			return doc, fmt.Errorf("%w: %s needs at most %d bytes of UTF-8", ErrInvalid, name, MaxField)
		}
	}
	if len(e.Path) > MaxPath {
		return doc, fmt.Errorf("%w: %d blocks in the path, at most %d", ErrInvalid, len(e.Path), MaxPath)
	}
	if d.Source == "" {
		d.Source = SourceServer
	}
	if d.Source != SourceServer && d.Source != SourceBrowser && d.Source != SourceMobile {
		return doc, fmt.Errorf("%w: source %.40q is neither server, browser nor mobile", ErrInvalid, d.Source)
	}
	if d.Version == 0 {
		d.Version = 1
	}
	if d.Time == 0 {
		d.Time = l.config.Now().UnixMilli()
	}
	if len(e.Data) > MaxData {
		return doc, fmt.Errorf("%w: %d bytes of data, at most %d", ErrInvalid, len(e.Data), MaxData)
	}
	if len(e.Data) > 0 && !json.Valid(e.Data) {
		return doc, fmt.Errorf("%w: the data are no JSON", ErrInvalid)
	}
	if !utf8.Valid(e.Data) {
		return doc, fmt.Errorf("%w: the data are not UTF-8", ErrInvalid)
	}
	d.Data = string(e.Data)
	return doc, nil
}

// cut bounds a text in bytes without cutting a character, and makes it text.
func cut(s string, most int) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

func longest(list []string) string {
	var long string
	for _, s := range list {
		if len(s) > len(long) || !utf8.ValidString(s) {
			long = s
		}
	}
	return long
}
