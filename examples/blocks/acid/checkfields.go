package acid

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// stored checks that what one call writes the next one reads.
func stored(field func(*Fields) *string) []step {
	return []step{
		func(t *trial) {
			token := t.c.NewID()
			*field(t.f) = token
			t.keep(token)
		},
		func(t *trial) {
			var token string
			t.kept(&token)
			t.holds(*field(t.f) == token, "%q was stored, %q came", token, *field(t.f))
		},
	}
}

func fieldChecks() map[string][]step {
	return map[string][]step{
		"fields.user_state":  stored(func(f *Fields) *string { return &f.Word }),
		"fields.preferences": stored(func(f *Fields) *string { return &f.Pref }),
		"fields.user_info":   stored(func(f *Fields) *string { return &f.Info }),
		"fields.three":       three(),
		"fields.default": {
			func(t *trial) { t.reply.Unset("word") },
			func(t *trial) { t.holds(t.f.Word == "unwritten", "an unset field came as %q", t.f.Word) },
		},
		"fields.sum": {
			func(t *trial) { t.keep(t.f.Total); t.reply.Increment("total", "", 2).Increment("total", "", 3) },
			func(t *trial) {
				var before int
				t.kept(&before)
				t.holds(t.f.Total >= before+5, "%d and 5 came to %d", before, t.f.Total)
			},
		},
		"fields.counters": {
			func(t *trial) {
				t.keep([]int{t.f.Tally[t.mine()], t.f.Tally[t.mine()+" other"]})
				t.reply.Increment("tally", t.mine(), 5).Increment("tally", t.mine(), -2).Increment("tally", t.mine()+" other", 1)
			},
			func(t *trial) {
				var before []int
				t.kept(&before)
				now := []int{t.f.Tally[t.mine()], t.f.Tally[t.mine()+" other"]}
				t.holds(len(before) == 2 && now[0] == before[0]+3 && now[1] == before[1]+1, "%v became %v", before, now)
			},
		},
		"fields.list": {
			func(t *trial) {
				token := t.c.NewID()
				for _, end := range []string{"a", "b", "c", "d", "e"} {
					t.reply.Append("recent", token+end)
				}
				t.keep(token)
			},
			func(t *trial) {
				var token string
				t.kept(&token)
				t.holds(slices.Equal(t.f.Recent, []string{token + "c", token + "d", token + "e"}), "the list is %q", t.f.Recent)
			},
		},
		"fields.many": {
			func(t *trial) {
				t.f.Own = []int{}
				t.keep(t.f.Tally[t.mine()])
				t.answer.Handler, t.answer.Times = "bump", 10
			},
			func(t *trial) {
				var before int
				t.kept(&before)
				whole := slices.Equal(t.f.Own, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
				t.holds(whole && t.f.Tally[t.mine()] == before+10, "ten calls left %v and counted %d", t.f.Own, t.f.Tally[t.mine()]-before)
			},
		},
		"fields.undeclared": {
			func(t *trial) {
				token := t.c.NewID()
				t.reply.Set("hidden", token)
				t.keep(token)
			},
			func(t *trial) {
				var token string
				t.kept(&token)
				if t.f.Hidden != "" {
					t.red("a field that was not declared came as %q", t.f.Hidden)
				}
				t.keep(token)
				t.answer.Handler = "peek"
			},
			func(t *trial) {
				var token string
				t.kept(&token)
				t.holds(t.f.Hidden == token, "where it was declared it came as %q", t.f.Hidden)
			},
		},
		"fields.authored": {func(t *trial) {
			if t.f.Title.Set || t.f.Place.Set {
				t.red("authored fields came by themselves")
				return
			}
			t.holds(t.public["place"] != nil, "the prepared value is %v", t.public)
		}},
		"fields.secret": {func(t *trial) {
			if t.f.Planted.Set || t.f.Typed.Set {
				t.red("a secret field came")
				return
			}
			_, there := t.public["planted"]
			t.holds(!there, "the secret value is among the public: %v", t.public)
		}},
	}
}

func three() []step {
	return []step{
		func(t *trial) { t.reply.Unset("three") },
		func(t *trial) {
			if t.f.Three.Set {
				t.red("unset came as set")
			}
			t.reply.Set("three", nil)
		},
		func(t *trial) {
			if !t.f.Three.Set || !t.f.Three.Null {
				t.red("null came as %+v", t.f.Three)
			}
			t.reply.Set("three", 5)
		},
		func(t *trial) {
			if !t.f.Three.Set || t.f.Three.Null || t.f.Three.Value != 5 {
				t.red("5 came as %+v", t.f.Three)
			}
			t.reply.Unset("three")
		},
		func(t *trial) { t.holds(!t.f.Three.Set, "unset came as %+v", t.f.Three) },
	}
}

// mark is what a learner left at one place of this block.
type mark struct {
	Learner string `json:"learner"`
	Usage   string `json:"usage"`
	Mark    string `json:"mark"`
}

// leaveMark writes the learner's mark at this place into his own fields, and into a document where other places and learners
// can read that there is one.
func leaveMark(c *sdk.Call, f *Fields, reply *sdk.Reply) error {
	id := c.Context.Subject + " " + c.Context.Usage
	var found mark
	version, there, err := c.Document("marks", id, &found)
	if err != nil {
		return err
	}
	f.Mark = c.NewID()
	f.PrefMark = f.Mark
	body := mark{Learner: c.Context.Subject, Usage: c.Context.Usage, Mark: f.Mark}
	if there {
		reply.Replace("marks", id, version, body)
	} else {
		reply.Create("marks", id, body)
	}
	return nil
}

// others finds the marks of an index, without the learner's at this place; own is that one.
func (t *trial) others(index, value string) (others []mark, own mark) {
	found, _, err := sdk.Find[mark](t.c, wire.DocumentFind{Collection: "marks", Index: index, Equal: sdk.Keys(value)})
	if t.failed(err) {
		return nil, own
	}
	for _, doc := range found {
		if doc.Body.Usage == t.c.Context.Usage && doc.Body.Learner == t.c.Context.Subject {
			own = doc.Body
		} else {
			others = append(others, doc.Body)
		}
	}
	return others, own
}

func placeChecks() map[string][]step {
	leave := func(t *trial) {
		t.keep(t.f.PrefMark)
		others, _ := t.others("by_usage", t.c.Context.Usage)
		for _, other := range others {
			if t.f.Mark == other.Mark || t.f.PrefMark == other.Mark {
				t.red("the mark of another learner came")
			}
		}
		if err := leaveMark(t.c, t.f, t.reply); err != nil {
			t.failed(err)
		}
	}
	foreign := func(t *trial, others []mark) bool {
		return slices.ContainsFunc(others, func(m mark) bool { return t.f.Mark == m.Mark || t.f.PrefMark == m.Mark })
	}
	return map[string][]step{
		"fields.usage": {leave, func(t *trial) {
			others, own := t.others("by_learner", t.c.Context.Subject)
			var before string
			t.kept(&before)
			switch {
			case t.result.State != "":
			case len(others) == 0:
				t.says(waits, t.c.T("wait.usage"))
			case before == "":
				t.red("the preferences of another place were not there")
			default:
				t.holds(own.Mark == t.f.Mark && t.f.PrefMark == t.f.Mark && !foreign(t, others), "this place holds %q and %q, its mark is %q", t.f.Mark, t.f.PrefMark, own.Mark)
			}
		}},
		"fields.learner": {leave, func(t *trial) {
			others, own := t.others("by_usage", t.c.Context.Usage)
			switch {
			case t.result.State != "":
			case len(others) == 0:
				t.says(waits, t.c.T("wait.learner"))
			default:
				t.holds(own.Mark == t.f.Mark && !foreign(t, others) && strings.TrimSpace(t.f.Mark) != "", "the mark is %q, and %q came", own.Mark, t.f.Mark)
			}
		}},
	}
}
