package review

import (
	"context"
	"errors"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Uses tells for each of a course's files where it is referred to, unpublished work and pages included. names are the files: some
// fields name one without a link, and links of Open edX name one by the form of its key.
func (r *Reviewer) Uses(ctx context.Context, run key.Course, names []string) (map[string][]Use, error) {
	known := make(map[string]string, len(names))
	for _, name := range names {
		if form := key.AssetForm(name); known[form] == "" {
			known[form] = name
		}
	}
	for _, name := range names { // which count before a form that looks the same
		known[name] = name
	}
	uses := map[string][]Use{}
	add := func(name string, use Use) {
		list := uses[name]
		if len(list) == 0 || list[len(list)-1] != use {
			uses[name] = append(list, use)
		}
	}
	l, err := r.begin(ctx, run)
	if err != nil && !errors.Is(err, authoring.ErrNotFound) {
		return nil, err
	}
	if err == nil {
		for _, part := range l.whole.Parts {
			for _, name := range l.scan[part].files(known) {
				add(name, useOf(part))
			}
		}
	}
	pages, err := r.config.Courses.Pages(ctx, run)
	if err != nil {
		return nil, err
	}
	for i := range pages {
		use := Use{Page: pages[i].Kind + "/" + pages[i].Slug, Title: pages[i].Slug}
		for _, name := range scanPage(run, pages[i].HTML, pages[i].Fields).files(known) {
			add(name, use)
		}
	}
	return uses, nil
}

// files names the files that a content refers to: by a link, or as a field's whole value, as transcripts are.
func (s *scan) files(known map[string]string) []string {
	var found []string
	for _, link := range s.refs {
		if link.file && !link.foreign && known[link.target] != "" {
			found = append(found, known[link.target])
		}
	}
	for _, name := range s.named {
		if known[name] == name {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
