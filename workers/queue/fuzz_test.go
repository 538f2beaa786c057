package queue

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// FuzzDecodeTask: whatever decodes can be a job again, and means the same.
func FuzzDecodeTask(f *testing.F) {
	for _, seed := range []string{
		`{"v":1,"id":"s#1","kind":"grade","lane":"interactive","course":"course-v1:A+B+C","ref":"s","at":1,"since":2,"runs":3}`,
		`{"v":2}`, `{}`, `null`, `[]`, `{"v":1,"id":"\u0000","kind":"k","lane":"background"}`, `{"v":1e99}`, `{"at":-9223372036854775808}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		task, err := decodeTask(payload)
		if err != nil {
			return
		}
		encoded, err := task.encode()
		if err != nil {
			t.Fatalf("%+v does not encode: %v", task, err)
		}
		again, err := decodeTask(encoded)
		if err != nil || again != task {
			t.Fatalf("%+v came back as %+v, error %v", task, again, err)
		}
		if id, course := splitEntry(task.entry()); id != task.ID || course != task.Course {
			t.Fatalf("the entry of %+v splits into %q and %q", task, id, course)
		}
		job := task.job()
		if renewed, err := newTask(job, time.UnixMilli(0)); err != nil || renewed.job().ID != job.ID {
			t.Fatalf("%+v is no job: %v", job, err)
		}
	})
}

// FuzzDecodeMessage: whatever decodes can be published again, and means the same.
func FuzzDecodeMessage(f *testing.F) {
	for _, seed := range []string{`{"t":"a","k":"verdict","i":"s"}`, `{"t":"a","k":"b"}`, `{}`, `{"t":["a"]}`, `"`, "\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		message, err := decodeMessage(string(payload))
		if err != nil {
			if message != (ports.Message{}) {
				t.Fatalf("an error and %+v", message)
			}
			return
		}
		encoded, err := json.Marshal(wireMessage(message))
		if err != nil || len(encoded) > maxMessage {
			t.Fatalf("%+v does not encode: %d bytes, %v", message, len(encoded), err)
		}
		if again, err := decodeMessage(string(bytes.Clone(encoded))); err != nil || again != message {
			t.Fatalf("%+v came back as %+v, error %v", message, again, err)
		}
	})
}

func FuzzSplitEntry(f *testing.F) {
	f.Add("3:abccourse")
	f.Add("99:x")
	f.Add("-1:x")
	f.Add(":")
	f.Fuzz(func(_ *testing.T, entry string) { splitEntry(entry) })
}
