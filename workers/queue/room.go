package queue

import "context"

// room is a lane's waiting room. asynq's queue is first come, first served and knows no courses, so only as many jobs are
// handed to asynq as its workers take on next; all others wait here, by course, and go on by turns:
//
//   - One course holds at most three quarters of the workers' slots, so that another finds one free.
//   - All courses together hold the slots and half as many again.
//   - To both comes what short jobs need so that slots don't idle between two polls (see [lane.ahead]).
//   - A course may fill half of the places that others leave free, so there is always a place for a course without jobs.
//
// A hold ends when the job is finished; or by itself when for ten seconds nobody has said that it is still good, because its
// worker died. Until then its id is taken. asynq's own ids would be taken for two minutes more, and in the archive for ninety
// days, so to asynq every handing over is another task.
//
// Redis does this in Lua, for all processes at once. Inside the process the same is done in Go: miniredis sets up a Lua
// machine for every script that it runs, which takes longer than all else. A test drives both through the same steps.
type room interface {
	// admit asks for a job to be taken.
	admit(ctx context.Context, t task, payload []byte, limit int) (admission, error)
	// feed says which entries are finished, and takes up to n payloads of jobs that may be handed to asynq now.
	feed(ctx context.Context, n int, finished ...string) ([]string, error)
	// beat says that a worker lives, how much it works, and which entries are still good. Without slots it says goodbye.
	beat(ctx context.Context, worker string, slots, ahead int, entries []string) error
	sizes(ctx context.Context) (sizes, error)
}

// admission is what the waiting room says to a new job.
type admission int64

const (
	full      admission = -1
	present   admission = 0 // it waits or runs already
	admitted  admission = 1 // hand it to asynq
	waitsHere admission = 2
)

// sizes of a waiting room: jobs that wait for their turn, for their time, that are in asynq's hands; slots of live workers.
type sizes struct{ waiting, delayed, held, slots int }
