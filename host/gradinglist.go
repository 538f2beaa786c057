package host

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/marking"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

// handIn is one submission of the list, with where it stands in the course.
type handIn struct {
	scoring.ByHand
	block   *course.Block
	section *course.Block
	claim   *marking.Claim
}

// handIns lists what the course's people grade, of blocks that are still there.
func (r *request) handIns() (list []handIn, more bool, err error) {
	found, more, err := r.kernel().Scorer().ByHand(r.ctx(), r.course.String(), gradingListed)
	if err != nil {
		return nil, false, err
	}
	claims, err := r.site().Claims.Of(r.ctx(), r.course.String())
	if err != nil {
		return nil, false, err
	}
	blocks := map[string]*course.Block{}
	for i := range found {
		one := handIn{ByHand: found[i]}
		block, known := blocks[one.Usage]
		if !known {
			if block, err = r.blockNamed(one.Usage); err != nil {
				block = nil // gone from the course, or not for this reader
			}
			blocks[one.Usage] = block
		}
		if block == nil || block.Unit == nil {
			continue
		}
		one.block, one.section = block, sectionOf(block)
		if claim, held := claims[one.ID]; held {
			one.claim = &claim
		}
		list = append(list, one)
	}
	return list, more, nil
}

// sectionOf is the chapter that a block stands in.
func sectionOf(block *course.Block) *course.Block {
	for b := block; b != nil; b = b.Parent {
		if b.Usage.Type == "chapter" {
			return b
		}
	}
	return block
}

// roster answers for pseudonyms what the list needs of people, each once.
type roster struct {
	r     *request
	known map[string]rosterEntry
}

type rosterEntry struct{ name, username, cohort string }

func (r *request) roster() *roster { return &roster{r, map[string]rosterEntry{}} }

func (l *roster) find(pseudonym string) (rosterEntry, error) {
	entry, ok := l.known[pseudonym]
	if ok {
		return entry, nil
	}
	entry.name = l.r.words.T("record.somebody")
	found, err := l.r.site().People.ByPseudonym(context.WithoutCancel(l.r.ctx()), l.r.course.String(), pseudonym)
	if err == nil && found.User != "" {
		var user people.User
		if user, err = l.r.site().People.User(context.WithoutCancel(l.r.ctx()), found.User); err == nil {
			entry = rosterEntry{nameOf(&user), user.Username, found.Cohort}
		}
	}
	if err != nil && !errors.Is(err, people.ErrNotFound) {
		return entry, err
	}
	l.known[pseudonym] = entry
	return entry, nil
}

// alias is what a learner is called where names are left out: the same on every page.
func alias(r *request, submission string) string {
	return r.words.T("grading.alias", strings.ToUpper(submission[:min(len(submission), 5)]))
}

// choose takes what the query asks for, in its order.
func (q *gradingQuery) choose(list []handIn, people *roster) ([]handIn, error) {
	var chosen []handIn
	for i := range list {
		one := &list[i]
		switch {
		case q.problem != "" && one.block.Usage.ID != q.problem, q.section != "" && one.section.Usage.ID != q.section:
			continue
		case q.state == "" && !one.Pending, q.state == "graded" && one.Pending:
			continue
		}
		if q.cohort != "" {
			who, err := people.find(one.Learner)
			if err != nil {
				return nil, err
			}
			if who.cohort != q.cohort && (q.cohort != noCohort || who.cohort != "") {
				continue
			}
		}
		chosen = append(chosen, *one)
	}
	return chosen, q.order(chosen, people)
}

func (q *gradingQuery) order(list []handIn, people *roster) error {
	var failure error
	slices.SortStableFunc(list, func(a, b handIn) int {
		switch {
		case q.sort == "newest":
			return b.At.Compare(a.At)
		case q.sort == "name" && !q.anonymous:
			x, err := people.find(a.Learner)
			y, other := people.find(b.Learner)
			failure = errors.Join(failure, err, other)
			return cmp.Or(strings.Compare(x.name, y.name), a.At.Compare(b.At))
		}
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID))
	})
	return failure
}
