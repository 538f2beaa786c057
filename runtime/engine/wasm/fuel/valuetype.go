package fuel

import "fmt"

// ValueType is a value's type as the binary format encodes it, the same numbers as wazero's api.ValueType.
type ValueType byte

// The value types of the core specification.
const (
	I32       ValueType = 0x7f
	I64       ValueType = 0x7e
	F32       ValueType = 0x7d
	F64       ValueType = 0x7c
	V128      ValueType = 0x7b
	FuncRef   ValueType = 0x70
	ExternRef ValueType = 0x6f
)

// anyType stands on the operand stack after code that is never reached: it matches every type.
const anyType ValueType = 0

func (t ValueType) known() bool {
	return t <= I32 && t >= V128 || t.reference()
}

func (t ValueType) reference() bool {
	return t == FuncRef || t == ExternRef
}

// String gives the name that the text format uses.
func (t ValueType) String() string {
	switch t {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case V128:
		return "v128"
	case FuncRef:
		return "funcref"
	case ExternRef:
		return "externref"
	case anyType:
		return "any"
	default:
		return fmt.Sprintf("%#x", byte(t))
	}
}

// FuncType is a function's signature.
type FuncType struct {
	Params, Results []ValueType
}
