package acid

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
)

// leftover would outlive a call, if anything did.
var leftover string

// told is what a call is told in the first step and, by the handler that declares nothing, in the last.
func told(declared func(*trial) (what string, right bool), absent func(*trial) bool) []step {
	return []step{
		func(t *trial) {
			what, right := declared(t)
			if !right {
				t.red("%q came", what)
			}
			t.keep(what)
		},
		func(t *trial) {
			var before string
			t.kept(&before)
			if what, right := declared(t); !right || what < before {
				t.red("first %q came, then %q", before, what)
			}
			t.answer.Handler = "peek"
		},
		func(t *trial) { t.holds(absent(t), "a call that did not declare it was told") },
	}
}

func readChecks() map[string][]step {
	return map[string][]step{
		"reads.clock": told(
			func(t *trial) (string, bool) { return t.c.Now().Format("2006-01-02T15:04:05.000"), t.c.Context.Now > 0 },
			func(t *trial) bool { return t.c.Context.Now == 0 }),
		"reads.user": told(
			func(t *trial) (string, bool) { return t.c.Context.Subject, t.c.Context.Subject != "" },
			func(t *trial) bool { return t.c.Context.Subject == "" && t.c.Context.Caller == "" }),
		"reads.locale": told(
			func(t *trial) (string, bool) {
				return t.c.Context.Locale + " " + t.c.Context.Zone, t.c.Context.Locale == t.asked.Language && t.c.Context.Zone != ""
			},
			func(t *trial) bool { return t.c.Context.Locale == "" && t.c.Context.Zone == "" }),
		"reads.usage": told(
			func(t *trial) (string, bool) {
				x := t.c.Context
				return x.Usage, strings.HasPrefix(x.Run, "course-v1:") && strings.Contains(x.Usage, "type@"+x.Block+"+") && strings.HasPrefix(x.Address, "http")
			},
			func(t *trial) bool {
				return t.c.Context.Run == "" && t.c.Context.Usage == "" && t.c.Context.Address == ""
			}),
		"reads.settings": {
			func(t *trial) {
				for name := range t.settings {
					if name != "graded" && name != "due" {
						t.red("%q came and was not named", name)
						return
					}
				}
				if string(t.settings["graded"]) != "true" && string(t.settings["graded"]) != "false" {
					t.red("graded came as %q", t.settings["graded"])
				}
				t.answer.Handler = "peek"
			},
			func(t *trial) { t.holds(len(t.settings) == 0, "%v came and was not named", t.settings) },
		},
		"reads.seed": {
			func(t *trial) {
				if t.c.Seed() != 1 {
					t.red("the seed is %d", t.c.Seed())
				}
			},
			func(t *trial) { t.holds(t.c.Seed() == 1, "the seed is %d", t.c.Seed()) },
		},
		"reads.random": {
			func(t *trial) {
				raw, err := hex.DecodeString(t.c.Context.Random)
				if err != nil || len(raw) != 16 {
					t.red("chance is fed by %q", t.c.Context.Random)
					return
				}
				again := rand.New(rand.NewPCG(binary.LittleEndian.Uint64(raw[:8]), binary.LittleEndian.Uint64(raw[8:])))
				drawn := t.c.Rand().Uint64()
				if again.Uint64() != drawn {
					t.red("the same call drew another number")
				}
				t.keep(hex.EncodeToString(binary.BigEndian.AppendUint64(nil, drawn)))
			},
			func(t *trial) {
				var before string
				t.kept(&before)
				t.holds(hex.EncodeToString(binary.BigEndian.AppendUint64(nil, t.c.Rand().Uint64())) != before, "two calls drew the same")
			},
		},
		"reads.outline": {func(t *trial) {
			children, err := t.c.Children()
			if t.failed(err) {
				return
			}
			given, _ := t.public["children"].([]any)
			same := len(given) == len(children)
			for i := 0; same && i < len(given); i++ {
				same = given[i] == children[i].ID
			}
			t.holds(same && t.public["typed"] == false, "the prepared value is %v", t.public)
		}},
	}
}

// voided checks that a call which fails changes nothing. said is asked of the words that the page got; nil takes any.
func voided(do func(*trial), said func(*trial) bool) []step {
	return []step{
		func(t *trial) { t.keep([]any{t.f.Word, t.f.Tally[t.mine()]}) },
		func(t *trial) {
			t.f.Word = "void " + t.c.NewID()
			t.reply.Increment("tally", t.mine(), 1)
			do(t)
		},
		func(t *trial) {
			var before []any
			t.kept(&before)
			switch {
			case t.asked.Said == "":
				t.red("it was taken")
			case len(before) != 2 || before[0] != t.f.Word || before[1] != float64(t.f.Tally[t.mine()]):
				t.red("it changed %v to %q, %d", before, t.f.Word, t.f.Tally[t.mine()])
			case said != nil && !said(t):
				t.red("the page was told: %s", t.asked.Said)
			default:
				t.green()
			}
		},
	}
}

func callChecks() map[string][]step {
	elsewhere := func(handler string) []step {
		return []step{
			func(t *trial) { t.answer.Handler = handler },
			func(t *trial) { t.red("%s answered", handler) },
			func(t *trial) { t.holds(t.asked.Said != "", "%s answered", handler) },
		}
	}
	return map[string][]step{
		"calls.memory": {
			func(t *trial) {
				if leftover != "" {
					t.red("%q is left of an earlier call", leftover)
				}
				leftover = t.c.NewID()
			},
			func(t *trial) { t.holds(leftover == "", "%q is left of the call before", leftover) },
		},
		"calls.sandbox": {func(t *trial) {
			_, file := os.ReadFile("/etc/hostname")
			entries, folder := os.ReadDir("/")
			t.holds(file != nil && (folder != nil || len(entries) == 0) && len(os.Environ()) == 0,
				"a file: %v; a folder: %d entries, %v; %d variables", file, len(entries), folder, len(os.Environ()))
		}},
		"calls.endless": voided(func(t *trial) {
			for n := 0; ; n++ {
				t.asked.Step = n
			}
		}, nil),
		"calls.refuse": voided(func(t *trial) { t.failure = sdk.Refuse("%s", t.c.T("refused")) },
			func(t *trial) bool { return strings.Contains(t.asked.Said, t.c.T("refused")) }),
		"calls.fault": voided(func(*trial) { panic("the block's insides") },
			func(t *trial) bool { return !strings.Contains(t.asked.Said, "insides") }),
		"calls.role":    elsewhere("staff_only"),
		"calls.unknown": elsewhere("never_declared"),
	}
}

// equalSorted reports whether two lists hold the same.
func equalSorted(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
