package words

import (
	"testing"
	"time"
)

func TestMeasures(t *testing.T) {
	r := load(t).For(nil, "en")
	for d, want := range map[time.Duration]string{
		250 * time.Microsecond: "0.25 ms", 40 * time.Millisecond: "40 ms", time.Second: "1 second", 90 * time.Second: "90 seconds", 3 * time.Hour: "3 hours",
		72 * time.Hour: "3 days",
	} {
		if got := r.Span(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{1500: "1.5 kB", 12_300_000: "12.3 MB", 2_000_000_000: "2.0 GB"} {
		if got := r.Bytes(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := r.Number(1234567); got != "1,234,567" {
		t.Error(got)
	}
}
