package grading

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseGrace(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"":                                     0,
		"7200 seconds":                         2 * time.Hour,
		"2 days 5 hours 59 minutes 59 seconds": 53*time.Hour + 59*time.Minute + 59*time.Second,
		"1 day":                                24 * time.Hour,
		"1 days 3600 seconds":                  25 * time.Hour,
		"1 hour 1 minute 1 second":             time.Hour + time.Minute + time.Second,
		"2 hours 30 minutes":                   150 * time.Minute,
		"90 minutes":                           90 * time.Minute,
		"0 seconds":                            0,
		"2 days5 hours":                        53 * time.Hour, // the blank is optional in Open edX
		"36500 days":                           MaxGrace,
	} {
		if got, err := ParseGrace(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseGraceRefuses(t *testing.T) {
	for _, text := range []string{
		"2 hour s", "soon", "7200", "-1 days", "1.5 hours", "5 minutes 2 hours", "1 day  2 hours", "1 fortnight", "02:00:00", "null",
		"36500 days 1 second", "99999999999999999999 days", "9223372036854775807 seconds", strings.Repeat("1", 300) + " seconds",
	} {
		if got, err := ParseGrace(text); !errors.Is(err, ErrGrace) || got != 0 {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestFormatGrace(t *testing.T) {
	for grace, want := range map[time.Duration]string{
		0: "", 2 * time.Hour: "7200 seconds", 25 * time.Hour: "1 days 3600 seconds", 48 * time.Hour: "2 days",
		-time.Hour: "", 1500 * time.Millisecond: "1 seconds",
	} {
		if got := FormatGrace(grace); got != want {
			t.Errorf("%v: %q, want %q", grace, got, want)
		}
	}
}

func FuzzParseGrace(f *testing.F) {
	for _, seed := range []string{"", "7200 seconds", "2 days 5 hours 59 minutes 59 seconds", "1 day", "99999999999 days", " 3 hours "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		grace, err := ParseGrace(text)
		if err != nil {
			if grace != 0 {
				t.Fatalf("%q: %v beside %v", text, grace, err)
			}
			return
		}
		if grace < 0 || grace > MaxGrace {
			t.Fatalf("%q: %v", text, grace)
		}
		if again, err := ParseGrace(FormatGrace(grace)); err != nil || again != grace {
			t.Fatalf("%q: %v was written as %q and read as %v, %v", text, grace, FormatGrace(grace), again, err)
		}
	})
}
