package importer

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
)

// standing is a block as it stands in a course.
type standing struct {
	blockType, id string
	revision      *course.Revision
	parent        string
	place         []string
}

// comparison holds a course before and after an import. Blocks are named by type@id.
type comparison struct {
	importing     *importing
	before, after map[string]*standing
	// order are the blocks after, and then those that are gone, each in the order of its course.
	order []string
	// typed is the course's own block as its team has it, where nothing is published.
	typed *standing
	// origins are the archive's elements.
	origins map[string]*olx.Block
}

func name(blockType, id string) string { return blockType + "@" + id }

// compare reads the course as it is published and as the archive has it.
func (i *importing) compare(ctx context.Context) (*comparison, error) {
	c := &comparison{importing: i, before: map[string]*standing{}, after: map[string]*standing{}, origins: map[string]*olx.Block{}}
	for _, block := range i.course.Blocks {
		c.origins[name(block.Type, block.ID)] = block
	}
	root := i.hashes[i.course.Root]
	c.origins[name("course", course.RootID)] = i.course.Root
	c.stand(c.after, i.revisions, course.ChildRef{Type: "course", ID: course.RootID, Hash: root}, "", nil)
	if i.run.Head.Root == "" {
		drafts, err := i.config.Courses.Drafts(ctx, i.key)
		for n := range drafts {
			if drafts[n].Usage == i.key.Usage("course", course.RootID).String() {
				c.typed = &standing{blockType: "course", id: course.RootID, revision: &drafts[n].Revision}
			}
		}
		return c, err
	}
	revisions, err := i.config.Courses.Revisions(ctx, i.run.Head.Root)
	if err != nil {
		return nil, err
	}
	c.stand(c.before, revisions, course.ChildRef{Type: "course", ID: course.RootID, Hash: i.run.Head.Root}, "", nil)
	return c, nil
}

// stand enters a block and what is in it. A block that stands twice counts where it stands first.
func (c *comparison) stand(into map[string]*standing, revisions map[string]*course.Revision, ref course.ChildRef, parent string, place []string) {
	at := name(ref.Type, ref.ID)
	revision := revisions[ref.Hash]
	if into[at] != nil || revision == nil {
		return
	}
	if c.importing.key.Library() {
		place = nil // there is one list
	}
	into[at] = &standing{ref.Type, ref.ID, revision, parent, place}
	if seen := c.before[at] != nil && c.after[at] != nil; !seen {
		c.order = append(c.order, at)
	}
	below := place
	if parent != "" {
		below = append(slices.Clip(place), titleOf(revision, ""))
	}
	for _, child := range revision.Children {
		c.stand(into, revisions, child, at, below)
	}
}

// titleOf is a block's name for people.
func titleOf(revision *course.Revision, otherwise string) string {
	var title string
	if revision != nil && json.Unmarshal([]byte(revision.Fields["display_name"]), &title) == nil && title != "" {
		return title
	}
	return otherwise
}

// blocks enters what becomes of every block.
func (c *comparison) blocks(ctx context.Context, plan *Plan) error {
	for _, at := range c.order {
		before, after := c.before[at], c.after[at]
		if at == name("course", course.RootID) {
			if before == nil {
				before = c.typed
			}
			c.settings(before, after, plan)
			continue
		}
		change, err := c.block(ctx, at, before, after)
		if err != nil {
			return err
		}
		if c.shelves(at) && (change.Did != Changes || !slices.Contains(change.Fields, "order")) {
			continue
		}
		if change.Did == "" {
			plan.Same++
			continue
		}
		plan.Blocks = append(plan.Blocks, change)
	}
	return nil
}

// shelves reports whether a block only holds a library's components: nobody sees it, and of it but their order.
func (c *comparison) shelves(at string) bool {
	blockType, id, _ := strings.Cut(at, "@")
	return c.importing.key.Library() && course.Structural(blockType) && id == course.ShelfID
}

// shelved reports whether a draft is of what holds a library's components: what is new in it has a draft of its own to be told of.
func (i *importing) shelved(draft DraftTouch) bool {
	usage, err := key.ParseUsage(draft.Usage)
	return err == nil && i.key.Library() && course.Structural(usage.Type)
}

func (c *comparison) block(ctx context.Context, at string, before, after *standing) (BlockChange, error) {
	now := after
	if now == nil {
		now = before
	}
	usage := c.importing.key.Usage(now.blockType, now.id)
	change := BlockChange{Usage: usage.String(), Type: now.blockType, Title: titleOf(now.revision, ""), Place: now.place}
	if block := c.origins[at]; block != nil && after != nil {
		change.File, change.Line = block.Definition().File, block.Definition().Line
	}
	switch {
	case before == nil:
		change.Did = Adds
		return change, nil
	case after == nil:
		change.Did = Removes
	default:
		change.Fields = differences(before.revision, after.revision)
		if before.parent != after.parent {
			change.Did, change.Was = Moves, before.place
		}
		if len(change.Fields) > 0 {
			change.Did = Changes
		}
	}
	if change.Did == "" || c.importing.config.Answers == nil || !mayScore(change) {
		return change, nil
	}
	answered, err := c.importing.config.Answers.Answered(ctx, usage)
	if err != nil || answered == 0 {
		return change, err
	}
	if change.Why, err = c.why(ctx, &change, before, after); change.Why != "" {
		change.Answered = answered
	}
	return change, err
}

// why tells what a change does to scores. Of a block with children, and of a type that nobody here can read, any change counts.
func (c *comparison) why(ctx context.Context, change *BlockChange, before, after *standing) (string, error) {
	hasher := c.importing.config.Hasher
	switch {
	case change.Did == Removes:
		return WhyRemoved, nil
	case hasher == nil || len(before.revision.Children)+len(after.revision.Children) > 0 || after.revision.Source != nil:
		return WhyAnswers, nil
	}
	return WhyScores(ctx, hasher, before.revision, after.revision, nil)
}

// mayScore reports whether a change may change what was scored: of more than words, dates and other settings of the host.
func mayScore(change BlockChange) bool {
	if course.Structural(change.Type) || change.Did == Moves {
		return false
	}
	return change.Did == Removes || slices.ContainsFunc(change.Fields, func(field string) bool {
		_, setting := course.SettingType(field)
		return field == "weight" || !setting && field != "display_name" && field != "order"
	})
}

// settings enters what becomes of the course's own fields.
func (c *comparison) settings(before, after *standing, plan *Plan) {
	was := map[string]string{}
	if before != nil {
		was = before.revision.Fields
	}
	names := slices.Sorted(maps.Keys(was))
	for field := range after.revision.Fields {
		if _, there := was[field]; !there {
			names = append(names, field)
		}
	}
	slices.Sort(names)
	for _, field := range names {
		old, had := was[field]
		value, has := after.revision.Fields[field]
		change := SettingChange{Did: Changes, Name: field, Before: old, After: value}
		switch {
		case had && has && sameJSON(old, value):
			continue
		case !had:
			change.Did = Adds
		case !has:
			change.Did = Removes
		}
		plan.Settings = append(plan.Settings, change)
	}
}

// differences names what differs in a block's own content; what is in it counts by its order alone.
func differences(before, after *course.Revision) []string {
	var fields []string
	for field, value := range after.Fields {
		if old, had := before.Fields[field]; !had || !sameJSON(old, value) {
			fields = append(fields, field)
		}
	}
	for field := range before.Fields {
		if _, has := after.Fields[field]; !has {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	if !sameFields(before.Extra, after.Extra) || !reflect.DeepEqual(before.Source, after.Source) {
		fields = append(fields, "content")
	}
	if !sameOrder(before.Children, after.Children) {
		fields = append(fields, "order")
	}
	return fields
}

// sameOrder compares the order of the children that both have.
func sameOrder(before, after []course.ChildRef) bool {
	names := func(of, both []course.ChildRef) []string {
		there := map[string]bool{}
		for _, child := range both {
			there[name(child.Type, child.ID)] = true
		}
		var list []string
		for _, child := range of {
			if at := name(child.Type, child.ID); there[at] {
				list = append(list, at)
			}
		}
		return list
	}
	return slices.Equal(names(before, after), names(after, before))
}

// touched are the team's drafts that the import would set aside: those of blocks that it changes, moves or removes, and what is new
// in these. A draft of a block that stays as it is stays, too.
func (i *importing) touched(ctx context.Context) ([]DraftTouch, error) {
	drafts, err := i.config.Courses.Drafts(ctx, i.key)
	if err != nil || len(drafts) == 0 {
		return nil, err
	}
	c, err := i.compare(ctx)
	if err != nil {
		return nil, err
	}
	own := map[string]*course.Draft{}
	for n := range drafts {
		usage, err := key.ParseUsage(drafts[n].Usage)
		if err != nil {
			return nil, err
		}
		own[name(usage.Type, usage.ID)] = &drafts[n]
	}
	brought := map[string]string{}
	for _, draft := range i.course.Drafts {
		i.brought(draft.Root, brought)
	}
	keeps := map[string]bool{}
	for at := range own {
		// The archive has unpublished work of its own on the block: that takes the place of the team's, unless it is the same.
		if hash, brings := brought[at]; brings && own[at].Revision.Apart().Hash() != hash {
			continue
		}
		before, after := c.before[at], c.after[at]
		if before != nil && after != nil && before.parent == after.parent && len(differences(before.revision, after.revision)) == 0 &&
			sameChildren(before.revision.Children, after.revision.Children) {
			keeps[at] = true
		}
	}
	for at := range maps.Clone(keeps) {
		keepNew(own, c.before, keeps, at)
	}
	for at, hash := range brought { // what this import put there, before a crash
		if own[at] != nil && own[at].Revision.Apart().Hash() == hash {
			keeps[at] = true
		}
	}
	var touched []DraftTouch
	for at, draft := range own {
		if !keeps[at] {
			touched = append(touched, DraftTouch{draft.Usage, titleOf(&draft.Revision, ""), draft.By, draft.At})
		}
	}
	slices.SortFunc(touched, func(a, b DraftTouch) int { return a.At.Compare(b.At) })
	return touched, nil
}

// brought enters the drafts that putDrafts would store, with their contents' hashes.
func (i *importing) brought(block *olx.Block, into map[string]string) {
	base := ""
	if published, ok := i.course.Block(block.Type, block.ID); ok {
		base = i.hashes[published]
	}
	hash := i.hashes[block]
	if hash == base {
		return
	}
	into[name(block.Type, block.ID)] = i.revisions[hash].Apart().Hash()
	for _, child := range block.Children {
		i.brought(child, into)
	}
}

// keepNew keeps what is new in a draft that is kept.
func keepNew(own map[string]*course.Draft, before map[string]*standing, keeps map[string]bool, at string) {
	for _, child := range own[at].Revision.Children {
		below := name(child.Type, child.ID)
		if own[below] != nil && before[below] == nil && !keeps[below] {
			keeps[below] = true
			keepNew(own, before, keeps, below)
		}
	}
}

func sameChildren(a, b []course.ChildRef) bool {
	return slices.EqualFunc(a, b, func(x, y course.ChildRef) bool { return x.Type == y.Type && x.ID == y.ID })
}
