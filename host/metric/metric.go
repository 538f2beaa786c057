// Package metric writes Prometheus' text format, and decides who may read it. The format is a few lines of text; a client
// library would bring a dozen modules for registering what is read from snapshots here.
package metric

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Kind is a metric's type.
type Kind string

// The kinds that are written.
const (
	Counter Kind = "counter"
	Gauge   Kind = "gauge"
)

// ContentType is the format's.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Labels are names and values by turns; names are the code's own.
type Labels []string

// Writer writes metrics. Samples of one name must follow each other. The first error ends everything, see Flush.
type Writer struct {
	out  *bufio.Writer
	name string
}

// NewWriter writes to w.
func NewWriter(w io.Writer) *Writer { return &Writer{out: bufio.NewWriter(w)} }

// Flush writes what waits and gives the first error there was.
func (w *Writer) Flush() error { return w.out.Flush() }

// Sample writes one value; the metric's help and kind stand before its first.
func (w *Writer) Sample(name string, kind Kind, help string, value float64, labels ...string) {
	w.head(name, string(kind), help)
	w.line(name, value, labels)
}

// Histogram writes counts of observations by upper bounds, the last of which is infinite and has no bound given: counts
// holds one more than bounds. They are not cumulated yet. sum is of all observations.
func (w *Writer) Histogram(name, help string, bounds []float64, counts []uint64, sum float64, labels ...string) {
	w.head(name, "histogram", help)
	total := uint64(0)
	for i, n := range counts {
		total += n
		bound := "+Inf"
		if i < len(bounds) {
			bound = number(bounds[i])
		}
		w.line(name+"_bucket", float64(total), append(append(Labels{}, labels...), "le", bound))
	}
	w.line(name+"_sum", sum, labels)
	w.line(name+"_count", float64(total), labels)
}

func (w *Writer) head(name, kind, help string) {
	if w.name == name {
		return
	}
	w.name = name
	fmt.Fprintf(w.out, "# HELP %s %s\n# TYPE %s %s\n", name, strings.NewReplacer("\\", `\\`, "\n", `\n`).Replace(help), name, kind)
}

func (w *Writer) line(name string, value float64, labels Labels) {
	fmt.Fprint(w.out, name)
	for i := 0; i+1 < len(labels); i += 2 {
		open := ","
		if i == 0 {
			open = "{"
		}
		fmt.Fprintf(w.out, `%s%s="%s"`, open, labels[i], escape.Replace(strings.ToValidUTF8(labels[i+1], "?")))
	}
	if len(labels) > 1 {
		fmt.Fprint(w.out, "}")
	}
	fmt.Fprintf(w.out, " %s\n", number(value))
}

var escape = strings.NewReplacer("\\", `\\`, "\"", `\"`, "\n", `\n`)

func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }
