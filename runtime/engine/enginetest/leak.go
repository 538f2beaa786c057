package enginetest

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Where the leaking module keeps its words: near its data, at the end of its first page, and far up in memory that the engine
// gave it to spare.
var hidden = []int32{2048, 65532, 600 << 10}

// leaking is a module that counts its calls wherever it can, and answers with the counts, the clock and randomness.
func leaking() []byte {
	const at, clock, random, words = 4096, 4096 + 64, 4096 + 72, 10
	wasi := "wasi_snapshot_preview1"
	m := Polite([]byte("reply"))
	m.Imports = []Import{{wasi, "clock_time_get", typeClock}, {wasi, "random_get", typePair}}
	m.Globals = 2
	// It takes 16 pages, so that there is a place far up. A module that grew during a call is not used again, so it does this
	// at its start.
	m.Init = code(constant(16), []byte{opGrow, 0, opDrop})
	var body []byte
	for n, address := range hidden {
		body = append(body, count(address)...)
		body = append(body, code(constant(int32(at+4*n)), constant(address), []byte{opLoad, 2, 0, opStore, 2, 0})...)
	}
	for global := range byte(2) {
		body = append(body, code([]byte{opGet, global}, constant(1), []byte{opAdd, opSet, global})...)
		body = append(body, code(constant(int32(at+4*(len(hidden)+int(global)))), []byte{opGet, global, opStore, 2, 0})...)
	}
	body = append(body, code(constant(0), []byte{opConst8, 1}, constant(clock), []byte{opCall, 0, opDrop})...)
	body = append(body, code(constant(random), constant(8), []byte{opCall, 1, opDrop})...)
	m.Call = code(body, reply(at, 80))
	return m.Bytes()
}

// NothingIsLeft tries to carry something from one call to the next, by a module made for that and by a Go block.
func NothingIsLeft(t *testing.T, e engine.Engine, c Code) {
	t.Run("module", func(t *testing.T) {
		conn, err := e.Load(t.Context(), engine.Artifact{Name: "leaking", Code: leaking()})
		if err != nil {
			t.Fatal(err)
		}
		call := engine.Call{Frame: []byte("anything"), Now: playTime, Random: [16]byte{7}}
		var first []byte
		for n := range 20 {
			result, err := conn.Call(t.Context(), call)
			if err != nil {
				t.Fatal(err)
			}
			for place := range len(hidden) + 2 {
				if count := binary.LittleEndian.Uint32(result.Frame[4*place:]); count != 1 {
					t.Errorf("call %d finds %d at place %d, which the calls before left", n+1, count, place)
				}
			}
			if at := binary.LittleEndian.Uint64(result.Frame[64:]); at != uint64(playTime.UnixNano()) {
				t.Errorf("call %d begins at %d", n+1, at)
			}
			if first == nil {
				first = result.Frame
			} else if string(first) != string(result.Frame) {
				t.Errorf("call %d differs from the first: clock or randomness go on", n+1)
			}
		}
		call.Random = [16]byte{8}
		if result, err := conn.Call(t.Context(), call); err != nil || string(result.Frame[72:]) == string(first[72:]) {
			t.Errorf("other randomness gives the same bytes, %v", err)
		}
		if err := conn.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("block", func(t *testing.T) {
		conn := Load(t, e, c, Fixture(t, "hostile"))
		seen := map[string]bool{}
		for _, word := range []string{"one", "two", "one", "three"} {
			result, err := conn.Call(t.Context(), engine.Call{Frame: do("leak " + word), Now: playTime, Random: [16]byte{7}})
			if err != nil {
				t.Fatal(err)
			}
			var reply wire.HandleReply
			if err := wire.DecodeReply(result.Frame, &reply); err != nil {
				t.Fatal(err)
			}
			var list, env, rest string
			if _, err := fmt.Sscan(string(reply.Body.Data), &list, &env, &rest); err != nil || list != "["+word+"]" && list != "["+word+"]"+word || len(seen) > 3 {
				t.Errorf("after %v, %q answers %q, %v", seen, word, reply.Body.Data, err)
			}
			seen[string(reply.Body.Data)] = true
		}
		if len(seen) != 3 {
			t.Errorf("equal calls are not equal: %v", seen)
		}
	})
}
