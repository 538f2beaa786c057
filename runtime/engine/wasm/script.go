package wasm

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/tetratelabs/wazero/api"

	"github.com/quoin-lms/quoin/runtime/engine/script"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// A script runs in an interpreter: QuickJS-NG as the npm package quickjs-wasi builds it, which exports its C API. A value is
// named by an address in the guest's memory. The script is evaluated once and the image taken after it, so that a call begins
// with everything parsed and defined. Nothing is freed: memory goes back to the image after the call.

// scriptEntry is the global function that a script defines. It gets the request as text and gives the reply as text, or a
// promise of it.
const scriptEntry = "serve"

// interpreterModule is what the interpreter imports beside WASI. Scripts have no modules, and their zone is UTC; of the host
// they have what scripthost.go gives to blocks. That they end is a matter of fuel and not of the interpreter's own interrupts.
const interpreterModule = "env"

const importHostCall = "host_call"

var interpreterFunctions = map[string]int{ // name -> how many i32 it takes
	"host_get_timezone_offset": 2, "host_interrupt": 0, "host_module_normalize": 2, "host_module_load": 2, importHostCall: 5,
	"host_promise_rejection": 3,
}

func (e *Engine) interpreterModule(ctx context.Context) error {
	builder := e.runtime.NewHostModuleBuilder(interpreterModule)
	for name, count := range interpreterFunctions {
		params := make([]api.ValueType, count)
		for n := range params {
			params[n] = i32
		}
		results := []api.ValueType{i32}
		if name == "host_promise_rejection" {
			results = nil
		}
		if name == importHostCall {
			builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(hostCall), params, results).Export(name)
			continue
		}
		nothing := api.GoFunc(func(_ context.Context, stack []uint64) {
			if len(stack) > 0 {
				stack[0] = 0
			}
		})
		builder.NewFunctionBuilder().WithGoFunction(nothing, params, results).Export(name)
	}
	_, err := builder.Instantiate(ctx)
	return err
}

// scriptGuest is an interpreter with a script.
type scriptGuest struct {
	script []byte
	// contract says that its frames are the contract's and that it may ask services.
	contract bool
	serve    uint32
	// bound are the functions by the order of scriptExports, each taken when it is needed.
	bound [len(scriptExports)]api.Function
}

// export names a function of the interpreter.
type export int

const (
	interpreterInit export = iota
	interpreterMalloc
	interpreterFree
	interpreterEval
	interpreterString
	interpreterUndefined
	interpreterGlobal
	interpreterProperty
	interpreterIsFunction
	interpreterCall
	interpreterIsException
	interpreterException
	interpreterIsString
	interpreterText
	interpreterPending
	interpreterRunJob
	interpreterIsPromise
	interpreterPromiseState
	interpreterPromiseResult
	interpreterNewObject
	interpreterSetProperty
	interpreterHostFunction
)

// scriptExports are the interpreter's functions. Those that may run the script's code are taken anew after a call that may have been deep.
var scriptExports = [...]struct {
	name, signature string
	runs            bool
}{
	interpreterInit:          {"qjs_init", "() -> i32", false},
	interpreterMalloc:        {"wasm_malloc", "(i32) -> i32", false},
	interpreterFree:          {"wasm_free", "(i32) -> ", false},
	interpreterEval:          {"qjs_eval", "(i32, i32, i32, i32) -> i32", true},
	interpreterString:        {"qjs_new_string", "(i32, i32) -> i32", false},
	interpreterUndefined:     {"qjs_get_undefined", "() -> i32", false},
	interpreterGlobal:        {"qjs_get_global", "() -> i32", false},
	interpreterProperty:      {"qjs_get_prop_string", "(i32, i32) -> i32", true},
	interpreterIsFunction:    {"qjs_is_function", "(i32) -> i32", false},
	interpreterCall:          {"qjs_call", "(i32, i32, i32, i32) -> i32", true},
	interpreterIsException:   {"qjs_is_exception", "(i32) -> i32", false},
	interpreterException:     {"qjs_get_exception", "() -> i32", false},
	interpreterIsString:      {"qjs_is_string", "(i32) -> i32", false},
	interpreterText:          {"qjs_get_string_len", "(i32, i32) -> i32", true},
	interpreterPending:       {"qjs_is_job_pending", "() -> i32", false},
	interpreterRunJob:        {"qjs_execute_pending_job", "() -> i32", true},
	interpreterIsPromise:     {"qjs_is_promise", "(i32) -> i32", false},
	interpreterPromiseState:  {"qjs_promise_state", "(i32) -> i32", false},
	interpreterPromiseResult: {"qjs_promise_result", "(i32) -> i32", false},
	interpreterNewObject:     {"qjs_new_object", "() -> i32", false},
	interpreterSetProperty:   {"qjs_set_prop_string", "(i32, i32, i32) -> i32", false},
	interpreterHostFunction:  {"qjs_new_host_function", "(i32, i32, i32) -> i32", false},
}

func (*scriptGuest) check(module api.Module) error {
	for _, e := range scriptExports {
		f := module.ExportedFunction(e.name)
		if f == nil || signatureOf(f.Definition()) != e.signature {
			return wire.Errorf(wire.CodeABI, wire.BlameHost, "the interpreter does not export %s %s: it is another version of quickjs-wasi", e.name, e.signature)
		}
	}
	return nil
}

func (g *scriptGuest) bind(api.Module) {
	for n, e := range scriptExports {
		if e.runs {
			g.bound[n] = nil
		}
	}
}

// shallow is the fuel of a call whose stacks are kept. A function of a script takes a thousand units and under a KB, so they
// have at most a MB; to make them grow anew in each call costs a third of a grading.
const shallow = 1_000_000

func (*scriptGuest) deep(spent int64) bool { return spent > shallow }

func (g *scriptGuest) entry() uint32 { return g.serve }

func (g *scriptGuest) enter(entry uint32) { g.serve = entry }

// session is one call of the engine into the interpreter. After the first failure it does nothing more.
type session struct {
	ctx   context.Context //nolint:containedctx // it lives as long as the call
	guest *scriptGuest
	i     *instance
	s     *state
	err   error
}

// do calls a function of the interpreter.
func (c *session) do(name export, arguments ...uint32) uint32 {
	if c.err != nil {
		return 0
	}
	var stack [4]uint64
	for n, a := range arguments {
		stack[n] = uint64(a)
	}
	f := c.guest.bound[name]
	if f == nil {
		f = c.i.module.ExportedFunction(scriptExports[name].name)
		c.guest.bound[name] = f
	}
	if err := f.CallWithStack(c.ctx, stack[:]); err != nil {
		what := "the script failed"
		if strings.Contains(err.Error(), "out of bounds memory access") { // the interpreter's stack ends where memory begins
			what = "the script failed, its calls nest too deep"
		}
		c.err = c.s.failure(err, what)
	}
	return uint32(stack[0])
}

// put copies bytes into the interpreter's heap, with a zero behind them and so much room before them.
func (c *session) put(before uint32, data []byte) uint32 {
	address := c.do(interpreterMalloc, before+uint32(len(data))+1)
	if c.err == nil && (address == 0 || !c.i.memory.Write(address+before, data) || !c.i.memory.WriteByte(address+before+uint32(len(data)), 0)) {
		c.err = c.s.failure(errors.New("out of memory"), "the script failed")
	}
	return address
}

// text reads a value as text.
func (c *session) text(value uint32) []byte {
	length := c.do(interpreterMalloc, 4)
	place := c.do(interpreterText, value, length)
	size, ok := c.i.memory.ReadUint32Le(length)
	if c.err != nil {
		return nil
	}
	if place == 0 || !ok {
		c.err = wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the script's reply cannot be read")
		return nil
	}
	data, err := c.i.reply(c.s, place, size)
	if c.err = err; err != nil {
		return nil
	}
	return data
}

// value passes a result on, or makes the exception that it stands for the failure.
func (c *session) value(result uint32) uint32 {
	if c.do(interpreterIsException, result) != 0 {
		c.thrown(c.do(interpreterException))
	}
	return result
}

// maxThrown bounds what is kept of an exception's text, in bytes.
const maxThrown = 500

func (c *session) thrown(exception uint32) {
	said := c.text(exception)
	if c.s.stop == nil { // an exception that cannot be read is a failure all the same
		c.err = c.s.failure(errors.New(text(said, maxThrown)), "the script failed")
	}
}

// settle runs what promises wait for and gives what a promise became.
func (c *session) settle(value uint32) uint32 {
	for c.do(interpreterPending) != 0 && c.err == nil {
		if status := int32(c.do(interpreterRunJob)); status < 0 {
			c.thrown(c.do(interpreterException))
		}
	}
	if c.do(interpreterIsPromise, value) == 0 {
		return value
	}
	state, result := c.do(interpreterPromiseState, value), c.do(interpreterPromiseResult, value)
	switch {
	case c.err != nil:
	case state == 0:
		c.err = wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the script promised a reply and waits for what never comes")
	case state == 2:
		c.thrown(result)
	}
	return result
}

// initialise evaluates the script.
func (g *scriptGuest) initialise(ctx context.Context, i *instance, s *state) error {
	c := &session{ctx: ctx, guest: g, i: i, s: s}
	if c.do(interpreterInit) != 0 && c.err == nil {
		c.err = s.failure(errors.New("no context"), "the interpreter does not start")
	}
	if g.contract {
		c.offer()
	}
	name, code := c.put(0, []byte("script")), c.put(0, g.script)
	c.settle(c.value(c.do(interpreterEval, code, uint32(len(g.script)), name, 0)))
	c.do(interpreterFree, code)
	g.serve = c.value(c.do(interpreterProperty, c.do(interpreterGlobal), c.put(0, []byte(scriptEntry))))
	if c.do(interpreterIsFunction, g.serve) == 0 && c.err == nil {
		c.err = wire.Errorf(wire.CodeABI, wire.BlameBlock, "the script defines no global function %s", scriptEntry)
	}
	// What is taken and given back stays with the heap, so that calls seldom grow the memory.
	c.do(interpreterFree, c.do(interpreterMalloc, uint32(i.code.headroom)))
	return c.err
}

func (g *scriptGuest) handle(ctx context.Context, i *instance, s *state, frame []byte) ([]byte, error) {
	if !g.contract {
		return g.answer(ctx, i, s, frame)
	}
	request, err := script.Text(frame)
	if err != nil {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameHost, "%v", err)
	}
	reply, err := g.answer(ctx, i, s, request)
	if err != nil {
		return nil, err
	}
	if frame, err = script.Frame(reply); err != nil {
		return nil, wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "%v", err)
	}
	return frame, nil
}

// answer hands a text to the script and gives what it returns.
func (g *scriptGuest) answer(ctx context.Context, i *instance, s *state, frame []byte) ([]byte, error) {
	c := &session{ctx: ctx, guest: g, i: i, s: s}
	const room = 8 // for the list of arguments, before the text
	arguments := c.put(room, frame)
	request := c.do(interpreterString, arguments+room, uint32(len(frame)))
	if c.err == nil && !i.memory.WriteUint32Le(arguments, request) {
		return nil, wire.Errorf(wire.CodeBadReply, wire.BlameHost, "the interpreter's memory ends before its heap")
	}
	result := c.settle(c.value(c.do(interpreterCall, g.serve, c.do(interpreterUndefined), 1, arguments)))
	if c.do(interpreterIsString, result) == 0 && c.err == nil {
		return nil, wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the script's %s gave something else than text", scriptEntry)
	}
	reply := c.text(result)
	if c.err != nil {
		return nil, c.err
	}
	if !utf8.Valid(reply) {
		return nil, wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the script's reply is not valid Unicode")
	}
	return reply, nil
}
