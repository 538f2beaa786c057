package sdk

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// bindAuthoring serves what happens when content is written, published and tried out.
func (b *block[F, P, S]) bindAuthoring(impl any) {
	bind(b.serving, impl, wire.OpOutline, "Outline", func(o Outliner[F, P, S]) operation {
		return on(func(c *Call, r *wire.OutlineRequest) (any, error) { return b.outline(c, o, r) })
	})
	bind(b.serving, impl, wire.OpVary, "Vary", func(v Varier[P, S]) operation {
		return on(func(c *Call, r *wire.VaryRequest) (any, error) { return vary(c, v, r) })
	})
	bind(b.serving, impl, wire.OpChoose, "Choose", func(ch Chooser[F]) operation {
		return on(func(c *Call, r *wire.ChooseRequest) (any, error) {
			f, err := decodeFields[F](b.fields, r.Fields)
			if err != nil {
				return nil, err
			}
			children, err := ch.Choose(c, f, *r)
			return wire.Choice{Children: children}, err
		})
	})
	bind(b.serving, impl, wire.OpCheck, "Check", func(ch Checker[F]) operation {
		return on(func(c *Call, r *wire.CheckRequest) (any, error) {
			f, err := decodeFields[F](b.fields, r.Fields)
			if err != nil {
				return nil, err
			}
			findings, err := ch.Check(c, f, r.Children)
			return wire.CheckReply{Findings: findings}, err
		})
	})
	bind(b.serving, impl, wire.OpSolve, "Solve", func(s Solver[P, S]) operation {
		return on(func(c *Call, r *wire.SolveRequest) (any, error) {
			public, secret, err := both[P, S](r.Public, r.Secret)
			if err != nil {
				return nil, err
			}
			return s.Solve(c, public, secret)
		})
	})
	b.bindContent(impl)
}

// bindContent serves OLX, migration and samples.
func (b *block[F, P, S]) bindContent(impl any) {
	bind(b.serving, impl, wire.OpImportOLX, "ImportOLX", func(i Importer) operation {
		return on(func(c *Call, r *wire.ImportRequest) (any, error) {
			fields, findings, err := i.ImportOLX(c, r.XML.Data, r.Files)
			return wire.ImportReply{Fields: fields, Findings: findings}, err
		})
	})
	bind(b.serving, impl, wire.OpExportOLX, "ExportOLX", func(e Exporter[F]) operation {
		return on(func(c *Call, r *wire.ExportRequest) (any, error) {
			f, err := decodeFields[F](b.fields, r.Fields)
			if err != nil {
				return nil, err
			}
			xml, files, err := e.ExportOLX(c, f, r.Fields, r.BlockID)
			return &wire.ExportReply{XML: wire.Blob{Data: xml}, Files: files}, err
		})
	})
	bind(b.serving, impl, wire.OpMigrate, "Migrate", func(m Migrator) operation {
		return on(func(c *Call, r *wire.MigrateRequest) (any, error) { return m.Migrate(c, *r) })
	})
	bind(b.serving, impl, wire.OpSample, "Samples", func(s Sampler) operation {
		return on(func(c *Call, _ *wire.SampleRequest) (any, error) {
			samples, err := s.Samples(c)
			return wire.SampleReply{Samples: samples}, err
		})
	})
}

func (b *block[F, P, S]) outline(c *Call, o Outliner[F, P, S], r *wire.OutlineRequest) (any, error) {
	f, err := decodeFields[F](b.fields, r.Fields)
	if err != nil {
		return nil, err
	}
	out, err := o.Outline(c, f, r.Children)
	if err != nil {
		return nil, err
	}
	reply := &wire.Outline{Facts: out.Facts, AnswerHash: out.AnswerHash}
	if reply.Public, err = blob(out.Public); err != nil {
		return nil, err
	}
	if reply.Secret, err = blob(out.Secret); err != nil {
		return nil, err
	}
	if reply.AnswerHash == "" && out.Facts.MaxScore != nil {
		digest := sha256.Sum256(reply.Secret.Data)
		reply.AnswerHash = hex.EncodeToString(digest[:16])
	}
	return reply, nil
}

func vary[P, S any](c *Call, v Varier[P, S], r *wire.VaryRequest) (any, error) {
	public, secret, err := both[P, S](r.Public, r.Secret)
	if err != nil {
		return nil, err
	}
	if public, secret, err = v.Vary(c, public, secret); err != nil {
		return nil, err
	}
	reply := &wire.Variant{}
	if reply.Public, err = blob(public); err != nil {
		return nil, err
	}
	reply.Secret, err = blob(secret)
	return reply, err
}
