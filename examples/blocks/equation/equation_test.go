package equation

import (
	"errors"
	"fmt"
	"testing"

	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, Block()) }

func TestSolve(t *testing.T) {
	for text, want := range map[string]string{
		"C3H8 + O2 -> CO2 + H2O":                                      "[1 5 3 4] 1",
		"H2+O2=H2O":                                                   "[2 1 2] 1",
		"KMnO4 + HCl -> KCl + MnCl2 + H2O + Cl2":                      "[2 16 2 2 8 5] 1",
		"Cu + HNO3 → Cu(NO3)2 + NO + H2O":                             "[3 8 3 2 4] 1",
		"CuSO4*5H2O(s) -> CuSO4(s) + H2O(g)":                          "[1 1 5] 1",
		"Ca3(PO4)2 + SiO2 + C <-> CaSiO3 + CO + P4":                   "[2 6 10 6 10 1] 1",
		"K4[Fe(CN)6] + H2SO4 + H2O -> K2SO4 + FeSO4 + (NH4)2SO4 + CO": "[1 6 6 2 1 3 6] 1",
		"Cr2O7^2- + H^+ + e- -> Cr^3+ + H2O":                          "[1 14 6 2 7] 1",
		"Na+ + Cl- -> NaCl":                                           "[1 1 1] 1",
		"CO + CO2 + H2 -> CH4 + H2O":                                  "[] 2",
		"H2O -> H2 + He":                                              "[] 0",
		"H2 -> H2O + O2":                                              "[] 0",
		"Fe^2+ -> Fe^3+":                                              "[] 0",
	} {
		e, err := parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		numbers, ways := e.solve()
		if got := fmt.Sprint(numbers, " ", ways); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		if numbers != nil && len(e.unbalanced(numbers)) > 0 {
			t.Errorf("%s: %v does not balance it", text, numbers)
		}
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "1 there is no arrow",
		"H2 + O2":                    "1 there is no arrow",
		"H2 + -> H2O":                "6 a substance is missing here",
		"H2 + Qq -> H2O":             "6 no element is called Q",
		"2H2 + O2 -> H2O":            "1 leave the numbers out",
		"Ca(OH2 -> CaO":              "7 a parenthesis is not closed",
		"H2O -> H2 + O0":             "15 a count of 0 is no count",
		"Fe^x -> Fe":                 "4 a charge is written",
		"C() -> C":                   "3 an element is missing here",
		"H9999999 -> H":              "8 this number is too large",
		"((((((((((H)))))))))) -> H": "10 parentheses are nested too deep",
		"H2Ox -> H":                  "4 \"x\" is no part of a formula",
	} {
		_, err := parse(text)
		var wrong *mistake
		if !errors.As(err, &wrong) {
			t.Errorf("%q is taken", text)
			continue
		}
		if got := fmt.Sprint(wrong.At+1, " ", wrong.Why); len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestShown(t *testing.T) {
	for formula, want := range map[string]string{
		"C3H8": "C₃H₈", "SO4^2-": "SO₄²⁻", "Na+": "Na⁺", "CuSO4*5H2O(s)": "CuSO₄ · 5H₂O (s)", "Fe^3+(aq)": "Fe³⁺ (aq)", "(NH4)2SO4": "(NH₄)₂SO₄",
	} {
		if got := shown(formula); got != want {
			t.Errorf("%s: %s, want %s", formula, got, want)
		}
	}
}

// Whatever an author types is read or refused with a place in it.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"C3H8 + O2 -> CO2 + H2O", "Cr2O7^2- + H^+ + e- -> Cr^3+ + H2O", "K4[Fe(CN)6]·3H2O = K", "a+b->c", "+->+", "H^->(s)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := parse(text)
		var wrong *mistake
		if err != nil {
			if !errors.As(err, &wrong) || wrong.At < 0 || wrong.At > maxEquation {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if numbers, ways := e.solve(); ways == oneWay && (len(e.unbalanced(numbers)) > 0 || common(numbers) != 1) {
			t.Fatalf("%q: %v", text, numbers)
		}
	})
}
