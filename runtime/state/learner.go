package state

import (
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Learner is one learner's state of one block: the commit document of his calls.
type Learner struct {
	Commit  `bson:",inline"`
	Learner string `bson:"learner"`
	Run     string `bson:"run"`
	Usage   string `bson:"usage"`
	// Schema is the number of the block that wrote Fields.
	Schema int `bson:"schema"`
	// Fields holds the user_state fields that are set, as JSON.
	Fields store.Map[string] `bson:"fields,omitempty"`
	// Stamps orders writes to fields by steps of calls that committed elsewhere; see Learner.SetByStep.
	Stamps store.Map[string] `bson:"stamps,omitempty"`
	// Sitting is the open one, or the last.
	Sitting *Sitting `bson:"sitting,omitempty"`
	// Sequence numbers submissions for ever, from 1.
	Sequence int `bson:"sequence,omitempty"`
	// Tries are the submissions since staff last reset the learner that were not given back, oldest first. Beyond
	// TriesKept the oldest are only counted.
	Tries []Try `bson:"tries,omitempty"`
	// Older counts tries that fell out of Tries.
	Older int `bson:"older,omitempty"`
	// Granted counts extra tries given by staff.
	Granted int `bson:"granted,omitempty"`
	// Cleared is the sequence up to which staff have taken submissions out of the score, Acted when they acted here last.
	Cleared int       `bson:"cleared,omitempty"`
	Acted   time.Time `bson:"acted,omitempty"`
	// Choice is which children this learner has, for blocks that choose; nil until drawn.
	Choice []string `bson:"choice,omitempty"`
	Drawn  bool     `bson:"drawn,omitempty"`
	// DrawnBy is the answer hash of the content that it was chosen by.
	DrawnBy string `bson:"drawn_by,omitempty"`
	// Redrawn is the order of the last redraw.
	Redrawn int64 `bson:"redrawn,omitempty"`
}

// TriesKept bounds Learner.Tries.
const TriesKept = 64

// Try is one submission as the learner's state lists it: the attempt is reserved in the same write.
type Try struct {
	Submission string    `bson:"submission"`
	Sequence   int       `bson:"sequence"`
	Sitting    string    `bson:"sitting"`
	At         time.Time `bson:"at"`
}

// Sitting is one run of a learner at a block that grades, from the first save or submit to a reset, the last try or the
// closing time. It pins what he sees.
type Sitting struct {
	ID     string    `bson:"id"`
	Number int       `bson:"number"`
	Opened time.Time `bson:"opened"`
	// Ended is when it was closed; nil while it is open.
	Ended *time.Time `bson:"ended,omitempty"`
	// Artifact and Content are pinned together: the digest of the block's code and the content's hash.
	Artifact   string `bson:"artifact"`
	Content    string `bson:"content"`
	AnswerHash string `bson:"answer_hash,omitempty"`
	Seed       int    `bson:"seed"`
	// Sources is the digest of what else the variant was made from (interpreter, course files); "" for nothing.
	Sources string `bson:"sources,omitempty"`
}

// Count is how many tries count against the maximum.
func (l *Learner) Count() int { return len(l.Tries) + l.Older }

// AddTry reserves an attempt and returns its number, from 1.
func (l *Learner) AddTry(try Try) int {
	l.Tries = append(l.Tries, try)
	if extra := len(l.Tries) - TriesKept; extra > 0 {
		l.Older += extra
		l.Tries = l.Tries[extra:]
	}
	return l.Count()
}

// GiveBack takes a try out that turned out not to be gradable; false when it is not there (given back already, or reset).
func (l *Learner) GiveBack(submission string) bool {
	for i := range l.Tries {
		if l.Tries[i].Submission == submission {
			l.Tries = append(l.Tries[:i:i], l.Tries[i+1:]...)
			return true
		}
	}
	return false
}

// Open reports whether the learner has an open sitting.
func (l *Learner) Open() bool { return l.Sitting != nil && l.Sitting.Ended == nil }

// LearnerSpec is the collection of learners' states.
func LearnerSpec() store.Spec {
	return store.Spec{
		Name:     "states",
		Learners: "learner",
		Indexes:  []store.Index{OutboxIndex, {Name: "usage", Fields: []string{"usage"}}},
	}
}

// LearnerID names a learner's state document. All of one learner's documents share a prefix.
func LearnerID(learner, usage string) string { return store.ID(learner, usage) }

// Set sets a field, or unsets it with "".
func (l *Learner) Set(field, value, stamp string) {
	if _, stepped := l.Stamps[field]; stepped {
		l.Stamps[field] = stamp
	}
	if value == "" {
		delete(l.Fields, field)
		return
	}
	if l.Fields == nil {
		l.Fields = store.Map[string]{}
	}
	l.Fields[field] = value
}

// SetByStep sets a field for a call that committed on another document; false when a later write was there before.
func (l *Learner) SetByStep(field, value, stamp string) bool {
	if l.Stamps[field] >= stamp {
		return false
	}
	if l.Stamps == nil {
		l.Stamps = store.Map[string]{}
	}
	l.Stamps[field] = stamp
	l.Set(field, value, stamp)
	return true
}
