package pyrand

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/internal/cases"
)

// draws are the recorded one-line scripts, written with this package. Texts compare exactly, numbers to 1 part in 1e14:
// the reference's C library rounds sin, log and exp differently in the last bit.
func draws() map[string]func(*Legacy) any {
	integer := func(v int64, err error) any {
		if err != nil {
			return err
		}
		return float64(v)
	}
	ints := func(list []int) string { return strings.ReplaceAll(fmt.Sprint(list), " ", ", ") }
	shuffled := func(l *Legacy, n int) []int {
		list := make([]int, n)
		for i := range list {
			list[i] = i
		}
		l.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
		return list
	}
	return map[string]func(*Legacy) any{
		"a=random.randint(1,10)":                     func(l *Legacy) any { return integer(l.Int(1, 10)) },
		"a=random.randint(-5,5)":                     func(l *Legacy) any { return integer(l.Int(-5, 5)) },
		"a=random.randrange(10)":                     func(l *Legacy) any { return integer(l.Range(0, 10, 1)) },
		"a=random.randrange(20,2,-3)":                func(l *Legacy) any { return integer(l.Range(20, 2, -3)) },
		"a=random.randint(0,2**60)":                  func(l *Legacy) any { return integer(l.Int(0, 1<<60)) },
		"random.seed(seed)\na=random.randint(1,100)": func(l *Legacy) any { return integer(l.Int(1, 100)) },
		"a=random.choice('abcdef')":                  func(l *Legacy) any { return "abcdef"[l.Choice(6):][:1] },
		"a=list(range(8))\nrandom.shuffle(a)":        func(l *Legacy) any { return ints(shuffled(l, 8)) },
		"a=random.uniform(-10,10)":                   func(l *Legacy) any { return l.Uniform(-10, 10) },
		"a=random.gauss(0,1)":                        func(l *Legacy) any { return l.Gauss(0, 1) },
		"a=random.random()":                          func(l *Legacy) any { return l.Float() },
		"a=random.normalvariate(5,2)":                func(l *Legacy) any { return l.Normal(5, 2) },
		"a=random.triangular(0,10,3)":                func(l *Legacy) any { return l.Triangular(0, 10, 3) },
		"a=random.expovariate(2)":                    func(l *Legacy) any { return l.Exponential(2) },
		"a=random.gammavariate(2,3)":                 func(l *Legacy) any { return l.Gamma(2, 3) },
		"a=random.lognormvariate(0,1)":               func(l *Legacy) any { return l.LogNormal(0, 1) },
		"a=random.paretovariate(3)":                  func(l *Legacy) any { return l.Pareto(3) },
		"a=round(random.uniform(1,2),2)":             func(l *Legacy) any { return math.Round(l.Uniform(1, 2)*100) / 100 },
		"a=random.sample(list(range(10)),3)":         func(l *Legacy) any { s, _ := l.Sample(10, 3); return ints(s) },
		"a=random.randint(5,1)":                      func(l *Legacy) any { return integer(l.Int(5, 1)) },
		"a=[random.gauss(0,1) for i in range(3)]":    func(l *Legacy) any { return []float64{l.Gauss(0, 1), l.Gauss(0, 1), l.Gauss(0, 1)} },
		"a=random.choice(['x','y'])+str(random.randint(1,3))": func(l *Legacy) any {
			letter := "xy"[l.Choice(2):][:1]
			n, _ := l.Int(1, 3)
			return letter + strconv.FormatInt(n, 10)
		},
		"a=random.sample([1,2,3,4],4)": func(l *Legacy) any {
			s, _ := l.Sample(4, 4)
			for i := range s {
				s[i]++
			}
			return ints(s)
		},
	}
}

func TestRecordedRandomScripts(t *testing.T) {
	known, run := draws(), 0
	type record struct {
		XML     string                     `json:"xml"`
		Seed    int64                      `json:"seed"`
		Source  string                     `json:"source"`
		Answers map[string]json.RawMessage `json:"question_answers"`
	}
	cases.Each(t, "gradings.jsonl", func(line record) {
		_, script, _ := strings.Cut(line.XML, `loncapa/python">`)
		script, _, _ = strings.Cut(script, "</script>")
		script = strings.TrimSpace(script)
		for _, prefix := range []string{"from random import *\n", "import random\n"} {
			script = strings.TrimPrefix(script, prefix)
		}
		draw := known[script]
		if line.Source != "sweep:random" || draw == nil {
			return
		}
		run++
		var want string
		if raw, ok := line.Answers["1_2_1"]; ok {
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
		}
		if got := draw(NewLegacy(line.Seed)); !same(got, want) {
			t.Errorf("seed %d, %s: %v, want %s", line.Seed, script, got, want)
		}
	})
	t.Logf("%d recorded draws", run)
	if run < 100 {
		t.Errorf("only %d recorded draws ran", run)
	}
}

func same(got any, want string) bool {
	switch got := got.(type) {
	case error:
		return want == ""
	case string:
		return got == strings.NewReplacer("&#39;", "'").Replace(want)
	case []float64:
		texts := strings.Split(strings.Trim(want, "[]"), ", ")
		for i := range got {
			if i >= len(texts) || !same(got[i], texts[i]) {
				return false
			}
		}
		return len(got) == len(texts)
	case float64:
		w, err := strconv.ParseFloat(want, 64)
		return err == nil && math.Abs(got-w) <= 1e-14*math.Abs(w)
	}
	return false
}
