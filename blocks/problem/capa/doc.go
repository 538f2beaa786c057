// Package capa is the engine of CAPA problems: Open edX's XML in which an author mixes text, response types and inputs.
//
// At publishing time [Compile] parses the author's XML once into two plain values: [Public] holds what rendering needs
// and never a key, [Secret] what grading needs. Where the seed or a script changes the content, [Prepared.Variant] makes
// the pair of values of one variant. From then on no call parses XML: [Public.View] renders, [Secret.Grade] gives a
// [Result], [Secret.Reveal] the shown answers and solutions, [Secret.Solve] answers that score full.
//
// Inputs are named as in Open edX without the problem's own id: response n (from 1) has the inputs (n+1)_1, (n+1)_2 and
// so on.
//
// Response types and input types stand in one table each (registry.go). A type that is not built yet compiles into a
// visible gap; the text around it still shows, and grading says which type is missing.
//
// Nothing here has state: all functions may be called concurrently, and prepared values are never changed.
package capa
