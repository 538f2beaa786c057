package trace

import (
	"context"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// Handing gives a queue that sends with each job where it was handed over, so that its run belongs to the same trace wherever
// the worker is.
func Handing(queue ports.Queue) ports.Queue {
	if queue == nil {
		return nil
	}
	return ports.QueueFunc(func(ctx context.Context, job ports.Job) error {
		ctx, span := Start(ctx, "hand over "+job.Kind, Producer)
		defer span.End()
		describe(span, job, "send")
		job.Trace = Carry(ctx)
		err := queue.Enqueue(ctx, job)
		if err != nil {
			span.Fail("not handed over")
		}
		return err
	})
}

// Working runs a job within the trace that it was handed over in, or one of its own.
func Working(ctx context.Context, tracer Tracer, job ports.Job, work func(ctx context.Context) error) error {
	ctx, span := Begin(ctx, tracer, "work "+job.Kind, Consumer, Origin{Parent: job.Trace})
	defer span.End()
	describe(span, job, "process")
	err := work(ctx)
	if err != nil {
		span.Fail("error")
	}
	return err
}

// describe leaves the job's id and document out: they name a learner's work.
func describe(span Span, job ports.Job, operation string) {
	if span.Recording() {
		span.Set(Text("messaging.system", "quoin"), Text("messaging.destination.name", string(job.Lane)),
			Text("messaging.operation.type", operation), Text("quoin.job.kind", job.Kind))
	}
}
