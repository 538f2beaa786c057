package fakehost

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Recording is a run of an author's program that was recorded with a real interpreter. It answers a request when each
// member of Run that is there is equal to the request's.
type Recording struct {
	// Run holds members of a script request: language, code, globals, want, seed, files.
	Run  map[string]json.RawMessage `json:"run"`
	Done wire.ScriptDone            `json:"done"`
}

// Record makes recorded runs known. An earlier recording answers before a later one.
func (w *World) Record(recordings ...Recording) { w.recordings = append(w.recordings, recordings...) }

// ParseRecordings reads recordings as JSON: an array of {"run": {...}, "done": {...}}.
func ParseRecordings(data []byte) ([]Recording, error) {
	var recordings []Recording
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&recordings); err != nil {
		return nil, fmt.Errorf("reading recorded script runs: %w", err)
	}
	return recordings, nil
}

// script answers script.run: from the configured interpreter, or from recordings.
func (w *World) script(run wire.ScriptRun) (any, error) {
	if w.config.Script != nil {
		return w.config.Script(run)
	}
	encoded, err := json.Marshal(run)
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(encoded, &members); err != nil {
		return nil, err
	}
	for _, recording := range w.recordings {
		if recording.answers(members) {
			return recording.Done, nil
		}
	}
	return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost,
		"no recorded run answers this script request; record it with a real interpreter: %s", encoded)
}

func (r Recording) answers(members map[string]json.RawMessage) bool {
	for name, want := range r.Run {
		got, ok := members[name]
		if !ok || !equalJSON(got, want) {
			return false
		}
	}
	return true
}
