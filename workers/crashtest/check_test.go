package crashtest

import (
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// sittingFields are the sittings of a page's problems, in their order.
func sittingFields(t *testing.T, page string) []string {
	t.Helper()
	var found []string
	for _, match := range regexp.MustCompile(`name="sitting" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		found = append(found, match[1])
	}
	if len(found) != problems {
		t.Fatalf("the page has %d sittings, want %d: %.1000s", len(found), problems, page)
	}
	return found
}

// records is what the store holds of the class, read beside the servers that still run.
type records struct {
	submissions map[string]store.Doc[scoring.Submission] // by request
	deliveries  map[string]scoring.Delivery
	verdicts    map[string]int
	states      map[string]state.Learner
	scores      map[string]scoring.Score
}

func all[T any](t *testing.T, s store.Store, name string) map[string]store.Doc[T] {
	t.Helper()
	docs := map[string]store.Doc[T]{}
	err := store.Of[T](s, store.Spec{Name: name}).Each(t.Context(), store.Query{Limit: 500}, func(doc store.Doc[T]) error {
		docs[doc.ID] = doc
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

// openStore opens the servers' store as one more process.
func (c *class) openStore() store.Store {
	c.t.Helper()
	s, err := sqlitestore.Open(c.t.Context(), sqlitestore.Config{Dir: filepath.Join(c.data, "store")})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			c.t.Error(err)
		}
	})
	if err := s.Ensure(c.t.Context(), append(scoring.Specs(), state.LearnerSpec())...); err != nil {
		c.t.Fatal(err)
	}
	return s
}

func (c *class) read(s store.Store) *records {
	c.t.Helper()
	r := &records{
		submissions: map[string]store.Doc[scoring.Submission]{}, deliveries: map[string]scoring.Delivery{}, verdicts: map[string]int{},
		states: map[string]state.Learner{}, scores: map[string]scoring.Score{},
	}
	for _, doc := range all[scoring.Submission](c.t, s, "submissions") {
		if other, twice := r.submissions[doc.Body.Request]; twice {
			c.t.Errorf("request %s made submissions %s and %s", doc.Body.Request, other.ID, doc.ID)
		}
		r.submissions[doc.Body.Request] = doc
	}
	for id, doc := range all[scoring.Delivery](c.t, s, "deliveries") {
		r.deliveries[id] = doc.Body
	}
	for _, doc := range all[scoring.Judgement](c.t, s, "verdicts") {
		r.verdicts[doc.Body.Submission]++
	}
	for _, doc := range all[state.Learner](c.t, s, "states") {
		r.states[store.ID(doc.Body.Learner, doc.Body.Usage)] = doc.Body
	}
	for _, doc := range all[scoring.Score](c.t, s, "scores") {
		r.scores[store.ID(doc.Body.Learner, doc.Body.Usage)] = doc.Body
	}
	return r
}

// check waits until nothing is left to grade, and then looks at everything: what was acknowledged has one verdict and cost
// one try, nothing else was counted, and a POST that is repeated now changes nothing.
func (c *class) check() {
	c.t.Helper()
	start := time.Now()
	s := c.openStore()
	deliveries := store.Of[scoring.Delivery](s, store.Spec{Name: "deliveries"})
	wait(c.t, "every submission has its verdict", func() bool {
		left, err := deliveries.Count(c.t.Context(), store.Query{Index: "due", From: time.Unix(0, 0)}, 10)
		if err != nil {
			c.t.Fatal(err)
		}
		return left == 0
	})
	c.t.Logf("%d answers acknowledged; %d POSTs without a reply, %d waited for a verdict, %d failed and were repeated; the last verdict came %v after the load",
		len(c.answers), c.retried.Load(), c.refused.Load(), c.failed.Load(), time.Since(start).Round(time.Millisecond))
	before := c.read(s)
	c.compare(before)
	c.repeatAll()
	after := c.read(s)
	c.compare(after)
}

// compare holds what was acknowledged against the store.
func (c *class) compare(r *records) {
	c.t.Helper()
	if len(r.submissions) != len(c.answers) {
		c.t.Errorf("%d submissions are stored, %d were acknowledged", len(r.submissions), len(c.answers))
	}
	for l, list := range c.last() {
		for p, answers := range list {
			if len(answers) == 0 {
				continue
			}
			var learner string
			for _, a := range answers {
				submission, found := r.submissions[a.request()]
				if !found {
					c.t.Errorf("request %s was acknowledged and is not stored", a.request())
					continue
				}
				learner = submission.Body.Learner
				if d := r.deliveries[submission.ID]; d.State != scoring.StateDone || d.Verdicts != 1 || r.verdicts[submission.ID] != 1 {
					c.t.Errorf("request %s: delivery %+v, %d verdicts", a.request(), d, r.verdicts[submission.ID])
				}
			}
			key := store.ID(learner, usage(p))
			if s := r.states[key]; s.Count() != len(answers) || s.Sequence != len(answers) || len(s.Outbox) != 0 {
				c.t.Errorf("%s at p%d: %d tries, sequence %d, %d entries left, want %d answers", l.name, p, s.Count(), s.Sequence, len(s.Outbox), len(answers))
			}
			newest := r.submissions[answers[len(answers)-1].request()].ID
			want := map[bool]float64{true: 1}[answers[len(answers)-1].right]
			if s := r.scores[key]; len(s.Entries) != len(answers) || s.CountedID != newest || s.Earned != want {
				c.t.Errorf("%s at p%d: score %v of %d verdicts counted from %s, want %v of %d from %s",
					l.name, p, s.Earned, len(s.Entries), s.CountedID, want, len(answers), newest)
			}
		}
	}
}

// repeatAll sends every learner's last answers again, twice: each time he is shown the same; under another body the id is
// refused.
func (c *class) repeatAll() {
	c.t.Helper()
	for _, list := range c.last() {
		for _, answers := range list {
			if len(answers) == 0 {
				continue
			}
			a := answers[len(answers)-1]
			var seen [2]reply
			for n := range seen {
				status, r, err := a.send()
				if err != nil || status != http.StatusOK || r.Waiting {
					c.t.Errorf("request %s again: %d %v, waiting %v", a.request(), status, err, r.Waiting)
				}
				seen[n] = r
			}
			if seen[0].shown() != seen[1].shown() || seen[0].Message != seen[1].Message || seen[0].HTML == "" {
				c.t.Errorf("request %s is told once\n%s\nand once\n%s", a.request(), seen[0].shown(), seen[1].shown())
			}
			other := *a
			other.form = url.Values{}
			for name, values := range a.form {
				other.form[name] = values
			}
			other.form["input_2_1"] = []string{map[bool]string{true: "choice_1", false: "choice_0"}[a.right]}
			if status, _, err := other.send(); err != nil || status != http.StatusConflict {
				c.t.Errorf("another body under the id of %s: %d %v, want 409", a.request(), status, err)
			}
		}
	}
}
