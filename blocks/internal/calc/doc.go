// Package calc evaluates the formulas that learners and authors type into CAPA problems, and compares results within a
// tolerance, as Open edX's calculator does.
//
// The grammar, loosest first: sums (with one leading sign), products and quotients, resistors in parallel (a||b), powers
// (right associative), atoms. An atom is a number (with an optional sign, exponent and percent sign), a variable, a call of
// a function of one argument, or a formula in parentheses. There is no implied multiplication. Names are compared without
// regard to case unless the caller says otherwise.
//
// Numbers follow Python: integers are exact, division is true division, a negative number to a broken power is complex,
// dividing by zero is an error. What a function returns follows numpy: from there on dividing by zero gives infinity or
// NaN. Products are rounded before they are added, so that every machine gets the same bits.
//
// All functions are safe for concurrent use.
package calc
