package words

import "time"

// Number writes a whole number.
func (r *Reader) Number(n int64) string { return r.printer.Sprintf("%d", n) }

// Bytes writes a size with the unit that fits, in powers of 1000.
func (r *Reader) Bytes(n int64) string {
	switch {
	case n >= 1_000_000_000:
		return r.T("bytes.gigabytes", r.printer.Sprintf("%.1f", float64(n)/1e9))
	case n >= 1_000_000:
		return r.T("bytes.megabytes", r.printer.Sprintf("%.1f", float64(n)/1e6))
	}
	return r.T("bytes.kilobytes", r.printer.Sprintf("%.1f", float64(n)/1e3))
}

// Span writes how long something takes, in the unit that fits.
func (r *Reader) Span(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return r.T("span.milliseconds", r.printer.Sprintf("%.2f", d.Seconds()*1000))
	case d < time.Second:
		return r.T("span.milliseconds", r.printer.Sprintf("%d", d.Milliseconds()))
	case d < 2*time.Minute:
		return r.T("span.seconds", int(d/time.Second))
	case d < 2*time.Hour:
		return r.T("span.minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return r.T("span.hours", int(d/time.Hour))
	}
	return r.T("span.days", int(d/(24*time.Hour)))
}
