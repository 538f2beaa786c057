package acid

import (
	"encoding/json"
	"slices"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// probeText is what the form sends: two scripts, quotes, markup, and spaces that must survive.
const probeText = `ع "quoted" <b>&amp;  two spaces`

// fileText is what the page's script puts into the file that it chooses.
const fileText = "a file of the acid test\n"

// shownMemo is what the next view must show.
type shownMemo struct {
	Token string `json:"token"`
	Tally int    `json:"tally"`
}

func formTally(subject string) string { return "form " + subject }

// takeForm takes the form, with scripts or without, and stores in every scope what the next view has to show.
func takeForm(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	f := r.Fields
	note := func(row string, holds bool, why string) {
		f.Results[row] = Result{State: green}
		if !holds {
			f.Results[row] = Result{State: red, Note: why}
		}
	}
	right := slices.Equal(r.Form["probe"], []string{probeText}) && slices.Equal(r.Form["many"], []string{"a", "b"})
	note("form.values", right, "the handler got other values than the page has")
	own := false
	for _, name := range []string{"token", "request", "sitting", "handler"} {
		_, there := r.Form[name]
		own = own || there
	}
	note("form.own", !own, "the host's own inputs came along")
	if len(r.Files) > 0 {
		file := r.Files[0]
		whole := file.Input == "file" && file.Name == "acid.txt" && file.Size == int64(len(fileText)) && file.Hash == hashOf(fileText)
		note("form.file", whole, "another file came than the one that was chosen")
	}
	token := c.NewID()
	f.Posts++
	f.Shown, f.ShownPref, f.ShownInfo = token, token, token
	memo, err := json.Marshal(shownMemo{Token: token, Tally: f.Tally[formTally(c.Context.Subject)] + 1})
	if err != nil {
		return nil, err
	}
	f.Results["form.render"] = Result{State: running, Memo: memo}
	reply := sdk.OK().Say(c.T("saved")).Increment("tally", formTally(c.Context.Subject), 1).Insert("things", thing{Tag: forApp(c)})
	return reply, leaveMark(c, f, reply)
}

// formChecks are rows that go on after the form was sent.
func formChecks() map[string][]step {
	return map[string][]step{
		"form.once": {
			func(t *trial) { t.keep(t.f.Posts); t.answer.Press = "form" },
			func(t *trial) {
				var before int
				t.kept(&before)
				t.holds(t.f.Posts == before+1, "pressed twice, it was taken %d times", t.f.Posts-before)
			},
		},
		"children.redraw": {
			func(t *trial) {
				if len(t.asked.Seen.Places) != 1 {
					t.red("the view has %d places", len(t.asked.Seen.Places))
					return
				}
				t.reply.Effect(wire.Effect{Redraw: &wire.Redraw{}})
				t.keep(t.asked.Seen.Places)
				t.answer.Press = "form"
			},
			func(t *trial) {
				var before []string
				t.kept(&before)
				t.holds(len(t.asked.Seen.Places) == 1 && !slices.Equal(t.asked.Seen.Places, before), "%q became %q", before, t.asked.Seen.Places)
			},
		},
	}
}

// looked adds to the results what only a view can see.
func looked(c *sdk.Call, v sdk.View[Fields, Public]) map[string]Result {
	results := map[string]Result{}
	for row, result := range v.Fields.Results {
		results[row] = result
	}
	if before, asked := results["form.render"]; asked {
		var want shownMemo
		err := json.Unmarshal(before.Memo, &want)
		f := v.Fields
		shown := err == nil && want.Token != "" && f.Shown == want.Token && f.ShownPref == want.Token && f.ShownInfo == want.Token &&
			f.Tally[formTally(c.Context.Subject)] >= want.Tally
		results["form.render"] = Result{State: green}
		if !shown {
			results["form.render"] = Result{State: red, Note: "the view does not show what the handler stored"}
		}
	}
	if children := stringsOf(v.Public["children"]); len(children) > 0 {
		results["children.places"] = Result{State: green}
		if len(v.Children) != 1 || !slices.Contains(children, v.Children[0].ID) {
			results["children.places"] = Result{State: red, Note: "other places came than the one that was chosen"}
		}
	}
	return results
}

// echo gives back what a script sent.
func echo(c *sdk.Call, body []byte) (*sdk.Reply, error) {
	var sent struct {
		Refuse bool            `json:"refuse"`
		Value  json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, sdk.Refuse("send JSON")
	}
	if sent.Refuse {
		return nil, sdk.Refuse("%s", c.T("refused"))
	}
	return sdk.JSON(map[string]any{"value": sent.Value}), nil
}
