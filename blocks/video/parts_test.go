package video

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestAddress(t *testing.T) {
	tests := map[string]string{
		"":                            "",
		"https://a.example/b c.mp4":   "https://a.example/b%20c.mp4",
		"//a.example/b.mp4":           "https://a.example/b.mp4",
		" /static/b.mp4 ":             "/static/b.mp4",
		"static/b.mp4":                "/static/b.mp4",
		"b.mp4":                       "/static/b.mp4",
		"subs_x.srt.sjson":            "/static/subs_x.srt.sjson",
		"/c4x/Org/Course/asset/b.mp4": "/static/b.mp4",
		"/asset-v1:O+C+R+type@asset+block@folder_b.mp4":           "/static/folder_b.mp4",
		"https://x.example/asset-v1:O+C+R+type@asset+block@b.mp4": "/static/b.mp4",
		"javascript:alert(1)":                                     "",
		"java\nscript:alert(1)":                                   "",
		"data:video/mp4;base64,AA":                                "",
		"/static/../../etc/passwd":                                "",
		"../secret.txt":                                           "",
		"/static/":                                                "",
		"/static/a\"onerror=x":                                    "",
		"ftp://a.example/b.mp4":                                   "",
		"https://a.example/" + strings.Repeat("x", maxAddress):    "",
	}
	for text, want := range tests {
		if got := address(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got := fileName("/static/a%20b.srt?x#y"); got != "a b.srt" {
		t.Error(got)
	}
	if got := fileName("https://a.example/static/b"); got != "" {
		t.Error(got)
	}
}

func TestYouTube(t *testing.T) {
	tests := map[string]string{
		"kPilJr5GaiI": "kPilJr5GaiI", " kPilJr5GaiI ": "kPilJr5GaiI", "": "", "a b": "", "abc\"def": "",
		"https://www.youtube.com/watch?list=x&v=kPilJr5GaiI&t=5": "kPilJr5GaiI", "https://youtu.be/kPilJr5GaiI?t=3": "kPilJr5GaiI",
		"//www.youtube-nocookie.com/embed/kPilJr5GaiI": "kPilJr5GaiI", "https://evil.example/youtu.be/kPilJr5GaiI": "",
	}
	for text, want := range tests {
		if got := youtube(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	for text, want := range map[string]float64{
		"00:11:39": 699, "1:02:03.5": 3723.5, "90": 90, `"00:00:05"`: 5, "": 0, "None": 0, "null": 0, "15.5s": 15.5, "02:30": 150,
	} {
		if got, err := clock(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"x", "-5", "1:2:3:4", "25:00:00", "NaN", "1e999", "1:-2"} {
		if got, err := clock(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestJoin(t *testing.T) {
	nan := math.NaN()
	got := join([]Span{{5, 6}, {0, 2.04}, {2.5, 4}, {nan, 3}, {3, nan}, {9, 8}, {-1, 5}, {1, 3.96}, {20, 2e9}})
	if want := []Span{{0, 4}, {5, 6}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if p := part(got, 0, 10); p != 0.5 {
		t.Error(p)
	}
	if p := part(got, 5, 5); p != 0 {
		t.Error(p)
	}
	var many []Span
	for i := range maxSpans + 50 {
		length := 1.0
		if i%10 == 0 {
			length = 0.2
		}
		many = append(many, Span{float64(i * 10), float64(i*10) + length})
	}
	short := 0
	kept := join(many)
	for _, s := range kept {
		if s[1]-s[0] < 0.5 {
			short++
		}
	}
	if len(kept) > maxSpans || short != 0 {
		t.Errorf("%d spans, %d of them short", len(kept), short)
	}
}

func TestPreferred(t *testing.T) {
	tracks := []track{{"ar", ""}, {"en", ""}, {"pt-BR", ""}}
	for _, test := range []struct {
		chosen, locale string
		want           int
	}{{"", "ar", 0}, {"", "ar-EG", 0}, {"pt-br", "ar", 2}, {"xx", "fr", 1}, {"", "", 1}} {
		if got := preferred(tracks, test.chosen, test.locale); got != test.want {
			t.Errorf("%+v gives %d", test, got)
		}
	}
	if preferred(nil, "en", "en") != -1 || preferred(tracks[:1], "", "fr") != 0 {
		t.Error("what is there is offered, and nothing else")
	}
}

// TestOLX reads elements as Open edX does: what stands twice, what is old, what is broken.
func TestOLX(t *testing.T) {
	tests := map[string]struct {
		olx      string
		fields   string
		findings []string
	}{
		"an attribute counts more than a child": {
			`<video html5_sources="[&quot;a.mp4&quot;]" handout="h1"><source src="b.mp4"/><handout src="h2"/></video>`,
			`{"handout":"h1","html5_sources":["a.mp4"]}`, nil,
		},
		"children alone": {
			`<video display_name="X &amp; Y" html5_sources="[]"><source src="b.mp4"/><source/><source src="c.webm"/><track src="t.srt"/><transcript language="de" src="de.srt"/></video>`,
			`{"display_name":"X & Y","html5_sources":["b.mp4","c.webm"],"track":"t.srt","transcripts":{"de":"de.srt"}}`, nil,
		},
		"speeds": {
			`<video youtube="0.75:slowone0, 1.0:normal00,1.50:fastone0" from="00:00:10" to="20"/>`,
			`{"end_time":20,"start_time":10,"youtube_id_0_75":"slowone0","youtube_id_1_0":"normal00","youtube_id_1_5":"fastone0"}`, nil,
		},
		"what is not known is kept": {
			`<video><video_asset duration="1"><encoded_video profile="hls" url="u"/></video_asset><other a="1">x</other></video>`,
			`{"olx_children":"<video_asset duration=\"1\"><encoded_video profile=\"hls\" url=\"u\"/></video_asset>\n<other a=\"1\">x</other>\n"}`, nil,
		},
		"broken values": {
			`<video html5_sources="{" start_time="soon" youtube="2.0:xxxxxxxx"><transcript src="x.srt"/></video>`,
			`{}`,
			[]string{"html5_sources", "youtube", "start_time", "transcripts"},
		},
	}
	for name, test := range tests {
		fields, findings, err := block{}.ImportOLX(nil, []byte(test.olx), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var want wire.Fields
		if err := json.Unmarshal([]byte(test.fields), &want); err != nil {
			t.Fatal(err)
		}
		if len(fields) != len(want) {
			t.Errorf("%s: %s", name, dump(fields))
		}
		for field, value := range want {
			if string(fields[field]) != string(value) {
				t.Errorf("%s: %s is %s, want %s", name, field, fields[field], value)
			}
		}
		var got []string
		for _, f := range findings {
			got = append(got, f.Field)
		}
		if !reflect.DeepEqual(got, test.findings) {
			t.Errorf("%s: findings on %v", name, got)
		}
	}
	for _, source := range []string{"", "<video>", "<video><a></video", "text"} {
		if _, _, err := (block{}).ImportOLX(nil, []byte(source), nil); err == nil {
			t.Errorf("%q was read", source)
		}
	}
}

func dump(fields wire.Fields) string {
	data, err := json.Marshal(fields)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
