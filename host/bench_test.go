package host_test

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A unit of five problems, warm, each client a learner of its own on a connection of its own. Besides the time per page it
// reports the median and the slowest hundredth as clients see them.
func BenchmarkUnitPage(b *testing.B) {
	for _, clients := range []int{1, 16} {
		for _, answered := range []bool{false, true} {
			name := strconv.Itoa(clients) + "-clients"
			if answered {
				name += "-answered"
			}
			b.Run(name, func(b *testing.B) { benchmarkUnit(b, clients, answered) })
		}
	}
}

func benchmarkUnit(b *testing.B, clients int, answered bool) {
	w := newWorld(b, options{unlimited: true})
	run := w.forces()
	browsers := make([]*browser, clients)
	for i := range browsers {
		browsers[i] = w.member("learner"+strconv.Itoa(100+i), run, "")
		if answered {
			w.answerSome(browsers[i], run)
		}
		browsers[i].get(unitPath(run, "five")).must(200)
	}
	b.ResetTimer()
	var next atomic.Int64
	var mu sync.Mutex
	var all []time.Duration
	var working sync.WaitGroup
	for _, client := range browsers {
		working.Go(func() {
			var mine []time.Duration
			for next.Add(1) <= int64(b.N) {
				begun := time.Now()
				client.load(unitPath(run, "five"))
				mine = append(mine, time.Since(begun))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
		})
	}
	working.Wait()
	b.StopTimer()
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "ms/p50")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "ms/p99")
	b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "pages/s")
}

// load reads a page and throws it away.
func (b *browser) load(path string) {
	response, err := b.client.Get(b.base + path)
	if err != nil {
		b.t.Error(err)
		return
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
		b.t.Errorf("%d, %v", response.StatusCode, err)
	}
}
