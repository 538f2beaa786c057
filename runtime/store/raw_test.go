package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/quoin-lms/quoin/runtime/store"
)

type rawDoc struct {
	Text  string             `bson:"text"`
	Half  float64            `bson:"half"`
	Small int32              `bson:"small"`
	Large int64              `bson:"large"`
	Yes   bool               `bson:"yes"`
	At    time.Time          `bson:"at"`
	Data  []byte             `bson:"data"`
	Gone  *string            `bson:"gone"`
	Map   store.Map[float64] `bson:"map"`
	List  []string           `bson:"list"`
}

func TestRawReadsWhatCollectionsStore(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 5e6, time.UTC)
	body, err := bson.Marshal(rawDoc{
		Text: "words", Half: 0.5, Small: -3, Large: 1 << 40, Yes: true, At: at, Data: []byte{0, 1}, Map: store.Map[float64]{"a.b": 1.5, "$c": 2}, List: []string{"x", "y"},
	})
	if err != nil {
		t.Fatal(err)
	}
	read := ""
	err = store.Raw(body).Fields(func(name []byte, v store.Value) bool {
		switch string(name) {
		case "text":
			read += string(v.Text())
		case "half":
			read += fmt.Sprint(" ", v.Float(), v.Text() == nil, v.Bool())
		case "small", "large":
			read += fmt.Sprint(" ", v.Int(), v.Float())
		case "yes":
			read += fmt.Sprint(" ", v.Bool(), v.Int())
		case "at":
			read += fmt.Sprint(" ", v.Time().Equal(at))
		case "map":
			if err := v.Pairs(func(key []byte, v store.Value) { read += fmt.Sprintf(" %s=%v", key, v.Float()) }); err != nil {
				t.Error(err)
			}
		case "list":
			_ = v.Document().Fields(func(name []byte, v store.Value) bool {
				read += fmt.Sprintf(" %s:%s", name, v.Text())
				return false
			})
		}
		return true
	})
	const want = "words 0.5 true false -3 -3 1099511627776 1.099511627776e+12 true 0 true $c=2 a.b=1.5 0:x"
	if err != nil || read != want {
		t.Errorf("%q, want %q, %v", read, want, err)
	}
	for cut := range body {
		if err := store.Raw(body[:cut]).Fields(func([]byte, store.Value) bool { return true }); err == nil {
			t.Fatalf("the first %d of %d bytes are read as a document", cut, len(body))
		}
	}
}

func FuzzRaw(f *testing.F) {
	body, err := bson.Marshal(rawDoc{Text: "words", Map: store.Map[float64]{"a": 1}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Fuzz(func(_ *testing.T, data []byte) {
		var walk func(r store.Raw, depth int) error
		walk = func(r store.Raw, depth int) error {
			var failed error
			err := r.Fields(func(_ []byte, v store.Value) bool {
				_, _, _, _, _ = v.Float(), v.Int(), v.Bool(), v.Text(), v.Time()
				_ = v.Pairs(func([]byte, store.Value) {})
				if inner := v.Document(); inner != nil && depth < 50 {
					failed = walk(inner, depth+1)
				}
				return failed == nil
			})
			return errors.Join(err, failed)
		}
		_ = walk(data, 0) // whatever it says, it ends and stays within the bytes
	})
}
