package sdk_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type shared struct {
	Title string   `quoin:"title,content"`
	Hints []string `quoin:"hints,content,last" items:"html"`
	Seen  int      `quoin:"seen,user_state"`
}

type rows struct {
	shared
	Choices []struct {
		ID   string  `json:"id,omitempty" quoin:"id,id"`
		Text string  `json:"text" quoin:"text,html" title:"Choice"`
		Part float64 `json:"part,omitempty" quoin:"part,secret" min:"0" default:"1"`
		Own  int     `json:"own"`
	} `quoin:"choices,content,secret"`
	Level string `quoin:"level,settings" values:"low=Low|high"`
}

type rowsBlock struct{}

func (rowsBlock) Outline(_ *sdk.Call, f *rows, _ []wire.Child) (sdk.Outline[sdk.None, sdk.None], error) {
	return sdk.Outline[sdk.None, sdk.None]{Facts: wire.Facts{Title: f.Title + f.Hints[0] + f.Choices[1].Text}}, nil
}

func asked(t *testing.T, b sdk.Block, op wire.Op, body, into any) {
	t.Helper()
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op}, body)
	if err != nil {
		t.Fatal(err)
	}
	if err := wire.DecodeReply(b.Serve(nil, frame), into); err != nil {
		t.Fatal(err)
	}
}

// Fields of an embedded struct are the block's; lists declare their rows; what is marked last stands last.
func TestRowsAndEmbeddedFields(t *testing.T) {
	b := sdk.New[rows, sdk.None, sdk.None](rowsBlock{}, sdk.Spec{})
	var d wire.Description
	asked(t, b, wire.OpDescribe, wire.DescribeRequest{}, &d)
	var names []string
	for _, f := range d.Fields {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, []string{"title", "seen", "choices", "level", "hints"}) {
		t.Fatalf("the fields are %q", names)
	}
	items := d.Fields[2].Items
	if len(items) != 3 || items[0].Type != wire.TypeID || items[1].Type != wire.TypeHTML || items[1].Title != "Choice" || items[1].Secret ||
		!items[2].Secret || items[2].Min == nil || string(items[2].Default) != "1" {
		t.Errorf("the rows are %+v", items)
	}
	if plain := d.Fields[4].Items; len(plain) != 1 || plain[0].Name != "" || plain[0].Type != wire.TypeHTML {
		t.Errorf("the plain rows are %+v", plain)
	}
	if v := d.Fields[3].Values; len(v) != 2 || string(v[0].Value) != `"low"` || v[0].Title != "Low" || v[1].Title != "high" {
		t.Errorf("the values are %+v", v)
	}
	var o wire.Outline
	asked(t, b, wire.OpOutline, &wire.OutlineRequest{Fields: wire.Fields{
		"title": json.RawMessage(`"t"`), "hints": json.RawMessage(`["h"]`), "choices": json.RawMessage(`[{},{"text":"c"}]`),
	}}, &o)
	if o.Facts.Title != "thc" {
		t.Errorf("read %q", o.Facts.Title)
	}
}

// Mistakes in a row's tags are found when the block is made.
func TestRowsThatCannotBeDrawn(t *testing.T) {
	for name, build := range map[string]func(){
		"another name in JSON": func() {
			type f struct {
				L []struct {
					A string `json:"b" quoin:"a"`
				} `quoin:"l,content"`
			}
			sdk.New[f, sdk.None, sdk.None](struct{}{}, sdk.Spec{})
		},
		"items of no list": func() {
			type f struct {
				A string `quoin:"a,content" items:"html"`
			}
			sdk.New[f, sdk.None, sdk.None](struct{}{}, sdk.Spec{})
		},
		"a name twice": func() {
			type f struct {
				shared
				A string `quoin:"title,content"`
			}
			sdk.New[f, sdk.None, sdk.None](struct{}{}, sdk.Spec{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it is taken")
				}
			}()
			build()
		})
	}
}
