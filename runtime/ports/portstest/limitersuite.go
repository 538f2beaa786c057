package portstest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// LimiterRig is an implementation under test, fresh for each test.
type LimiterRig struct {
	Limiter ports.Limiter
	// Pass lets time pass; nil where it passes by itself.
	Pass func(time.Duration)
}

func (r LimiterRig) pass(d time.Duration) {
	if r.Pass != nil {
		r.Pass(d)
		return
	}
	time.Sleep(d)
}

// LimiterSuite says what a ports.Limiter has to do.
func LimiterSuite(t *testing.T, open func(t *testing.T) LimiterRig) {
	for name, test := range map[string]func(*testing.T, LimiterRig){
		"an allowance is used up":                            allowanceEnds,
		"keys are apart":                                     keysAreApart,
		"after the wait there is one more":                   oneMoreAfterWait,
		"many at once share the allowance":                   manyAtOnce,
		"a changed rate locks out for no more than a period": changedRate,
		"rates that can't be kept are refused":               invalidRates,
		"a caller who left is told so":                       limiterCallerLeft,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func allow(t *testing.T, rig LimiterRig, key string, rate ports.Rate) (bool, time.Duration) {
	t.Helper()
	ok, wait, err := rig.Limiter.Allow(t.Context(), key, rate)
	if err != nil {
		t.Fatal(err)
	}
	if ok != (wait == 0) {
		t.Errorf("allowed is %t with a wait of %s", ok, wait)
	}
	if wait < 0 || wait > rate.Period {
		t.Errorf("the wait is %s, want 0 to the period of %s", wait, rate.Period)
	}
	return ok, wait
}

func allowanceEnds(t *testing.T, rig LimiterRig) {
	for _, events := range []int{1, 3, 7, 100} {
		key, rate := strings.Repeat("k", events), ports.Rate{Events: events, Period: time.Hour}
		for i := range events {
			if ok, _ := allow(t, rig, key, rate); !ok {
				t.Errorf("event %d of %d was refused", i+1, events)
			}
		}
		for range 3 {
			ok, wait := allow(t, rig, key, rate)
			if ok || wait > time.Hour/time.Duration(events) {
				t.Errorf("after %d events: allowed %t, wait %s; want a wait of up to %s", events, ok, wait, time.Hour/time.Duration(events))
			}
		}
	}
}

func keysAreApart(t *testing.T, rig LimiterRig) {
	rate := ports.Rate{Events: 1, Period: time.Hour}
	for _, key := range []string{"", "a", "b", "a:b", "{a}", "a\x00", "a\n", strings.Repeat("a", 5000), strings.Repeat("a", 5001), "\xff"} {
		if ok, _ := allow(t, rig, key, rate); !ok {
			t.Errorf("key %.20q has no allowance of its own", key)
		}
		if ok, _ := allow(t, rig, key, rate); ok {
			t.Errorf("key %.20q has more than its allowance", key)
		}
	}
}

func oneMoreAfterWait(t *testing.T, rig LimiterRig) {
	// Long enough that a slow machine can't regain an event between two calls.
	rate := ports.Rate{Events: 2, Period: 6 * time.Second}
	start := time.Now()
	allow(t, rig, "k", rate)
	allow(t, rig, "k", rate)
	ok, wait := allow(t, rig, "k", rate)
	if ok && time.Since(start) > rate.Period/2 {
		t.Skip("this machine took so long that an event was regained")
	}
	if ok {
		t.Fatal("a third event was allowed at once")
	}
	rig.pass(wait)
	if ok, wait := allow(t, rig, "k", rate); !ok {
		t.Errorf("after the wait it was refused, with another wait of %s", wait)
	}
	if ok, _ := allow(t, rig, "k", rate); ok {
		t.Error("after the wait there were two more")
	}
}

func manyAtOnce(t *testing.T, rig LimiterRig) {
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 5 {
				ok, _, err := rig.Limiter.Allow(t.Context(), "shared", ports.Rate{Events: 10, Period: 100 * time.Hour})
				if err != nil {
					t.Error(err)
				}
				if ok {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := allowed.Load(); n != 10 {
		t.Errorf("%d of 100 were allowed, want 10", n)
	}
}

func changedRate(t *testing.T, rig LimiterRig) {
	for range 10 {
		allow(t, rig, "k", ports.Rate{Events: 10, Period: 1000 * time.Hour})
	}
	if ok, wait := allow(t, rig, "k", ports.Rate{Events: 1, Period: time.Minute}); ok || wait > time.Minute {
		t.Errorf("allowed %t, wait %s; want at most the new period", ok, wait)
	}
}

func invalidRates(t *testing.T, rig LimiterRig) {
	for _, rate := range []ports.Rate{
		{},
		{Events: 1},
		{Events: -1, Period: time.Second},
		{Events: 1, Period: -time.Second},
		{Events: 2, Period: time.Microsecond},
		{Events: 1, Period: 1000 * 24 * time.Hour},
	} {
		if ok, _, err := rig.Limiter.Allow(t.Context(), "k", rate); ok || err == nil || errors.Is(err, ports.ErrUnavailable) {
			t.Errorf("%+v: allowed %t, error %v; want an error that says the rate is invalid", rate, ok, err)
		}
	}
}

func limiterCallerLeft(t *testing.T, rig LimiterRig) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if ok, _, err := rig.Limiter.Allow(ctx, "k", ports.Rate{Events: 1, Period: time.Second}); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("allowed %t, error %v; want context.Canceled", ok, err)
	}
}
