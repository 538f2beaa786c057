package notices

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Notice is a message to one person.
type Notice struct {
	// Learner is the pseudonym in the run, Inbox the one towards the site.
	Learner string `bson:"learner"`
	Inbox   string `bson:"inbox"`
	Run     string `bson:"run"`
	Usage   string `bson:"usage"`
	// Type is the kind of block that sent it, TypeMarks or TypeTeam.
	Type string `bson:"type"`
	// Title is the message, or where the site sent it what the message is about: which message is About's matter, and is written
	// in the language of who reads it.
	Title string `bson:"title"`
	About About  `bson:"about,omitempty"`
	Text  string `bson:"text,omitempty"`
	// Path is below the block's own address; "" is the block.
	Path string    `bson:"path,omitempty"`
	At   time.Time `bson:"at"`
	// Unread is true until it was looked at.
	Unread bool `bson:"unread,omitempty"`
	// Mail is when a mail is due, or until when a worker sends it; nil for no mail, or for one that went out.
	Mail *time.Time `bson:"mail,omitempty"`
	// Tries counts attempts to mail it.
	Tries int `bson:"tries,omitempty"`
}

// About is a message of the site's own. It is stored.
type About string

// Messages of the site.
const (
	// AboutMark says that a person has graded what the title names.
	AboutMark About = "mark"
	// AboutRemark says that somebody of the course's team said the text about what the title names, AboutReview that somebody asks
	// for a review of it, and AboutVerdict that somebody has reviewed it.
	AboutRemark  About = "remark"
	AboutReview  About = "review"
	AboutVerdict About = "verdict"
)

// TypeMarks stands for a kind of block in notices of what a person has graded: one chooses about them as about those of a block. No
// block's type begins with "@".
const TypeMarks = "@marks"

// TypeTeam stands so for what authors of a course say to each other.
const TypeTeam = "@team"

// Spec is the collection of notices.
func Spec() store.Spec {
	return store.Spec{Name: "notices", Learners: "learner", Indexes: []store.Index{
		{Name: "inbox", Fields: []string{"inbox", "at"}},
		{Name: "unread", Fields: []string{"inbox", "unread"}},
		{Name: "mail", Fields: []string{"mail"}},
		{Name: "from", Fields: []string{"usage", "learner", "at"}},
		{Name: "at", Fields: []string{"at"}},
	}}
}

// Specs lists the collections of this package.
func Specs() []store.Spec { return []store.Spec{Spec(), choicesSpec()} }

// Limits. What is longer is cut; what is more is dropped, and the log says so.
const (
	maxTitle = 200  // bytes
	maxText  = 2000 // bytes
	// PerDay is how many notices one block may send to one person in a day.
	PerDay = 20
	// kept is how long a notice stays.
	kept = 365 * 24 * time.Hour
	// CountUpTo bounds the count of what is unread.
	CountUpTo = 100
)

// Reader is who gets a notice.
type Reader struct {
	// Inbox is the person's pseudonym towards the site.
	Inbox string
	Zone  string
}

// Readers finds who is behind a pseudonym of a run; found is false for who is gone.
type Readers func(ctx context.Context, run, learner string) (reader Reader, found bool, err error)

// Config is what notices work with. Store is needed.
type Config struct {
	Store store.Store
	// Readers finds people; nil files a notice under the run's pseudonym alone.
	Readers Readers
	// Secret makes links that nobody can guess; 16 bytes or more.
	Secret []byte
	Log    *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// Notices gives access to the notices of a store, whose collections (see [Specs]) must have been ensured. Safe for concurrent
// use once [Notices.Mail] was called, if it is.
type Notices struct {
	config  Config
	notices store.Collection[Notice]
	choices store.Collection[Choices]
	postman Postman
}

// New gives access to notices.
func New(config Config) *Notices {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = func() time.Time { return time.Now().UTC() }
	}
	if config.Readers == nil {
		config.Readers = func(_ context.Context, _, learner string) (Reader, bool, error) {
			return Reader{Inbox: learner}, true, nil
		}
	}
	return &Notices{config: config, notices: store.Of[Notice](config.Store, Spec()), choices: store.Of[Choices](config.Store, choicesSpec())}
}

// Posting is one message to several people of a run.
type Posting struct {
	// ID makes posting again harmless.
	ID                string
	Run, Usage, Type  string
	About             About
	Title, Text, Path string
	To                []string
	At                time.Time
}

// Post files a message for each of its people, as each of them chose. Who is gone, who wants none of this kind, and who had
// [PerDay] from the same block within a day gets nothing.
func (n *Notices) Post(ctx context.Context, p Posting) error {
	var docs []store.Doc[Notice]
	to := slices.Clone(p.To)
	slices.Sort(to)
	dropped := 0
	for _, learner := range slices.Compact(to) {
		reader, found, err := n.config.Readers(ctx, p.Run, learner)
		if err != nil {
			return fmt.Errorf("looking for whom a notice is: %w", err)
		}
		if !found {
			continue
		}
		way, err := n.way(ctx, reader.Inbox, Kind{p.Run, p.Type})
		if err != nil {
			return err
		}
		if way == WayNone {
			continue
		}
		sent, err := n.notices.Count(ctx, store.Query{Index: "from", Equal: []any{p.Usage, learner}, From: p.At.Add(-24 * time.Hour)}, PerDay)
		if err != nil {
			return fmt.Errorf("counting notices: %w", err)
		}
		if sent >= PerDay {
			dropped++
			continue
		}
		docs = append(docs, store.Doc[Notice]{ID: store.ID(p.ID, learner), Body: Notice{
			Learner: learner, Inbox: reader.Inbox, Run: p.Run, Usage: p.Usage, Type: p.Type, About: p.About, Title: cut(p.Title, maxTitle), Text: cut(p.Text, maxText), Path: p.Path,
			At: p.At, Unread: true, Mail: n.due(way, reader.Zone, p.At),
		}})
	}
	if dropped > 0 {
		n.config.Log.WarnContext(ctx, "a block sends too many notices: some were dropped", "type", p.Type, "usage", p.Usage, "dropped", dropped, "limit_per_day", PerDay)
	}
	if _, err := n.notices.InsertMany(ctx, docs); err != nil {
		return fmt.Errorf("filing notices: %w", err)
	}
	return nil
}

// cut shortens a text to so many bytes, at a letter.
func cut(text string, most int) string {
	text = strings.ToValidUTF8(text, "")
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// Filed is a notice with its id.
type Filed struct {
	ID string
	Notice
}

// Of lists a person's notices, the newest first, one page at a time.
func (n *Notices) Of(ctx context.Context, inbox string, after store.Cursor, limit int) ([]Filed, store.Cursor, error) {
	docs, next, err := n.notices.Find(ctx, store.Query{Index: "inbox", Equal: []any{inbox}, Reverse: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", fmt.Errorf("listing notices: %w", err)
	}
	list := make([]Filed, len(docs))
	for i, doc := range docs {
		list[i] = Filed{doc.ID, doc.Body}
	}
	return list, next, nil
}

// Unread counts what a person has not looked at, up to [CountUpTo].
func (n *Notices) Unread(ctx context.Context, inbox string) (int, error) {
	count, err := n.notices.Count(ctx, store.Query{Index: "unread", Equal: []any{inbox, true}}, CountUpTo)
	if err != nil {
		return 0, fmt.Errorf("counting what is unread: %w", err)
	}
	return count, nil
}

// ErrNotFound says that a person has no such notice.
var ErrNotFound = errors.New("no such notice")

// Read marks one of a person's notices as read and gives it.
func (n *Notices) Read(ctx context.Context, inbox, id string) (Notice, error) {
	doc, err := n.notices.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && doc.Body.Inbox != inbox {
		return Notice{}, ErrNotFound
	}
	if err != nil {
		return Notice{}, fmt.Errorf("looking a notice up: %w", err)
	}
	return doc.Body, n.read(ctx, id)
}

func (n *Notices) read(ctx context.Context, id string) error {
	_, err := n.notices.Update(ctx, id, func(notice *Notice) (bool, error) {
		was := notice.Unread
		notice.Unread = false
		return was, nil
	})
	if err != nil {
		return fmt.Errorf("marking a notice as read: %w", err)
	}
	return nil
}

// ReadAll marks all of a person's notices as read.
func (n *Notices) ReadAll(ctx context.Context, inbox string) error {
	for {
		docs, _, err := n.notices.Find(ctx, store.Query{Index: "unread", Equal: []any{inbox, true}, Limit: 500})
		if err != nil {
			return fmt.Errorf("looking for what is unread: %w", err)
		}
		if len(docs) == 0 {
			return nil
		}
		for _, doc := range docs {
			if err := n.read(ctx, doc.ID); err != nil {
				return err
			}
		}
	}
}

// Collect deletes notices that are a year old. It returns how many.
func (n *Notices) Collect(ctx context.Context) (int, error) {
	gone := 0
	for {
		docs, _, err := n.notices.Find(ctx, store.Query{Index: "at", To: n.config.Now().Add(-kept), Limit: 500})
		if err != nil {
			return gone, fmt.Errorf("looking for old notices: %w", err)
		}
		if len(docs) == 0 {
			return gone, nil
		}
		for _, doc := range docs {
			if err := n.notices.Delete(ctx, doc.ID, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
				return gone, fmt.Errorf("deleting an old notice: %w", err)
			}
			gone++
		}
	}
}
