package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginebench"
	measured "github.com/quoin-lms/quoin/runtime/engine/enginetest/testdata/bench"
)

// How often a call is measured, an instance is started, and how long guests loop.
const (
	measuredCalls  = 3000
	measuredStarts = 30
	looping        = 3 * time.Second
	idleScripts    = 30
)

// calls measures single calls through every engine, and what looping guests do to others.
func (b *bench) calls(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "q") // sockets need a short path
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	block := measured.Block()
	config := enginebench.Config{Root: ".", Dir: dir, Serve: func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) }}
	engines, err := enginebench.Open(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engines.Close()) }()
	if err := measureCalls(ctx, engines); err != nil {
		return err
	}
	starts, err := engines.InstanceStart(ctx, measuredStarts)
	if err != nil {
		return err
	}
	t := &table{title: "A new instance of a Go block", header: []string{"", "p50", "p99"}}
	t.add("instance start", starts.P50, starts.P99)
	if err := t.print(os.Stdout); err != nil {
		return err
	}
	idle, err := enginebench.IdleScripts(ctx, config, idleScripts)
	if err != nil {
		return err
	}
	t = &table{title: "One more block in TypeScript, used once and idle (budget 1.5 MB)", header: []string{"", "memory", "from loading to its first answer"}}
	t.add(fmt.Sprintf("each of %d", idle.Blocks), fmt.Sprintf("%.2f MB", float64(idle.Each)/1e6), idle.Load)
	if err := t.print(os.Stdout); err != nil {
		return err
	}
	return measureStalls(ctx, engines)
}

func measureCalls(ctx context.Context, engines *enginebench.Bench) error {
	t := &table{
		title:  "One call of a block; \"wasm\" is metered and put back after each call, as in service",
		header: []string{"call", "through", "p50", "p99", "ratio to native", "ratio to unmetered", "fuel"},
	}
	for _, request := range enginebench.Requests() {
		var native, unmetered time.Duration
		for _, subject := range engines.Subjects {
			timing, err := enginebench.Measure(ctx, subject.Conn, request.Frame, measuredCalls)
			if err != nil {
				return fmt.Errorf("%s through %s: %w", request.Name, subject.Name, err)
			}
			switch subject.Name {
			case enginebench.Native:
				native = timing.P50
			case enginebench.Unmetered:
				unmetered = timing.P50
			}
			fuel := "-"
			if timing.Fuel > 0 {
				fuel = fmt.Sprint(timing.Fuel)
			}
			if timing.Unequal && subject.Name == enginebench.NotIsolated {
				fuel = "varies" // its heap grows from call to call
			} else if timing.Unequal {
				fuel = "unequal!"
			}
			t.add(request.Name, subject.Name, timing.P50, timing.P99, ratio(timing.P50, native), ratio(timing.P50, unmetered), fuel)
		}
	}
	return t.print(os.Stdout)
}

func measureStalls(ctx context.Context, engines *enginebench.Bench) error {
	t := &table{title: "How late a heartbeat of 1 ms comes while guests loop", header: []string{"guests", "beats", "p99", "longest"}}
	for _, guests := range []int{1, 2, 4} {
		stall, err := engines.Stall(ctx, guests, looping)
		if err != nil {
			return err
		}
		t.add(guests, stall.Beats, stall.P99, stall.Longest)
	}
	return t.print(os.Stdout)
}
