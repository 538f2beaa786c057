// Package question is what types of questions have in common, so that a type says only what is its own: what an author fills in,
// how the controls look, when an answer is right.
//
// The toolkit brings the fields that all authors need ([Fields]: prompt, hints, explanation, feedback, tries, points), the
// handlers submit, save and hint, the learner's draft, the bar of buttons as the platform's rules allow it, the verdict with its
// points and remarks in the reader's language ([Page.Bar], [Page.Judged]), marked controls ([Page.Choices], [Page.Type],
// [Page.Select]), orders drawn by the learner's seed ([Order], [Draw]), rules of partial credit ([Credit]), the shown answer,
// reports, solving, samples, and findings for authors. It needs nothing but the standard library and the contract.
//
// # A type in five steps
//
// The types of this repository are one package, blocks/questions, because they share one artifact: a folder each, with the words
// in its locales/en.json and ar.json where the toolkit's are not enough. A type elsewhere is a block of its own and looks the same.
//
// 1. Fields. Embed [Fields] and add what the type asks of its author. A list of structs becomes rows of a form; mark with
// "secret" whatever tells the answer. Give rows an id column (`quoin:"id,id"`), so that answers survive when rows move:
//
//	type Fields struct {
//		question.Fields
//		Choices []Choice `quoin:"choices,content,secret" title:"Choices"`
//	}
//	type Choice struct {
//		ID      string `json:"id,omitempty" quoin:"id,id"`
//		Text    string `json:"text,omitempty" quoin:"text,html" title:"Choice"`
//		Correct bool   `json:"correct,omitempty" quoin:"correct,secret" title:"Right"`
//	}
//
// 2. A public value, of which views are drawn, and a secret one, which holds all that scoring depends on (and feedback, which
// [Keyed] then leaves out of the key). Prepare makes both of the fields when the author publishes, and names the inputs by which
// browsers answer. It leaves out what is not finished: a question whose Solve gives nothing that Judge calls right takes no
// answers and says so.
//
// 3. Show writes the controls with the methods of [Page], which carry labels, errors, marks and ids. Without JavaScript the form
// sends the inputs' values; in a view that is part of the binary, where the sanitiser lets no elements through, quoin-question
// (sdk/elements/question.ts) puts them around fieldset.choices, .field.math and .submit-bar: add a line there for another one.
//
// 4. Judge compares: one [Part] for each input, with points, the author's feedback, and marks on what is inside of it. [Refused]
// gives the try back with a sentence beside the input. Judge never reads the clock, chance or the locale.
//
// 5. Samples: contents with answers that are full, partial, zero and invalid. New(kind{}, Spec{}) is the block; put it into
// blocks/questions/questions.go and block.json with an icon, its names into blocks/questions/locales, and stories of a learner
// and of an author into blocks/questions/testdata/stories/TYPE. `go test ./blocks/questions` replays all of it, looks for keys in
// views, and `quoin block test blocks/questions` does so in the sandbox.
//
// What else a kind can say has an interface each: [Checker], [Worder], [Revealer], [Varier]. blocks/questions/multiplechoice is
// the one to copy.
//
// [Page.Bar] and [Page.Judged] serve blocks that are no kind too: blocks/problem has them.
package question
