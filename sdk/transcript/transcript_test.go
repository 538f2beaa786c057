package transcript

import (
	"encoding/binary"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestParse(t *testing.T) {
	hello := []Line{{Start: 1, End: 2.5, Text: "Hello"}, {Start: 62.25, End: 3723.004, Text: "two\nrows"}}
	tests := map[string]struct {
		file string
		want []Line
	}{
		"SubRip":                 {"1\n00:00:01,000 --> 00:00:02,500\nHello\n\n2\n00:01:02,250 --> 01:02:03,004\ntwo\nrows\n", hello},
		"SubRip of Windows":      {"\uFEFF1\r\n00:00:01,000 --> 00:00:02,500\r\nHello\r\n\r\n2\r\n00:01:02,250 --> 01:02:03,004\r\ntwo\r\nrows", hello},
		"no empty lines":         {"1\n00:00:01,000 --> 00:00:02,500\nHello\n2\n00:01:02,250 --> 01:02:03,004\ntwo\nrows", hello},
		"out of order":           {"2\n00:01:02,250 --> 01:02:03,004\ntwo\nrows\n\n1\n00:00:01,000 --> 00:00:02,500\nHello\n", hello},
		"WebVTT":                 {"WEBVTT - a title\n\nNOTE\nnothing\n\nSTYLE\n::cue{}\n\nfirst\n00:01.000 --> 00:02.500 align:start\n<i>Hel</i><00:01.500>lo\n\n01:02.250 --> 01:02:03.004\ntwo\nrows\n", hello},
		"sjson":                  {`{"start":[1000,62250],"end":[2500,3723004],"text":["Hello","two\nrows"]}`, hello},
		"sjson of uneven length": {`{"start":[1000,5],"end":[2500],"text":["Hello"]}`, hello[:1]},
		"markup":                 {"00:00:01,000 --> 00:00:02,500\n{\\an8}<font color=\"red\">1 < 2 &amp; {x}</font> <v Ann>yes</v>\n", []Line{{1, 2.5, "1 < 2 & {x} Ann: yes"}}},
		"escaped markup":         {"00:00:01,000 --> 00:00:02,500\n&lt;script&gt;\n", []Line{{1, 2.5, "<script>"}}},
		"Latin-1":                {"00:00:01,000 --> 00:00:02,500\nCaf\xe9\n", []Line{{1, 2.5, "Café"}}},
		"empty ones are left":    {"00:00:01,000 --> 00:00:02,500\n\n00:00:03,000 --> 00:00:02,000\nbackwards\n\n00:00:04,000 --> 00:00:05,000\nok\n", []Line{{4, 5, "ok"}}},
	}
	for name, test := range tests {
		got, err := Parse([]byte(test.file))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestParseUTF16(t *testing.T) {
	units := utf16.Encode([]rune("\uFEFF00:00:01,000 --> 00:00:02,500\nمرحبا\n"))
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		var data []byte
		for _, unit := range units {
			data = order.AppendUint16(data, unit)
		}
		if got, err := Parse(data); err != nil || len(got) != 1 || got[0].Text != "مرحبا" {
			t.Errorf("%v: %+v, %v", order, got, err)
		}
	}
}

func TestNothingToRead(t *testing.T) {
	for _, file := range []string{"", "WEBVTT\n", "just words", `{"a":1}`, "\x00\x01\x02", "aa:bb --> cc:dd\nx", "00:01 -->\nx", "-->"} {
		if got, err := Parse([]byte(file)); !errors.Is(err, ErrEmpty) {
			t.Errorf("%q: %+v, %v", file, got, err)
		}
	}
}

func TestLongTranscriptsAreCut(t *testing.T) {
	row := "00:00:01,000 --> 00:00:02,500\nHello\n\n"
	if got, err := Parse([]byte(strings.Repeat(row, MaxLines+5))); err != nil || len(got) != MaxLines {
		t.Errorf("%d lines, %v", len(got), err)
	}
}

func TestWebVTT(t *testing.T) {
	lines := []Line{{0, 1.5, "a --> b\n<b>&amp;"}, {3599.9996, 3723.004, "x"}}
	want := "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\na --&gt; b\n&lt;b&gt;&amp;amp;\n\n01:00:00.000 --> 01:02:03.004\nx\n"
	if got := WebVTT(lines); got != want {
		t.Errorf("%q", got)
	}
	if got := Text(lines); got != "a --> b\n<b>&amp;\nx\n" {
		t.Errorf("%q", got)
	}
}

// FuzzParse: whatever a file holds, what is written of it reads as the same lines again.
func FuzzParse(f *testing.F) {
	f.Add([]byte("1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i> &amp; {\\an1}\n\n"))
	f.Add([]byte(`{"start":[1],"end":[2],"text":["<b>a</b>\n\n--> "]}`))
	f.Add([]byte("\xff\xfeW\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := Parse(data)
		if err != nil {
			return
		}
		again, err := Parse([]byte(WebVTT(lines)))
		if err != nil || len(again) != len(lines) {
			t.Fatalf("%d lines become %d: %v\n%s", len(lines), len(again), err, WebVTT(lines))
		}
		texts := map[string]int{} // lines of nearly equal starts may change places
		for i := range lines {
			texts[lines[i].Text]++
			texts[again[i].Text]--
		}
		for text, n := range texts {
			if n != 0 {
				t.Errorf("%q is there %d times more", text, n)
			}
		}
	})
}
