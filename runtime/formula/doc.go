// Package formula turns the TeX in authors' and learners' texts into MathML, which browsers show and screen readers speak
// without a script.
//
//	find.go     where a text holds formulas      markup.go   which texts of a fragment are looked at
//	scan.go     a fragment and its formulas      outcomes.go what the sandbox makes of them
//	typeset.go  from TeX to MathML, remembered   serve.js    what runs in the sandbox, on temml
//
// TeX is untrusted: it runs in the sandbox with a budget, commands that make links, load pictures or name classes are refused,
// and what comes out goes through the sanitiser. A formula that is wrong is shown as its source, with the reason as its title.
package formula
