package sdk

import (
	"fmt"
	"reflect"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Block answers frames of the contract. [New] makes one from an author's type, [Types] joins several.
type Block interface {
	// Serve answers one request frame with one reply frame. It is called by one goroutine at a time.
	Serve(host Host, frame []byte) []byte
}

// Host is what the platform gives to a running call.
type Host interface {
	// Service asks a service and returns the reply frame.
	Service(frame []byte) []byte
	// Log writes one line; levels are those of log/slog.
	Log(level int, line string)
}

// Spec declares what methods alone cannot say.
type Spec struct {
	// Kind is component when empty.
	Kind wire.Kind
	// Schema is the number of the shape of what the block stores; 0 is 1.
	Schema      int
	Views       []wire.View
	Handlers    []wire.Handler
	Mounts      []wire.Handler
	Tasks       []string
	Events      []wire.EventType
	Subscribes  []string
	Collections []wire.Collection
	// Rerandomize is the seed rule of a usage that sets none.
	Rerandomize  string
	Identity     bool
	ClientGraded bool
	Grade        wire.GradeReads
	// GradeSecretOnly says that Grade needs nothing of the public value: it then gets its zero value, which saves reading it.
	GradeSecretOnly bool
	Choose          wire.ChooseReads
	// Catalogue translates the block's words; nil leaves keys as they are.
	Catalogue *Catalogue
}

// Types joins block types that share one artifact; the key is the type's name.
type Types map[string]Block

// Serve implements [Block].
func (t Types) Serve(host Host, frame []byte) []byte {
	request, _, err := wire.DecodeRequest(frame)
	if err != nil {
		return failure(err)
	}
	block, ok := t[request.Context.Block]
	if !ok {
		return failure(wire.Errorf(wire.CodeMissing, wire.BlameBlock, "this package has no block type %q", request.Context.Block))
	}
	return block.Serve(host, frame)
}

// New makes a block of an author's type. F is its fields, P and S its prepared values, [None] where it has none. It panics
// on a mistake that a build should have caught: a method with a capability's name and another signature, a field tag that
// does not parse, a view without a Render method.
func New[F, P, S any](impl any, spec Spec) Block {
	b := &block[F, P, S]{spec: spec, fields: fieldsOf[F](), serving: map[wire.Op]operation{}}
	b.bindAuthoring(impl)
	b.bindLearning(impl)
	b.description = b.describe(impl)
	return b
}

type block[F, P, S any] struct {
	spec        Spec
	fields      *fieldSet
	serving     map[wire.Op]operation
	description wire.Description
}

// operation serves one decoded request.
type operation func(c *Call, m wire.Message) (any, error)

// bind serves op by the author's method if impl has it. A method of the right name and another signature would be silently
// unused, so that is a panic.
func bind[C any](serving map[wire.Op]operation, impl any, op wire.Op, method string, serve func(C) operation) {
	if capable, ok := impl.(C); ok {
		serving[op] = serve(capable)
		return
	}
	if found, exists := reflect.TypeOf(impl).MethodByName(method); exists {
		panic(fmt.Sprintf("sdk.New: %T.%s has the signature %v, which is not that of the capability %v: see sdk/capability.go",
			impl, method, found.Type, reflect.TypeFor[C]()))
	}
}

func (b *block[F, P, S]) describe(impl any) wire.Description {
	if len(b.spec.Views) > 0 && b.serving[wire.OpRender] == nil {
		panic(fmt.Sprintf("sdk.New: %T declares views but has no Render method", impl))
	}
	if len(b.spec.Handlers) > 0 && b.serving[wire.OpHandle] == nil {
		panic(fmt.Sprintf("sdk.New: %T declares handlers but has no Handle method", impl))
	}
	kind, schema := b.spec.Kind, b.spec.Schema
	if kind == "" {
		kind = wire.KindComponent
	}
	if schema == 0 {
		schema = 1
	}
	var ops []wire.Op
	for _, op := range wire.Ops() {
		if b.serving[op] != nil {
			ops = append(ops, op)
		}
	}
	return wire.Description{
		SDK: "go 1", Kind: kind, Ops: ops, Schema: schema,
		Fields: b.fields.declared, Collections: b.spec.Collections,
		Views: b.spec.Views, Handlers: b.spec.Handlers, Mounts: b.spec.Mounts, Tasks: b.spec.Tasks,
		Events: b.spec.Events, Subscribes: b.spec.Subscribes, Rerandomize: b.spec.Rerandomize,
		Grade: b.spec.Grade, Choose: b.spec.Choose, Identity: b.spec.Identity, ClientGraded: b.spec.ClientGraded,
	}
}
