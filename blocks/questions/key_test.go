package questions_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// arranged are the types whose key is how what everybody sees is put together: each is put together in another way.
var arranged = map[string]func(fields map[string]any){
	"ordering": func(fields map[string]any) { slices.Reverse(rowsOf(fields, "items")) },
	"matching": func(fields map[string]any) {
		rows := rowsOf(fields, "pairs")
		last := member(rows[len(rows)-1])["right"]
		for _, row := range rows {
			member(row)["right"], last = last, member(row)["right"]
		}
	},
	"dropdown": func(fields map[string]any) {
		for _, row := range rowsOf(fields, "lists") {
			right, others := member(row)["right"].(string), strings.SplitN(member(row)["others"].(string), "\n", 2)
			member(row)["right"], others[0] = others[0], right
			member(row)["others"] = strings.Join(others, "\n")
		}
	},
	"blanks": func(fields map[string]any) {
		text := strings.NewReplacer("[[Paris", "[[Lyon", "2.1 ± 0.2", "3.5 ± 0.1", "*Seine | Rhine", "Seine | *Rhine").Replace(fields["text"].(string))
		fields["text"] = text
	},
}

func rowsOf(fields map[string]any, name string) []any { rows, _ := fields[name].([]any); return rows }

func member(row any) map[string]any { members, _ := row.(map[string]any); return members }

// arrange makes another key of a content of such a type.
func arrange(t *testing.T, blockType string, fields wire.Fields) wire.Fields {
	t.Helper()
	all := map[string]any{}
	for name, value := range fields {
		var one any
		if err := json.Unmarshal(value, &one); err != nil {
			t.Fatal(err)
		}
		all[name] = one
	}
	arranged[blockType](all)
	out := wire.Fields{}
	for name, value := range all {
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = encoded
	}
	return out
}

// turn makes another key of a content: every number and word that is secret becomes another one, and truths move on by a row; ids
// and texts for the eye stay. Where words name something else of the content, such as a column, named says so: they move on too.
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

// nameless takes the rows' ids away, as in content that was written by hand: names are then made of what else is in a row.
func nameless(t *testing.T, fields wire.Fields) wire.Fields {
	t.Helper()
	out := wire.Fields{}
	for name, value := range fields {
		out[name] = value
		var rows []map[string]any
		if json.Unmarshal(value, &rows) != nil {
			continue
		}
		for _, row := range rows {
			delete(row, "id")
		}
		encoded, err := json.Marshal(rows)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = encoded
	}
	return out
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
			total += keyless(t, blockType, sample.Name, &d, sample.Fields)
			if blockType != "hot-spots" && blockType != "drag-and-drop" && blockType != "grid" { // there rows name others by their ids
				total += keyless(t, blockType, sample.Name+" without ids", &d, nameless(t, sample.Fields))
			}
		}
		if total == 0 && blockType != "file-upload" { // what people grade has no key
			t.Errorf("%s: no part of a key was changed: say above how its key is changed", blockType)
		}
	}
}

// keyless compares what is public with what it is under another key, and gives how much of the key was changed.
func keyless(t *testing.T, blockType, name string, d *wire.Description, fields wire.Fields) (changed int) {
	t.Helper()
	turned, changed := turn(d, fields, false)
	if arranged[blockType] != nil {
		turned, changed = arrange(t, blockType, fields), 1
	}
	var before, after wire.Outline
	said, ok := ask(t, blockType, wire.OpOutline, 1, &wire.OutlineRequest{Fields: fields}, &before)
	again, fine := ask(t, blockType, wire.OpOutline, 1, &wire.OutlineRequest{Fields: turned}, &after)
	if fine && unready(after.Public.Data) {
		turned, changed = turn(d, fields, true)
		again, fine = ask(t, blockType, wire.OpOutline, 1, &wire.OutlineRequest{Fields: turned}, &after)
	}
	if !ok || !fine {
		t.Fatal(said, again)
	}
	if changed > 0 && string(before.Secret.Data) == string(after.Secret.Data) {
		t.Errorf("%s/%s: another key makes the same secret value", blockType, name)
	}
	if string(before.Public.Data) != string(after.Public.Data) {
		t.Errorf("%s/%s: the key shows in the public value:\n%s\n%s", blockType, name, before.Public.Data, after.Public.Data)
	}
	x, _ := json.Marshal(before.Facts)
	y, _ := json.Marshal(after.Facts)
	if string(x) != string(y) {
		t.Errorf("%s/%s: the key shows in the facts:\n%s\n%s", blockType, name, x, y)
	}
	return changed
}
