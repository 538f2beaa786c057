package metric

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// started is about when the process began.
var started = time.Now()

// Process writes memory, goroutines and age of this process.
func Process(w *Writer) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	w.Sample("quoin_memory_heap_bytes", Gauge, "Go heap in use.", float64(m.HeapInuse))
	w.Sample("quoin_memory_go_bytes", Gauge, "What the Go runtime holds from the system.", float64(m.Sys-m.HeapReleased))
	if resident, ok := ResidentBytes(); ok {
		w.Sample("quoin_memory_resident_bytes", Gauge, "Resident memory of the process, blocks included.", float64(resident))
	}
	w.Sample("quoin_gc_cycles_total", Counter, "Garbage collections.", float64(m.NumGC))
	w.Sample("quoin_goroutines", Gauge, "Goroutines.", float64(runtime.NumGoroutine()))
	w.Sample("quoin_uptime_seconds", Gauge, "Since the process began.", time.Since(started).Seconds())
}

// ResidentBytes is the memory of this process, blocks included. It is known where /proc is.
func ResidentBytes() (int64, bool) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, false
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err == nil
}
