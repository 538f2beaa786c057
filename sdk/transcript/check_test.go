package transcript

import (
	"fmt"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	const good = "1\n00:00:01,000 --> 00:00:02,500\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nyou\nthere\n"
	tests := map[string]struct {
		file, want string
		usable     bool
	}{
		"SubRip":                   {good, "UTF-8", true},
		"a byte order mark":        {"\uFEFF" + good, "UTF-8", true},
		"Windows":                  {strings.ReplaceAll(good, "\n", "\r\n"), "UTF-8", true},
		"UTF-16":                   {"\xff\xfe1\x00\n\x000\x000\x00:\x000\x001\x00 \x00-\x00-\x00>\x00 \x000\x000\x00:\x000\x002\x00\n\x00x\x00", "UTF-16", true},
		"Latin-1":                  {"00:00:01,000 --> 00:00:02,500\nCaf\xe9\n", "Latin-1", true},
		"no empty lines":           {"1\n00:00:01,000 --> 00:00:02,500\nHello\n2\n00:00:03,000 --> 00:00:04,000\nyou", "UTF-8", true},
		"WebVTT":                   {"WEBVTT - x\nKind: captions\n\nNOTE\nnothing\n\nSTYLE\n::cue{}\n\na name\n00:01.000 --> 00:02.500 line:0\nHello\n", "UTF-8", true},
		"sjson":                    {`{"start":[1000],"end":[2500],"text":["Hello"]}`, "UTF-8", true},
		"nothing":                  {"", "UTF-8 empty", false},
		"a heading alone":          {"WEBVTT\n", "UTF-8 empty", false},
		"no captions at all":       {"Dear all,\nhello", "UTF-8 stray:1:Dear all,", false},
		"a picture":                {"\x89PNG\r\n\x1a\n\x00\x00", "Latin-1 binary", false},
		"a bad time":               {"1\n00:00:01,000 --> 00:00:xx,500\nHello\n", "UTF-8 times:2:00:00:01,000 --> 00:00:xx,500", false},
		"a time that is missing":   {good + "\n3\n00:00:05,000 -->\nx\n", "UTF-8 times:11:00:00:05,000 -->", false},
		"backwards":                {"00:00:03,000 --> 00:00:02,000\nx\n", "UTF-8 backwards:1:00:00:03,000 --> 00:00:02,000", false},
		"no time at all":           {"00:00:02,000 --> 00:00:02,000\nx\n", "UTF-8 backwards:1:00:00:02,000 --> 00:00:02,000", false},
		"days":                     {"25:00:00,000 --> 25:00:01,000\nx\n", "UTF-8 late:1:25:00:00,000 --> 25:00:01,000", false},
		"a line without its times": {good + "\n3\nlost words\n", "UTF-8 stray:10:3", false},
		"times without words":      {good + "\n3\n00:00:05,000 --> 00:00:06,000\n", "UTF-8 silent:11:00:00:05,000 --> 00:00:06,000", true},
		"not in order":             {good + "\n3\n00:00:02,000 --> 00:00:02,500\nx\n", "UTF-8 order:11:00:00:02,000 --> 00:00:02,500", true},
		"another JSON":             {`{"start":[1],"end":[2]}`, "UTF-8 lists", false},
		"sjson backwards":          {`{"start":[1000,3000],"end":[2500,2000],"text":["a","b"]}`, "UTF-8 backwards:2:b", false},
		"long text is cut":         {strings.Repeat("é", 100), "UTF-8 stray:1:" + strings.Repeat("é", 60) + "…", false},
	}
	for name, test := range tests {
		c := Check([]byte(test.file))
		got := string(c.Encoding)
		for _, p := range c.Problems {
			got += " " + string(p.Code)
			if p.Line > 0 {
				got += fmt.Sprintf(":%d:%s", p.Line, p.Text)
			}
		}
		if got != test.want || c.Usable() != test.usable {
			t.Errorf("%s: %q, usable %v", name, got, c.Usable())
		}
	}
}

func TestCheckIsBounded(t *testing.T) {
	if c := Check([]byte(strings.Repeat("lost\n\n", 1000))); len(c.Problems) != maxProblems {
		t.Errorf("%d problems", len(c.Problems))
	}
	c := Check([]byte(strings.Repeat("00:00:01,000 --> 00:00:02,500\nHello\n\n", MaxLines+1)))
	if len(c.Problems) != 1 || c.Problems[0].Code != CodeMany || c.Usable() {
		t.Errorf("%+v", c.Problems)
	}
}

// FuzzCheck: what is said to be usable reads as lines, none of them lost, and its text as it is kept reads as the same.
func FuzzCheck(f *testing.F) {
	f.Add([]byte("1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>\n\n"))
	f.Add([]byte("WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:02.500\nx\n"))
	f.Add([]byte(`{"start":[1],"end":[2],"text":["a"]}`))
	f.Add([]byte("\xff\xfe1\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := Check(data)
		if !c.Usable() {
			return
		}
		again := Check([]byte(c.Text))
		if !again.Usable() || len(again.Lines) != len(c.Lines) {
			t.Fatalf("%d lines become %d: %+v\n%q", len(c.Lines), len(again.Lines), again.Problems, c.Text)
		}
		if again.Encoding != UTF8 {
			t.Errorf("the text is %s", again.Encoding)
		}
	})
}
