package fakehost

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// policy is what the platform's settings of a place say, by Open edX's names and defaults.
type policy struct {
	maxAttempts        *int
	attemptsBeforeShow int
	wait               time.Duration
	showReset          bool
	forceSave          bool
	rerandomize        string
	showAnswer         string
	showCorrectness    string
	counts             wire.Counting
	// closes is the due date with its grace, zero for none.
	closes time.Time
}

// SettingNames lists the settings of a place that this host knows; others are handed to the block alone.
func SettingNames() []string {
	return []string{
		"max_attempts", "attempts_before_showanswer_button", "submission_wait_seconds", "show_reset_button", "force_save_button",
		"rerandomize", "showanswer", "show_correctness", "grading_method", "due", "graceperiod",
	}
}

func (w *World) policy(place *Place) policy {
	p := policy{rerandomize: w.description.Rerandomize, showAnswer: "finished", showCorrectness: "always", counts: wire.CountLast}
	if place.prepared != nil && place.prepared.Facts.Counts != "" {
		p.counts = place.prepared.Facts.Counts
	}
	// What does not decode leaves the default, as a host reports it at publish and goes on.
	read := func(name string, into any) { _ = json.Unmarshal(place.Settings[name], into) }
	var seconds, grace float64
	var due time.Time
	read("max_attempts", &p.maxAttempts)
	read("attempts_before_showanswer_button", &p.attemptsBeforeShow)
	read("submission_wait_seconds", &seconds)
	read("show_reset_button", &p.showReset)
	read("force_save_button", &p.forceSave)
	read("rerandomize", &p.rerandomize)
	read("showanswer", &p.showAnswer)
	read("show_correctness", &p.showCorrectness)
	read("grading_method", &p.counts)
	read("due", &due)
	read("graceperiod", &grace)
	if raw := place.Settings["rerandomize"]; len(raw) > 0 { // old courses' words
		switch p.rerandomize {
		case "", "true":
			p.rerandomize = "always"
		case "false":
			p.rerandomize = "per_student"
		}
	}
	p.counts = wire.Counting(strings.TrimSuffix(string(p.counts), "_score"))
	p.wait = time.Duration(seconds * float64(time.Second))
	if !due.IsZero() {
		p.closes = due.Add(time.Duration(grace * float64(time.Second)))
	}
	return p
}

// situation is a policy and what a learner did so far, at one instant.
type situation struct {
	policy
	now            time.Time
	attempts       int
	done, full     bool
	pending, staff bool
	last           time.Time
}

func shut(why string) wire.Gate { return wire.Gate{Why: why} }

// byPolicy is a gate that the author's settings open or close.
func byPolicy(open bool) wire.Gate {
	if open {
		return wire.Gate{Open: true}
	}
	return shut(wire.WhyPolicy)
}

// access is what the rules allow the person now; nil for content that is not graded.
func (s *seat) access() *wire.Access {
	if !s.grades() {
		return nil
	}
	sit := s.situation()
	a := sit.hold()
	for _, instant := range sit.instants() {
		later := sit
		later.now = instant
		changed := later.hold()
		gates, laterGates := gatesOf(a), gatesOf(changed)
		for i, gate := range gates {
			if gate.Changes == 0 && (gate.Open != laterGates[i].Open || gate.Why != laterGates[i].Why) {
				gate.Changes = instant.UnixMilli()
			}
		}
	}
	closed := ""
	switch {
	case s.person.acting() == wire.RoleVisitor:
		closed = wire.WhyVisitor
	case s.person.ReadOnly:
		closed = wire.WhyReadOnly
	}
	if closed != "" {
		a.Submit, a.Save, a.Reset = shut(closed), shut(closed), shut(closed)
		if closed == wire.WhyVisitor {
			a.Answer = shut(closed)
		}
	}
	return a
}

func gatesOf(a *wire.Access) []*wire.Gate {
	return []*wire.Gate{&a.Submit, &a.Save, &a.Reset, &a.Answer, &a.Correctness}
}

func (s *seat) situation() situation {
	sit := situation{
		policy: s.world.policy(s.place), now: s.world.now, attempts: len(s.state.tries), staff: s.person.May(wire.RoleStaff),
	}
	if len(s.state.tries) == 0 {
		return sit
	}
	newest := s.state.tries[len(s.state.tries)-1]
	sit.last, sit.done = newest.at, newest.sitting == s.sittingID()
	if counted := s.world.counted(s.person.ID, s.place); counted != nil {
		sit.full = counted.Possible > 0 && clamp(counted) == counted.Possible
	}
	waiting := s.waiting()
	sit.pending = waiting != nil && !waiting.Failed
	return sit
}

// instants lists the moments at which time alone may change something, soonest first.
func (s situation) instants() []time.Time {
	var instants []time.Time
	if s.wait > 0 && !s.last.IsZero() {
		instants = append(instants, s.last.Add(s.wait))
	}
	if !s.closes.IsZero() {
		instants = append(instants, s.closes.Add(time.Millisecond))
	}
	instants = slices.DeleteFunc(instants, func(at time.Time) bool { return !at.After(s.now) })
	slices.SortFunc(instants, time.Time.Compare)
	return instants
}

func (s situation) survey() bool  { return s.maxAttempts != nil && *s.maxAttempts <= 0 }
func (s situation) usedAll() bool { return s.maxAttempts != nil && s.attempts >= *s.maxAttempts }
func (s situation) pastDue() bool { return !s.closes.IsZero() && s.now.After(s.closes) }
func (s situation) correct() bool { return s.done && s.full }

func (s situation) hold() *wire.Access {
	a := &wire.Access{Tries: s.attempts, MaxTries: s.maxAttempts}
	active := wire.Gate{Open: true}
	switch {
	case s.survey():
		active = shut(wire.WhyPolicy)
	case s.usedAll():
		active = shut(wire.WhyNoTries)
	case s.pastDue():
		active = shut(wire.WhyPastDue)
	}
	needsReset := s.done && s.rerandomize == "always"
	a.Submit = active
	switch {
	case !active.Open:
	case needsReset:
		a.Submit = shut(wire.WhyNeedsReset)
	case s.pending:
		a.Submit = shut(wire.WhyPending)
	case s.wait > 0 && !s.last.IsZero() && s.last.Add(s.wait).After(s.now):
		a.Submit = shut(wire.WhyWait)
	}
	switch {
	case needsReset:
		a.Save = shut(wire.WhyNeedsReset)
	case s.survey():
		a.Save = wire.Gate{Open: true}
	case !active.Open:
		a.Save = active
	default:
		a.Save = byPolicy(s.forceSave || s.maxAttempts != nil || s.rerandomize == "always")
	}
	a.Reset = active
	if active.Open || s.survey() {
		reseeds := s.rerandomize == "onreset" || s.rerandomize == "always"
		a.Reset = byPolicy(reseeds && s.done || s.showReset && !s.correct())
	}
	a.Correctness = byPolicy(s.resultsShown())
	a.Answer = byPolicy(a.Correctness.Open && s.showAnswer != "never" && (s.staff || s.answerShown()))
	return a
}

func (s situation) resultsShown() bool {
	switch s.showCorrectness {
	case "never", "never_but_include_grade":
		return false
	case "past_due":
		return s.staff || s.closes.IsZero() || s.pastDue()
	}
	return true
}

func (s situation) answerShown() bool {
	tried := s.attempts > 0
	switch s.showAnswer {
	case "always":
		return true
	case "answered":
		return s.correct()
	case "attempted":
		return tried || s.pastDue()
	case "attempted_no_past_due":
		return tried
	case "closed":
		return s.usedAll() || s.pastDue()
	case "correct_or_past_due":
		return s.correct() || s.pastDue()
	case "past_due":
		return s.pastDue()
	case "after_attempts":
		needed := s.attemptsBeforeShow
		if s.maxAttempts != nil && *s.maxAttempts > 0 {
			needed = min(needed, *s.maxAttempts)
		}
		return s.attempts >= needed
	case "after_all_attempts":
		return s.usedAll()
	case "after_all_attempts_or_correct":
		return s.usedAll() || s.correct()
	case "never", "":
		return false
	}
	return s.usedAll() || s.pastDue() || s.correct()
}
