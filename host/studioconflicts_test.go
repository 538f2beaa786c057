package host_test

import (
	"fmt"
	"strings"
	"testing"
)

// A long text with many versions beside it costs a page what one comparison costs: the first is shown as far as it differs, the
// others are listed, and come up as decisions are made.
func TestStudioConflictsAreBounded(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue, ina := w.member("sue", run, "staff"), w.member("ina", run, "instructor")
	text := component(run, "html", "text1")
	type conflict struct {
		ID            string
		Stored, Other []struct{ Kind, Text string }
		Merged        string
		Waits         bool
	}
	form := func() (size int, list []conflict) {
		t.Helper()
		answer := sue.get(text + "/form").must(200)
		var sheet struct {
			Conflicts []conflict `json:"conflicts"`
		}
		answer.json(&sheet)
		return len(answer.body), sheet.Conflicts
	}
	long := strings.Repeat("<p>x</p>\n", 40_000)
	var sheet struct {
		Fields map[string]struct{ Base any } `json:"fields"`
	}
	sue.data(text+"/form", &sheet)
	sue.asks(text+"/save", edits("data", sheet.Fields["data"].Base, long)).must(200)
	before, list := form()
	if len(list) != 0 {
		t.Fatalf("%d conflicts before there are any", len(list))
	}
	const n = 5
	one := 0
	for i := range n {
		if i == 1 {
			one, _ = form()
		}
		ina.asks(text+"/save", edits("data", fmt.Sprint("another base ", i), fmt.Sprint("tiny ", i))).must(200)
	}
	after, list := form()
	if len(list) != n || list[0].Waits || len(list[0].Stored) > 250 || len(list[0].Stored) == 0 || list[0].Other[0].Text != "tiny 0" || list[0].Merged != "" {
		t.Fatalf("of %d conflicts the first shows %d and %d lines", len(list), len(list[0].Stored), len(list[0].Other))
	}
	for _, c := range list[1:] {
		if !c.Waits || len(c.Stored)+len(c.Other)+len(c.Merged) > 0 {
			t.Errorf("a later one is laid out: %d lines", len(c.Stored))
		}
	}
	if one-before > before/2 || after-one > 16<<10 { // what is stored stands there once more, for the one that is shown
		t.Errorf("the first conflict adds %d bytes to a form of %d, %d more add %d", one-before, before, n-1, after-one)
	}
	// A decision brings the next ones, all of them beside a short text.
	sue.asks(text+"/resolve", map[string]any{"conflict": list[0].ID, "text": "<p>tiny</p>", "base": long}).must(200)
	if _, list = form(); len(list) != n-1 || list[n-2].Waits || list[n-2].Stored[0].Text != "tiny" || list[n-2].Merged == "" {
		t.Errorf("of short ones %+v is left", list)
	}
}
