package main

import (
	"context"

	"github.com/quoin-lms/quoin/host/command"
	"github.com/quoin-lms/quoin/host/metric"
	"github.com/quoin-lms/quoin/workers/queue"
)

var _ command.Measured = (*background)(nil)

// Metrics implements command.Measured. Without Redis the lanes' sizes are left out.
func (b *background) Metrics(ctx context.Context, w *metric.Writer) {
	stats, err := b.Stats(ctx)
	lanes := []struct {
		name string
		queue.LaneStats
	}{{"interactive", stats.Interactive}, {"background", stats.Background}}
	each := func(name string, kind metric.Kind, help string, value func(queue.LaneStats) float64) {
		for _, lane := range lanes {
			w.Sample(name, kind, help, value(lane.LaneStats), "lane", lane.name)
		}
	}
	up := 1.0
	if err != nil {
		up = 0
	}
	w.Sample("quoin_queue_up", metric.Gauge, "Whether the queue answers.", up)
	if err == nil {
		each("quoin_queue_waiting", metric.Gauge, "Jobs held back until their course's turn, of the site.", func(l queue.LaneStats) float64 { return float64(l.Waiting) })
		each("quoin_queue_delayed", metric.Gauge, "Jobs held back until their time, of the site.", func(l queue.LaneStats) float64 { return float64(l.Delayed) })
		each("quoin_queue_handed_over", metric.Gauge, "Jobs that run or are next, of the site.", func(l queue.LaneStats) float64 { return float64(l.HandedOver) })
		each("quoin_queue_slots", metric.Gauge, "Jobs that all live workers run at a time.", func(l queue.LaneStats) float64 { return float64(l.Slots) })
	}
	each("quoin_queue_running", metric.Gauge, "Jobs that this process runs.", func(l queue.LaneStats) float64 { return float64(l.Running) })
	each("quoin_queue_enqueued_total", metric.Counter, "Jobs that this process handed over.", func(l queue.LaneStats) float64 { return float64(l.Enqueued) })
	each("quoin_queue_refused_total", metric.Counter, "Jobs that met a full lane.", func(l queue.LaneStats) float64 { return float64(l.Refused) })
	each("quoin_queue_done_total", metric.Counter, "Jobs that this process finished.", func(l queue.LaneStats) float64 { return float64(l.Done) })
	each("quoin_queue_dropped_total", metric.Counter, "Jobs dropped after an error.", func(l queue.LaneStats) float64 { return float64(l.Dropped) })
	each("quoin_queue_retried_total", metric.Counter, "Jobs put off to be tried again.", func(l queue.LaneStats) float64 { return float64(l.Retried) })
	each("quoin_queue_archived_total", metric.Counter, "Jobs given up.", func(l queue.LaneStats) float64 { return float64(l.Archived) })
	for _, lane := range lanes {
		histogram(w, "quoin_queue_wait_seconds", "From handing a job over, or from its time, to its handler.", lane.Wait, lane.name)
	}
	for _, lane := range lanes {
		histogram(w, "quoin_queue_run_seconds", "How long jobs take.", lane.Run, lane.name)
	}
}

func histogram(w *metric.Writer, name, help string, h queue.Histogram, lane string) {
	bounds := make([]float64, len(h.Counts)-1)
	for i := range bounds {
		bounds[i] = h.Bound(i).Seconds()
	}
	w.Histogram(name, help, bounds, h.Counts[:], h.Sum.Seconds(), "lane", lane)
}
