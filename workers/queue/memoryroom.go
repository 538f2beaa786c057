package queue

import (
	"container/heap"
	"context"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Numbers that room.lua knows too.
const (
	holdTime     = 10 * time.Second
	unknownSlots = 8
)

// memoryRoom is a waiting room of one process.
type memoryRoom struct {
	now func() time.Time

	mu    sync.Mutex
	jobs  map[string]string // payloads of what waits here, by id
	due   dueHeap
	lists map[string]*fifo // ids that wait, by course
	ring  fifo             // courses that have something waiting
	held  map[string]time.Time
	room  map[string]int // how many wait here, by course
	busy  map[string]int // how many are held, by course

	workers map[string]workerState
	pool    workerState // all live workers
}

type workerState struct {
	slots, ahead int
	until        time.Time
}

func newMemoryRoom(now func() time.Time) *memoryRoom {
	return &memoryRoom{
		now: now, jobs: map[string]string{}, lists: map[string]*fifo{}, held: map[string]time.Time{},
		room: map[string]int{}, busy: map[string]int{}, workers: map[string]workerState{},
	}
}

func (r *memoryRoom) admit(_ context.Context, t task, payload []byte, limit int) (admission, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if _, here := r.jobs[t.ID]; here {
		return present, nil
	}
	r.lapse(now)
	entry := t.entry()
	if _, runs := r.held[entry]; runs {
		return present, nil
	}
	later := t.At > now.UnixMilli()
	share, ready, _ := r.shares(now)
	if !later && len(r.held) < ready && r.busy[t.Course] < share && r.lists[t.Course] == nil {
		r.hold(entry, t.Course, now)
		return admitted, nil
	}
	if r.room[t.Course] >= limit-len(r.jobs)-len(r.held) {
		return full, nil
	}
	r.jobs[t.ID] = string(payload)
	r.room[t.Course]++
	if later {
		heap.Push(&r.due, dueJob{at: t.At, entry: entry})
	} else {
		r.wait(t.ID, t.Course)
	}
	return waitsHere, nil
}

func (r *memoryRoom) feed(_ context.Context, n int, finished ...string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	for _, entry := range finished {
		r.release(entry)
	}
	r.lapse(now)
	for i := 0; i < 100 && len(r.due) > 0 && r.due[0].at <= now.UnixMilli(); i++ {
		if job, ok := heap.Pop(&r.due).(dueJob); ok {
			r.wait(splitEntry(job.entry))
		}
	}
	share, ready, _ := r.shares(now)
	var out []string
	for free, passed := min(n, ready-len(r.held)), 0; len(out) < free && passed < min(200, r.ring.len()); {
		course := r.ring.pop()
		list := r.lists[course]
		passed++
		if r.busy[course] < share {
			id := list.pop()
			out = append(out, r.jobs[id])
			delete(r.jobs, id)
			count(r.room, course, -1)
			r.hold(strconv.Itoa(len(id))+":"+id+course, course, now)
			passed = 0
		}
		if list.len() > 0 {
			r.ring.push(course)
		} else {
			delete(r.lists, course)
		}
	}
	return out, nil
}

func (r *memoryRoom) beat(_ context.Context, worker string, slots, ahead int, entries []string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	for _, entry := range entries {
		if _, held := r.held[entry]; held {
			r.held[entry] = now.Add(holdTime)
		}
	}
	if slots > 0 {
		r.workers[worker] = workerState{slots: slots, ahead: ahead, until: now.Add(holdTime)}
	} else {
		delete(r.workers, worker)
	}
	r.pool = workerState{until: now.Add(holdTime)}
	for id, w := range r.workers {
		if !w.until.After(now) {
			delete(r.workers, id)
			continue
		}
		r.pool.slots += w.slots
		r.pool.ahead += w.ahead
	}
	return nil
}

func (r *memoryRoom) sizes(context.Context) (sizes, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := sizes{waiting: len(r.jobs) - len(r.due), delayed: len(r.due), held: len(r.held)}
	if _, _, alive := r.shares(r.now()); alive {
		s.slots = r.pool.slots
	}
	return s, nil
}

// shares is what one course may hold and what all may, and whether any worker lives.
func (r *memoryRoom) shares(now time.Time) (share, ready int, alive bool) {
	slots, ahead := unknownSlots, 0
	if alive = r.pool.slots > 0 && r.pool.until.After(now); alive {
		slots, ahead = r.pool.slots, r.pool.ahead
	}
	return max(1, slots*3/4) + ahead, slots + max(1, slots/2, ahead), alive
}

// lapse lets go of what nobody has refreshed. Without workers nothing runs, so nothing has been lost.
func (r *memoryRoom) lapse(now time.Time) {
	if _, _, alive := r.shares(now); !alive {
		return
	}
	for entry, until := range r.held {
		if !until.After(now) {
			r.release(entry)
		}
	}
}

func (r *memoryRoom) hold(entry, course string, now time.Time) {
	if _, held := r.held[entry]; !held {
		r.busy[course]++
	}
	r.held[entry] = now.Add(holdTime)
}

func (r *memoryRoom) release(entry string) {
	if _, held := r.held[entry]; held {
		delete(r.held, entry)
		_, course := splitEntry(entry)
		count(r.busy, course, -1)
	}
}

func (r *memoryRoom) wait(id, course string) {
	if r.lists[course] == nil {
		r.lists[course] = &fifo{}
		r.ring.push(course)
	}
	r.lists[course].push(id)
}

// count adds to a counter and forgets it at 0, so that courses of long ago take no memory.
func count(counters map[string]int, key string, by int) {
	counters[key] += by
	if counters[key] < 1 {
		delete(counters, key)
	}
}

// splitEntry is the reverse of [task.entry].
func splitEntry(entry string) (id, course string) {
	digits, rest, _ := strings.Cut(entry, ":")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > len(rest) {
		return entry, ""
	}
	return rest[:n], rest[n:]
}

type dueJob struct {
	at    int64
	entry string
}

// dueHeap orders jobs by their time; those of the same millisecond as Redis does, by entry.
type dueHeap []dueJob

func (h dueHeap) Len() int { return len(h) }
func (h dueHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].entry < h[j].entry
}
func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *dueHeap) Push(x any) {
	if job, ok := x.(dueJob); ok {
		*h = append(*h, job)
	}
}

// Pop implements heap.Interface.
func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	job := (*h)[last]
	*h = (*h)[:last]
	return job
}

// fifo is a queue of strings.
type fifo struct {
	items []string
	head  int
}

func (f *fifo) len() int { return len(f.items) - f.head }

func (f *fifo) push(s string) { f.items = append(f.items, s) }

// pop takes the first of a queue that is not empty.
func (f *fifo) pop() string {
	s := f.items[f.head]
	f.items[f.head] = ""
	f.head++
	if f.head > 64 && f.head > len(f.items)/2 {
		f.items = append([]string(nil), f.items[f.head:]...)
		f.head = 0
	}
	return s
}
