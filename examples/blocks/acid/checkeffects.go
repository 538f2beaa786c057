package acid

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// voidChecks are effects and replies that the host must not take; each stands beside changes that must then not happen either.
func voidChecks() map[string][]step {
	effect := func(e wire.Effect) []step { return voided(func(t *trial) { t.reply.Effect(e) }, nil) }
	return map[string][]step{
		"effects.role":       effect(wire.Effect{Score: &wire.SetScore{Learner: "somebody", Earned: 1, Possible: 1, Reason: "none"}}),
		"effects.scope":      voided(func(t *trial) { t.reply.Set("title", "taken over") }, nil),
		"effects.summary":    voided(func(t *trial) { t.reply.Set("total", 0) }, nil),
		"effects.field":      voided(func(t *trial) { t.reply.Set("nowhere", 1) }, nil),
		"effects.event":      voided(func(t *trial) { t.reply.Event("quoin.acid.nowhere", nil) }, nil),
		"effects.task":       voided(func(t *trial) { t.reply.Schedule("nowhere", "", nil) }, nil),
		"effects.collection": voided(func(t *trial) { t.reply.Insert("nowhere", map[string]int{"n": 1}) }, nil),
		"effects.permission": effect(wire.Effect{Enrol: &wire.Enrol{Learner: "somebody", Mode: "honor", Active: true}}),
		"effects.two": voided(func(t *trial) {
			t.reply.Create("things", t.c.NewID(), thing{}).Create("things", t.c.NewID(), thing{})
		}, nil),
		"effects.malformed": voided(func(t *trial) { t.reply.Complete(2) }, nil),
		"effects.large":     voided(func(t *trial) { t.reply.Set("pref", strings.Repeat("x", wire.MaxField)) }, nil),
		"effects.status":    voided(func(t *trial) { t.reply.Status(418) }, nil),
	}
}

func effectChecks() map[string][]step {
	return map[string][]step{
		"effects.all": {
			func(t *trial) {
				token := t.c.NewID()
				t.f.Word, t.f.Pref = token, token
				t.reply.Append("recent", token).Increment("tally", t.mine()+token, 1).Insert("things", thing{Tag: token}).
					Event(emitted, map[string]string{"tag": token})
				t.keep(token)
			},
			func(t *trial) {
				var token string
				t.kept(&token)
				found := t.things(token)
				recent := strings.Join(t.f.Recent, " ")
				t.holds(t.f.Word == token && t.f.Pref == token && strings.Contains(recent, token) && t.f.Tally[t.mine()+token] == 1 && len(found) == 1,
					"of one reply came %q, %q, %q, %d and %d documents", t.f.Word, t.f.Pref, recent, t.f.Tally[t.mine()+token], len(found))
			},
		},
		"effects.complete": {
			func(t *trial) { t.reply.Complete(0.6) },
			func(t *trial) { t.reply.Complete(0.2) },
			func(t *trial) {
				x := t.c.Context
				scores, err := t.c.Scores([]string{x.Subject}, []string{x.Usage})
				if !t.failed(err) {
					t.holds(scores[x.Subject][x.Usage].Completion >= 0.6, "after 0.6 and 0.2 it is %v", scores[x.Subject][x.Usage].Completion)
				}
			},
		},
		"effects.file": {
			func(t *trial) {
				text := "kept " + t.c.NewID()
				t.reply.Effect(wire.Effect{File: &wire.KeepFile{Name: "kept.txt", Type: "text/plain", Data: wire.Blob{Data: []byte(text)}}})
				t.keep(text)
			},
			func(t *trial) {
				var text string
				t.kept(&text)
				file, data, err := t.c.File(wire.FileRead{Hash: hashOf(text)})
				if !t.failed(err) {
					t.holds(string(data) == text && file.Name == "kept.txt", "%q came back as %q, %q", text, file.Name, data)
				}
			},
		},
		"effects.subscribed": {
			func(t *trial) {
				token := t.c.NewID()
				t.reply.Event(emitted, map[string]string{"tag": token})
				t.keep(token)
			},
			func(t *trial) {
				if t.ran() != nil {
					t.green()
				} else if t.result.State == "" {
					t.wait("nothing was heard of the event")
				}
			},
		},
		"effects.index": {
			func(t *trial) {
				token := "acid" + t.c.NewID()[:16]
				t.reply.Effect(wire.Effect{Index: &wire.IndexDoc{ID: "row", Title: "Acid", Text: "An indexed text: " + token}})
				t.keep(token)
			},
			func(t *trial) {
				var token string
				t.kept(&token)
				hits, err := t.c.Search(token, 5)
				switch {
				case t.failed(err):
				case len(hits) > 0:
					t.green()
				default:
					t.wait("what was indexed is not found")
				}
			},
		},
		"effects.notify": {func(t *trial) {
			token := t.c.NewID()
			t.reply.Notify([]string{t.c.Context.Subject}, t.c.T("notice.title"), "", "/view/notice?tag="+token)
			t.keep(token)
			t.says(waits, t.c.T("wait.notice"))
		}},
		"effects.await": unhosted(
			func(t *trial, token string) { t.reply.Await("job", job{Tag: token, Mode: "plain"}) },
			func(t *trial) {
				if t.ran() != nil {
					t.green()
				} else if t.result.State == "" {
					t.wait("the reply was taken, and the task did not run")
				}
			}),
		"effects.leave": unhosted(
			func(t *trial, _ string) { t.reply.Leave("https://example.org/acid", nil) },
			func(t *trial) { t.red("the reply was taken, and the page is still here") }),
	}
}

// unhosted asks for what may have no host. A reply that is void says so in other words than a block's fault, which is asked for first.
func unhosted(do func(t *trial, token string), taken step) []step {
	return []step{
		func(*trial) { panic("asked for, to hear what a fault is told by") },
		func(t *trial) {
			fault := t.asked.Said
			if fault == "" {
				t.red("a fault was not told")
			}
			t.keep(fault)
		},
		func(t *trial) {
			var fault string
			t.kept(&fault)
			token := t.c.NewID()
			do(t, token)
			t.keep(token)
		},
		func(t *trial) {
			var fault string
			t.kept(&fault)
			switch t.asked.Said {
			case "":
				taken(t)
			case fault:
				t.red("the reply was taken for a fault of the block: %s", fault)
			default:
				t.says(none, t.asked.Said)
			}
		},
	}
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// arrived says of a notice that it led here: what it carried is what was sent.
func arrived(results map[string]Result, body []byte) (*sdk.Reply, error) {
	var came struct{ Tag string }
	var sent string
	if err := json.Unmarshal(body, &came); err != nil || json.Unmarshal(results["effects.notify"].Memo, &sent) != nil || sent != came.Tag {
		return nil, sdk.Refuse("this notice is not the newest")
	}
	results["effects.notify"] = Result{State: green}
	return sdk.JSON(true), nil
}

// Event implements sdk.Listener: what is heard is written down.
func (block) Event(_ *sdk.Call, events []wire.Event) (*sdk.Reply, error) {
	reply := sdk.OK()
	for _, event := range events {
		var data struct{ Tag string }
		if event.Name != emitted || json.Unmarshal(event.Data, &data) != nil {
			continue
		}
		reply.Insert("ran", ran{Tag: data.Tag, What: "event"})
	}
	return reply, nil
}
