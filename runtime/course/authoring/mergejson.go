package authoring

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
)

// member is what tells entries of a list apart for ever, where their block gives them one.
const member = "id"

// mergeJSON merges lists by their entries and objects by their members. It is false where both sides changed one of them otherwise, where
// one changed what the other took away, and for values that are neither.
func mergeJSON(base, ours, theirs string) (merged string, ok bool) {
	var o, t, b map[string]json.RawMessage
	if read(base, &b) && read(ours, &o) && read(theirs, &t) {
		if out, ok := mergeObjects(b, o, t); ok {
			return written(out), true
		}
	}
	var listB, listO, listT []json.RawMessage
	if read(base, &listB) && read(ours, &listO) && read(theirs, &listT) {
		if out, ok := mergeLists(texts(listB), texts(listO), texts(listT)); ok {
			return written(out), true
		}
	}
	return "", false
}

// read reads a list or an object; null is neither.
func read[T any](value string, into *T) bool {
	return value != null && json.Unmarshal([]byte(value), into) == nil
}

// written writes JSON with the characters of markup as they are.
func written(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil { // what was read as JSON can be written
		return null
	}
	return string(bytes.TrimSuffix(out.Bytes(), []byte("\n")))
}

func texts(list []json.RawMessage) []string {
	out := make([]string, len(list))
	for i, entry := range list {
		out[i] = string(entry)
	}
	return out
}

// entry is one that stands in a merged list.
type entry string

// MarshalJSON writes the entry as it is.
func (e entry) MarshalJSON() ([]byte, error) { return []byte(e), nil }

// alike writes a value so that two which say the same are one text, in whichever order the members of their objects stand.
func alike(value string) string {
	decoder := json.NewDecoder(bytes.NewReader([]byte(value)))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return value
	}
	return written(v)
}

func mergeObjects(base, ours, theirs map[string]json.RawMessage) (map[string]entry, bool) {
	out := map[string]entry{}
	names := maps.Clone(ours)
	maps.Copy(names, theirs)
	for name := range names {
		b, o, t := string(base[name]), string(ours[name]), string(theirs[name])
		value, ok := mergeEntries(b, o, t)
		if !ok && name == member && (b == unset || o != unset && t != unset) {
			value, ok = o, true // a name that nobody chose: the one that is stored stays
		}
		switch {
		case !ok:
			return nil, false
		case value != unset:
			out[name] = entry(value)
		}
	}
	return out, true
}

// mergeEntries is mergeValues for what may also not be there.
func mergeEntries(base, ours, theirs string) (string, bool) {
	same := func(a, b string) bool { return a == b || a != unset && b != unset && alike(a) == alike(b) }
	switch {
	case same(ours, theirs) || same(theirs, base):
		return ours, true
	case same(ours, base):
		return theirs, true
	}
	return mergeStored(base, ours, theirs)
}

// mergeLists merges two lists that were made of one base: each entry by itself, and what either side added.
func mergeLists(base, ours, theirs []string) ([]entry, bool) {
	b, o, t := identities(base), identities(ours), identities(theirs)
	if b != nil && o != nil && t != nil && meet(b, o) && meet(b, t) {
		return mergeNamed(named{b, base}, named{o, ours}, named{t, theirs})
	}
	return mergePlaced(base, ours, theirs)
}

// identities are the names of all entries, nil where one has none or two have the same.
func identities(list []string) []string {
	names := make([]string, 0, len(list))
	seen := map[string]bool{}
	for _, one := range list {
		var with struct {
			ID string `json:"id"`
		}
		if !read(one, &with) || with.ID == "" || seen[with.ID] {
			return nil
		}
		seen[with.ID] = true
		names = append(names, with.ID)
	}
	return names
}

// meet reports whether two lists can be of the same entries: entries that nobody named yet were named by each form otherwise.
func meet(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) })
}

// named is a list whose entries have names.
type named struct{ names, entries []string }

func (n named) of(name string) string {
	if i := slices.Index(n.names, name); i >= 0 {
		return n.entries[i]
	}
	return unset
}

func mergeNamed(base, ours, theirs named) ([]entry, bool) {
	order := func(n named) []course.ChildRef {
		out := make([]course.ChildRef, len(n.names))
		for i, name := range n.names {
			out[i] = course.ChildRef{ID: name}
		}
		return out
	}
	out := []entry{}
	placed := map[string]bool{}
	for _, at := range mergeChildren(order(base), order(ours), order(theirs)) {
		value, ok := mergeEntries(base.of(at.ID), ours.of(at.ID), theirs.of(at.ID))
		if !ok || value == unset {
			return nil, false
		}
		placed[at.ID] = true
		out = append(out, entry(value))
	}
	for _, name := range base.names {
		if _, ok := mergeEntries(base.of(name), ours.of(name), theirs.of(name)); !ok && !placed[name] {
			return nil, false // changed here, taken away there
		}
	}
	return out, true
}

func plain(list []string) []string {
	out := make([]string, len(list))
	for i, one := range list {
		out[i] = alike(one)
	}
	return out
}

// aligned is how a list came of another one: now holds, for each entry of that, where it is, -1 for one that was taken away; added
// those that came before each of them, and last at the end.
type aligned struct {
	now   []int
	added [][]int
}

func align(base, list []string) aligned {
	b, l := identities(base), identities(list)
	if b == nil || l == nil || !meet(b, l) {
		b, l = plain(base), plain(list)
	}
	a := aligned{now: matching(b, l), added: make([][]int, len(base)+1)}
	start, from := 0, 0
	for end := 0; end <= len(base); end++ {
		to := len(list)
		if end < len(base) {
			if to = a.now[end]; to < 0 {
				continue
			}
		}
		// Between two entries that stayed: as many as there were are those, changed; others came in the place of what went.
		for i := start; i < end && to-from == end-start; i++ {
			a.now[i] = from + i - start
		}
		for i := from; i < to && to-from != end-start; i++ {
			a.added[start] = append(a.added[start], i)
		}
		start, from = end+1, to+1
	}
	return a
}

func mergePlaced(base, ours, theirs []string) ([]entry, bool) {
	o, t := align(base, ours), align(base, theirs)
	out := []entry{}
	for i := range len(base) + 1 {
		had := map[string]int{}
		for _, at := range o.added[i] {
			had[alike(ours[at])]++
			out = append(out, entry(ours[at]))
		}
		for _, at := range t.added[i] {
			if same := alike(theirs[at]); had[same] > 0 {
				had[same]-- // both added it
				continue
			}
			out = append(out, entry(theirs[at]))
		}
		if i == len(base) {
			break
		}
		at := func(list []string, i int) string {
			if i < 0 {
				return unset
			}
			return list[i]
		}
		value, ok := mergeEntries(base[i], at(ours, o.now[i]), at(theirs, t.now[i]))
		if !ok {
			return nil, false
		}
		if value != unset {
			out = append(out, entry(value))
		}
	}
	return out, !doubled(out, base, ours, theirs)
}

// doubled reports whether a merged list holds more of an entry than were there and came: both sides moved it elsewhere.
func doubled(merged []entry, base, ours, theirs []string) bool {
	count := func(list []string) map[string]int {
		n := map[string]int{}
		for _, one := range plain(list) {
			n[one]++
		}
		return n
	}
	all := make([]string, len(merged))
	for i, one := range merged {
		all[i] = string(one)
	}
	b, o, t := count(base), count(ours), count(theirs)
	for one, n := range count(all) {
		if b[one]+o[one]+t[one] > 0 && n > b[one]+max(o[one]-b[one], 0)+max(t[one]-b[one], 0) {
			return true
		}
	}
	return false
}
