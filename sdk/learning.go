package sdk

import (
	"slices"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// bindLearning serves what happens while people learn.
func (b *block[F, P, S]) bindLearning(impl any) {
	bind(b.serving, impl, wire.OpRender, "Render", func(v Renderer[F, P]) operation {
		return on(func(c *Call, r *wire.RenderRequest) (any, error) { return b.render(c, v, r) })
	})
	bind(b.serving, impl, wire.OpReveal, "Reveal", func(v Revealer[P, S]) operation {
		return on(func(c *Call, r *wire.RevealRequest) (any, error) {
			public, secret, err := both[P, S](r.Public, r.Secret)
			if err != nil {
				return nil, err
			}
			shown, err := v.Reveal(c, public, secret, r.Answers)
			return &wire.Revealed{HTML: wire.Blob{Data: []byte(shown.HTML)}, Answers: shown.Answers}, err
		})
	})
	bind(b.serving, impl, wire.OpHandle, "Handle", func(h Handler[F, P]) operation {
		return on(func(c *Call, r *wire.HandleRequest) (any, error) { return b.handle(c, h, r) })
	})
	bind(b.serving, impl, wire.OpGrade, "Grade", func(g Grader[P, S]) operation {
		return on(func(c *Call, r *wire.GradeRequest) (any, error) {
			if b.spec.GradeSecretOnly {
				r.Public = wire.Blob{}
			}
			return grade(c, g, r)
		})
	})
	bind(b.serving, impl, wire.OpReport, "Report", func(rep Reporter[P, S]) operation {
		return on(func(c *Call, r *wire.ReportRequest) (any, error) { return report(c, rep, r) })
	})
	b.bindBackground(impl)
}

// bindBackground serves tasks, events and mounted paths.
func (b *block[F, P, S]) bindBackground(impl any) {
	bind(b.serving, impl, wire.OpTask, "Task", func(w Worker[F]) operation {
		return on(func(c *Call, r *wire.TaskRequest) (any, error) {
			if !slices.Contains(b.spec.Tasks, r.Task) {
				return nil, NotFound("no task %q", r.Task)
			}
			f, err := decodeFields[F](b.fields, r.Fields)
			if err != nil {
				return nil, err
			}
			reply, err := w.Task(c, f, *r)
			return effectsReply(reply, err)
		})
	})
	bind(b.serving, impl, wire.OpEvent, "Event", func(l Listener) operation {
		return on(func(c *Call, r *wire.EventRequest) (any, error) {
			reply, err := l.Event(c, r.Events)
			return effectsReply(reply, err)
		})
	})
	bind(b.serving, impl, wire.OpMount, "Mount", func(mt Mounter[F]) operation {
		return on(func(c *Call, r *wire.MountRequest) (any, error) {
			if !slices.ContainsFunc(b.spec.Mounts, func(declared wire.Handler) bool { return declared.Name == r.Mount }) {
				return nil, NotFound("no mount %q", r.Mount)
			}
			f, err := decodeFields[F](b.fields, r.Fields)
			if err != nil {
				return nil, err
			}
			reply, err := mt.Mount(c, f, *r)
			return handleReply(reply, err)
		})
	})
}

func (b *block[F, P, S]) render(c *Call, v Renderer[F, P], r *wire.RenderRequest) (any, error) {
	if !slices.ContainsFunc(b.spec.Views, func(declared wire.View) bool { return declared.Name == r.View }) {
		return nil, NotFound("no view %q", r.View)
	}
	f, err := decodeFields[F](b.fields, r.Fields)
	if err != nil {
		return nil, err
	}
	p, err := prepared[P](r.Public)
	if err != nil {
		return nil, err
	}
	fragment, err := v.Render(c, View[F, P]{
		Name: r.View, Fields: f, Public: p, Settings: r.Settings, Newest: r.Newest, Counted: r.Counted,
		Grading: r.Grading, Access: r.Access, Children: r.Children, Path: r.Path, Query: r.Query,
		Submission: r.Submission, Evidence: r.Evidence,
	})
	if err != nil {
		return nil, err
	}
	return fragment.wire()
}

func (b *block[F, P, S]) handle(c *Call, h Handler[F, P], r *wire.HandleRequest) (any, error) {
	at := slices.IndexFunc(b.spec.Handlers, func(declared wire.Handler) bool { return declared.Name == r.Handler })
	if at < 0 {
		return nil, NotFound("no handler %q", r.Handler)
	}
	f, err := decodeFields[F](b.fields, r.Fields)
	if err != nil {
		return nil, err
	}
	p, err := prepared[P](r.Public)
	if err != nil {
		return nil, err
	}
	reply, err := h.Handle(c, &Request[F, P]{
		HTTP: r.HTTP, Handler: r.Handler, Fields: f, Public: p, Settings: r.Settings,
		Newest: r.Newest, Counted: r.Counted, Access: r.Access,
	})
	out, err := handleReply(reply, err)
	if err != nil {
		return nil, err
	}
	changed, err := changes(b.fields, f, r.Fields, b.spec.Handlers[at].Reads.Fields)
	if err != nil {
		return nil, err
	}
	out.Effects = append(changed, out.Effects...)
	return out, nil
}

func handleReply(reply *Reply, err error) (*wire.HandleReply, error) {
	if err != nil {
		return nil, err
	}
	if reply == nil {
		return &wire.HandleReply{}, nil
	}
	return &reply.reply, reply.err
}

func effectsReply(reply *Reply, err error) (*wire.EffectsReply, error) {
	if err != nil {
		return nil, err
	}
	if reply == nil {
		return &wire.EffectsReply{}, nil
	}
	return &wire.EffectsReply{
		Effects: reply.reply.Effects, Commit: reply.reply.Commit, Result: reply.result, Again: reply.again,
	}, reply.err
}

func grade[P, S any](c *Call, g Grader[P, S], r *wire.GradeRequest) (any, error) {
	p, s, err := both[P, S](r.Public, r.Secret)
	if err != nil {
		return nil, err
	}
	return g.Grade(c, Submission[P, S]{
		Submission: r.Submission, Public: p, Secret: s, Evidence: r.Evidence, Previous: r.Previous,
	})
}

func report[P, S any](c *Call, rep Reporter[P, S], r *wire.ReportRequest) (any, error) {
	submissions := make([]Reported[P, S], len(r.Submissions))
	for i, s := range r.Submissions {
		public, secret, err := both[P, S](s.Public, s.Secret)
		if err != nil {
			return nil, err
		}
		submissions[i] = Reported[P, S]{Submission: s.Submission, Verdict: s.Verdict, Public: public, Secret: secret}
	}
	rows, err := rep.Report(c, submissions)
	return wire.ReportReply{Rows: rows}, err
}
