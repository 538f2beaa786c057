package authoring

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Answers tells what decides about answers to a content; the kernel is one.
type Answers = importer.Hasher

// Affected is a block at which learners have scores that a publish would put into question.
type Affected struct {
	Usage    key.Usage
	Title    string
	Learners int
	// Why is answers (other answers are right now), weight (the same answers count otherwise), removed, broken, or graded.
	Why string
}

// Reasons of [Affected].
const (
	WhyAnswers = importer.WhyAnswers
	WhyWeight  = importer.WhyWeight
	WhyRemoved = importer.WhyRemoved
	WhyBroken  = importer.WhyBroken
	WhyGraded  = "graded" // a subsection counts otherwise: graded or not, or as another type of assignment
)

// Affected lists the blocks of a part of the course at which publishing it would alter scores already given.
func (a *Authoring) Affected(ctx context.Context, run key.Course, within key.Usage) ([]Affected, error) {
	if a.config.Answers == nil || a.config.Answered == nil {
		return nil, nil
	}
	if err := a.finish(ctx, run, abandoned); err != nil {
		return nil, err
	}
	w, err := a.working(ctx, run)
	if err != nil {
		return nil, err
	}
	top, err := w.within(within)
	if err != nil {
		return nil, err
	}
	var affected []Affected
	var failed error
	add := func(block *course.Block, title, why string, err error) {
		if err != nil {
			failed = errors.Join(failed, err)
		}
		if err != nil || why == "" {
			return
		}
		learners, err := a.config.Answered(ctx, block.Usage)
		if failed = errors.Join(failed, err); learners > 0 {
			affected = append(affected, Affected{block.Usage, title, learners, why})
		}
	}
	top.walk(func(p *place) {
		if p.block != nil && p.changed && course.Structural(p.usage.Type) && p.regraded() {
			if failed = errors.Join(failed, a.addRegraded(ctx, w, p, &affected)); failed != nil {
				return
			}
		}
		if p.block != nil && p.changed && !course.Structural(p.usage.Type) {
			why, err := a.why(ctx, p)
			add(p.block, p.title(), why, err)
		}
		if p.block == nil || p.draft == nil {
			return
		}
		for _, child := range p.block.Children {
			if w.places[child.Usage] == nil {
				w.published(child.Usage, func(block *course.Block) {
					if w.places[block.Usage] == nil && !course.Structural(block.Usage.Type) {
						add(block, block.Title(), WhyRemoved, nil)
					}
				})
			}
		}
	})
	return affected, failed
}

// regraded reports whether a change of a container makes what is in it count otherwise.
func (p *place) regraded() bool {
	own := p.own()
	for _, field := range []string{"format", "graded"} {
		if !same(valueOr(own, field), string(orNull(p.block.Own[field]))) {
			return true
		}
	}
	return false
}

func orNull(value json.RawMessage) json.RawMessage {
	if value == nil {
		return json.RawMessage("null")
	}
	return value
}

// addRegraded adds a container whose grading changes, with the learners who have scores in what is published of it.
func (a *Authoring) addRegraded(ctx context.Context, w *copyOf, p *place, affected *[]Affected) error {
	var scored []key.Usage
	w.published(p.usage, func(block *course.Block) {
		if !course.Structural(block.Usage.Type) {
			scored = append(scored, block.Usage)
		}
	})
	if len(scored) == 0 {
		return nil
	}
	learners, err := a.config.Answered(ctx, scored...)
	if learners > 0 {
		*affected = append(*affected, Affected{p.usage, p.title(), learners, WhyGraded})
	}
	return err
}

// why tells what a change of a block would do to scores, "" for nothing.
func (a *Authoring) why(ctx context.Context, p *place) (string, error) {
	published, err := a.courses.Revision(ctx, p.block.Hash)
	if err != nil {
		return "", err
	}
	var children []wire.Child
	for _, child := range p.block.Children {
		children = append(children, wire.Child{ID: child.Usage.ID, Type: child.Usage.Type, Facts: child.Facts})
	}
	return importer.WhyScores(ctx, a.config.Answers, published, &p.draft.Body.Revision, children)
}
