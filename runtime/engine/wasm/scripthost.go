package wasm

import (
	"context"
	"strconv"

	"github.com/tetratelabs/wazero/api"

	"github.com/quoin-lms/quoin/runtime/engine/script"
)

// What a script that is a block has of the host: the global object quoin with two functions.
const (
	scriptHost    = "quoin"
	scriptService = "service"
	scriptLog     = "log"
)

// offer gives the script its functions of the host.
func (c *session) offer() {
	object := c.do(interpreterNewObject)
	for _, name := range []string{scriptService, scriptLog} {
		text := c.put(0, []byte(name))
		c.do(interpreterSetProperty, object, text, c.value(c.do(interpreterHostFunction, text, uint32(len(name)), 0)))
	}
	c.do(interpreterSetProperty, c.do(interpreterGlobal), c.put(0, []byte(scriptHost)), object)
}

// hostCall is what the interpreter calls when a script calls a function of the host: the name at (0, 1), the number of
// arguments at 3 and their list at 4. It gives a value.
func hostCall(ctx context.Context, m api.Module, stack []uint64) {
	s := stateOf(ctx)
	name := string(bytes(m, stack[0], stack[1]))
	// The functions that the running call is inside of must not be entered again, so these are others.
	c := &session{ctx: ctx, guest: &scriptGuest{}, i: &instance{module: m, memory: m.Memory()}, s: s}
	arguments := c.arguments(uint32(stack[3]), uint32(stack[4]))
	var result uint32
	switch {
	case c.err != nil:
	case name == scriptService && len(arguments) == 1:
		result = c.service(arguments[0])
	case name == scriptLog && len(arguments) == 2:
		c.log(arguments[0], arguments[1])
		result = c.do(interpreterUndefined)
	default:
		panic(trapped{"the script called the host's " + name + " with other arguments than it takes"})
	}
	if s.stop != nil {
		panic(trapped{s.stop.Message})
	}
	if c.err != nil {
		panic(trapped{c.err.Error()})
	}
	stack[0] = uint64(result)
}

// maxArguments bounds the arguments of a function of the host.
const maxArguments = 2

// arguments reads the texts that a function was called with.
func (c *session) arguments(count, list uint32) [][]byte {
	if count > maxArguments {
		panic(trapped{"the script called the host with too many arguments"})
	}
	texts := make([][]byte, count)
	for n := range texts {
		value, ok := c.i.memory.ReadUint32Le(list + 4*uint32(n))
		if !ok || c.do(interpreterIsString, value) == 0 {
			panic(trapped{"the script called the host with something else than texts"})
		}
		texts[n] = c.text(value)
	}
	return texts
}

// service asks a service with a frame as text, and gives the reply's.
func (c *session) service(request []byte) uint32 {
	frame, err := script.Frame(request)
	if err != nil {
		panic(trapped{"the script asked a service with no frame: " + err.Error()})
	}
	c.s.charge(costService + int64(len(frame))/bytesPerUnit)
	reply := c.s.service(frame)
	if c.s.stop != nil {
		return 0
	}
	text, err := script.Text(reply)
	if err != nil {
		panic(trapped{"the service gave no frame: " + err.Error()})
	}
	c.s.charge(int64(len(text)) / bytesPerUnit)
	return c.do(interpreterString, c.put(0, text), uint32(len(text)))
}

// log writes a line.
func (c *session) log(level, line []byte) {
	n, err := strconv.Atoi(string(level))
	if err != nil {
		panic(trapped{"the script logged with a level that is no number"})
	}
	c.s.charge(costLine)
	c.s.log(levelWarn*max(-1, min(n, 2)), text(line, c.s.limits.Logs))
}
