package markup

import (
	"slices"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	tests := map[string]string{
		"<p>One <b>two</b></p><p>three &amp; four</p>":               "One two three & four",
		"a<script>var x = '<b>no</b>';</script>b<style>p{}</style>c": "a b c",
		"a<!-- <p>hidden</p> -->b":                                   "ab",
		"5 < 6":                                                      "5",
		"<img src='x' alt='y'/>text":                                 "text",
		"<SCRIPT>no</SCRIPT >yes":                                    "yes",
		"":                                                           "",
	}
	for source, want := range tests {
		if got := Text(source); got != want {
			t.Errorf("%q: got %q, want %q", source, got, want)
		}
	}
}

func TestReferences(t *testing.T) {
	files, links := References(`<img src="/static/a.png"><img src='/static/b/c d.png?x=1'><a href="/jump_to_id/unit_1#top">x</a>
		<p style="background:url(/static/a.png)">/static/</p><a href="/jump_to_id/z&amp;y">`)
	if want := []string{"a.png", "b/c"}; !slices.Equal(files, want) {
		t.Errorf("files %q, want %q", files, want)
	}
	if want := []string{"unit_1", "z"}; !slices.Equal(links, want) {
		t.Errorf("links %q, want %q", links, want)
	}
}

func FuzzMarkup(f *testing.F) {
	f.Add("<p>One <b>two</b>&amp;<!-- x --><script>y</script></p>")
	f.Fuzz(func(t *testing.T, source string) {
		if text := Text(source); len(text) > maxSearch+len(source) {
			t.Errorf("%d bytes of text from %d", len(text), len(source))
		}
		References(source)
		for tag := range Tags(source) {
			if tag.Line > strings.Count(source, "\n")+1 {
				t.Errorf("%q in line %d", tag.Name, tag.Line)
			}
			tag.Attr("alt")
		}
	})
}

func TestTags(t *testing.T) {
	source := "<p>\n<IMG Src='a&amp;b' ALT>\n<!-- <img> -->\n<script>if (a<b) '<img>'</script><img alt = \"x y\" src=z/>5 < 6 </p><br/><img"
	type seen struct {
		name, src, alt string
		described      bool
		line           int
	}
	var got []seen
	for tag := range Tags(source) {
		src, _ := tag.Attr("src")
		alt, described := tag.Attr("alt")
		got = append(got, seen{tag.Name, src, alt, described, tag.Line})
	}
	want := []seen{{"p", "", "", false, 1}, {"img", "a&b", "", true, 2}, {"img", "z/", "x y", true, 4}, {"br", "", "", false, 4}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	for range Tags("<p><p>") {
		break
	}
}
