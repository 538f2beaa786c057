package calc

import (
	"fmt"
	"strings"
)

// Code says what is wrong with a formula.
type Code int

// The codes, with the exception of the reference that each stands for.
const (
	Syntax       Code = iota + 1 // ParseException
	Parentheses                  // UnmatchedParenthesis
	Undefined                    // UndefinedVariable
	Factorial                    // ValueError of factorial()
	ZeroDivision                 // ZeroDivisionError
	Overflow                     // OverflowError, and formulas beyond this package's limits
	Type                         // TypeError: a number of the wrong kind
)

// Error is what is wrong with a formula, in parts from which a caller can word a message in the reader's language.
type Error struct {
	Code Code
	// Names are the unknown names, sorted; Function says that they were called.
	Names    []string
	Function bool
	// Better are names that differ only by case, sorted.
	Better []string
	// Multiply says that a called name is a variable: a * may be missing.
	Multiply bool
	// Open counts parentheses never closed; 0 means that one was closed too many, after Before.
	Open   int
	Before string
}

// Error words it in English.
func (e *Error) Error() string {
	switch e.Code {
	case Syntax:
		return "evaluating formula: syntax error"
	case Parentheses:
		if e.Open > 0 {
			return fmt.Sprintf("evaluating formula: %d parentheses were opened but never closed", e.Open)
		}
		return fmt.Sprintf("evaluating formula: a parenthesis is closed after %q but never opened", e.Before)
	case Undefined:
		return "evaluating formula: unknown name " + strings.Join(e.Names, ", ")
	case Factorial:
		return "evaluating formula: factorial of a negative number"
	case ZeroDivision:
		return "evaluating formula: division by zero"
	case Overflow:
		return "evaluating formula: number too large"
	case Type:
		return "evaluating formula: wrong kind of number"
	}
	return "evaluating formula: failed"
}

func fail(code Code) (Value, error) { return Value{}, &Error{Code: code} }
