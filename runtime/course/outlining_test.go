package course_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// compiling is an outliner whose problems take until every text is outlined, as if their block were compiled meanwhile.
type compiling struct {
	texts chan struct{}
	inner outliner
}

func (c *compiling) Facts(ctx context.Context, run key.Course, hash string, r *course.Revision, children []wire.Child) (wire.Facts, error) {
	switch r.Type {
	case "html":
		c.texts <- struct{}{}
	case "problem":
		for len(c.texts) < cap(c.texts) {
			select {
			case <-ctx.Done():
				return wire.Facts{}, ctx.Err()
			case <-time.After(time.Millisecond):
			}
		}
	}
	return c.inner.Facts(ctx, run, hash, r, children)
}

// A block that is compiled during a publish keeps those of its own type waiting, and nobody else.
func TestCompilingHoldsUpNoOtherType(t *testing.T) {
	const each = 40
	s := newSite(t)
	unit := tree{kind: "vertical", id: "unit"}
	for n := range each {
		unit.children = append(unit.children, block("problem", fmt.Sprintf("p%d", n)).with("data", fmt.Sprintf(`"%d"`, n)))
	}
	for n := range each {
		unit.children = append(unit.children, block("html", fmt.Sprintf("t%d", n)).with("data", fmt.Sprintf(`"%d"`, n)))
	}
	root := block("course", "course", block("chapter", "c", block("sequential", "s", unit)))
	hashes, err := s.courses.AddRevisions(t.Context(), root.revisions()...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := &compiling{texts: make(chan struct{}, each)}
	if _, _, err := s.courses.Publish(ctx, c, course.Publication{Course: run, Root: hashes[len(hashes)-1], By: "test"}); err != nil {
		t.Fatal(err)
	}
	if len(c.inner.asked) != 2*each {
		t.Errorf("%d blocks were outlined, want %d", len(c.inner.asked), 2*each)
	}
}
