package blanks

import (
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for source, want := range map[string]string{
		"a [[b]] c":                              `a (text b) c`,
		"[[ b | c ]]":                            `(text b,c)`,
		"<p>[[A &amp; B||no]]</p>":               `<p>(text A & B; no)</p>`,
		`<img alt="[[x]]"> [[y]]`:                `<img alt="[[x]]"> (text y)`,
		`\[[1,2]\] [[y]]`:                        `\[[1,2]\] (text y)`,
		"[[number: 3 ± 1]]":                      `(number 3 2..4)`,
		"[[Num:200 +- 5 %]]":                     `(number 200 190..210)`,
		"[[number: -2 .. 3]]":                    `(number -2 -2..3)`,
		"[[choose: *a | b | *c]]":                `(choose a,c/b)`,
		"[[time: noon]]":                         `(text time: noon)`,
		"1 < 2 [[x]]":                            `1 < 2 (text x)`,
		"[[x":                                    ` 1:1 [[ opens a blank that never closes`,
		"ab\ncd [[ ]] [[x]]":                     ` 2:4 a blank holds nothing`,
		"a]]":                                    ` 1:2 ]] closes a blank that was never opened`,
		"[[a [[b]]":                              ` 1:1 [[ opens a blank that never closes`,
		"[[choose: a | b]]":                      ` 1:1 no choice of a blank is marked as right`,
		"[[choose: *a]]":                         ` 1:1 a blank has a single choice`,
		"[[choose: *a | a]]":                     ` 1:1 the choice "a" stands twice in a blank`,
		"[[number: about 3]] [[number: 4 .. 3]]": ` 1:1 "about 3" is no number 1:21 "4 .. 3" is no range of numbers`,
	} {
		pieces, mistakes := parse(source)
		got := ""
		for _, p := range pieces {
			if len(mistakes) > 0 {
				break
			}
			got += p.html
			if b := p.blank; b != nil {
				got += "(" + b.kind + " " + strings.Join(b.right, ",")
				if b.kind == figure {
					got += fmt.Sprintf(" %g..%g", b.least, b.most)
				}
				if len(b.others) > 0 {
					got += "/" + strings.Join(b.others, ",")
				}
				if b.feedback != "" {
					got += "; " + b.feedback
				}
				got += ")"
			}
		}
		for _, m := range mistakes {
			got += fmt.Sprintf(" %d:%d %s", m.line, m.column, m.message)
		}
		if strings.TrimRight(got, " ") != strings.TrimRight(want, " ") {
			t.Errorf("%q\n got %s\nwant %s", source, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a [[b|c||d]] e", "[[number: 3 ± 1 %]]", "<a [[x]]>[[choose: *a|b]]", "]][[", "\\[[x]]", "[[[[x]]]]", "<"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		pieces, mistakes := parse(source)
		shown := 0
		for i, p := range pieces {
			shown += len(p.html)
			if (p.blank == nil) != (i == len(pieces)-1) {
				t.Fatalf("piece %d of %d: a blank stands behind all but the last", i+1, len(pieces))
			}
			if p.blank != nil && len(p.blank.right) == 0 {
				t.Fatal("a blank without a right answer")
			}
		}
		if shown > len(source) || len(pieces) == 1 && shown != len(source) {
			t.Fatalf("%d bytes of markup of %d", shown, len(source))
		}
		for _, m := range mistakes {
			if m.line < 1 || m.line > strings.Count(source, "\n")+1 || m.column < 1 {
				t.Fatalf("a mistake at %d:%d", m.line, m.column)
			}
		}
	})
}
