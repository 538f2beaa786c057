package capa

import (
	"slices"
	"strings"
	"testing"
)

func names(p *Public, input int) []string {
	var list []string
	for _, choice := range p.Inputs[input].Choices {
		list = append(list, choice.Name)
	}
	return list
}

const shuffled = `<problem><multiplechoiceresponse><choicegroup shuffle="true">
	<choice correct="false" fixed="true">head</choice><choice correct="true">a</choice><choice correct="false">b</choice>
	<choice correct="false" fixed="true">island</choice><choice correct="false">c</choice><choice correct="false" fixed="true">tail</choice>
	</choicegroup></multiplechoiceresponse></problem>`

func TestShuffleKeepsFixedChoicesInPlace(t *testing.T) {
	p := compiled(t, shuffled)
	orders := map[string]bool{}
	for seed := range int64(20) {
		got := names(p.Public.Shuffled(seed), 0)
		if got[0] != "choice_0" || got[4] != "choice_3" || got[5] != "choice_5" {
			t.Errorf("seed %d: %v", seed, got)
		}
		orders[strings.Join(got, " ")] = true
		varied, _, err := p.Variant(Variation{Seed: seed})
		if err != nil || !slices.Equal(names(varied.Public, 0), got) {
			t.Errorf("seed %d: the variant differs from the view, %v", seed, err)
		}
	}
	if len(orders) != 6 {
		t.Errorf("%d orders of three choices", len(orders))
	}
	if got := names(p.Public, 0); !slices.IsSorted(got) {
		t.Errorf("the prepared value was changed: %v", got)
	}
	if p.Public.Shuffled(1).Shuffled(2).Inputs[0].Shuffle {
		t.Error("shuffled twice")
	}
}

func TestPoolShowsOneRightChoiceAndItsSolution(t *testing.T) {
	p := compiled(t, `<problem><multiplechoiceresponse><choicegroup answer-pool="3">
		<choice correct="true" explanation-id="s0">a</choice><choice correct="false">b</choice><choice correct="false">c</choice>
		<choice correct="true" explanation-id="s3">d</choice><choice correct="false">e</choice></choicegroup></multiplechoiceresponse>
		<solutionset><solution explanation-id="s0">zero</solution><solution explanation-id="s3">three</solution></solutionset>
		<solutionset><solution explanation-id="x">another</solution></solutionset></problem>`)
	if !p.Facts.Varies {
		t.Error("a pool varies")
	}
	drawn := map[string]bool{}
	for seed := range int64(20) {
		v, _, err := p.Variant(Variation{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		shown := names(v.Public, 0)
		right := ""
		for _, name := range shown {
			if name == "choice_0" || name == "choice_3" {
				right += name
			}
		}
		if len(shown) != 3 || right != "choice_0" && right != "choice_3" {
			t.Errorf("seed %d shows %v", seed, shown)
		}
		drawn[right] = true
		answers, ok := v.Secret.Solve()
		if !ok || answers["2_1"].Text != right {
			t.Errorf("seed %d is solved by %v, shown is %s", seed, answers, right)
		}
		want := map[string]string{"choice_0": "zero", "choice_3": "three"}[right]
		solutions := v.Secret.Reveal().Solutions
		if len(solutions) != 2 || solutions[0].HTML != want || solutions[1].HTML != "another" {
			t.Errorf("seed %d: %v", seed, solutions)
		}
	}
	if len(drawn) != 2 {
		t.Errorf("only %v drawn", drawn)
	}
	if len(p.Secret.Solutions) != 3 || p.Secret.Responses[0].Choice.Correct[0] != "choice_0" {
		t.Error("the prepared value was changed")
	}
}

func TestVariables(t *testing.T) {
	p := compiled(t, `<problem><script>...</script><p title="$s">$a $ab $html $$a $none</p>
		<numericalresponse answer="$a+$ab"><label>$a?</label><formulaequationinput trailing_text="$u"/></numericalresponse>
		<optionresponse><optioninput options="('$s','x')" correct="$s"/></optionresponse><solution>It is $ab</solution>
		<demandhint><hint>$a!</hint></demandhint></problem>`)
	if v, _, err := p.Variant(Variation{Seed: 1}); err != nil || v != p {
		t.Error("without the script's values nothing can vary")
	}
	v, findings, err := p.Variant(Variation{Seed: 7, Learner: "ann", Vars: globals("", map[string]any{
		"a": 1, "ab": "22", "html": "<b>bold</b>", "s": `"q" & <x>`, "u": "<m>",
	})})
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	view := v.Public.View(ViewOptions{Hints: 1})
	for _, want := range []string{
		`<p title="&#34;q&#34; &amp; &lt;x&gt;">1 22 <b>bold</b> $1 $none</p>`, `<label for="2_1">1?</label>`, "&lt;m&gt;",
		`<option value="&#34;q&#34; &amp; &lt;x&gt;">`, "</strong> 1!",
	} {
		if !strings.Contains(view.Body+view.Hints, want) {
			t.Errorf("%s is not in %s", want, view.Body+view.Hints)
		}
	}
	got := v.Secret.Grade(Answers{"2_1": Given("23"), "3_1": Given(`"q" & <x>`)})
	if got.Score != 2 || v.Secret.Reveal().Solutions[0].HTML != "It is 22" {
		t.Errorf("%+v", got)
	}
	if v.Secret.Source != "" || v.Public.Unvaried {
		t.Error("the variant still waits for values")
	}
	seed := compiled(t, `<problem><p>$seed $anonymous_student_id</p></problem>`)
	if v, _, err := seed.Variant(Variation{Seed: 7, Learner: "ann"}); err != nil || v.Public.View(ViewOptions{}).Body != "<p>7 ann</p>" {
		t.Errorf("%v", err)
	}
}

func TestGrowingVariablesEnd(t *testing.T) {
	vars := map[string]any{}
	name := strings.Repeat("x", 60)
	for i := 60; i > 1; i-- {
		vars[name[:i]] = strings.Repeat("$"+name[:i-1], 50)
	}
	v, err := newVariables(Variation{Vars: globals("", vars)})
	if err != nil {
		t.Fatal(err)
	}
	if got := v.apply("$" + name); len(got) > MaxSource {
		t.Errorf("%d bytes", len(got))
	}
}
