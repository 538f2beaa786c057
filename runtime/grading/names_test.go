package grading

import (
	"encoding"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

type textSetting interface {
	encoding.TextMarshaler
	String() string
}

// roundTrip reads every name of a setting and writes it again.
func roundTrip[T textSetting](t *testing.T, setting string, names []string, parse func(string) (T, error), beyond T) {
	t.Helper()
	for _, name := range names {
		v, err := parse(name)
		text, writing := v.MarshalText()
		if err != nil || writing != nil || string(text) != name || v.String() != name {
			t.Errorf("%s: %q became %q: %v, %v", setting, name, text, err, writing)
		}
	}
	if _, err := beyond.MarshalText(); err == nil || !strings.HasPrefix(beyond.String(), "unknown(") {
		t.Errorf("%s: a value beyond the names was written as %q", setting, beyond)
	}
	long := strings.Repeat("ö", 1000)
	for _, bad := range []string{"sometimes", " " + names[0], strings.ToUpper(names[0]), long} {
		var unknown *UnknownSetting
		_, err := parse(bad)
		if !errors.As(err, &unknown) || unknown.Setting != setting || len(unknown.Value) > 70 || len(unknown.Known) != len(names) {
			t.Errorf("%s: %q: %v", setting, bad, err)
		}
		if err != nil && !strings.Contains(err.Error(), names[len(names)-1]) {
			t.Errorf("%s: the error does not say what would do: %v", setting, err)
		}
	}
}

func TestSettingsReadWhatTheyWrite(t *testing.T) {
	roundTrip(t, "grading_method", methodNames(), ParseMethod, Method(4))
	roundTrip(t, "rerandomize", rerandomizeNames(), ParseRerandomize, Rerandomize(4))
	roundTrip(t, "showanswer", showAnswerNames(), ParseShowAnswer, ShowAnswer(12))
	roundTrip(t, "show_correctness", showCorrectnessNames(), ParseShowCorrectness, ShowCorrectness(4))
}

func TestRerandomizeOfOldCourses(t *testing.T) {
	for text, want := range map[string]Rerandomize{
		"": RandomizeAlways, "true": RandomizeAlways, "false": RandomizePerStudent,
		"always": RandomizeAlways, "onreset": RandomizeOnReset, "never": RandomizeNever, "per_student": RandomizePerStudent,
	} {
		got, err := ParseRerandomize(text)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
		if got.Reseeds() != (want == RandomizeAlways || want == RandomizeOnReset) {
			t.Errorf("%q: a reset reseeds: %v", text, got.Reseeds())
		}
	}
}

func TestMethodTakesTheContractsWords(t *testing.T) {
	for text, want := range map[string]Method{
		"": MethodLast, string(wire.CountLast): MethodLast, string(wire.CountFirst): MethodFirst,
		string(wire.CountHighest): MethodHighest, string(wire.CountAverage): MethodAverage,
	} {
		if got, err := ParseMethod(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	var unknown *UnknownSetting
	if _, err := ParseMethod("median"); !errors.As(err, &unknown) || unknown.Value != "median" {
		t.Errorf("the error quotes what was written: %v", err)
	}
}

func TestSettingsInJSON(t *testing.T) {
	var got struct {
		Rerandomize Rerandomize     `json:"rerandomize"`
		ShowAnswer  ShowAnswer      `json:"showanswer"`
		Correctness ShowCorrectness `json:"show_correctness"`
		Method      Method          `json:"grading_method"`
	}
	in := `{"rerandomize":"onreset","showanswer":"past_due","show_correctness":"never_but_include_grade","grading_method":"average_score"}`
	if err := json.Unmarshal([]byte(in), &got); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(got)
	if err != nil || string(out) != in {
		t.Errorf("%s, %v", out, err)
	}
}

func TestUnknownSettingInJSONIsRefused(t *testing.T) {
	v := ShowAlways
	var unknown *UnknownSetting
	if err := json.Unmarshal([]byte(`"sometimes"`), &v); !errors.As(err, &unknown) || v != ShowAlways {
		t.Errorf("%v, %v", v, err)
	}
}
