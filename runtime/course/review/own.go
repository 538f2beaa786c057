package review

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// own is what a block says of its content.
type own struct {
	// broken says why it cannot work with it, "" where it can.
	broken   string
	findings []wire.Finding
}

// checkTime bounds how long one block may be asked in the background.
const checkTime = 20 * time.Second

// question is what a block is asked: by its content, the code that answers, and, where that reads files, which there are.
type question struct {
	part  *authoring.Part
	id    string
	ready bool
}

func (l *looking) asking(part *authoring.Part) (question, error) {
	served, err := l.config.Blocks.Serving(part.Usage.Type, l.run)
	if err != nil {
		return question{}, err
	}
	q := question{part, part.Usage.Type + " " + served.Digest + " " + part.Hash, served.Ready}
	if served.Files {
		q.id += " " + l.run.String() + " " + l.listed
	}
	return q, nil
}

// changedFirst asks the blocks that are not published as they are: what they say is wanted before the rest.
func (l *looking) changedFirst(ctx context.Context) error {
	for _, part := range l.whole.Parts {
		if part.Same() || course.Structural(part.Usage.Type) {
			continue
		}
		q, err := l.asking(part)
		if err != nil {
			continue // which is told where its turn is
		}
		if _, err := l.answer(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// answer gives what a block says, nil where that is not known and not quickly found out: ctx bounds how long.
func (l *looking) answer(ctx context.Context, q question) (*own, error) {
	if said, known := l.checked.get(q.id); known {
		return said, nil
	}
	if !q.ready || ctx.Err() != nil {
		return nil, nil //nolint:nilerr // that there is no time left is no error: the block's turn comes in the background
	}
	said, err := l.ask(ctx, q)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		said, err = nil, nil // it takes longer than a look may: its turn comes in the background
	}
	return said, err
}

// block tells what is wrong with a block, as far as that is known by now or quickly found out.
func (l *looking) block(ctx context.Context, part *authoring.Part) error {
	q, err := l.asking(part)
	if err != nil {
		return l.unserved(part, err)
	}
	said, err := l.answer(ctx, q)
	if err != nil {
		return err
	}
	if said == nil {
		l.report.Waiting++
		if part.Same() && part.Block.Broken != "" { // which is known without asking
			l.add(Finding{}, part, KindBlocks, "block_broken", part.Usage.Type, part.Block.Broken)
		}
		return nil
	}
	if said.broken != "" {
		l.add(Finding{}, part, KindBlocks, "block_broken", part.Usage.Type, said.broken)
		return nil
	}
	for i := range said.findings {
		found := &said.findings[i]
		if l.scan[part].says(part.Usage.Type, found) {
			continue
		}
		f := l.add(Finding{}, part, KindContent, "")
		f.Severity, f.Text, f.Fix, f.Field, f.Line = severityOf(found.Level), found.Message, found.Fix, found.Field, found.Line
	}
	return nil
}

// says reports whether a rule tells the same, in the reader's language: the blocks for texts and videos say what their authors should
// know without this package.
func (s *scan) says(blockType string, found *wire.Finding) bool {
	return found.Level == wire.LevelWarning && slices.ContainsFunc(s.found, func(f flaw) bool {
		switch blockType {
		case "video":
			return f.code == "captions_video" && found.Field == "transcripts"
		case "html":
			return f.code == "alt_missing" && found.Line == max(f.line, 1) && strings.Contains(found.Message, "no alt text")
		}
		return false
	})
}

func severityOf(level wire.Level) Severity {
	switch level {
	case wire.LevelError:
		return Error
	case wire.LevelHint:
		return Hint
	case wire.LevelWarning:
	}
	return Warning
}

// unserved tells of a block that no package serves here.
func (l *looking) unserved(part *authoring.Part, err error) error {
	var failure *wire.Error
	switch {
	case !errors.As(err, &failure):
		return err
	case failure.Code == wire.CodeMissing && l.config.Blocks.Installed(part.Usage.Type):
		l.add(Finding{}, part, KindBlocks, "block_off", part.Usage.Type)
	case failure.Code == wire.CodeMissing:
		l.add(Finding{}, part, KindBlocks, "block_missing", part.Usage.Type)
	default:
		l.add(Finding{}, part, KindBlocks, "block_broken", part.Usage.Type, failure.Message)
	}
	return nil
}

// ask lets a block look at its content and remembers what it says.
func (l *looking) ask(ctx context.Context, q question) (*own, error) {
	said, part := &own{}, q.part
	_, err := l.facts(ctx, part)
	if said.broken, err = reasonOf(err); err != nil {
		return nil, err
	}
	if said.broken == "" {
		revision, err := l.revision(ctx, part.Hash)
		if err != nil {
			return nil, err
		}
		fields := make(wire.Fields, len(revision.Fields))
		for name, value := range revision.Fields {
			fields[name] = json.RawMessage(value)
		}
		var children []wire.Child
		for _, child := range part.Children {
			children = append(children, wire.Child{ID: child.Usage.ID, Type: child.Usage.Type})
		}
		said.findings, err = l.config.Blocks.Check(ctx, l.published(), part.Usage.Type, fields, children)
		if said.broken, err = reasonOf(err); err != nil {
			return nil, err
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	l.checked.put(q.id, said)
	return said, nil
}

// reasonOf tells a defect of a block or of its content, which is told, from the host's own, which stops the look.
func reasonOf(err error) (string, error) {
	var failure *wire.Error
	if errors.As(err, &failure) && failure.Blame != wire.BlameHost {
		return failure.Message, nil
	}
	return "", err
}

// published is what blocks see of the course when they ask services.
func (l *looking) published() *course.Published {
	if l.whole.Head != nil {
		return l.whole.Head
	}
	return &course.Published{Key: l.run, Run: l.whole.Run, Root: &course.Block{Settings: &course.Settings{}}}
}

// facts outlines a block that is not published as it is, as publishing would.
func (l *looking) facts(ctx context.Context, part *authoring.Part) (wire.Facts, error) {
	if part.Same() {
		if part.Block.Broken != "" {
			return part.Block.Facts, wire.Errorf(wire.CodeBroken, wire.BlameBlock, "%s", part.Block.Broken)
		}
		return part.Block.Facts, nil
	}
	if course.Structural(part.Usage.Type) {
		return wire.Facts{Title: part.Title, Completion: wire.CompleteByContent}, nil
	}
	children := make([]wire.Child, len(part.Children))
	for i, child := range part.Children {
		facts, err := l.facts(ctx, child)
		if _, err = reasonOf(err); err != nil {
			return wire.Facts{}, err
		}
		children[i] = wire.Child{ID: child.Usage.ID, Type: child.Usage.Type, Facts: facts}
	}
	revision, err := l.revision(ctx, part.Hash)
	if err != nil {
		return wire.Facts{}, err
	}
	return l.config.Blocks.Facts(ctx, l.run, part.Hash, revision, children)
}

func (l *looking) revision(ctx context.Context, hash string) (*course.Revision, error) {
	if made := l.whole.Made[hash]; made != nil {
		return made, nil
	}
	return l.config.Courses.Revision(ctx, hash)
}

// job checks the blocks of one course in the background.
type job struct{ done, total int }

// failedFor is how long a course is left alone after its checks failed.
const failedFor = time.Minute

// Begin runs the blocks' own checks that wait, in the background; it does nothing while they run. It reports whether they do: for a
// while after they failed they do not.
func (r *Reviewer) Begin(run key.Course) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.jobs[run] != nil {
		return true
	}
	if failed, ok := r.failed[run]; r.ctx.Err() != nil || ok && r.config.Now().Sub(failed) < failedFor {
		return false
	}
	delete(r.failed, run)
	r.jobs[run] = &job{}
	r.running.Go(func() {
		defer func() {
			r.mu.Lock()
			delete(r.jobs, run)
			r.mu.Unlock()
		}()
		select {
		case r.turn <- struct{}{}:
			defer func() { <-r.turn }()
		case <-r.ctx.Done():
			return
		}
		if err := r.work(r.ctx, run); err != nil && r.ctx.Err() == nil {
			r.config.Log.Warn("the blocks of a course could not be checked", "course", run.String(), "error", err)
			r.mu.Lock()
			r.failed[run] = r.config.Now()
			r.mu.Unlock()
		}
	})
	return true
}

// Progress tells how far the checks in the background are; running is false when there are none.
func (r *Reviewer) Progress(run key.Course) (done, total int, running bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if j := r.jobs[run]; j != nil {
		return j.done, j.total, true
	}
	return 0, 0, false
}

func (r *Reviewer) work(ctx context.Context, run key.Course) error {
	l, err := r.begin(ctx, run)
	if err != nil {
		return err
	}
	if err := l.readPages(ctx); err != nil {
		return err
	}
	var waiting []question
	for _, part := range l.whole.Parts {
		if course.Structural(part.Usage.Type) {
			continue
		}
		q, err := l.asking(part)
		if err != nil {
			continue // which a look tells
		}
		if _, known := r.checked.get(q.id); !known {
			waiting = append(waiting, q)
		}
	}
	for i, one := range waiting {
		r.mu.Lock()
		*r.jobs[run] = job{i, len(waiting)}
		r.mu.Unlock()
		if err := l.askInTime(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// askInTime is ask for a block that may take long. One that takes too long is told as broken, so that the others come to their turn.
func (l *looking) askInTime(ctx context.Context, q question) error {
	within, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	_, err := l.ask(within, q)
	if err != nil && ctx.Err() == nil && errors.Is(within.Err(), context.DeadlineExceeded) {
		l.checked.put(q.id, &own{broken: fmt.Sprintf("its check takes longer than %s", checkTime)})
		return nil
	}
	return err
}

// sum names a list of texts.
type sum struct{ hash.Hash }

func newSum() sum { return sum{sha256.New()} }

func (s sum) add(texts ...string) {
	for _, text := range texts {
		var size [8]byte
		binary.LittleEndian.PutUint64(size[:], uint64(len(text)))
		s.Write(size[:])
		s.Write([]byte(text))
	}
}

func (s sum) text() string { return hex.EncodeToString(s.Sum(nil)[:8]) }

func isNotFound(err error) bool {
	return errors.Is(err, course.ErrNotFound) || errors.Is(err, store.ErrNotFound)
}
