package metric

import (
	"net/netip"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	var out strings.Builder
	w := NewWriter(&out)
	w.Sample("a_total", Counter, "What it\nis.", 1, "name", "a \"b\" \\ c\nd", "other", "\xff")
	w.Sample("a_total", Counter, "What it\nis.", 2.5)
	w.Histogram("h_seconds", "How long.", []float64{0.1, 1}, []uint64{2, 0, 1}, 3.25, "route", "/x")
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	const want = `# HELP a_total What it\nis.
# TYPE a_total counter
a_total{name="a \"b\" \\ c\nd",other="?"} 1
a_total 2.5
# HELP h_seconds How long.
# TYPE h_seconds histogram
h_seconds_bucket{route="/x",le="0.1"} 2
h_seconds_bucket{route="/x",le="1"} 2
h_seconds_bucket{route="/x",le="+Inf"} 3
h_seconds_sum{route="/x"} 3.25
h_seconds_count{route="/x"} 3
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

func TestDoor(t *testing.T) {
	for name, c := range map[string]struct {
		door         Door
		remote, host string
		header       map[string]string
		want         bool
	}{
		"local":              {Door{Local: true}, "127.0.0.1", "127.0.0.1:8000", nil, true},
		"local by name":      {Door{Local: true}, "::1", "localhost:8000", nil, true},
		"local, mapped":      {Door{Local: true}, "::ffff:127.0.0.1", "[::1]:8000", nil, true},
		"another machine":    {Door{Local: true}, "192.0.2.1", "127.0.0.1:8000", nil, false},
		"a bound name":       {Door{Local: true}, "127.0.0.1", "localhost.example.org", nil, false},
		"no proxy named":     {Door{}, "127.0.0.1", "127.0.0.1", nil, false},
		"forwarded":          {Door{Proxied: true}, "127.0.0.1", "127.0.0.1", map[string]string{"Forwarded": "for=192.0.2.1"}, false},
		"token from afar":    {Door{Token: "t"}, "192.0.2.1", "learn.example.org", map[string]string{"Authorization": "Bearer t"}, true},
		"wrong token, local": {Door{Token: "t", Local: true}, "127.0.0.1", "localhost", map[string]string{"Authorization": "Bearer x"}, false},
		"no token":           {Door{Token: "t"}, "192.0.2.1", "learn.example.org", nil, false},
	} {
		got := c.door.Allows(Caller{netip.MustParseAddr(c.remote), c.host, func(name string) string { return c.header[name] }})
		if got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
