package authoring

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Published is what came of publishing.
type Published struct {
	Head course.Head
	// Broken says, by block id, why a block was published as broken.
	Broken map[string]string
	// Blocks counts the blocks whose content learners see anew; 0 means that there was nothing to publish and no new head.
	Blocks int
}

// Publish makes a part of the working copy, and others of the same course with it, what learners see; the course's own usage is all
// of it. It is done whole or not at all; what is saved meanwhile stays in the working copy.
func (a *Authoring) Publish(ctx context.Context, who Author, within key.Usage, note string, also ...key.Usage) (Published, error) {
	return a.PublishSeen(ctx, who, note, nil, append([]key.Usage{within}, also...)...)
}

// PublishSeen publishes as [Authoring.Publish] does, if the parts are in the states that somebody saw or approved ([Pending]), and is
// an [OtherState] where one is not. A part of which states says nothing is published as it is.
func (a *Authoring) PublishSeen(ctx context.Context, who Author, note string, states map[key.Usage]string, usages ...key.Usage) (Published, error) {
	run := usages[0].Course
	for range attempts {
		if err := a.finish(ctx, run, 0); err != nil {
			return Published{}, err
		}
		done, err := a.publishOnce(ctx, who, run, note, states, usages)
		if !errors.Is(err, course.ErrStale) {
			return done, err
		}
	}
	return Published{}, fmt.Errorf("publishing %s: %w", usages[0], ErrStale)
}

func (a *Authoring) publishOnce(ctx context.Context, who Author, run key.Course, note string, states map[key.Usage]string, usages []key.Usage) (Published, error) {
	w, err := a.working(ctx, run)
	if err != nil {
		return Published{}, err
	}
	// A move that is half done would be taken for done. One that begins from here on is seen by its drafts' versions.
	if open, err := a.open(ctx, run); err != nil {
		return Published{}, err
	} else if open {
		return Published{}, course.ErrStale
	}
	tops, err := w.findAll(usages)
	if err != nil {
		return Published{}, err
	}
	if err := w.expect(states); err != nil { // of the very copy that is published
		return Published{}, err
	}
	c, root, err := a.compose(ctx, w, tops, false)
	if err != nil {
		return Published{}, err
	}
	if w.head != nil && root == w.head.Head.Root {
		return Published{Head: w.head.Head}, a.settle(ctx, c)
	}
	if err := a.store(ctx, c); err != nil {
		return Published{}, err
	}
	done := Published{}
	for _, top := range c.tops {
		top.walk(func(p *place) {
			if p.state() != StateLive {
				done.Blocks++
			}
		})
	}
	done.Head, done.Broken, err = a.courses.Publish(ctx, a.config.Blocks, course.Publication{
		Course: run, Root: root, Base: w.run.Head.Number, By: who.ID, Note: note, Reuse: true,
	})
	if err != nil {
		return Published{}, err
	}
	if err := a.enterPublish(ctx, who, c, done.Head); err != nil {
		return done, err
	}
	return done, a.settle(ctx, c)
}

// store stores what is published, and the drafts' contents as the history names them.
func (a *Authoring) store(ctx context.Context, c *composing) error {
	contents := make([]*course.Revision, 0, 2*len(c.contents))
	for _, content := range c.contents {
		contents = append(contents, content)
	}
	for usage := range c.made {
		if draft := c.copy.drafts[usage]; draft != nil && len(draft.Body.Revision.Children) > 0 {
			contents = append(contents, &draft.Body.Revision)
		}
	}
	_, err := a.courses.AddRevisions(ctx, contents...)
	return err
}

// enterPublish enters a publish into the history.
func (a *Authoring) enterPublish(ctx context.Context, who Author, c *composing, head course.Head) error {
	seen := map[key.Usage]bool{}
	var places []string
	c.copy.root.walk(func(p *place) {
		if _, made := c.made[p.usage]; !made {
			return
		}
		for at := p; at != nil && !seen[at.usage] && len(places) < store.MaxMulti; at = at.parent {
			seen[at.usage] = true
			places = append(places, at.usage.String())
		}
	})
	var parts []string
	for _, top := range c.tops {
		parts = append(parts, top.usage.String())
	}
	now := a.now()
	op := a.config.NewID()
	err := a.edits.Insert(ctx, entryID(c.copy.key.String(), op), Entry{
		Course: c.copy.key.String(), Op: op, Kind: KindPublish, By: who.ID, Began: now, At: now, Head: head.Number, Note: head.Note, Places: places, Parts: parts,
	})
	if err != nil {
		return fmt.Errorf("entering a publish into the history: %w", err)
	}
	return nil
}

// settling is how many drafts are taken away at once.
const settling = 16

// settle takes the drafts away that say what is published now, unless somebody has gone on with them: those go on from what is
// published. A draft that a crash leaves is no change, and the next publish takes it away.
func (a *Authoring) settle(ctx context.Context, c *composing) error {
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	slots := make(chan struct{}, settling)
	c.copy.root.walk(func(p *place) {
		if _, made := c.made[p.usage]; p.draft == nil || !made && !c.inside[p.usage] {
			return
		}
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := a.settleOne(ctx, c, p); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = errors.Join(failed, err)
			}
		})
	})
	group.Wait()
	return failed
}

func (a *Authoring) settleOne(ctx context.Context, c *composing, p *place) error {
	hash, made := c.made[p.usage]
	if !made && p.block != nil {
		hash = p.block.Hash
	}
	if hash == "" {
		return nil
	}
	said := !made // what was not made anew is published already
	if content := c.contents[hash]; content != nil {
		said = content.Apart().Hash() == p.draft.Body.Revision.Hash()
	}
	if said && len(p.draft.Body.Conflicts) == 0 {
		if !made { // the history names it as it was written last
			if _, err := a.courses.AddRevisions(ctx, &p.draft.Body.Revision); err != nil {
				return err
			}
		}
		if err := a.enter(ctx, &p.draft.Body, nil); err != nil {
			return err
		}
		err := a.drafts.Delete(ctx, p.draft.ID, p.draft.Version)
		if err == nil || errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("taking the draft of %s away: %w", p.usage, err)
		}
	}
	_, err := a.drafts.Update(ctx, p.draft.ID, func(d *course.Draft) (bool, error) {
		if d.Usage == "" || d.Base == hash {
			return false, nil
		}
		d.Base = hash
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("going on with the draft of %s: %w", p.usage, err)
	}
	return nil
}

// Preview gives the working copy as a published course that is in no store: whole, or with the way to one unit alone. It may be
// shown to its team, and nothing may be remembered of it.
func (a *Authoring) Preview(ctx context.Context, run key.Course, unit *key.Usage) (*course.Published, error) {
	if err := a.finish(ctx, run, abandoned); err != nil {
		return nil, err
	}
	w, err := a.working(ctx, run)
	if err != nil {
		return nil, err
	}
	top := w.root
	if unit != nil {
		if top, err = w.find(*unit); err != nil {
			return nil, err
		}
	}
	c, root, err := a.compose(ctx, w, []*place{top}, true)
	if err != nil {
		return nil, err
	}
	var blocks []*course.Revision // the kernel reads them where it asks blocks
	for _, content := range c.contents {
		if !course.Structural(content.Type) {
			blocks = append(blocks, content)
		}
	}
	if err := a.courses.AddPreviews(ctx, blocks...); err != nil {
		return nil, err
	}
	return a.courses.Draw(ctx, a.config.Blocks, course.Publication{Course: run, Root: root, Reuse: unit == nil}, c.contents)
}

// PreviewPublish gives the course as it would be if parts of the working copy were published now. It is in no store, and nothing may
// be remembered of it.
func (a *Authoring) PreviewPublish(ctx context.Context, run key.Course, usages ...key.Usage) (*course.Published, error) {
	w, tops, err := a.several(ctx, run, usages)
	if err != nil {
		return nil, err
	}
	c, root, err := a.compose(ctx, w, tops, false)
	if err != nil {
		return nil, err
	}
	return a.courses.Draw(ctx, a.config.Blocks, course.Publication{Course: run, Root: root, Reuse: true}, c.contents)
}
