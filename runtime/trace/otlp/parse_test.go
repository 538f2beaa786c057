package otlp

import "testing"

// What is read as a traceparent is written as the very same text.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-00000000000000000000000000000000-b7ad6b7169203331-00", "", "00---"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := parse(text)
		if !c.IsValid() {
			return
		}
		if back := "00-" + c.TraceID().String() + "-" + c.SpanID().String() + "-" + c.TraceFlags().String(); back != text {
			t.Errorf("%q was read as %q", text, back)
		}
	})
}
