package calculated

import (
	"errors"
	"strings"
	"testing"
)

func drawing(t *testing.T, s Secret, seed int) *drawn {
	t.Helper()
	p, err := s.compile()
	if err != nil {
		t.Fatal(err)
	}
	d, err := p.draw(seed)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The same seed draws the same, other seeds draw others; every condition holds, and steps are clean.
func TestDraw(t *testing.T) {
	s := Secret{
		Variables:  []Variable{{Name: "a", From: 0.1, To: 2, Step: 0.1}, {Name: "b", Values: "1; 2,3"}, {Name: "c", Formula: "a*b"}},
		Conditions: []string{"a != b", "c >= 0.5", "a<=1.9", "b = b"}, Answers: []Answer{{Formula: "1/(a-1)"}},
	}
	seen := map[float64]bool{}
	for seed := 1; seed <= 200; seed++ {
		d, again := drawing(t, s, seed), drawing(t, s, seed)
		for i, value := range d.values {
			if value != again.values[i] {
				t.Fatalf("seed %d draws %v and %v", seed, d.values, again.values)
			}
		}
		a, b, c := d.values[0], d.values[1], d.values[2]
		if a == b || a == 1 || c < 0.5 || a > 1.9 || len(number(a, -1)) > 3 || b != 1 && b != 2 && b != 3 {
			t.Errorf("seed %d draws %v", seed, d.values)
		}
		seen[a] = true
	}
	if len(seen) < 10 {
		t.Errorf("only %d numbers were drawn", len(seen))
	}
	never := Secret{Variables: []Variable{{Name: "a", To: 3}}, Conditions: []string{"a > 3"}}
	p, err := never.compile()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.draw(1); !errors.Is(err, errConditions) {
		t.Errorf("what cannot hold is drawn: %v", err)
	}
}

func TestFill(t *testing.T) {
	d := &drawn{names: []string{"a", "n", "theta"}, values: []float64{12.5, -3, 1e20}}
	for text, want := range map[string]string{
		"{a} and {n}": "12.5 and -3", "{=a*2}": "25", "{=a/3:2}": "4.17", "{=n/1000:1}": "0.0", "{b} {": "{b} {", "{=b}": "{=b}", "{=1/0}": "{=1/0}",
		`\(x^{a}\) {a}`: `\(x^{12.5}\) 12.5`, `\[\frac{n}{2}\]{n}`: `\[\frac{-3}{2}\]-3`, "{θ}": "1e+20", "{}": "{}", `\`: `\`, "a{a:2}": "a{a:2}", "{=a:99}": "{=a:99}",
	} {
		if got := d.fill(text); got != want {
			t.Errorf("%q is filled as %q, want %q", text, got, want)
		}
	}
}

func FuzzFill(f *testing.F) {
	for _, text := range []string{"{a}{=a*2:3}", `\({a}\)`, "{{{", `\`, "{=((((}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := &drawn{names: []string{"a"}, values: []float64{2}}
		got := d.fill(text)
		if !strings.Contains(text, "{") && got != text {
			t.Errorf("%q without braces becomes %q", text, got)
		}
		if !strings.Contains(text, `\`) && strings.Contains(got, "{a}") {
			t.Errorf("%q still holds a variable: %q", text, got)
		}
	})
}
