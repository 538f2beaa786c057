package notices_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/notices"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// place is a store of notices, with a clock that the test turns and a postman who keeps what he gets.
type place struct {
	*notices.Notices
	t    *testing.T
	now  time.Time
	mu   sync.Mutex
	got  []notices.Letter
	down bool
}

func newPlace(t *testing.T) *place {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Ensure(t.Context(), notices.Specs()...); err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	p.Notices = notices.New(notices.Config{
		Store: s, Secret: []byte("a secret of 16 b"), Now: func() time.Time { return p.now },
		Readers: func(_ context.Context, _, learner string) (notices.Reader, bool, error) {
			return notices.Reader{Inbox: "inbox-" + learner, Zone: "Asia/Tokyo"}, learner != "gone", nil
		},
	})
	p.Mail(p)
	return p
}

// Deliver implements notices.Postman.
func (p *place) Deliver(_ context.Context, letter notices.Letter) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return errors.New("the mail server is away")
	}
	p.got = append(p.got, letter)
	return nil
}

func (p *place) post(id, text string, to ...string) {
	p.t.Helper()
	err := p.Post(p.t.Context(), notices.Posting{ID: id, Run: "run", Usage: "usage", Type: "forum", Title: "T", Text: text, To: to, At: p.now})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) texts(who string) string {
	p.t.Helper()
	list, _, err := p.Of(p.t.Context(), "inbox-"+who, "", 100)
	if err != nil {
		p.t.Fatal(err)
	}
	var out []string
	for _, n := range list {
		out = append(out, n.Text)
	}
	return strings.Join(out, " ")
}

func (p *place) choose(who string, ways map[notices.Kind]notices.Way) {
	p.t.Helper()
	if err := p.Choose(p.t.Context(), "inbox-"+who, ways); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) send() int {
	p.t.Helper()
	n, err := p.SendDue(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// Posting the same again adds nothing, each person has his own, and who is gone gets none.
func TestNoticesAreFiled(t *testing.T) {
	p := newPlace(t)
	for range 2 {
		p.post("1", "one", "ann", "bob", "ann", "gone")
	}
	p.now = p.now.Add(time.Minute)
	p.post("2", "two", "ann")
	if got := p.texts("ann") + "|" + p.texts("bob") + "|" + p.texts("gone"); got != "two one|one|" {
		t.Errorf("filed is %s", got)
	}
	list, _, err := p.Of(t.Context(), "inbox-ann", "", 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if _, err := p.Read(t.Context(), "inbox-bob", list[0].ID); !errors.Is(err, notices.ErrNotFound) {
		t.Errorf("bob reads ann's: %v", err)
	}
	counts := func() string {
		ann, err := p.Unread(t.Context(), "inbox-ann")
		bob, again := p.Unread(t.Context(), "inbox-bob")
		if err != nil || again != nil {
			t.Fatal(err, again)
		}
		return fmt.Sprint(ann, bob)
	}
	if counts() != "2 1" {
		t.Errorf("unread are %s", counts())
	}
	if n, err := p.Read(t.Context(), "inbox-ann", list[0].ID); err != nil || n.Text != "two" {
		t.Errorf("%+v, %v", n, err)
	}
	if counts() != "1 1" {
		t.Errorf("after reading one unread are %s", counts())
	}
	if err := p.ReadAll(t.Context(), "inbox-ann"); err != nil {
		t.Fatal(err)
	}
	if counts() != "0 1" {
		t.Errorf("after reading all unread are %s", counts())
	}
}

// A block that sends too much is heard no more until a day is over (security R23).
func TestABlockSendsNoFlood(t *testing.T) {
	p := newPlace(t)
	for i := range 3 * notices.PerDay {
		p.post(fmt.Sprint(i), "x", "ann")
	}
	if n := len(strings.Fields(p.texts("ann"))); n != notices.PerDay {
		t.Errorf("%d notices, want %d", n, notices.PerDay)
	}
	p.now = p.now.Add(25 * time.Hour)
	p.post("late", "late", "ann")
	if !strings.HasPrefix(p.texts("ann"), "late") {
		t.Error("the next day's notice is missing")
	}
}

// What is long is cut at a letter.
func TestLongTextsAreCut(t *testing.T) {
	p := newPlace(t)
	p.post("1", strings.Repeat("ع", 3000), "ann")
	if got := p.texts("ann"); len(got) != 2000 || strings.Trim(got, "ع") != "" {
		t.Errorf("%d bytes: %q", len(got), strings.Trim(got, "ع"))
	}
}

// Each person is told as he chose: on the page, by a mail at once, by the mail of the day at seven by his own clock, or not at all.
func TestEachChoosesHisWay(t *testing.T) {
	p := newPlace(t)
	forum, other := notices.Kind{Run: "run", Type: "forum"}, notices.Kind{Run: "run", Type: "cards"}
	p.choose("now", map[notices.Kind]notices.Way{forum: notices.WayMail})
	p.choose("daily", map[notices.Kind]notices.Way{{}: notices.WayDaily})
	p.choose("none", map[notices.Kind]notices.Way{{}: notices.WayMail, forum: notices.WayNone})
	p.choose("rest", map[notices.Kind]notices.Way{{}: notices.WayNone, other: notices.WayMail})
	if err := p.Choose(t.Context(), "inbox-x", map[notices.Kind]notices.Way{forum: "pigeon"}); !errors.Is(err, notices.ErrInvalid) {
		t.Errorf("a way that is none: %v", err)
	}
	p.post("1", "one", "page", "now", "daily", "none", "rest")
	for who, want := range map[string]string{"page": "one", "now": "one", "daily": "one", "none": "", "rest": ""} {
		if got := p.texts(who); got != want {
			t.Errorf("%s has %q, want %q", who, got, want)
		}
	}
	if n := p.send(); n != 1 || p.got[0].Inbox != "inbox-now" || len(p.got[0].Notices) != 1 {
		t.Fatalf("%d letters went out: %+v", n, p.got)
	}
	p.now = p.now.Add(time.Hour)
	p.post("2", "two", "daily")
	p.now = time.Date(2026, 3, 1, 21, 59, 0, 0, time.UTC) // 6:59 in Tokyo
	if n := p.send(); n != 0 {
		t.Errorf("%d letters before seven", n)
	}
	p.now = p.now.Add(2 * time.Minute)
	if n := p.send(); n != 1 || len(p.got) != 2 || len(p.got[1].Notices) != 2 || p.got[1].Notices[0].Text != "one" {
		t.Errorf("%d letters, the last is %+v", n, p.got[len(p.got)-1])
	}
	if n := p.send(); n != 0 {
		t.Errorf("%d letters went out twice", n)
	}
	p.choose("now", map[notices.Kind]notices.Way{forum: ""})
	p.post("3", "three", "now")
	if n := p.send(); n != 0 || p.texts("now") != "three one" {
		t.Errorf("%d letters after the choice was taken back; there is %q", n, p.texts("now"))
	}
}

// A mail server that is away delays a letter; processes that send at once send it once.
func TestLettersAreSentOnce(t *testing.T) {
	p := newPlace(t)
	for i := range 20 {
		who := fmt.Sprint("learner", i)
		p.choose(who, map[notices.Kind]notices.Way{{}: notices.WayMail})
		p.post(who, "hello", who)
	}
	p.down = true
	if _, err := p.SendDue(t.Context()); err == nil {
		t.Error("nobody hears of the mail server")
	}
	p.down = false
	if n := p.send(); n != 0 {
		t.Errorf("%d letters are tried again at once", n)
	}
	p.now = p.now.Add(11 * time.Minute)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := p.SendDue(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var to []string
	for _, letter := range p.got {
		to = append(to, letter.Inbox)
	}
	slices.Sort(to)
	if len(to) != 20 || len(slices.Compact(to)) != 20 {
		t.Errorf("%d letters to %v", len(p.got), to)
	}
}

// A letter's link ends its reader's mails, nobody else's, and cannot be made up.
func TestALinkStopsMails(t *testing.T) {
	p := newPlace(t)
	for _, who := range []string{"ann", "bob"} {
		p.choose(who, map[notices.Kind]notices.Way{{}: notices.WayDaily, {Run: "run", Type: "forum"}: notices.WayMail, {Run: "run", Type: "cards"}: notices.WayNone})
		p.post(who, "one", who)
	}
	token := p.StopToken("inbox-ann")
	if inbox, ok := p.ReadStop(token); !ok || inbox != "inbox-ann" {
		t.Errorf("the link is %q, %v", inbox, ok)
	}
	for _, forged := range []string{"", "inbox-ann", "inbox-ann.", "inbox-bob" + strings.TrimPrefix(token, "inbox-ann"), token[:len(token)-2], token + "x", "." + token} {
		if _, ok := p.ReadStop(forged); ok {
			t.Errorf("%q is taken for a link", forged)
		}
	}
	if err := p.StopMail(t.Context(), "inbox-ann"); err != nil {
		t.Fatal(err)
	}
	if p.send(); len(p.got) != 1 || p.got[0].Inbox != "inbox-bob" {
		t.Errorf("letters went to %+v", p.got)
	}
	chosen, err := p.Choices(t.Context(), "inbox-ann")
	if err != nil || chosen.Way(notices.Kind{}) != notices.WayPage || chosen.Way(notices.Kind{Run: "run", Type: "cards"}) != notices.WayNone {
		t.Errorf("chosen is %+v, %v", chosen, err)
	}
}

// Notices go when they are a year old.
func TestOldNoticesGo(t *testing.T) {
	p := newPlace(t)
	p.post("old", "old", "ann")
	p.now = p.now.Add(364 * 24 * time.Hour)
	p.post("new", "new", "ann")
	p.now = p.now.Add(2 * 24 * time.Hour)
	if n, err := p.Collect(t.Context()); err != nil || n != 1 || p.texts("ann") != "new" {
		t.Errorf("%d went, %v; there is %q", n, err, p.texts("ann"))
	}
}
