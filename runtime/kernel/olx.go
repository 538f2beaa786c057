package kernel

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// ImportOLX lets the installed block of a type read one OLX element. known is false when no block of the type is installed
// or its block cannot read OLX: the caller then reads attributes by itself and keeps the element.
func (k *Kernel) ImportOLX(
	ctx context.Context, blockType string, xml []byte, files []wire.OLXFile,
) (fields wire.Fields, findings []wire.Finding, known bool, err error) {
	version, err := k.config.Registry.Lookup(blockType)
	if errors.Is(err, &wire.Error{Code: wire.CodeMissing}) {
		return nil, nil, false, nil
	}
	if err != nil {
		return nil, nil, false, err
	}
	description, err := version.Describe(ctx, blockType)
	if err != nil {
		return nil, nil, false, err
	}
	if !implements(&description, wire.OpImportOLX) {
		return nil, nil, false, nil
	}
	fields, findings, err = k.importWith(ctx, version, &description, blockType, xml, files)
	return fields, findings, true, err
}

// Declared gives the fields that the installed block of a type declares; ok is false when there is none.
func (k *Kernel) Declared(ctx context.Context, blockType string) (fields []wire.Field, ok bool) {
	version, err := k.config.Registry.Lookup(blockType)
	if err != nil {
		return nil, false
	}
	description, err := version.Describe(ctx, blockType)
	return description.Fields, err == nil
}

// Handles reports whether the installed block of a type has a handler of this name for a role, so that nothing is stored for
// a request that would be refused.
func (k *Kernel) Handles(ctx context.Context, blockType, handler string, role wire.Role) bool {
	version, err := k.config.Registry.Lookup(blockType)
	if err != nil {
		return false
	}
	description, err := version.Describe(ctx, blockType)
	return err == nil && slices.ContainsFunc(description.Handlers, func(h wire.Handler) bool {
		return h.Name == handler && slices.Contains(h.Roles, role)
	})
}

// StaffAlone reports whether a view of a type is for those alone who work on a course, and so for no learner.
func (k *Kernel) StaffAlone(ctx context.Context, blockType, view string) bool {
	version, err := k.config.Registry.Lookup(blockType)
	if err != nil {
		return false
	}
	description, err := version.Describe(ctx, blockType)
	if err != nil {
		return false
	}
	at := slices.IndexFunc(description.Views, func(v wire.View) bool { return v.Name == view })
	return at >= 0 && !slices.ContainsFunc(viewers(&description.Views[at]), func(role wire.Role) bool {
		return role == wire.RoleLearner || role == wire.RoleVisitor
	})
}

// importWith asks one version to read an element.
func (k *Kernel) importWith(
	ctx context.Context, version *registry.Version, description *wire.Description, blockType string, xml []byte, files []wire.OLXFile,
) (wire.Fields, []wire.Finding, error) {
	if !implements(description, wire.OpImportOLX) {
		return nil, nil, nil
	}
	var reply wire.ImportReply
	_, err := k.invoke(ctx, question{
		version: version, op: wire.OpImportOLX, context: wire.Context{Block: blockType},
		body: &wire.ImportRequest{XML: wire.Blob{Data: xml}, Files: files},
	}, &reply)
	if err != nil {
		return nil, nil, err
	}
	for name := range reply.Fields {
		declared := false
		for _, f := range description.Fields {
			declared = declared || f.Name == name && f.Scope.Authored()
		}
		if !declared { // an archive cannot plant learners' data (security R12)
			return nil, nil, refuse(blockType, wire.OpImportOLX,
				wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "field %q is no authored field of the block", name))
		}
	}
	return reply.Fields, reply.Findings, nil
}

// Check lets a block find its author's mistakes. published is the course that the fields belong to, for what the block asks
// services; nil leaves it without a course's files.
func (k *Kernel) Check(
	ctx context.Context, published *course.Published, blockType string, fields wire.Fields, children []wire.Child,
) ([]wire.Finding, error) {
	version, err := k.config.Registry.Lookup(blockType)
	if err != nil {
		return nil, err
	}
	description, err := version.Describe(ctx, blockType)
	if err != nil || !implements(&description, wire.OpCheck) {
		return nil, err
	}
	asker := &services.Call{
		Op: wire.OpCheck, Role: wire.RoleHost, Manifest: &version.Manifest, Description: &description, Type: blockType, Published: published,
	}
	if published != nil {
		asker.Owner = published.Key.String()
	}
	var reply wire.CheckReply
	_, err = k.invoke(ctx, question{
		version: version, op: wire.OpCheck, context: wire.Context{Block: blockType}, asker: asker,
		body: wire.CheckRequest{Fields: withoutKeys(&description, maps.Clone(fields)), Children: children},
	}, &reply)
	return reply.Findings, err
}

// runOf gives the course run of a usage key, "" when it has none.
func runOf(usage string) string {
	parsed, err := key.ParseUsage(usage)
	if err != nil {
		return ""
	}
	return parsed.Course.String()
}
