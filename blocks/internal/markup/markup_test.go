package markup

import (
	"slices"
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
	})
}
