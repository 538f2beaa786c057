package acid

import (
	"encoding/json"
	"time"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// tasks are those of the page and of the question.
var tasks = []string{"job"}

// job is what a task is asked to do.
type job struct {
	Tag  string `json:"tag"`
	Mode string `json:"mode"` // plain, pages, ask or settle
	// Left counts the pages to come.
	Left int `json:"left,omitempty"`
	// Asks are outside requests.
	Asks []request `json:"asks,omitempty"`
	// Submission is the one to settle.
	Submission string `json:"submission,omitempty"`
}

// request is one outside request, below the block's own address unless the address is whole.
type request struct {
	Key     string            `json:"key"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
}

// response is what came of a request.
type response struct {
	Status   int             `json:"status"`
	Location string          `json:"location,omitempty"`
	Body     json.RawMessage `json:"body,omitempty"`
	Code     wire.Code       `json:"code,omitempty"`
	Message  string          `json:"message,omitempty"`
}

// ran is what a task or an event leaves behind.
type ran struct {
	Tag     string     `json:"tag"`
	What    string     `json:"what"`
	Role    wire.Role  `json:"role,omitempty"`
	Key     string     `json:"key,omitempty"`
	Address string     `json:"address,omitempty"`
	Now     int64      `json:"now,omitempty"`
	Left    int        `json:"left,omitempty"`
	Place   string     `json:"place,omitempty"`
	Secrets bool       `json:"secrets,omitempty"`
	Total   int        `json:"total,omitempty"`
	Answers []response `json:"answers,omitempty"`
}

// Task implements sdk.Worker.
func (block) Task(c *sdk.Call, f *Fields, task wire.TaskRequest) (*sdk.Reply, error) {
	return work(c, task, ran{Place: f.Place.Value, Secrets: f.Planted.Set || f.Typed.Set, Total: f.Total})
}

// work does a job and writes down what it was told.
func work(c *sdk.Call, task wire.TaskRequest, left ran) (*sdk.Reply, error) {
	var j job
	if err := json.Unmarshal(task.Payload, &j); err != nil {
		return nil, err
	}
	left.Tag, left.What, left.Left = j.Tag, "task", j.Left
	left.Role, left.Key, left.Address, left.Now = c.Context.Role, task.Key, c.Context.Address, c.Context.Now
	reply := sdk.OK()
	switch j.Mode {
	case "pages":
		if j.Left > 1 {
			j.Left--
			reply.Again(j)
		}
	case "settle":
		reply.Settle(j.Submission, map[string]string{"tag": j.Tag})
	case "ask":
		for _, ask := range j.Asks {
			left.Answers = append(left.Answers, send(c, ask))
		}
	}
	return reply.Insert("ran", left).Result(j.Tag), nil
}

// send makes one outside request.
func send(c *sdk.Call, ask request) response {
	address := ask.URL
	if address[0] == '/' {
		address = c.Context.Address + address
	}
	done, err := c.HTTP(wire.HTTPDo{Method: ask.Method, URL: address, Headers: ask.Headers, Body: wire.Blob{Data: []byte(ask.Body)}, Key: ask.Key})
	if err != nil {
		return response{Code: code(err), Message: err.Error()}
	}
	answer := response{Status: done.Status, Location: done.Headers["location"]}
	if json.Valid(done.Body.Data) {
		answer.Body = done.Body.Data
	}
	return answer
}

// begin schedules a job of the row and keeps its tag.
func (t *trial) begin(j job) {
	j.Tag = t.c.NewID()
	t.reply.Schedule("job", j.Tag, j)
	t.keep(j.Tag)
}

// ran is what the row's job left first, nil when nothing yet.
func (t *trial) ran() *ran {
	if all := t.runs(); len(all) > 0 {
		return &all[0]
	}
	return nil
}

// runs are all that the row's job left.
func (t *trial) runs() []ran {
	var tag string
	t.kept(&tag)
	found, _, err := sdk.Find[ran](t.c, wire.DocumentFind{Collection: "ran", Index: "by_tag", Equal: sdk.Keys(tag)})
	if t.failed(err) {
		return nil
	}
	list := make([]ran, len(found))
	for i := range found {
		list[i] = found[i].Body
	}
	return list
}

// after waits until the row's job has run, and looks at what it left.
func after(look func(*trial, *ran)) step {
	return func(t *trial) {
		left := t.ran()
		switch {
		case t.result.State != "":
		case left == nil:
			t.wait("the task did not run")
		default:
			look(t, left)
		}
	}
}

// timed is what rows about later tasks keep.
type timed struct {
	Tag string `json:"tag"`
	Due int64  `json:"due"`
}

func (t *trial) at(wait time.Duration) time.Time { return t.c.Now().Add(wait) }

// timedRuns are the runs of a row that keeps a due time too.
func (t *trial) timedRuns() (timed, []ran) {
	var kept timed
	t.kept(&kept)
	found, _, err := sdk.Find[ran](t.c, wire.DocumentFind{Collection: "ran", Index: "by_tag", Equal: sdk.Keys(kept.Tag)})
	t.failed(err)
	list := make([]ran, len(found))
	for i := range found {
		list[i] = found[i].Body
	}
	return kept, list
}

func taskChecks() map[string][]step {
	return map[string][]step{
		"tasks.run": {func(t *trial) { t.begin(job{Mode: "plain"}) }, after(func(t *trial, r *ran) {
			t.holds(r.Role == wire.RoleHost && r.Key != "" && r.Address == t.c.Context.Address && r.Now > 0, "it ran as %q, key %q, at %q", r.Role, r.Key, r.Address)
		})},
		"tasks.fields": {func(t *trial) { t.begin(job{Mode: "plain"}); t.reply.Increment("total", "", 1) }, after(func(t *trial, r *ran) {
			t.holds(!r.Secrets && any(r.Place) == t.public["place"] && r.Total > 0, "secrets: %v, place %q, total %d", r.Secrets, r.Place, r.Total)
		})},
		"tasks.again": {func(t *trial) { t.begin(job{Mode: "pages", Left: 3}) }, func(t *trial) {
			left := t.runs()
			seen := map[int]bool{}
			for _, r := range left {
				seen[r.Left] = true
			}
			switch {
			case t.result.State != "":
			case len(left) < 3:
				t.wait("%d of 3 pages were done", len(left))
			default:
				t.holds(len(left) == 3 && len(seen) == 3, "3 pages ran %d times", len(left))
			}
		}},
		"tasks.later": {
			func(t *trial) {
				due := t.at(1500 * time.Millisecond)
				kept := timed{t.c.NewID(), due.UnixMilli()}
				t.reply.ScheduleAt("job", kept.Tag, due, job{Tag: kept.Tag, Mode: "plain"})
				t.keep(kept)
			},
			func(t *trial) {
				kept, left := t.timedRuns()
				if len(left) == 0 {
					t.wait("the task did not run")
				} else {
					t.holds(left[0].Now >= kept.Due, "it ran %d ms too early", kept.Due-left[0].Now)
				}
			},
		},
		"tasks.replace": replaced(false),
		"tasks.cancel":  replaced(true),
	}
}

// replaced schedules a task and then, under the same name and key, another one or none.
func replaced(cancel bool) []step {
	return []step{
		func(t *trial) {
			due := t.at(time.Second)
			kept := timed{t.c.NewID(), due.UnixMilli()}
			t.reply.ScheduleAt("job", "row "+kept.Tag, due, job{Tag: kept.Tag, Mode: "plain", Left: 1})
			t.keep(kept)
		},
		func(t *trial) {
			var kept timed
			t.kept(&kept)
			if cancel {
				t.reply.Effect(wire.Effect{Schedule: &wire.Schedule{Task: "job", Key: "row " + kept.Tag, Cancel: true}})
			} else {
				t.reply.ScheduleAt("job", "row "+kept.Tag, t.c.Now().Add(time.Second), job{Tag: kept.Tag, Mode: "plain", Left: 2})
			}
			t.keep(kept)
		},
		func(t *trial) {
			kept, left := t.timedRuns()
			over := t.c.Context.Now > kept.Due+3000
			switch {
			case t.result.State != "":
			case cancel && len(left) > 0:
				t.red("it ran nevertheless")
			case cancel && over:
				t.green()
			case !cancel && over && len(left) > 0:
				t.holds(len(left) == 1 && left[0].Left == 2, "it ran %d times, first as number %d", len(left), left[0].Left)
			default:
				t.wait("it did not run")
			}
		},
	}
}
