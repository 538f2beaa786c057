package authoring

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
)

func TestMergeLines(t *testing.T) {
	for name, c := range map[string]struct {
		base, ours, theirs, want string
		ok                       bool
	}{
		"apart":          {"a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n", true},
		"the same":       {"a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n", "a\nB\nc\n", true},
		"one line":       {"a\nb\nc\n", "a\nB\nc\n", "a\nX\nc\n", "", false},
		"added apart":    {"a\nb\nc\nd\n", "0\na\nb\nc\nd\n", "a\nb\nc\nd\ne\n", "0\na\nb\nc\nd\ne\n", true},
		"added at once":  {"a\nb\n", "a\nx\nb\n", "a\ny\nb\n", "", false},
		"taken away":     {"a\nb\nc\nd\n", "a\nc\nd\n", "a\nb\nc\n", "a\nc\n", true},
		"deleted, moved": {"a\nb\n", "", "a\nb\nc\n", "", false},
		"end of line":    {"a\nb", "A\nb", "a\nb\n", "", false},
		"far from it":    {"a\nb\nc\nd", "A\nb\nc\nd", "a\nb\nc\nD", "A\nb\nc\nD", true},
	} {
		got, ok := mergeLines(c.base, c.ours, c.theirs)
		if ok != c.ok || got != c.want {
			t.Errorf("%s: %q, %v; want %q, %v", name, got, ok, c.want, c.ok)
		}
	}
}

// By lines alone both of these merge; the result would be no XML, or markup that is not closed.
func TestMergedTextStaysSound(t *testing.T) {
	for name, c := range map[string]struct{ base, ours, theirs string }{
		"XML":    {"<p>\n<a>\n1\n</a>\n2\n3\n</p>", "<p>\n<a>\n1\n2\n</a>\n3\n</p>", "<p>\n1\n2\n3\n</p>"},
		"markup": {"<p>x</p>\n<b>\n1\n</b>\n2\n<br>\n3\n", "<p>x</p>\n<b>\n1\n2\n<br>\n</b>\n3\n", "<p>x</p>\n1\n2\n<br>\n3\n"},
	} {
		if _, ok := mergeLines(c.base, c.ours, c.theirs); ok {
			merged, ok := mergeValues(quote(c.base), quote(c.ours), quote(c.theirs))
			if ok {
				t.Errorf("%s: merged to %s", name, merged)
			}
		}
	}
	base, ours := "<p>\n1\n2\n3\n4\n</p>", "<p>\n<i>\n1\n2\n3\n4\n</i>\n</p>"
	if got, ok := mergeValues(quote(base), quote(ours), quote("<p>\n1\n2\n<b/>\n3\n4\n</p>")); !ok || got != quote("<p>\n<i>\n1\n2\n<b/>\n3\n4\n</i>\n</p>") {
		t.Errorf("what stays XML: %s, %v", got, ok)
	}
	// Each of these is closed and its merge by lines is not.
	base, ours, theirs := "0\n1\n2\n3\n4\n5\n", "0\n<b>\n1\n2\n</b>\n3\n4\n5\n", "0\n1\n<b>\n2\n3\n</b>\n4\n5\n"
	text, ok := mergeLines(base, ours, theirs)
	if !ok || closed("<x>"+text) {
		t.Fatalf("the example is none: %q, %v", text, ok)
	}
	broken := strings.Replace(text, "</b>\n", "", 1)
	if sound(ours, theirs, broken) {
		t.Errorf("%q passes for sound", broken)
	}
}

func refs(ids string) []course.ChildRef {
	var out []course.ChildRef
	for id := range strings.FieldsSeq(ids) {
		out = append(out, course.ChildRef{Type: "html", ID: id})
	}
	return out
}

func TestMergeChildren(t *testing.T) {
	for name, c := range map[string][4]string{
		"added by both":        {"a b", "a x b", "a b y", "a x b y"},
		"the same place":       {"a b", "a x b", "a y b", "a y x b"},
		"removed and added":    {"a b c", "a b c d", "a c", "a c d"},
		"moved and added":      {"a b c", "a b c d", "c a b", "c a b d"},
		"moved and removed":    {"a b c", "a c", "b a c", "a c"},
		"both removed":         {"a b c", "a", "b c", ""},
		"added by both alike":  {"a", "a x", "a x", "a x"},
		"order stays as it is": {"a b c", "c b a", "a b c d", "c d b a"},
	} {
		got := mergeChildren(refs(c[0]), refs(c[1]), refs(c[2]))
		var ids []string
		for _, child := range got {
			ids = append(ids, child.ID)
		}
		if strings.Join(ids, " ") != c[3] {
			t.Errorf("%s: %v, want %s", name, ids, c[3])
		}
	}
}

// Whatever is merged holds lines of the three texts alone, does not depend on who was first, and takes what one side alone did.
func FuzzMergeLines(f *testing.F) {
	f.Add("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n")
	f.Add("a\nb\n", "", "a")
	f.Add("x\nx\nx\n", "x\nx\n", "x\nx\nx\nx")
	f.Fuzz(func(t *testing.T, base, ours, theirs string) {
		if len(base)+len(ours)+len(theirs) > 20_000 {
			t.Skip()
		}
		for _, x := range []string{ours, theirs} {
			if got, ok := mergeLines(base, base, x); !ok || got != x {
				t.Fatalf("merge(b, b, %q) is %q, %v", x, got, ok)
			}
			if got, ok := mergeLines(base, x, base); !ok || got != x {
				t.Fatalf("merge(b, %q, b) is %q, %v", x, got, ok)
			}
			var back, forth strings.Builder
			for _, line := range compareLines(base, x) {
				if line.Change != "+" {
					back.WriteString(line.Text + "\n")
				}
				if line.Change != "-" {
					forth.WriteString(line.Text + "\n")
				}
			}
			if strings.TrimSuffix(back.String(), "\n") != strings.TrimSuffix(base, "\n") || strings.TrimSuffix(forth.String(), "\n") != strings.TrimSuffix(x, "\n") {
				t.Fatalf("the comparison of %q and %q holds %q and %q", base, x, back.String(), forth.String())
			}
		}
		got, ok := mergeLines(base, ours, theirs)
		other, too := mergeLines(base, theirs, ours)
		if ok != too || got != other {
			t.Fatalf("%q, %v one way and %q, %v the other", got, ok, other, too)
		}
		known := map[string]bool{"": !ok}
		for _, text := range []string{base, ours, theirs} {
			for _, line := range split(text) {
				known[line] = true
			}
		}
		for _, line := range split(got) {
			if !known[line] {
				t.Fatalf("%q is in none of the three", line)
			}
		}
	})
}

// Markup in one line is merged by its blocks.
func TestMarkupInOneLineIsMerged(t *testing.T) {
	merged, ok := mergeValues(quote("<p>a</p><p>b</p><p>c</p>"), quote("<p>A</p><p>b</p><p>c</p>"), quote("<p>a</p><p>b</p><p>C</p>"))
	if text, _ := unquote(merged); !ok || text != "<p>A</p>\n<p>b</p>\n<p>C</p>\n" {
		t.Errorf("%q, %v", text, ok)
	}
	if merged, ok := mergeValues(quote("<p>a</p>"), quote("<p>A</p>"), quote("<p>B</p>")); ok {
		t.Errorf("one block, changed by two: %s", merged)
	}
}
