package key

import (
	"errors"
	"strings"
	"testing"
)

func TestKeysAreOpenEdXs(t *testing.T) {
	run := Course{"OpenedX", "DemoX", "DemoCourse"}
	tests := map[string]interface{ String() string }{
		"course-v1:OpenedX+DemoX+DemoCourse":                              run,
		"library-v1:OpenedX+Lib":                                          Course{Org: "OpenedX", Number: "Lib"},
		"block-v1:OpenedX+DemoX+DemoCourse+type@problem+block@a1":         run.Usage("problem", "a1"),
		"lib-block-v1:OpenedX+Lib+type@problem+block@a1":                  Usage{Course{Org: "OpenedX", Number: "Lib"}, "problem", "a1"},
		"type@forum+block@forum":                                          Usage{Type: "forum", ID: "forum"},
		"asset-v1:OpenedX+DemoX+DemoCourse+type@asset+block@img_a b.png":  run.Asset("img/a b.png"),
		"block-v1:Ünï+CS-1.0~x+2026:a+type@drag-and-drop-v2+block@f_1.2~": Course{"Ünï", "CS-1.0~x", "2026:a"}.Usage("drag-and-drop-v2", "f_1.2~"),
	}
	for want, key := range tests {
		if got := key.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		switch key := key.(type) {
		case Course:
			if back, err := ParseCourse(want); err != nil || back != key {
				t.Errorf("%s: got %v, %v", want, back, err)
			}
		case Usage:
			if back, err := ParseUsage(want); err != nil || back != key {
				t.Errorf("%s: got %v, %v", want, back, err)
			}
		}
	}
}

func TestInvalidKeys(t *testing.T) {
	for _, s := range []string{
		"", "course-v1:", "course-v1:a+b", "course-v1:a+b+c+d", "course-v1:a b+c+d", "course-v1:a/b+c+d", "course-v1:a+b+",
		"library-v1:a", "course-v1:a+b+c\n", "course-v1:a+b+" + strings.Repeat("x", MaxPart+1), "course-v1:a+b+\xff", "Course-v1:a+b+c",
	} {
		if got, err := ParseCourse(s); !errors.Is(err, ErrInvalid) {
			t.Errorf("course %q: got %v, %v", s, got, err)
		}
	}
	for _, s := range []string{
		"", "block-v1:a+b+c", "block-v1:a+b+c+problem+x", "block-v1:a+b+c+type@p+block@", "block-v1:a+b+c+type@p+block@x+y",
		"block-v1:a+b+type@p+block@x", "type@p", "block-v1:a+b+c+type@p+block@../x", "block-v1:a+b+c+type@<b>+block@x",
	} {
		if got, err := ParseUsage(s); !errors.Is(err, ErrInvalid) {
			t.Errorf("usage %q: got %v, %v", s, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("course-v1:a+b+c")
	f.Add("block-v1:a+b+c+type@p+block@x")
	f.Add("lib-block-v1:a+b+type@p+block@x")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCourse(s); err == nil && c.String() != s {
			t.Errorf("course %q came back as %q", s, c)
		}
		if u, err := ParseUsage(s); err == nil && u.String() != s {
			t.Errorf("usage %q came back as %q", s, u)
		}
	})
}

func TestLibraryUsages(t *testing.T) {
	of := Course{Org: "Org", Number: "Slug"}
	for text, want := range map[string]Usage{
		"lb:Org:Slug:problem:x1":                       of.Usage("problem", "x1"),
		"lib-block-v1:Org+Slug+type@problem+block@x:1": of.Usage("problem", "x:1"),
	} {
		if got, err := ParseLibraryUsage(text); err != nil || got != want || got.Upstream() != text {
			t.Errorf("%q is %+v, which is %q, %v", text, got, got.Upstream(), err)
		}
	}
	for _, text := range []string{"", "lb:", "lb:a:b:c", "lb:a:b:c:d:e", "lb:a:b:c:d/e", "block-v1:a+b+c+type@p+block@x", "type@p+block@x"} {
		if got, err := ParseLibraryUsage(text); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
}

func FuzzLibraryUsage(f *testing.F) {
	f.Add("lb:Org:Slug:problem:x1")
	f.Add("lib-block-v1:a+b+type@p+block@x:1")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseLibraryUsage(s)
		if err != nil {
			return
		}
		if back, err := ParseLibraryUsage(u.Upstream()); err != nil || back != u || !u.Course.Library() {
			t.Errorf("%q is %+v, and comes back as %+v, %v", s, u, back, err)
		}
	})
}
