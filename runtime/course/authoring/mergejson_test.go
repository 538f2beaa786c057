package authoring

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestMergeJSON(t *testing.T) {
	for name, c := range map[string]struct{ base, ours, theirs, want string }{
		"two rows":                   {`[{"id":"a","text":"1"},{"id":"b","text":"2"}]`, `[{"id":"a","text":"one"},{"id":"b","text":"2"}]`, `[{"id":"a","text":"1"},{"id":"b","text":"two"}]`, `[{"id":"a","text":"one"},{"id":"b","text":"two"}]`},
		"two members of a row":       {`[{"id":"a","text":"1"}]`, `[{"id":"a","text":"one"}]`, `[{"id":"a","text":"1","correct":true}]`, `[{"correct":true,"id":"a","text":"one"}]`},
		"one member of a row":        {`[{"id":"a","text":"1"}]`, `[{"id":"a","text":"one"}]`, `[{"id":"a","text":"ONE"}]`, ``},
		"a row of each":              {`[{"id":"a"}]`, `[{"id":"a"},{"id":"x"}]`, `[{"id":"a"},{"id":"y"}]`, `[{"id":"a"},{"id":"y"},{"id":"x"}]`},
		"removed and changed":        {`[{"id":"a","text":"1"},{"id":"b"}]`, `[{"id":"b"}]`, `[{"id":"a","text":"one"},{"id":"b"}]`, ``},
		"changed and removed":        {`[{"id":"a","text":"1"},{"id":"b"}]`, `[{"id":"a","text":"one"},{"id":"b"}]`, `[{"id":"b"}]`, ``},
		"removed and another":        {`[{"id":"a"},{"id":"b","n":1}]`, `[{"id":"b","n":1}]`, `[{"id":"a"},{"id":"b","n":2}]`, `[{"id":"b","n":2}]`},
		"moved and changed":          {`[{"id":"a"},{"id":"b"}]`, `[{"id":"b"},{"id":"a"}]`, `[{"id":"a"},{"id":"b","n":1}]`, `[{"id":"b","n":1},{"id":"a"}]`},
		"named by each form":         {`[{"text":"1"},{"text":"2"}]`, `[{"id":"a","text":"one"},{"id":"b","text":"2"}]`, `[{"id":"p","text":"1"},{"id":"q","text":"two"}]`, `[{"id":"a","text":"one"},{"id":"b","text":"two"}]`},
		"and goes on":                {`[{"id":"p","text":"1"},{"id":"q","text":"two"}]`, `[{"id":"a","text":"one"},{"id":"b","text":"two"}]`, `[{"id":"p","text":"1"},{"id":"q","text":"two!"},{"id":"r","text":"3"}]`, `[{"id":"a","text":"one"},{"id":"b","text":"two!"},{"id":"r","text":"3"}]`},
		"plain entries":              {`["a","b","c"]`, `["A","b","c"]`, `["a","b","C","d"]`, `["A","b","C","d"]`},
		"plain, one changed by both": {`["a","b"]`, `["x","b"]`, `["y","b"]`, ``},
		"plain, in place":            {`["a","b","c"]`, `["A","b","c"]`, `["a","b","C"]`, `["A","b","C"]`},
		"plain, added by both":       {`["a"]`, `["a","x"]`, `["a","y"]`, `["a","x","y"]`},
		"plain, the same added":      {`["a"]`, `["a","x"]`, `["a","x","y"]`, `["a","x","y"]`},
		"plain, removed and added":   {`["a","b","c"]`, `["a","c"]`, `["a","b","c","d"]`, `["a","c","d"]`},
		"numbers":                    {`[1,2,3]`, `[10,2,3]`, `[1,2,30]`, `[10,2,30]`},
		"members":                    {`{"a":1,"b":2}`, `{"a":10,"b":2}`, `{"b":20,"a":1}`, `{"a":10,"b":20}`},
		"a member removed":           {`{"a":1,"b":2}`, `{"b":2}`, `{"a":1,"b":20}`, `{"b":20}`},
		"a member of each":           {`{}`, `{"a":1}`, `{"b":2}`, `{"a":1,"b":2}`},
		"the member that differs":    {`{}`, `{"a":1}`, `{"a":2}`, ``},
		"deep":                       {`{"a":[{"id":"x","t":"l1\nl2\nl3"}]}`, `{"a":[{"id":"x","t":"L1\nl2\nl3"}]}`, `{"a":[{"id":"x","t":"l1\nl2\nL3"}]}`, `{"a":[{"id":"x","t":"L1\nl2\nL3"}]}`},
		"markup stays":               {`[{"id":"a","t":"<b>"},{"id":"c"}]`, `[{"id":"a","t":"<i>"},{"id":"c"}]`, `[{"id":"a","t":"<b>"},{"id":"c","n":1}]`, `[{"id":"a","t":"<i>"},{"id":"c","n":1}]`},
		"a list and none":            {`null`, `["a"]`, `["b"]`, ``},
		"a list and an object":       {`[]`, `["a"]`, `{"b":1}`, ``},
		"numbers alone":              {`1`, `2`, `3`, ``},
	} {
		got, ok := mergeValues(c.base, c.ours, c.theirs)
		if ok != (c.want != "") || got != c.want {
			t.Errorf("%s: %s, %v; want %s", name, got, ok, c.want)
		}
	}
}

// Whatever is merged holds each entry that one side added, none that neither has, and not more of any than were there and came.
func FuzzMergeLists(f *testing.F) {
	f.Add("abc", "Abc", "abCd")
	f.Add("ab", "ba", "a")
	f.Add("aab", "ab", "aabb")
	f.Add("", "xy", "yz")
	f.Fuzz(func(t *testing.T, base, ours, theirs string) {
		if len(base)+len(ours)+len(theirs) > 2000 {
			t.Skip()
		}
		for kind, list := range map[string]func(text string) string{"plain": plainList, "named": namedList} {
			b, o, x := list(base), list(ours), list(theirs)
			for _, one := range []string{o, x} {
				if got, ok := mergeValues(b, b, one); !ok || got != one {
					t.Fatalf("%s: merge(b, b, %s) is %s, %v", kind, one, got, ok)
				}
				if got, ok := mergeValues(b, one, b); !ok || got != one {
					t.Fatalf("%s: merge(b, %s, b) is %s, %v", kind, one, got, ok)
				}
			}
			got, ok := mergeValues(b, o, x)
			if _, too := mergeValues(b, x, o); too != ok {
				t.Fatalf("%s: %s, %s and %s merge from one side alone", kind, b, o, x)
			}
			if !ok {
				continue
			}
			inB, inO, inT, inGot := counted(t, b), counted(t, o), counted(t, x), counted(t, got)
			for one, n := range inGot {
				if most := inB[one] + max(inO[one]-inB[one], 0) + max(inT[one]-inB[one], 0); n > most {
					t.Fatalf("%s: %s, %s and %s came to %s: %d of %s", kind, b, o, x, got, n, one)
				}
			}
			for one := range both(inO, inT) {
				if least := max(inO[one], inT[one]) - inB[one]; inGot[one] < least {
					t.Fatalf("%s: %s, %s and %s came to %s: %d of %s, and %d were added", kind, b, o, x, got, inGot[one], one, least)
				}
			}
		}
	})
}

func plainList(text string) string {
	list := []string{}
	for _, c := range text {
		list = append(list, string(c))
	}
	return written(list)
}

// namedList has an entry for each letter, the first time that it stands there: its name the small letter, its text as it is written.
func namedList(text string) string {
	list, seen := []map[string]string{}, map[string]bool{}
	for _, c := range text {
		if name := strings.ToLower(string(c)); !seen[name] {
			seen[name] = true
			list = append(list, map[string]string{"id": name, "text": string(c)})
		}
	}
	return written(list)
}

func counted(t *testing.T, list string) map[string]int {
	t.Helper()
	var entries []any
	if err := json.Unmarshal([]byte(list), &entries); err != nil {
		t.Fatalf("%s: %v", list, err)
	}
	counts := map[string]int{}
	for _, one := range entries {
		counts[fmt.Sprint(one)]++
	}
	return counts
}

func both(a, b map[string]int) map[string]bool {
	all := map[string]bool{}
	for _, m := range []map[string]int{a, b} {
		for one := range m {
			all[one] = true
		}
	}
	return all
}
