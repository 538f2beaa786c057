package command

import (
	"bytes"
	"context"
	"net/http"
	"net/netip"

	"github.com/quoin-lms/quoin/host/metric"
)

// Measured is a Background that can tell how its queue does.
type Measured interface {
	// Metrics writes what is known now; what cannot be asked is left out.
	Metrics(ctx context.Context, w *metric.Writer)
}

func (s *server) queueMetrics(ctx context.Context, w *metric.Writer) {
	s.traceMetrics(w)
	if measured, ok := s.background.(Measured); ok {
		measured.Metrics(ctx, w)
	}
}

// metrics answers for processes that serve no pages.
func (s *server) metrics(w http.ResponseWriter, r *http.Request) {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	door := metric.Door{Token: s.settings.Metrics, Local: true} // no browser comes here, and no proxy
	if err != nil || !door.Allows(metric.Caller{Remote: remote.Addr(), Host: r.Host, Header: r.Header.Get}) {
		http.NotFound(w, r)
		return
	}
	var out bytes.Buffer
	text := metric.NewWriter(&out)
	metric.Blocks(text, s.site.Kernel)
	s.queueMetrics(r.Context(), text)
	metric.Process(text)
	if err := text.Flush(); err != nil {
		http.Error(w, "the metrics cannot be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", metric.ContentType)
	if _, err := w.Write(out.Bytes()); err != nil {
		s.log.Debug("the metrics were not read to their end", "error", err)
	}
}
