package authoring

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Rerun makes a new course of another one, as its team has it: blocks with their ids, files, pages, grading, and all dates later
// by shift. Nothing of it is published. Keys come along where the author runs the old course. A call that died may be made again.
func (a *Authoring) Rerun(ctx context.Context, who Author, from, to key.Course, shift time.Duration) error {
	if to.IsZero() || to.Library() || from.Library() || from == to {
		return invalid(CodeKey, "run", "%q cannot be a run of %q", to, from)
	}
	if err := a.finish(ctx, from, 0); err != nil {
		return err
	}
	w, err := a.working(ctx, from)
	if err != nil {
		return err
	}
	err = a.createRun(ctx, course.Run{
		Key: to.String(), Libraries: w.run.Libraries, Org: to.Org, Number: to.Number, Name: to.Run, Title: w.root.title(), Grading: w.run.Grading, Created: a.now(), By: who.ID,
	})
	if err != nil {
		return err
	}
	r := &rerun{authoring: a, who: who, copy: w, to: to, shift: shift, renamed: renaming(from, to), times: map[string][]string{}}
	pages, err := a.courses.Pages(ctx, from)
	if err != nil {
		return err
	}
	var places []*place
	w.root.walk(func(p *place) { places = append(places, p) })
	contents, err := a.contents(ctx, places...)
	if err != nil {
		return err
	}
	if r.moved, err = a.moved(ctx, from, allTexts(pages, contents)); err != nil {
		return err
	}
	if err := r.beside(ctx, pages); err != nil {
		return err
	}
	return r.blocks(ctx, places, contents)
}

// allTexts are the texts of a course that name files.
func allTexts(pages []course.Page, contents map[*place]*course.Revision) string {
	var out strings.Builder
	add := func(text string) {
		if strings.Contains(text, "/static/") {
			out.WriteString(text + "\n")
		}
	}
	for _, page := range pages {
		add(page.HTML)
		for _, text := range page.Fields {
			add(text)
		}
	}
	for _, content := range contents {
		for _, value := range content.Fields {
			add(value)
		}
		add(sourceXML(content))
	}
	return out.String()
}

type rerun struct {
	authoring *Authoring
	who       Author
	copy      *copyOf
	to        key.Course
	shift     time.Duration
	renamed   *strings.Replacer
	moved     map[string]course.Asset // files by names that they had once
	times     map[string][]string     // type -> fields that are instants
}

// renaming writes a course's name as another one's in texts, wherever keys hold it.
func renaming(from, to key.Course) *strings.Replacer {
	name := func(c key.Course) string { return c.Org + "+" + c.Number + "+" + c.Run }
	var pairs []string
	for _, prefix := range []string{"course-v1:", "block-v1:", "asset-v1:"} {
		for _, end := range []string{"+", `"`, `\`, "/", "'", "&", "<", " "} { // where it ends: another run's name may begin alike
			pairs = append(pairs, prefix+name(from)+end, prefix+name(to)+end)
		}
	}
	return strings.NewReplacer(pairs...)
}

// beside copies files and pages.
func (r *rerun) beside(ctx context.Context, pages []course.Page) error {
	a := r.authoring
	for after := store.Cursor(""); ; {
		assets, next, err := a.courses.Assets(ctx, r.copy.key, after, 1000)
		if err != nil {
			return err
		}
		for _, asset := range assets {
			if err := a.putFile(ctx, r.who, r.to, asset, "import"); err != nil {
				return err
			}
		}
		if after = next; after == "" {
			break
		}
	}
	for _, page := range pages {
		page.HTML = r.text(page.HTML)
		for name, text := range page.Fields {
			page.Fields[name] = r.text(text)
		}
		if a.config.Beside == nil {
			continue
		}
		if _, err := a.config.Beside.PutPage(ctx, a.config.Beside.Begin(r.to, r.who.ID, "import"), page); err != nil {
			return err
		}
	}
	return nil
}

// blocks makes drafts of all blocks, the course's own last.
func (r *rerun) blocks(ctx context.Context, places []*place, contents map[*place]*course.Revision) error {
	a := r.authoring
	op, now := a.config.NewID(), a.now()
	var docs []store.Doc[course.Draft]
	for _, p := range slices.Backward(places) {
		usage := r.to.Usage(p.usage.Type, p.usage.ID).String()
		d := course.Draft{
			Course: r.to.String(), Usage: usage, Revision: *r.content(ctx, contents[p], p), At: now, By: r.who.ID,
			Last: course.Touch{Op: op, Kind: KindCreate, Began: now}, Done: []string{op},
		}
		d.Index()
		docs = append(docs, store.Doc[course.Draft]{ID: usage, Body: d})
	}
	last := len(docs) - 1
	for start := 0; start < last; start += 500 {
		if _, err := a.drafts.InsertMany(ctx, docs[start:min(start+500, last)]); err != nil {
			return fmt.Errorf("making the blocks of %s: %w", r.to, err)
		}
	}
	root := r.to.Usage("course", course.RootID).String()
	err := a.edits.Insert(ctx, entryID(r.to.String(), op), Entry{
		Course: r.to.String(), Op: op, Kind: KindCreate, By: r.who.ID, Began: now, At: now, Note: r.copy.key.String(), Places: []string{root},
	})
	if err != nil {
		return fmt.Errorf("entering a new run into the history: %w", err)
	}
	if err := a.drafts.Insert(ctx, root, docs[last].Body); err != nil {
		return fmt.Errorf("making the blocks of %s: %w", r.to, err)
	}
	return nil
}

// content is a block's content in the new run.
func (r *rerun) content(ctx context.Context, was *course.Revision, p *place) *course.Revision {
	content := clone(was)
	content.Children = nil
	for _, child := range p.children {
		content.Children = append(content.Children, ref(child.usage))
	}
	if !r.who.Runs {
		r.authoring.withoutKeys(ctx, was.Type, content)
	}
	for field, value := range content.Fields {
		content.Fields[field] = r.text(value)
	}
	for _, field := range r.instants(ctx, was.Type) {
		text, ok := unquote(content.Fields[field])
		if at, err := time.Parse(time.RFC3339, text); ok && err == nil {
			content.Fields[field] = quote(at.Add(r.shift).UTC().Format(time.RFC3339))
		}
	}
	if was.Source != nil {
		source := *was.Source
		source.XML = r.text(source.XML)
		content.Source = &source
	}
	return content
}

// text is a text as the new run has it: with its own name, and with files' new names.
func (r *rerun) text(text string) string {
	text = r.renamed.Replace(text)
	if strings.Contains(text, "/static/") {
		for name, asset := range r.moved {
			text = replaceAddress(text, "/static/"+name, "/static/"+asset.Name)
		}
	}
	return text
}

// instants names the fields of a type that are instants: the host's settings and what its block declares.
func (r *rerun) instants(ctx context.Context, blockType string) []string {
	if fields, known := r.times[blockType]; known {
		return fields
	}
	fields := course.SettingsOfType(wire.TypeTime)
	declared, _ := r.authoring.config.Blocks.Declared(ctx, blockType)
	for _, field := range declared {
		if field.Type == wire.TypeTime && field.Scope.Authored() && !slices.Contains(fields, field.Name) {
			fields = append(fields, field.Name)
		}
	}
	r.times[blockType] = fields
	return fields
}
