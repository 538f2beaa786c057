package questions_test

import (
	"encoding/json"
	"testing"

	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// turn makes another key of a content: every number and word that is secret becomes another one, and truths move on by a row; ids and texts for the eye
// stay. Where words name something else of the content, such as a column, named says so: they move on by a row too.
func turn(d *wire.Description, fields wire.Fields, named bool) (turned wire.Fields, changed int) {
	turned = wire.Fields{}
	another := func(kind wire.FieldType, value any) any {
		if kind == wire.TypeHTML || kind == wire.TypeID {
			return value
		}
		switch v := value.(type) {
		case float64:
			changed++
			return v + 1
		case string:
			changed++
			return "1" + v
		}
		return value
	}
	for _, f := range d.Fields {
		value, set := fields[f.Name]
		if !set {
			continue
		}
		turned[f.Name] = value
		var rows []map[string]any
		if len(f.Items) < 2 || json.Unmarshal(value, &rows) != nil {
			var single any
			if f.Secret && f.Type != wire.TypeHTML && json.Unmarshal(value, &single) == nil {
				turned[f.Name], _ = json.Marshal(another(f.Type, single))
			}
			continue
		}
		for _, item := range f.Items {
			if !item.Secret {
				continue
			}
			last := rows[len(rows)-1][item.Name]
			for _, row := range rows {
				if item.Type == wire.TypeBoolean || named && item.Type == wire.TypeText { // moved on by one row, so that something is right still
					if row[item.Name] != last {
						changed++
					}
					row[item.Name], last = last, row[item.Name]
					continue
				}
				row[item.Name] = another(item.Type, row[item.Name])
			}
		}
		turned[f.Name], _ = json.Marshal(rows)
	}
	return turned, changed
}

// unready reports whether a public value is that of a question without a key.
func unready(public []byte) bool {
	var p struct {
		Unready bool `json:"x"`
	}
	return json.Unmarshal(public, &p) == nil && p.Unready
}

// The public value and the facts, of which all views are made, are the same bytes whatever the key is: no view can hint at it.
func TestAnotherKeyChangesNothingPublic(t *testing.T) {
	for blockType := range questions.Block().(sdk.Types) {
		var d wire.Description
		var samples wire.SampleReply
		ask(t, blockType, wire.OpDescribe, 1, wire.DescribeRequest{}, &d)
		ask(t, blockType, wire.OpSample, 1, wire.SampleRequest{}, &samples)
		total := 0
		for _, sample := range samples.Samples {
			turned, changed := turn(&d, sample.Fields, false)
			var before, after wire.Outline
			said, ok := ask(t, blockType, wire.OpOutline, 1, &wire.OutlineRequest{Fields: sample.Fields}, &before)
			again, fine := ask(t, blockType, wire.OpOutline, 1, &wire.OutlineRequest{Fields: turned}, &after)
			if fine && unready(after.Public.Data) {
				turned, changed = turn(&d, sample.Fields, true)
				again, fine = ask(t, blockType, wire.OpOutline, 1, &wire.OutlineRequest{Fields: turned}, &after)
			}
			total += changed
			if !ok || !fine {
				t.Fatal(said, again)
			}
			if changed > 0 && string(before.Secret.Data) == string(after.Secret.Data) {
				t.Errorf("%s/%s: another key makes the same secret value", blockType, sample.Name)
			}
			if string(before.Public.Data) != string(after.Public.Data) {
				t.Errorf("%s/%s: the key shows in the public value:\n%s\n%s", blockType, sample.Name, before.Public.Data, after.Public.Data)
			}
			x, _ := json.Marshal(before.Facts)
			y, _ := json.Marshal(after.Facts)
			if string(x) != string(y) {
				t.Errorf("%s/%s: the key shows in the facts:\n%s\n%s", blockType, sample.Name, x, y)
			}
		}
		t.Logf("%s: %d parts of keys were changed", blockType, total)
	}
}
