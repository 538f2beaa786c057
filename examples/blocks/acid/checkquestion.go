package acid

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// hand begins a row by an answer.
func hand(do string) step {
	return func(t *trial) { t.hand(do) }
}

func (t *trial) hand(do string) {
	answer := handed{Do: do, Tag: t.c.NewID(), Address: t.c.Context.Address}
	t.reply.Submit(answer)
	t.keep(memo{Tag: answer.Tag, Tries: t.access.Tries})
}

// memo is what rows of the question keep.
type memo struct {
	Tag   string `json:"tag"`
	Tries int    `json:"tries"`
	Seed  int    `json:"seed"`
	Draft string `json:"draft"`
}

// verdict reads the newest verdict if it is of the row's answer.
func (t *trial) verdict() (data graded, kept memo, there bool) {
	t.kept(&kept)
	if t.newest == nil {
		return data, kept, false
	}
	if t.newest.Outcome == wire.OutcomeSubmitted {
		t.red("correctness is hidden here: the course team must let verdicts be shown")
		return data, kept, false
	}
	if err := json.Unmarshal(t.newest.Data, &data); err != nil {
		return data, kept, false
	}
	return data, kept, data.Tag == kept.Tag
}

// judged waits for the verdict and looks at it.
func judged(look func(t *trial, data graded, kept memo)) step {
	return func(t *trial) {
		data, kept, there := t.verdict()
		switch {
		case t.result.State != "":
		case !there:
			t.wait("there is no verdict")
		default:
			look(t, data, kept)
		}
	}
}

func (t *trial) points(earned float64) {
	t.holds(t.newest.Outcome == wire.OutcomeScored && t.newest.Earned == earned && t.newest.Possible == possible, "%s with %v of %v came", t.newest.Outcome, t.newest.Earned, t.newest.Possible)
}

// own reads the learner's score here.
func (t *trial) own() (wire.Score, bool) {
	x := t.c.Context
	scores, err := t.c.Scores([]string{x.Subject}, []string{x.Usage})
	return scores[x.Subject][x.Usage], !t.failed(err)
}

// serviceSaid is what a service answered in grade: nothing, an error, or that it is not there.
func (t *trial) serviceSaid(name string, data graded, right bool) {
	switch data.Codes[name] {
	case "":
		t.holds(right, "%q came", data.Text)
	case string(wire.CodeUnavailable):
		t.says(none, data.Text)
	default:
		t.red("%s", data.Text)
	}
}

var questionChecks = map[string][]step{
	"question.full":    {hand("full"), judged(func(t *trial, _ graded, _ memo) { t.points(possible) })},
	"question.partial": {hand("partial"), judged(func(t *trial, _ graded, _ memo) { t.points(1) })},
	"question.counted": {hand("zero"), judged(func(t *trial, _ graded, _ memo) {
		if t.points(0); t.result.State == green {
			t.holds(t.counted != nil && t.counted.Earned == possible, "%+v counts", t.counted)
		}
	})},
	"question.clamped": {hand("over"), judged(func(t *trial, _ graded, _ memo) {
		if score, ok := t.own(); ok {
			t.holds(score.Earned == possible, "%v of %v points count", score.Earned, score.Possible)
		}
	})},
	"question.invalid": {hand("nonsense"), judged(func(t *trial, _ graded, kept memo) {
		t.holds(t.newest.Outcome == wire.OutcomeInvalid && t.newest.Message != "" && t.access.Tries == kept.Tries, "%s came, tries went from %d to %d", t.newest.Outcome, kept.Tries, t.access.Tries)
	})},
	"question.tries": {hand("zero"), judged(func(t *trial, data graded, kept memo) {
		t.holds(t.access.Tries == kept.Tries+1 && data.Attempt == t.access.Tries, "tries went from %d to %d, the answer is number %d", kept.Tries, t.access.Tries, data.Attempt)
	})},
	"question.pending": {
		hand("pending"),
		judged(func(t *trial, _ graded, kept memo) {
			if t.newest.Outcome != wire.OutcomePending || t.access.Submit.Open || t.access.Submit.Why != wire.WhyPending {
				t.red("%s came, and another answer is allowed: %v, %s", t.newest.Outcome, t.access.Submit.Open, t.access.Submit.Why)
			}
			t.keep(kept)
		}),
		func(t *trial) { t.reply.Submit(handed{Do: "zero"}) },
		func(t *trial) { t.holds(t.asked.Said != "", "another answer was taken") },
	},
	"question.settle": {
		func(t *trial) {
			var data graded
			if t.newest == nil || t.newest.Outcome != wire.OutcomePending || json.Unmarshal(t.newest.Data, &data) != nil {
				t.red("no answer is pending")
				return
			}
			t.reply.Schedule("job", t.c.NewID(), job{Tag: t.c.NewID(), Mode: "settle", Submission: data.Submission})
			t.keep(memo{Tag: data.Tag, Draft: data.Digest})
		},
		func(t *trial) {
			data, kept, there := t.verdict()
			switch {
			case t.result.State != "":
			case !there || t.newest.Outcome == wire.OutcomePending:
				t.wait("the evidence settled nothing")
			default:
				t.holds(t.newest.Outcome == wire.OutcomeScored && data.Evidence == 1, "%s came, with %d pieces of evidence", t.newest.Outcome, data.Evidence)
				again := Result{State: green}
				if data.Digest != kept.Draft {
					again = Result{State: red, Note: fmt.Sprintf("first %s was graded, then %s", kept.Draft, data.Digest)}
				}
				t.also = map[string]Result{"question.replay": again}
			}
		},
	},
	"question.replay": {func(t *trial) {
		if before := t.results["question.replay"]; before.State == green || before.State == red {
			t.says(before.State, before.Note)
			return
		}
		t.red("nothing was graded again")
	}},
	"question.forbidden": {hand("services"), judged(func(t *trial, data graded, _ memo) {
		for _, name := range []string{"documents", "users", "scores", "search", "keys"} {
			if data.Codes[name] != string(wire.CodeForbidden) {
				t.red("%s answered %q", name, data.Codes[name])
				return
			}
		}
		t.green()
	})},
	"question.script": {hand("script"), judged(func(t *trial, data graded, _ memo) { t.serviceSaid("script", data, strings.Contains(data.Text, "42")) })},
	"question.http": {hand("http"), judged(func(t *trial, data graded, _ memo) {
		if strings.Contains(data.Text, "does not name the host") {
			t.says(none, data.Text)
			return
		}
		t.serviceSaid("http", data, strings.Contains(data.Text, "/graded"))
	})},
	"question.file": {
		func(t *trial) {
			tag := t.c.NewID()
			text := "answer " + tag
			t.reply.Effect(wire.Effect{File: &wire.KeepFile{Name: "answer.txt", Type: "text/plain", Data: wire.Blob{Data: []byte(text)}}})
			t.reply.Submit(handed{Do: "file", Tag: tag}, wire.File{Name: "answer.txt", Type: "text/plain", Size: int64(len(text)), Hash: hashOf(text)})
			t.keep(memo{Tag: tag})
		},
		judged(func(t *trial, data graded, kept memo) { t.serviceSaid("files", data, data.Text == "answer "+kept.Tag) }),
	},
	"question.secret": {hand("zero"), judged(func(t *trial, data graded, _ memo) {
		_, leaked := t.public["planted"]
		t.holds(data.Planted && !leaked && !t.q.Planted.Set, "grade got it: %v; the learner's call got %v", data.Planted, t.public)
	})},
	"question.vary": {hand("zero"), judged(func(t *trial, data graded, _ memo) {
		seed := t.c.Seed()
		t.holds(t.public["drawn"] == float64(seed*3) && data.Drawn == float64(seed*3) && data.Sealed == seed*7,
			"the seed is %d; a call got %v, grade %v and %d", seed, t.public["drawn"], data.Drawn, data.Sealed)
	})},
	"question.seed": {
		func(t *trial) { t.hand("zero"); t.keep(memo{Tag: t.c.NewID(), Seed: t.c.Seed()}) },
		func(t *trial) {
			var kept memo
			t.kept(&kept)
			t.holds(t.c.Context.Seed != nil && t.c.Seed() == kept.Seed, "%d became %d", kept.Seed, t.c.Seed())
		},
	},
	"question.score": {func(t *trial) {
		if score, ok := t.own(); ok {
			t.holds(score.Earned == possible && score.Possible == possible && score.Completion == 1, "%+v came", score)
		}
	}},
	"question.reset": {
		func(t *trial) {
			t.q.Draft = t.c.NewID()
			t.keep(memo{Tries: t.access.Tries, Seed: t.c.Seed()})
			t.answer.Press = "@reset"
		},
		func(t *trial) {
			var kept memo
			t.kept(&kept)
			t.holds(t.q.Draft == "" && t.newest == nil && t.access.Tries == kept.Tries && t.c.Seed() != kept.Seed,
				"the draft is %q, a verdict is shown: %v, tries went from %d to %d, the seed from %d to %d", t.q.Draft, t.newest != nil, kept.Tries, t.access.Tries, kept.Seed, t.c.Seed())
		},
	},
}
