package store_test

import (
	"bytes"
	"maps"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

type holder struct {
	M store.Map[int] `bson:"m"`
}

func TestMapTakesAnyKey(t *testing.T) {
	in := holder{M: store.Map[int]{"$set": 1, "a.b": 2, "": 3, "a\x00b": 4, "0": 5, "_id": 6, "é": 7}}
	data, err := bson.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out holder
	if err := bson.Unmarshal(data, &out); err != nil || !maps.Equal(in.M, out.M) {
		t.Errorf("got %v, %v; want %v", out.M, err, in.M)
	}
	// No key is a field's name.
	var raw struct {
		M []struct {
			K string `bson:"k"`
			V int    `bson:"v"`
		} `bson:"m"`
	}
	if err := bson.Unmarshal(data, &raw); err != nil || len(raw.M) != len(in.M) {
		t.Fatalf("%v, %v", raw, err)
	}
	for i := range raw.M[1:] {
		if raw.M[i].K >= raw.M[i+1].K {
			t.Errorf("the keys are not in order: %v", raw.M)
		}
	}
	for range 20 { // maps are walked in another order each time
		if again, err := bson.Marshal(in); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("the same map gives other bytes: %v", err)
		}
	}
}

func TestMapEmpty(t *testing.T) {
	none, err := bson.Marshal(holder{})
	if err != nil {
		t.Fatal(err)
	}
	empty, err := bson.Marshal(holder{M: store.Map[int]{}})
	if err != nil || !bytes.Equal(none, empty) {
		t.Errorf("nil and empty differ: %x, %x, %v", none, empty, err)
	}
	null, err := bson.Marshal(bson.D{{Key: "m", Value: nil}})
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{none, empty, null} {
		out := holder{M: store.Map[int]{"old": 1}}
		if err := bson.Unmarshal(data, &out); err != nil || out.M != nil {
			t.Errorf("got %v, %v; want nil", out.M, err)
		}
	}
	for _, wrong := range []any{"text", 5, bson.A{1}, bson.A{bson.D{{Key: "k", Value: 1}}}} {
		data, err := bson.Marshal(bson.D{{Key: "m", Value: wrong}})
		if err != nil {
			t.Fatal(err)
		}
		var out holder
		if err := bson.Unmarshal(data, &out); err == nil {
			t.Errorf("%v was taken for a map: %v", wrong, out.M)
		}
	}
}
