package problem_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// The OLX and the markdown of a problem never say two things, whichever of them was changed.
func TestSettle(t *testing.T) {
	w, err := fakehost.Open(fakehost.Config{Serve: problem.Block().Serve, Permissions: fakehost.Permissions{"script": nil}})
	if err != nil {
		t.Fatal(err)
	}
	const mars = `>>Red?<<\n(x) Mars\n( ) Venus`
	const olx = `<multiplechoiceresponse><label>Red?</label><choicegroup type='MultipleChoice'><choice correct='true'>Mars</choice><choice correct='false'>Venus</choice></choicegroup></multiplechoiceresponse>`
	const other = `<p>other</p>`
	say := func(data, markdown string) string { return `{"data":"` + data + `","markdown":` + markdown + `}` }
	quoted := func(s string) string { return `"` + s + `"` }
	for name, c := range map[string]struct{ was, now, want string }{
		"nothing":              {say(olx, "null"), say(olx, "null"), `{}`},
		"the markdown":         {say(other, "null"), say(other, quoted(mars)), `Mars`},
		"the OLX":              {say(olx, quoted(mars)), say(other, quoted(mars)), `"markdown":null`},
		"both to the same":     {say(other, "null"), say(olx, quoted(mars)), `{}`},
		"both":                 {say(olx, "null"), say(other, quoted(mars)), `"markdown":null`},
		"the OLX's layout":     {say(olx, quoted(mars)), say(`\n`+olx, quoted(mars)), `{}`},
		"the markdown is gone": {say(olx, quoted(mars)), say(olx, `""`), `"markdown":null`},
		"OLX alone":            {say(olx, "null"), say(other, "null"), `{}`},
	} {
		var reply wire.HandleReply
		err := w.Ask(wire.OpHandle, wire.Context{Block: "problem", Locale: "en"}, &wire.HandleRequest{
			Handler: "settle", HTTP: wire.HTTP{Method: "POST", ContentType: "application/json", Body: wire.Blob{Data: []byte(`{"was":` + c.was + `,"now":` + c.now + `}`)}},
		}, &reply)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var said struct{ Fields json.RawMessage }
		if err := json.Unmarshal(reply.Body.Data, &said); err != nil || !strings.Contains(string(said.Fields), c.want) || c.want == "{}" && string(said.Fields) != "{}" {
			t.Errorf("%s: %s, want %s", name, said.Fields, c.want)
		}
	}
}
