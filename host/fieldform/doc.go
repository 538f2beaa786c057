// Package fieldform draws a form of the fields that a block declares, with an input that fits each field's type, and reads what
// comes back. It works without scripts. The workbench shows it; Studio falls back to it for blocks without an editor of their own.
package fieldform
