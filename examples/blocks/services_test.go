package blocks_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/story"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// read decodes a service's request.
func read[R any](m wire.Message) (R, error) {
	var request R
	err := m.Body(&request)
	return request, err
}

// interpreter stands in for Python: it answers by seed what a real one answered.
type interpreter struct {
	done map[int]wire.ScriptDone

	mu    sync.Mutex
	asked []int
}

// recordedInterpreter reads the recordings that the block's own tests use.
func recordedInterpreter(t *testing.T) *interpreter {
	t.Helper()
	data, err := os.ReadFile("scripted/testdata/setup.txtar")
	if err != nil {
		t.Fatal(err)
	}
	archive, err := story.ParseArchive(data)
	if err != nil {
		t.Fatal(err)
	}
	file, _ := archive.File("runs.json")
	recordings, err := fakehost.ParseRecordings(file)
	if err != nil {
		t.Fatal(err)
	}
	i := &interpreter{done: map[int]wire.ScriptDone{}}
	for _, recording := range recordings {
		var seed int
		if raw, ok := recording.Run["seed"]; ok {
			if err := json.Unmarshal(raw, &seed); err != nil {
				t.Fatal(err)
			}
			i.done[seed] = recording.Done
		}
	}
	return i
}

func (i *interpreter) answer(_ context.Context, _ *services.Call, _ string, m wire.Message) (any, error) {
	run, err := read[wire.ScriptRun](m)
	if err != nil {
		return nil, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked = append(i.asked, run.Seed)
	done, ok := i.done[run.Seed]
	if !ok {
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "no run with seed %d was recorded", run.Seed)
	}
	return done, nil
}

// directory knows everybody by the pseudonym.
func directory(_ context.Context, _ *services.Call, _ string, m wire.Message) (any, error) {
	get, err := read[wire.UsersGet](m)
	if err != nil {
		return nil, err
	}
	var found wire.UsersFound
	for _, id := range get.IDs {
		found.Users = append(found.Users, wire.User{ID: id, Username: "name of " + id})
	}
	return found, nil
}

// shared is what the site and the grader share.
const shared = "s3cret"

func sign(body []byte) string {
	m := hmac.New(sha256.New, []byte(shared))
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}

// keys verifies by the one secret that there is.
func keys(_ context.Context, _ *services.Call, method string, m wire.Message) (any, error) {
	verify, err := read[wire.KeyVerify](m)
	if err != nil || method != "verify" || verify.Secret != "grader" || verify.Algorithm != "hmac-sha256" {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%s of %q by %s: %v", method, verify.Secret, verify.Algorithm, err)
	}
	given, err := hex.DecodeString(verify.Signature)
	if err != nil {
		given, err = base64.StdEncoding.DecodeString(verify.Signature)
	}
	want, _ := hex.DecodeString(sign(verify.Payload.Data))
	return wire.KeyVerified{Valid: err == nil && hmac.Equal(given, want)}, nil
}

// grader is the service outside: it takes answers, and is down as often as it is told.
type grader struct {
	mu sync.Mutex
	// down counts how many requests will still fail.
	down int
	got  []sent
	keys []string
}

// sent is what the block sends out.
type sent struct {
	Submission string  `json:"submission"`
	Points     float64 `json:"points"`
	Text       string  `json:"text"`
	Result     string  `json:"result"`
}

func (g *grader) answer(_ context.Context, _ *services.Call, _ string, m wire.Message) (any, error) {
	do, err := read[wire.HTTPDo](m)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down > 0 {
		g.down--
		return wire.HTTPDone{Status: 503}, nil
	}
	if slices.Contains(g.keys, do.Key) {
		return wire.HTTPDone{Status: 202}, nil
	}
	g.keys = append(g.keys, do.Key)
	var body sent
	if err := json.Unmarshal(do.Body.Data, &body); err != nil {
		return nil, err
	}
	g.got = append(g.got, body)
	return wire.HTTPDone{Status: 202}, nil
}
