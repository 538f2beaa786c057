package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// load sends requests from so many clients at a time, each as soon as its last one is answered.
func load(ctx context.Context, clients int, lasting time.Duration, request func(ctx context.Context, client int) error) (times, time.Duration, error) {
	var mu sync.Mutex
	var all times
	var failed error
	var wg sync.WaitGroup
	start := time.Now()
	for client := range clients {
		wg.Go(func() {
			var own times
			var err error
			for time.Since(start) < lasting && err == nil {
				begin := time.Now()
				err = request(ctx, client)
				own = append(own, time.Since(begin))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, own...)
			if failed == nil {
				failed = err
			}
		})
	}
	wg.Wait()
	return all, time.Since(start), failed
}

// measurePages reads the unit of five blocks, beside a page of the same bytes that a server of the standard library sends.
func (b *bench) measurePages(ctx context.Context, t *table, label string, learners []*learner) error {
	page, err := learners[0].Get(ctx, pageUnit)
	if err != nil {
		return err
	}
	plain, stop, err := servePlain(ctx, page)
	if err != nil {
		return err
	}
	defer stop()
	for _, clients := range []int{1, 16} {
		for _, l := range learners { // warm
			if _, err := l.Get(ctx, pageUnit); err != nil {
				return err
			}
		}
		got, took, err := load(ctx, clients, b.lasting, func(ctx context.Context, client int) error {
			_, err := learners[client%len(learners)].Get(ctx, pageUnit)
			return err
		})
		if err != nil {
			return err
		}
		base, _, err := load(ctx, clients, b.lasting/2, func(ctx context.Context, _ int) error {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, plain, http.NoBody)
			if err != nil {
				return err
			}
			_, err = learners[0].Do(request)
			return err
		})
		if err != nil {
			return err
		}
		t.add(label, clients, fmt.Sprintf("%.0f", float64(len(got))/took.Seconds()), got.at(0.5), got.at(0.99), base.at(0.5), ratio(got.at(0.5), base.at(0.5)))
	}
	return nil
}

func pagesTable(title string) *table {
	return &table{title: title, header: []string{"unit page", "clients", "per s", "p50", "p99", "plain p50", "ratio"}}
}

// servePlain sends the same bytes for every request.
func servePlain(ctx context.Context, page []byte) (url string, stop func(), err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page) // a client that left is no news
	})}
	go func() { _ = server.Serve(listener) }() // ends with Close
	return "http://" + listener.Addr().String() + "/", func() { _ = server.Close() }, nil
}
