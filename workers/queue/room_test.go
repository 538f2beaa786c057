package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
)

// clockedRedisRoom is a waiting room on Redis that takes its time from a key, and the function that sets it.
func clockedRedisRoom(t *testing.T, client *redis.Client, queue string) (*redisRoom, func(time.Time)) {
	t.Helper()
	const clock = "redis.call('TIME')"
	if !strings.Contains(roomSource, clock) {
		t.Fatal("room.lua does not take its time where this test looks for it")
	}
	r := newRedisRoom(queue, client, client)
	r.scripts = newRoomScripts(strings.ReplaceAll(roomSource, clock, "redis.call('LRANGE', p .. 'clock', 0, 1)"))
	return r, func(now time.Time) {
		key := r.keys[0] + "clock"
		if err := client.Del(t.Context(), key).Err(); err != nil {
			t.Fatal(err)
		}
		if err := client.RPush(t.Context(), key, now.Unix(), now.Nanosecond()/1000).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func roomTask(id string, at int64) task {
	n := 0
	for _, c := range []byte(id) {
		n += int(c)
	}
	return task{Version: taskVersion, ID: id, Kind: "k", Lane: ports.LaneInteractive, Course: fmt.Sprint("course\n", n%5), At: at}
}

// TestRoomsAgree drives the waiting rooms in Go and in Lua through the same random steps.
func TestRoomsAgree(t *testing.T) {
	onEach(t, func(t *testing.T, config Config) {
		for seed := range uint64(5) {
			q := open(t, config)
			rooms := newRoomPair(t, q.callers, fmt.Sprint(config.Prefix, ":pair", seed))
			random := rand.New(rand.NewPCG(seed, 1))
			for range 400 {
				rooms.step(t, random)
			}
		}
	})
}

type roomPair struct {
	clock *portstest.Clock
	set   func(time.Time)
	goes  *memoryRoom
	lua   *redisRoom
	held  []string
}

func newRoomPair(t *testing.T, client *redis.Client, queue string) *roomPair {
	p := &roomPair{clock: portstest.NewClock(time.UnixMilli(1_700_000_000_123))}
	p.goes = newMemoryRoom(p.clock.Now)
	p.lua, p.set = clockedRedisRoom(t, client, queue)
	p.set(p.clock.Now())
	return p
}

func (p *roomPair) step(t *testing.T, random *rand.Rand) {
	t.Helper()
	ctx := t.Context()
	switch random.IntN(10) {
	case 0, 1, 2, 3:
		at := int64(0)
		if random.IntN(4) == 0 {
			at = p.clock.Now().UnixMilli() + int64(random.IntN(5000)) - 500
		}
		job, limit := roomTask(fmt.Sprint(random.IntN(120)), at), 20+random.IntN(40)
		a, err1 := p.goes.admit(ctx, job, []byte(job.ID), limit)
		b, err2 := p.lua.admit(ctx, job, []byte(job.ID), limit)
		agree(t, "admit", a, b, err1, err2)
		if a == admitted {
			p.held = append(p.held, job.entry())
		}
	case 4, 5, 6:
		var finished []string
		for len(p.held) > 0 && random.IntN(3) > 0 {
			i := random.IntN(len(p.held))
			finished = append(finished, p.held[i])
			p.held = slices.Delete(p.held, i, i+1)
		}
		n := random.IntN(6)
		a, err1 := p.goes.feed(ctx, n, finished...)
		b, err2 := p.lua.feed(ctx, n, finished...)
		agree(t, "feed", fmt.Sprint(a), fmt.Sprint(b), err1, err2)
		for _, id := range a {
			p.held = append(p.held, roomTask(id, 0).entry())
		}
	case 7:
		worker, slots, ahead := fmt.Sprint("w", random.IntN(3)), random.IntN(5), random.IntN(4)
		// Some of them, so that others lapse; and some that have lapsed, which must not come back.
		var good []string
		for _, entry := range p.held {
			if random.IntN(3) > 0 {
				good = append(good, entry)
			}
		}
		err1 := p.goes.beat(ctx, worker, slots, ahead, good)
		err2 := p.lua.beat(ctx, worker, slots, ahead, good)
		agree(t, "beat", 0, 0, err1, err2)
	case 8:
		p.clock.Advance(time.Duration(random.IntN(4000)) * time.Millisecond)
		p.set(p.clock.Now())
	case 9:
		a, err1 := p.goes.sizes(ctx)
		b, err2 := p.lua.sizes(ctx)
		// Redis itself forgets the workers' slots, by the real clock.
		a.slots, b.slots = 0, 0
		agree(t, "sizes", a, b, err1, err2)
	}
}

func agree[T comparable](t *testing.T, step string, a, b T, err1, err2 error) {
	t.Helper()
	if err1 != nil || err2 != nil {
		t.Fatalf("%s: %v, %v", step, err1, err2)
	}
	if a != b {
		t.Fatalf("%s: Go says %+v, Lua says %+v", step, a, b)
	}
}

// eachRoom runs a test on both kinds of waiting room, with 8 slots at work and a clock that stands still until advanced.
func eachRoom(t *testing.T, test func(t *testing.T, r room, advance func(time.Duration))) {
	clock := func() *portstest.Clock { return portstest.NewClock(time.UnixMilli(1_700_000_000_000)) }
	begin := func(t *testing.T, r room) {
		if err := r.beat(t.Context(), "worker", 8, 0, nil); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("memory", func(t *testing.T) {
		c := clock()
		r := newMemoryRoom(c.Now)
		begin(t, r)
		test(t, r, c.Advance)
	})
	t.Run("redis", func(t *testing.T) {
		q := open(t, backends["redis"](t))
		c := clock()
		r, set := clockedRedisRoom(t, q.callers, q.config.Prefix)
		set(c.Now())
		begin(t, r)
		test(t, r, func(d time.Duration) {
			c.Advance(d)
			set(c.Now())
		})
	})
}

func admitOK(t *testing.T, r room, course, id string, limit int) admission {
	t.Helper()
	job := task{Version: taskVersion, ID: id, Kind: "k", Lane: ports.LaneInteractive, Course: course}
	answer, err := r.admit(t.Context(), job, []byte(id), limit)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func feedOK(t *testing.T, r room, n int, finished ...string) []string {
	t.Helper()
	out, err := r.feed(t.Context(), n, finished...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRoomKeepsSlotsForOthers(t *testing.T) {
	eachRoom(t, func(t *testing.T, r room, _ func(time.Duration)) {
		for i := range 100 {
			want := waitsHere
			if i < 6 {
				want = admitted // three quarters of 8 slots
			}
			if got := admitOK(t, r, "flood", fmt.Sprint(i), 1000); got != want {
				t.Fatalf("job %d of the flood: %d, want %d", i, got, want)
			}
		}
		if got := admitOK(t, r, "quiet", "q", 1000); got != admitted {
			t.Errorf("another course: %d, want it admitted at once", got)
		}
		if out := feedOK(t, r, 10); len(out) != 0 {
			t.Errorf("a course that has its share got %v", out)
		}
		if out := feedOK(t, r, 10, task{ID: "0", Course: "flood"}.entry()); fmt.Sprint(out) != "[6]" {
			t.Errorf("for a finished job came %v, want the next of its course", out)
		}
	})
}

func TestRoomTakesTurns(t *testing.T) {
	eachRoom(t, func(t *testing.T, r room, _ func(time.Duration)) {
		var held []string
		for _, course := range []string{"a", "b", "c"} {
			for i := range 20 {
				id := fmt.Sprint(course, i)
				if admitOK(t, r, course, id, 1000) == admitted {
					held = append(held, task{ID: id, Course: course}.entry())
				}
			}
		}
		if len(held) != 12 {
			t.Fatalf("%d were admitted, want 12: 8 slots and half as many", len(held))
		}
		var out []string
		for i := range 9 {
			out = append(out, feedOK(t, r, 10, held[i])...)
		}
		perCourse := map[byte]int{}
		for _, id := range out {
			perCourse[id[0]]++
		}
		// a held 6 and b 6; a's six end first, then three of b's.
		if len(out) != 9 || perCourse['c'] < 3 || perCourse['a'] < 2 || perCourse['b'] < 1 {
			t.Errorf("nine finished, then came %v", out)
		}
	})
}

func TestRoomAlwaysHasAPlaceForANewCourse(t *testing.T) {
	eachRoom(t, func(t *testing.T, r room, _ func(time.Duration)) {
		const limit = 100
		last := 0
		for course := range 5 {
			n := 0
			for i := range 200 {
				if admitOK(t, r, fmt.Sprint(course), fmt.Sprint(course, " ", i), limit) == full {
					break
				}
				n++
			}
			if n == 0 || course > 0 && n > last {
				t.Errorf("course %d has %d places, the one before has %d", course, n, last)
			}
			last = n
		}
		s, err := r.sizes(t.Context())
		if err != nil || s.waiting+s.delayed+s.held > limit {
			t.Errorf("%+v jobs are here, error %v; want at most %d", s, err, limit)
		}
	})
}

func TestRoomHoldsLapseOnlyWhileWorkersLive(t *testing.T) {
	eachRoom(t, func(t *testing.T, r room, advance func(time.Duration)) {
		for i := range 10 {
			admitOK(t, r, "c", fmt.Sprint(i), 1000)
		}
		advance(holdTime + time.Second)
		if out := feedOK(t, r, 10); len(out) != 0 {
			t.Errorf("without workers came %v", out)
		}
		alive := []string{task{ID: "0", Course: "c"}.entry(), task{ID: "1", Course: "c"}.entry()}
		if err := r.beat(t.Context(), "worker", 8, 0, alive); err != nil {
			t.Fatal(err)
		}
		if out := feedOK(t, r, 10); fmt.Sprint(out) != "[6 7 8 9]" {
			t.Errorf("after four holds have lapsed came %v, want the four that waited", out)
		}
	})
}

func TestRoomRunsAhead(t *testing.T) {
	eachRoom(t, func(t *testing.T, r room, _ func(time.Duration)) {
		if err := r.beat(t.Context(), "worker", 8, 20, nil); err != nil {
			t.Fatal(err)
		}
		n := 0
		for i := range 100 {
			if admitOK(t, r, "c", fmt.Sprint(i), 1000) == admitted {
				n++
			}
		}
		if n != 26 {
			t.Errorf("one course holds %d, want three quarters of 8 slots and 20 ahead", n)
		}
		if err := r.beat(t.Context(), "worker", 0, 0, nil); err != nil {
			t.Fatal(err)
		}
		if s, err := r.sizes(t.Context()); err != nil || s.slots != 0 {
			t.Errorf("after the worker has left: %+v, %v", s, err)
		}
	})
}

// TestRoomKeepsNothing hands jobs through until none is left, and looks at what remains.
func TestRoomKeepsNothing(t *testing.T) {
	eachRoom(t, func(t *testing.T, r room, advance func(time.Duration)) {
		out := map[string]int{}
		var held []string
		take := func(ids ...string) {
			for _, id := range ids {
				out[id]++
				held = append(held, roomTask(id, 0).entry())
			}
		}
		for i := range 300 {
			at := int64(0)
			if i%3 == 0 {
				at = 1_700_000_000_000 + int64(i)
			}
			job := roomTask(fmt.Sprint(i), at)
			answer, err := r.admit(t.Context(), job, []byte(job.ID), 5000)
			if err != nil {
				t.Fatal(err)
			}
			if answer == admitted {
				take(job.ID)
			}
		}
		advance(time.Second)
		for len(held) > 0 {
			finished := held
			held = nil
			take(feedOK(t, r, 7, finished...)...)
		}
		for i := range 300 {
			if out[fmt.Sprint(i)] != 1 {
				t.Errorf("job %d came %d times, want once", i, out[fmt.Sprint(i)])
			}
		}
		if s, err := r.sizes(t.Context()); err != nil || s != (sizes{slots: 8}) {
			t.Errorf("%+v jobs are left, error %v", s, err)
		}
		checkEmpty(t, r)
	})
}

func checkEmpty(t *testing.T, r room) {
	t.Helper()
	switch r := r.(type) {
	case *memoryRoom:
		if n := len(r.jobs) + len(r.due) + len(r.lists) + r.ring.len() + len(r.held) + len(r.room) + len(r.busy); n != 0 {
			t.Errorf("%d entries are left: %+v", n, r)
		}
	case *redisRoom:
		keys, err := r.callers.Keys(context.Background(), strings.NewReplacer("{", "?", "}", "?").Replace(r.keys[0])+"*").Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys {
			switch name := strings.TrimPrefix(key, r.keys[0]); name {
			case "workers", "says", "pool", "clock":
			default:
				t.Errorf("the key %q is left", name)
			}
		}
	}
}

func TestFIFO(t *testing.T) {
	var f fifo
	next := 0
	for i := range 1000 {
		f.push(fmt.Sprint(i))
		if i%3 > 0 {
			if got := f.pop(); got != fmt.Sprint(next) {
				t.Fatalf("popped %s, want %d", got, next)
			}
			next++
		}
	}
	for f.len() > 0 {
		if got := f.pop(); got != fmt.Sprint(next) {
			t.Fatalf("popped %s, want %d", got, next)
		}
		next++
	}
	if next != 1000 {
		t.Errorf("%d came out, want 1000", next)
	}
}
