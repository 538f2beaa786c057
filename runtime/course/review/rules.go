package review

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/grading"
)

// settings looks at what holds for the course as a whole.
func (l *looking) settings() {
	date := func(name string) *time.Time { return instant(json.RawMessage(l.root.Fields[name])) }
	schedule := Finding{Setting: SettingSchedule}
	start, end, from, until := date("start"), date("end"), date("enrollment_start"), date("enrollment_end")
	before := func(a, b *time.Time) bool { return a != nil && b != nil && a.Before(*b) }
	switch far := l.config.Now().Add(farAway); {
	case start == nil:
		never := access.NoStart()
		l.add(schedule, nil, KindDates, "date_unset", stamp(&never))
	case start.After(far):
		l.add(schedule, nil, KindDates, "date_far", stamp(start))
	}
	if before(end, start) {
		l.add(schedule, nil, KindDates, "date_course", stamp(end), stamp(start))
	}
	switch {
	case before(until, from):
		l.add(schedule, nil, KindDates, "date_enrol", stamp(until), stamp(from))
	case before(end, from):
		l.add(schedule, nil, KindDates, "date_enrol", stamp(end), stamp(from))
	}
	l.grading()
}

// farAway is how far off a start may be before somebody is asked whether it is meant.
const farAway = 365 * 24 * time.Hour

func stamp(t *time.Time) string { return t.UTC().Format(time.RFC3339) }

// grading compares the policy with the subsections.
func (l *looking) grading() {
	where := Finding{Setting: SettingGrading}
	policy := grading.DefaultPolicy()
	if l.whole.Run.Grading != "" {
		parsed, _, err := grading.ParsePolicy([]byte(l.whole.Run.Grading))
		if err != nil {
			l.add(where, nil, KindGrading, "policy", err.Error())
			return
		}
		policy = parsed
	}
	sum, used, graded := 0.0, map[string]int{}, 0
	for _, t := range policy.Types {
		sum += t.Weight
		used[t.Type] = 0
	}
	if len(policy.Types) > 0 && math.Abs(sum-1) >= 0.00005 {
		l.add(where, nil, KindGrading, "weights", strconv.FormatFloat(math.Round(sum*10000)/100, 'f', -1, 64))
	}
	for _, part := range l.whole.Parts {
		if part.Depth != subsectionDepth || part.Settings.Graded == nil || !*part.Settings.Graded {
			continue
		}
		graded++
		if _, known := used[part.Settings.Format]; !known {
			l.add(Finding{}, part, KindGrading, "type_unknown", short(part.Settings.Format))
			continue
		}
		used[part.Settings.Format]++
	}
	for _, t := range policy.Types {
		if graded > 0 && t.Weight > 0 && used[t.Type] == 0 {
			l.add(where, nil, KindGrading, "type_unused", short(t.Type), strconv.FormatFloat(math.Round(t.Weight*10000)/100, 'f', -1, 64))
		}
	}
}

// Depths of the parts of a course.
const (
	subsectionDepth = 2
	unitDepth       = 3
)

// part looks at one block: where it stands, when it opens, and whether it works.
func (l *looking) part(ctx context.Context, part *authoring.Part) error {
	if part.Conflicts > 0 {
		l.add(Finding{}, part, KindConflicts, "conflict", strconv.Itoa(part.Conflicts))
	}
	if len(part.Children) == 0 && part.Depth <= unitDepth && course.Structural(part.Usage.Type) {
		l.add(Finding{}, part, KindEmpty, [...]string{"empty_course", "empty_section", "empty_subsection", "empty_unit"}[part.Depth])
	}
	l.dates(part)
	l.prerequisite(part)
	if course.Structural(part.Usage.Type) {
		if part.Same() && part.Block.Broken != "" {
			l.add(Finding{}, part, KindBlocks, "block_broken", part.Usage.Type, part.Block.Broken)
		}
		return nil
	}
	return l.block(ctx, part)
}

// dates compares a block's dates with one another and with those of what it stands in.
func (l *looking) dates(part *authoring.Part) {
	if part.Depth == 0 || part.Settings == nil {
		return
	}
	start, due := instant(part.Fields["start"]), instant(part.Fields["due"])
	if start == nil && due == nil {
		return
	}
	above, end := part.Parent.Settings.Start, instant(json.RawMessage(l.root.Fields["end"]))
	if start != nil && above != nil && start.Before(*above) {
		l.add(Finding{}, part, KindDates, "date_early", stamp(start), stamp(above), titleOf(part.Parent))
	}
	paced := part.Settings.SelfPaced == nil || !*part.Settings.SelfPaced
	opens, closes := part.Settings.Start, part.Settings.Due
	if paced && opens != nil && closes != nil && closes.Before(*opens) {
		l.add(Finding{}, part, KindDates, "date_due", stamp(closes), stamp(opens))
	}
	for _, date := range []*time.Time{start, due} {
		if date != nil && end != nil && date.After(*end) && (paced || date == start) {
			l.add(Finding{}, part, KindDates, "date_after", stamp(date), stamp(end))
			break
		}
	}
}

// prerequisite looks at what has to be reached elsewhere before a subsection opens, and whether anybody can.
func (l *looking) prerequisite(part *authoring.Part) {
	if part.Depth != subsectionDepth || part.Settings.RequiredContent == "" || l.root.Fields["enable_subsection_gating"] == "false" {
		return
	}
	add := func(code string, values ...string) { l.add(Finding{}, part, KindDates, code, values...) }
	first := l.required(part)
	if first == nil {
		add("require_gone")
		return
	}
	for at, seen := first, map[*authoring.Part]bool{}; at != nil && !seen[at]; at = l.required(at) {
		if seen[at] = true; at == part {
			add("require_round", titleOf(first))
			return
		}
	}
	hidden := func(p *authoring.Part) bool { return p.Settings.StaffOnly != nil && *p.Settings.StaffOnly }
	opens, closes := first.Settings.Start, part.Settings.Due
	paced := part.Settings.SelfPaced == nil || !*part.Settings.SelfPaced
	switch {
	case hidden(first) && !hidden(part):
		add("require_hidden", titleOf(first))
	case paced && opens != nil && closes != nil && opens.After(*closes):
		add("require_late", titleOf(first), stamp(opens), stamp(closes))
	}
}

// required is the subsection that another one waits for, nil where there is none.
func (l *looking) required(part *authoring.Part) *authoring.Part {
	text := strings.TrimSpace(part.Settings.RequiredContent)
	id := text
	if usage, err := key.ParseUsage(text); err == nil {
		id = usage.ID
	}
	for _, other := range l.byID[id] {
		if other.Depth == subsectionDepth && id != "" {
			return other
		}
	}
	return nil
}

// contents tells what a content says that leads nowhere, and what is wrong with it by itself.
func (l *looking) contents(ctx context.Context, where *Finding, part *authoring.Part, s *scan, outside map[string]linkTrouble, links map[string]bool) error {
	told := map[string]bool{}
	add := func(at at, kind Kind, code, target string, values ...string) {
		if target != "" {
			if told[code+" "+target] {
				return
			}
			told[code+" "+target] = true
		}
		f := l.add(*where, part, kind, code, values...)
		f.Field, f.Line, f.Target = at.field, at.line, target
	}
	for _, f := range s.found {
		add(f.at, f.kind, f.code, "", f.values...)
	}
	for _, link := range s.refs {
		switch {
		case link.foreign:
			add(link.at, KindLinks, "link_foreign", link.target, short(link.target))
		case link.file:
			there, err := l.file(ctx, link.target)
			if err != nil {
				return err
			}
			if !there {
				add(link.at, KindLinks, "link_file", link.target, short(link.target))
			}
		case len(l.byID[link.target]) == 0:
			add(link.at, KindLinks, "link_block", link.target, short(link.target))
		}
	}
	for _, link := range s.fragments {
		if !l.anchor(part, link) {
			add(link.at, KindLinks, "link_anchor", link.block+"#"+link.name, short(link.name))
		}
	}
	for _, link := range s.pages {
		if !l.page(link.text) {
			add(link.at, KindLinks, "link_page", link.text, short(link.text))
		}
	}
	for _, link := range s.outside {
		links[link.text] = true
		if trouble, bad := outside[link.text]; bad {
			add(link.at, KindLinks, "link_outside", link.text, short(link.text), trouble.Why, strconv.Itoa(trouble.Status))
		}
	}
	return nil
}

// file reports whether the course has a file, under this name or one that it had before.
func (l *looking) file(ctx context.Context, name string) (bool, error) {
	there, known := l.files[name]
	if known {
		return there, nil
	}
	_, err := l.config.Courses.Asset(ctx, l.run, name)
	if err != nil && !isNotFound(err) {
		return false, err
	}
	l.files[name] = err == nil
	return err == nil, nil
}

// anchor reports whether a link to a place in a page leads there, or to where it cannot be known: what blocks make of their
// contents is theirs.
func (l *looking) anchor(part *authoring.Part, link fragment) bool {
	unit := (*authoring.Part)(nil)
	if part != nil {
		unit = part.Unit
	}
	if link.block != "" {
		found := l.byID[link.block]
		if len(found) != 1 {
			return true // a link that leads nowhere is told as that
		}
		unit = found[0].Unit
	}
	if unit == nil {
		return true
	}
	there := false
	var look func(p *authoring.Part)
	look = func(p *authoring.Part) {
		if p.Usage.Type != "html" && !course.Structural(p.Usage.Type) || p.Usage.ID == link.name {
			there = true
		}
		for _, id := range l.scan[p].ids {
			there = there || id == link.name
		}
		for _, child := range p.Children {
			look(child)
		}
	}
	look(unit)
	return there
}

// page reports whether the course has a page for learners at a path below its own.
func (l *looking) page(path string) bool {
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	path = strings.Trim(path, "/")
	first, rest, _ := strings.Cut(path, "/")
	switch first {
	case "", "jump_to", "jump_to_id", "static":
		return true // those are looked after as links to blocks and files
	case "pages":
		return l.slugs[rest]
	case "units":
		return len(l.byID[rest]) > 0
	}
	return l.paths == nil || l.paths(path)
}
