package authoring

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
)

// keptDone bounds the operations that a draft remembers.
const keptDone = 32

// pause is how long an author may pause while his saves at one block are one line of the history.
const pause = 10 * time.Second

// longest is how long such a line may be, for an author who does not pause.
const longest = 5 * time.Minute

// current gives a block of the working copy as the draft that there is, or that a first change would start: its version is 0 then.
// The draft is looked for first and the head after it, so that content which is published between the two is not missed.
func (a *Authoring) current(ctx context.Context, usage key.Usage) (store.Doc[course.Draft], error) {
	doc, err := a.drafts.Get(ctx, usage.String())
	if err == nil {
		doc.Body.Revision = *doc.Body.Revision.Apart()
		return doc, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return doc, fmt.Errorf("reading the draft of %s: %w", usage, err)
	}
	hash, revision, err := a.published(ctx, usage)
	if err != nil {
		return doc, err
	}
	return store.Doc[course.Draft]{ID: usage.String(), Body: course.Draft{
		Course: usage.Course.String(), Usage: usage.String(), Base: hash, Revision: *revision.Apart(),
	}}, nil
}

// published gives what is published of a block now, or ErrNotFound.
func (a *Authoring) published(ctx context.Context, usage key.Usage) (hash string, revision *course.Revision, err error) {
	head, err := a.head(ctx, usage.Course)
	if err != nil {
		return "", nil, err
	}
	if head == nil {
		return "", nil, fmt.Errorf("%w: %s", ErrNotFound, usage)
	}
	block, err := head.Find(ctx, usage)
	if err != nil {
		return "", nil, notFound(err)
	}
	if block == nil {
		return "", nil, fmt.Errorf("%w: %s", ErrNotFound, usage)
	}
	revision, err = a.courses.Revision(ctx, block.Hash)
	return block.Hash, revision, err
}

// change changes one block of the working copy, again and again until nobody was faster. The content before is kept, for the
// history. what returns false to leave everything as it is.
func (a *Authoring) change(ctx context.Context, usage key.Usage, what func(d *course.Draft) (bool, error)) (store.Doc[course.Draft], error) {
	for {
		doc, err := a.current(ctx, usage)
		if err != nil {
			return doc, err
		}
		was := doc.Body
		doc.Body.Revision.Fields = maps.Clone(was.Revision.Fields)
		write, err := what(&doc.Body)
		if err != nil || !write {
			return doc, err
		}
		if doc.Body.Last.Op != was.Last.Op {
			if err := a.keep(ctx, &was); err != nil {
				return doc, err
			}
		}
		doc, again, err := a.put(ctx, doc)
		if err != nil || !again {
			return doc, err
		}
		if err := ctx.Err(); err != nil {
			return doc, fmt.Errorf("changing %s: %w", usage, err)
		}
	}
}

// keep stores the content that a new operation finds, and enters what wrote it into the history where that was not done.
func (a *Authoring) keep(ctx context.Context, was *course.Draft) error {
	if _, err := a.courses.AddRevisions(ctx, &was.Revision); err != nil {
		return err
	}
	return a.enter(ctx, was, nil)
}

// put stores a draft. again says that somebody was faster.
func (a *Authoring) put(ctx context.Context, doc store.Doc[course.Draft]) (stored store.Doc[course.Draft], again bool, err error) {
	if err := bounded(&doc.Body.Revision); err != nil {
		return doc, false, err
	}
	first := doc.Version == 0
	doc.Body.Index()
	stored, err = a.drafts.Put(ctx, doc)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return doc, true, nil
	}
	if err != nil {
		return doc, false, fmt.Errorf("storing the draft of %s: %w", doc.Body.Usage, err)
	}
	if first && doc.Body.Base != "" {
		stored, err = a.catchUp(ctx, stored)
	}
	return stored, false, err
}

// catchUp brings a draft that was just begun up to what was published while it was. Somebody else's draft may have come, been
// published and gone in between: what it changed would be taken back.
func (a *Authoring) catchUp(ctx context.Context, doc store.Doc[course.Draft]) (store.Doc[course.Draft], error) {
	usage, err := key.ParseUsage(doc.Body.Usage)
	if err != nil {
		return doc, err
	}
	return a.rebase(ctx, usage, doc)
}

// rebase puts what a draft changed on top of what is published now.
func (a *Authoring) rebase(ctx context.Context, usage key.Usage, doc store.Doc[course.Draft]) (store.Doc[course.Draft], error) {
	hash, revision, err := a.published(ctx, usage)
	if errors.Is(err, ErrNotFound) || err == nil && hash == doc.Body.Base {
		return doc, nil
	}
	if err != nil {
		return doc, err
	}
	base, err := a.courses.Revision(ctx, doc.Body.Base)
	if err != nil {
		return doc, err
	}
	return a.drafts.Update(ctx, doc.ID, func(d *course.Draft) (bool, error) {
		if d.Usage == "" || d.Base != doc.Body.Base {
			return false, nil
		}
		merged := mergeRevisions(base.Apart(), revision.Apart(), d.Revision.Apart(), theirsWin)
		d.Revision, d.Base = *merged, hash
		return true, nil
	})
}

// touch notes in a draft who changes it. A save goes on with the author's last one, if he did not pause.
func (a *Authoring) touch(d *course.Draft, who Author, kind string, moved time.Time, fields []string) {
	now := a.now()
	goesOn := kind == KindSave && d.Last.Kind == KindSave && d.By == who.ID && now.Sub(d.At) < pause && now.Sub(d.Last.Began) < longest && !moved.After(d.At)
	if !goesOn {
		d.Last = course.Touch{Op: a.config.NewID(), Kind: kind, Before: d.Revision.Hash(), Began: now}
	}
	for _, field := range fields {
		if !slices.Contains(d.Last.Fields, field) {
			d.Last.Fields = append(slices.Clip(d.Last.Fields), field)
		}
	}
	d.By, d.At = who.ID, now
}

// bounded refuses what no block may hold.
func bounded(r *course.Revision) error {
	total := 0
	for name, value := range r.Fields {
		if len(value) > maxField {
			return invalid(CodeTooLarge, name, "the field holds %d bytes; %d are allowed", len(value), maxField)
		}
		total += len(name) + len(value)
	}
	if total > maxFields {
		return invalid(CodeTooLarge, "", "the block holds %d bytes; %d are allowed", total, maxFields)
	}
	if r.Source != nil {
		total = len(r.Source.XML)
		for _, file := range r.Source.Files {
			total += len(file.Text)
		}
	}
	if total > maxSource {
		return invalid(CodeTooLarge, "", "the element holds %d bytes; %d are allowed", total, maxSource)
	}
	if len(r.Children) > maxChildren {
		return invalid(CodeTooLarge, "", "%d blocks in one; %d are allowed", len(r.Children), maxChildren)
	}
	return nil
}

// canonical gives a JSON value without spaces, null for none. Lists and objects in each other are bounded: whoever lays such a value
// out indents each line by its depth.
func canonical(value json.RawMessage) (string, error) {
	if len(bytes.TrimSpace(value)) == 0 {
		return null, nil
	}
	var out bytes.Buffer
	if err := json.Compact(&out, value); err != nil {
		return "", err
	}
	if out.Len() > 0 && out.Bytes()[0] == '"' { // one text is one value, however its characters are written
		var text string
		if err := json.Unmarshal(out.Bytes(), &text); err != nil {
			return "", err
		}
		return quote(text), nil
	}
	if deep := intake.Nesting(out.Bytes()); deep > maxNested {
		return "", fmt.Errorf("lists and objects in each other, %d deep; %d are allowed", deep, maxNested)
	}
	return out.String(), nil
}

const null = "null"

// quote writes a text as JSON, with the characters of markup as they are.
func quote(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(text) != nil { // a string can always be written
		return `""`
	}
	return string(bytes.TrimSuffix(out.Bytes(), []byte("\n")))
}

// unquote reads a JSON string.
func unquote(value string) (text string, ok bool) {
	if value == "" || value[0] != '"' {
		return "", false
	}
	return text, json.Unmarshal([]byte(value), &text) == nil
}

// ref names a block among its parent's children.
func ref(usage key.Usage) course.ChildRef { return course.ChildRef{Type: usage.Type, ID: usage.ID} }
