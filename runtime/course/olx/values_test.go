package olx_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/olx"
)

// shown writes what a reader of values gave, so that a table can say what is wanted.
func shown[T any](value T, set bool, err error) string {
	switch {
	case err != nil && !errors.Is(err, olx.ErrValue):
		return "an error of another kind"
	case err != nil:
		return "error"
	case !set:
		return "unset"
	}
	return fmt.Sprint(value)
}

func TestScalars(t *testing.T) {
	for _, test := range []struct{ text, asText, integer, float, boolean string }{
		{"", "", "unset", "unset", "false"},
		{"null", "unset", "unset", "unset", "unset"},
		{" null ", "unset", "unset", "unset", "unset"},
		{"3", "3", "3", "3", "true"},
		{"-3", "-3", "-3", "-3", "true"},
		{"0", "0", "0", "0", "false"},
		{"3.48", "3.48", "3", "3.48", "true"},
		{"-3.9", "-3.9", "-3", "-3.9", "true"},
		{"1e3", "1e3", "1000", "1000", "true"},
		{`"3"`, "3", "3", "3", "false"},
		{`"3.48"`, "3.48", "error", "3.48", "false"},
		{" 7 ", " 7 ", "7", "7", "true"},
		{"+7", "+7", "7", "7", "false"},
		{"true", "true", "1", "1", "true"},
		{"false", "false", "0", "0", "false"},
		{"True", "True", "error", "error", "true"},
		{`"TRUE"`, "TRUE", "error", "error", "true"},
		{"yes", "yes", "error", "error", "false"},
		{`"quoted"`, "quoted", "error", "error", "false"},
		{`"unfinished`, `"unfinished`, "error", "error", "false"},
		{"[]", "[]", "error", "error", "false"},
		{"[0]", "[0]", "error", "error", "true"},
		{"{}", "{}", "error", "error", "false"},
		{"1 2", "1 2", "error", "error", "false"},
		{"1_000", "1_000", "error", "error", "false"},
		{"0x10", "0x10", "error", "error", "false"},
		{"inf", "inf", "error", "error", "false"},
		{"NaN", "NaN", "error", "error", "false"},
		{"1e999", "1e999", "error", "error", "true"},
		{"99999999999999999999", "99999999999999999999", "error", "1e+20", "true"},
		{"é\u00a0", "é\u00a0", "error", "error", "false"},
	} {
		text, set := olx.Text(test.text)
		truth, truthSet := olx.Boolean(test.text)
		integer, integerSet, integerErr := olx.Integer(test.text)
		float, floatSet, floatErr := olx.Float(test.text)
		got := []string{shown(text, set, nil), shown(integer, integerSet, integerErr), shown(float, floatSet, floatErr), shown(truth, truthSet, nil)}
		want := []string{test.asText, test.integer, test.float, test.boolean}
		for i, kind := range []string{"text", "integer", "float", "boolean"} {
			if got[i] != want[i] {
				t.Errorf("%q as %s: got %s, want %s", test.text, kind, got[i], want[i])
			}
		}
	}
}

func TestListsAndDicts(t *testing.T) {
	for text, want := range map[string]string{
		"": "unset", "null": "unset", "[]": "0", `["a", {"b": 1}]`: "2", " [1] ": "1", "a": "error", `"[]"`: "error", "{}": "error", "[1] 2": "error",
	} {
		values, set, err := olx.List(text)
		if got := shown(len(values), set, err); got != want {
			t.Errorf("list %q: got %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{"": "unset", "null": "unset", "{}": "0", `{"a": 1, "b": [2]}`: "2", "[]": "error", "a": "error"} {
		values, set, err := olx.Dict(text)
		if got := shown(len(values), set, err); got != want {
			t.Errorf("dict %q: got %s, want %s", text, got, want)
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]string{
		"": "0s", "null": "unset", "2 days": "48h0m0s", "1 day": "24h0m0s", "7200 seconds": "2h0m0s", "1 hour 30 minutes": "1h30m0s",
		"1 day 1 hour 1 minute 1 second": "25h1m1s", `"3 hours"`: "3h0m0s", "0 seconds": "0s", "2days": "error", "2": "error", "-1 day": "error",
		"1 minute 1 hour": "error", "99999999999999999999 days": "error", "106752 days": "error", "two days": "error",
	} {
		value, set, err := olx.Duration(text)
		if got := shown(value, set, err); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"": "0s", "null": "0s", "00:11:39": "11m39s", "23:59:59": "23h59m59s", "1:2:3": "1h2m3s", `"00:00:05"`: "5s", "12.5": "12.5s", "0": "0s",
		"24:00:00": "error", "11:39": "error", "-1": "error", "86401": "error", "00:00:01.5": "error", "x": "error",
	} {
		value, err := olx.ClockTime(text)
		if got := shown(value, true, err); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"": "unset", "null": "unset", `""`: "unset",
		"2020-01-01T00:00:00Z":                   "2020-01-01T00:00:00Z",
		`"2030-01-01T00:00:00+00:00"`:            "2030-01-01T00:00:00Z",
		"2001-01-01T00:00:00+05:30":              "2001-01-01T00:00:00+05:30",
		"2001-01-01T00:00:00-0400":               "2001-01-01T00:00:00-04:00",
		"2012-09-05T12:00":                       "2012-09-05T12:00:00Z",
		"2012-09-05 12:00":                       "2012-09-05T12:00:00Z",
		"2012-09-05":                             "2012-09-05T00:00:00Z",
		"2014-03-01T10:00:00.123456Z":            "2014-03-01T10:00:00.123456Z",
		"20200102T030405Z":                       "2020-01-02T03:04:05Z",
		"2012-09-05 12:00 UTC":                   "2012-09-05T12:00:00Z",
		"Feb 5, 2013 11:00 PM":                   "2013-02-05T23:00:00Z",
		"5 February 2013":                        "2013-02-05T00:00:00Z",
		"Tuesday, September 3rd, 2024 at 9:30am": "2024-09-03T09:30:00Z",
		"Tue, 3 Sept. 2024 12:05 am":             "2024-09-03T00:05:00Z",
		"March 12, 2013 12:00 p.m.":              "2013-03-12T12:00:00Z",
		"Mar 12 2013 10:00 +02:00":               "2013-03-12T10:00:00+02:00",
		"12/31/2029 23:59:58":                    "2029-12-31T23:59:58Z",
		"1577836800000":                          "2020-01-01T00:00:00Z",
		"-1000":                                  "1969-12-31T23:59:59Z",
		"2020":                                   "1970-01-01T00:00:02.02Z", // a JSON number, as Open edX has it
		"September 5 12:00":                      "error",
		"May 2020":                               "error",
		"2020-13-01":                             "error",
		"2020-02-30":                             "error",
		"2020-02-30T25:00:00Z":                   "error",
		"31/12/2029":                             "error",
		"soon":                                   "error",
		"[]":                                     "error",
		"true":                                   "error",
		"9e99":                                   "error",
		"Feb 5, 2013 13:00 PM":                   "error",
		"Feb 5, 2013 99:00":                      "error",
		"- 5 Feb 2013":                           "error",
		"Feb Feb 5 2013":                         "error",
		"0000-01-01":                             "error",
	} {
		value, set, err := olx.Date(text)
		if got := shown(value.Format(time.RFC3339Nano), set, err); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestYAML(t *testing.T) {
	for text, want := range map[string]string{
		"yes": "true", "Yes": "true", "YES": "true", "yEs": "yEs", "on": "true", "no": "false", "Off": "false", "~": "null", "Null": "null",
		"true": "true", "False": "false", "": "", "3": "3", "yes please": "yes please", " no ": "false", `{"a": 1}`: `{"a": 1}`,
	} {
		if got := olx.YAML(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
