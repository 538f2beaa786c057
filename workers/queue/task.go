package queue

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// taskVersion is the layout of what travels. A worker archives a version that it does not know, so raise it only for what an
// older worker would misread; new optional fields need no new version.
const taskVersion = 1

// Limits of a job's parts, in bytes. Ids are as long as the store's ids.
const (
	maxID      = 1024
	maxName    = 64
	maxPayload = 20 << 10 // every byte of every part escaped
)

// ErrInvalidJob means that the job can't be handed over as it is; handing it over again does not help.
var ErrInvalidJob = errors.New("invalid job")

// task is a job as it travels: typed, small, versioned.
type task struct {
	Version int        `json:"v"`
	ID      string     `json:"id"`
	Kind    string     `json:"kind"`
	Lane    ports.Lane `json:"lane"`
	Course  string     `json:"course,omitempty"`
	Ref     string     `json:"ref,omitempty"`
	// At is when it may run, in milliseconds since 1970; 0 is at once.
	At int64 `json:"at,omitempty"`
	// Since is when it was first handed over, in microseconds since 1970.
	Since int64 `json:"since"`
	// Runs is how many runs ended in RetryAfter.
	Runs int `json:"runs,omitempty"`
	// Trace is a W3C traceparent.
	Trace string `json:"trace,omitempty"`
}

// newTask checks a job and makes it ready to travel.
func newTask(job ports.Job, now time.Time) (task, error) {
	t := task{
		Version: taskVersion, ID: job.ID, Kind: job.Kind, Lane: job.Lane, Course: job.Course, Ref: job.Ref,
		Since: now.UnixMicro(), Trace: job.Trace,
	}
	if job.At.After(now) {
		// Rounded up: a job never runs before its time.
		t.At = job.At.Add(time.Millisecond - 1).UnixMilli()
	}
	return t, t.check()
}

func (t task) check() error {
	for _, part := range []struct {
		name, value string
		least, most int
	}{
		{"id", t.ID, 1, maxID},
		{"kind", t.Kind, 1, maxName},
		{"course", t.Course, 0, maxID},
		{"ref", t.Ref, 0, maxID},
		{"trace", t.Trace, 0, maxName},
	} {
		switch {
		case len(part.value) < part.least || len(part.value) > part.most:
			return fmt.Errorf("%w: its %s has %d bytes, want %d to %d", ErrInvalidJob, part.name, len(part.value), part.least, part.most)
		case !utf8.ValidString(part.value):
			return fmt.Errorf("%w: its %s is not UTF-8", ErrInvalidJob, part.name)
		}
	}
	if t.Lane != ports.LaneInteractive && t.Lane != ports.LaneBackground {
		return fmt.Errorf("%w: there is no lane %.50q", ErrInvalidJob, t.Lane)
	}
	return nil
}

func (t task) job() ports.Job {
	job := ports.Job{ID: t.ID, Kind: t.Kind, Lane: t.Lane, Course: t.Course, Ref: t.Ref, Trace: t.Trace}
	if t.At != 0 {
		job.At = time.UnixMilli(t.At)
	}
	return job
}

// entry is how the scripts name a job: its id's length, id and course.
func (t task) entry() string { return strconv.Itoa(len(t.ID)) + ":" + t.ID + t.Course }

func (t task) encode() ([]byte, error) {
	payload, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encoding job %.80q: %w", t.ID, err)
	}
	if len(payload) > maxPayload {
		return nil, fmt.Errorf("%w: it takes %d bytes, want at most %d", ErrInvalidJob, len(payload), maxPayload)
	}
	return payload, nil
}

func decodeTask(payload []byte) (task, error) {
	var t task
	if len(payload) > maxPayload {
		return t, fmt.Errorf("decoding job: %d bytes, want at most %d", len(payload), maxPayload)
	}
	if err := json.Unmarshal(payload, &t); err != nil {
		return t, fmt.Errorf("decoding job: %w", err)
	}
	if t.Version != taskVersion {
		return t, fmt.Errorf("decoding job %.80q: its layout is version %d, this worker knows %d", t.ID, t.Version, taskVersion)
	}
	if err := t.check(); err != nil {
		return t, fmt.Errorf("decoding job: %w", err)
	}
	return t, nil
}
