package capa

import (
	"encoding/json"
	"reflect"
	"testing"
)

const shells = `<problem><customresponse cfn="c"><drag_and_drop_input img="/static/s.png" alt="a">
	<draggable id="up" can_reuse="true"/><draggable id="down"/><draggable id="orbit"><target id="in" x="0" y="0" w="9" h="9"/></draggable>
	<target id="t1" x="1" y="2" w="30" h="40"/><target id="t2" x="50" y="2" w="30" h="40"/>
</drag_and_drop_input></customresponse></problem>`

// The rows are up, up, up, down, orbit. What a form says becomes Open edX's answer, and that fills the form again.
func TestBoardAnswers(t *testing.T) {
	p := compiled(t, shells).Public
	tests := []struct {
		name string
		rows map[string]string
		want string
		// again is what the answer fills in, nil for the same.
		again map[int]string
	}{
		{"nothing", map[string]string{"0": "", "3": ""}, "", map[int]string{}},
		{"on targets", map[string]string{"0": "1", "3": "0"}, `[{"up":"t2"},{"down":"t1"}]`, nil},
		{"copies in the order of the targets", map[string]string{"0": "1", "2": "0"}, `[{"up":"t1"},{"up":"t2"}]`, map[int]string{0: "0", 1: "1"}},
		{"on a thing", map[string]string{"3": "4-0", "4": "1"}, `[{"down":{"in":{"orbit":"t2"}}},{"orbit":"t2"}]`, nil},
		{"on a thing that lies nowhere", map[string]string{"3": "4-0", "0": "0"}, `[{"up":"t1"}]`, map[int]string{0: "0"}},
		{"on itself", map[string]string{"4": "4-0"}, "", map[int]string{}},
		{"no place of this board", map[string]string{"0": "7", "3": "9-0", "4": "-1"}, "", map[int]string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			form := map[string][]string{}
			want := map[int]string{}
			for row, value := range test.rows {
				form["input_2_1_"+row] = []string{value}
				want[int(row[0]-'0')] = value
			}
			if test.again != nil {
				want = test.again
			}
			got := p.Form(form)["2_1"].Text
			if got != test.want {
				t.Fatalf("the answer is %s, want %s", got, test.want)
			}
			if again := p.Inputs[0].Board.shown(got); !reflect.DeepEqual(again, want) {
				t.Errorf("it fills in %v, want %v", again, want)
			}
		})
	}
	if _, ok := p.Form(map[string][]string{"other": {"1"}})["2_1"]; ok {
		t.Error("a form without the board's fields answers it")
	}
	if got := p.Inputs[0].told(Given(`[{"down":{"in":{"orbit":"t2"}}},{"orbit":"t2"}]`)); got != "down: orbit[in], orbit: t2" {
		t.Errorf("a report says %q", got)
	}
}

func TestBoardWithoutTargets(t *testing.T) {
	p := compiled(t, `<problem><customresponse cfn="c"><drag_and_drop_input img="/static/s.png" alt="a"><draggable id="a"/><draggable id="b"/></drag_and_drop_input></customresponse></problem>`).Public
	got := p.Form(map[string][]string{"input_2_1_0x": {"12"}, "input_2_1_0y": {"34"}, "input_2_1_1x": {"5"}, "input_2_1_1y": {""}})["2_1"].Text
	if got != `[{"a":[12,34]}]` {
		t.Fatal(got)
	}
	if again := p.Inputs[0].Board.shown(got); !reflect.DeepEqual(again, map[int]string{0: "12,34"}) {
		t.Error(again)
	}
	// Browsers sent another form before 2013.
	if again := p.Inputs[0].Board.shown(`{"use_targets":false,"draggables":[{"b":[1,2]}]}`); !reflect.DeepEqual(again, map[int]string{1: "1,2"}) {
		t.Error(again)
	}
}

// FuzzBoard: no stored answer breaks a view, and what it fills in is read as an answer again.
func FuzzBoard(f *testing.F) {
	p, _, err := Compile(shells)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{`[{"up":"t1"}]`, `[{"down":{"in":{"orbit":"t2"}}}]`, `[{"orbit":{"in":{"orbit":{"in":1}}}}]`, `{"draggables":[{"up":[1,2]}]}`, `[[]]`, `[{"up":null}]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		b := p.Public.Inputs[0].Board
		form := map[string][]string{}
		for row, value := range b.shown(answer) {
			form["input_2_1_"+itoa(row)] = []string{value}
		}
		sent := p.Public.Form(form)["2_1"].Text
		if sent != "" && !json.Valid([]byte(sent)) {
			t.Errorf("%q comes out as %q", answer, sent)
		}
		if len(b.shown(sent)) != len(form) {
			t.Errorf("%q fills in %v, which comes out as %q", answer, form, sent)
		}
	})
}

func TestActivityHosts(t *testing.T) {
	for address, want := range map[string]string{
		"https://files.edx.org/x.html": "files.edx.org", "https://Files.Example.org:8443/x": "files.example.org:8443",
		"http://files.edx.org/x": "", "/static/x.html": "", "https://u:p@example.org/": "", "https://": "", "https://a b/": "",
		"https://example.org;script-src": "", "//example.org/x": "", "javascript:x()": "", "https://exa'mple.org": "", "https://[::1]/": "",
	} {
		if got := ActivityHost(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestActivityAnswersInReports(t *testing.T) {
	for sent, want := range map[string]string{
		`{"answer":"42","state":"{}"}`: "42", `{"answer":{"a":1},"state":""}`: `{"a":1}`, "plain": "plain", `{"answer":"42"}`: `{"answer":"42"}`, "": "",
	} {
		if got := activityAnswer(sent); got != want {
			t.Errorf("%s: %q, want %q", sent, got, want)
		}
	}
}
