package code

import (
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	two := 2.0
	sum := Fields{
		Fields: question.Fields{
			DisplayName: "The sum of a line", Prompt: "<p>Read a line of whole numbers and print their sum. An empty line has the sum 0.</p>",
			Hints: []string{"<code>input().split()</code> gives the words of a line."}, Solution: "<p><code>map</code> makes numbers of all words at once.</p>",
			Partly: "<p>What is the sum of no numbers at all?</p>",
		},
		Language: wire.LanguagePython, Asks: asksProgram, Compare: compareTrim,
		Start: "numbers = input().split()\n",
		Tests: []Test{
			{ID: "two", Name: "Two numbers", Input: "2 3\n", Expected: "5"},
			{ID: "below", Name: "Below zero", Input: "-4 1 1\n", Expected: "-2", Feedback: "<p>A minus belongs to the number behind it.</p>"},
		},
		Hidden: []Hidden{
			{ID: "empty", Name: "An empty line", Input: "\n", Expected: "0", Points: &two, Feedback: "<p>Try it with an empty line.</p>"},
		},
		Reference: "print(sum(map(int, input().split())))\n",
	}
	whole := sum
	whole.DisplayName, whole.Credit = "The sum of a line, all or nothing", "all"
	call := Fields{
		Fields: question.Fields{
			DisplayName: "Vowels", Prompt: "<p>Write a function <code>vowels</code> that counts the vowels a, e, i, o, u of a text.</p>",
			Hints: []string{"Go over the letters one by one."}, Solution: "<p>Capital letters count too.</p>",
		},
		Language: wire.LanguageJavaScript, Asks: asksCall, Compare: compareTrim,
		Start: "function vowels(text) {\n  return 0;\n}\n",
		Tests: []Test{
			{ID: "tide", Input: "vowels(\"tide\")", Expected: "2"},
			{ID: "none", Input: "vowels(\"rhythm\")", Expected: "0"},
		},
		Hidden:    []Hidden{{ID: "big", Name: "Capital letters", Input: "vowels(\"OCEAN\")"}},
		Reference: "const vowels = (text) => (text.match(/[aeiou]/gi) ?? []).length;\n",
	}
	tides := Fields{
		Fields: question.Fields{
			DisplayName: "High tides", Prompt: "<p>Give the ports whose tide is higher than 3 metres, and the tide, in any order.</p>",
			Hints: []string{"<code>WHERE</code> chooses rows."}, Solution: "<p>Only <code>WHERE</code> is needed.</p>",
		},
		Language: wire.LanguageSQL, Compare: compareRows,
		Start: "SELECT port, height FROM tides\n",
		Setup: "CREATE TABLE tides (port TEXT, height REAL);\nINSERT INTO tides VALUES ('Brest', 6.1), ('Naples', 0.4), ('Dover', 5.9);\n",
		Tests: []Test{{ID: "given", Name: "The table as it is", Expected: "Brest|6.1\nDover|5.9"}},
		Hidden: []Hidden{
			{ID: "edge", Name: "Exactly 3 metres", Input: "INSERT INTO tides VALUES ('Bergen', 3.0), ('Ostend', 4.5);", Feedback: "<p>Higher than 3 is not 3.</p>"},
		},
		Reference: "SELECT port, height FROM tides WHERE height > 3;\n",
	}
	is := func(expect wire.Expectation, program string) question.Expected {
		return question.Expecting(expect, input, program)
	}
	return []question.Sample[Fields]{{
		Name: "sum", Title: "A program in Python", Fields: sum, Answers: []question.Expected{
			is(wire.ExpectFull, "print(sum(map(int, input().split())))\n"),
			is(wire.ExpectPartial, "a, *rest = map(int, input().split())\nfor b in rest:\n    a += b\nprint(a)\n"),
			is(wire.ExpectZero, "print(input())\n"),
			is(wire.ExpectZero, "print(1 +)\n"),
			is(wire.ExpectInvalid, "  \n"),
		},
	}, {
		Name: "whole", Title: "All or nothing", Fields: whole, Answers: []question.Expected{
			is(wire.ExpectFull, "print(sum(map(int, input().split())))\n"),
			is(wire.ExpectZero, "a, *rest = map(int, input().split())\nfor b in rest:\n    a += b\nprint(a)\n"),
		},
	}, {
		Name: "vowels", Title: "A function in JavaScript", Fields: call, Answers: []question.Expected{
			is(wire.ExpectFull, "const vowels = (text) => (text.match(/[aeiou]/gi) ?? []).length;\n"),
			is(wire.ExpectPartial, "function vowels(text) {\n  let n = 0;\n  for (const c of text) if (\"aeiou\".includes(c)) n++;\n  return n;\n}\n"),
			is(wire.ExpectZero, "function vowels(text) { return -1; }\n"),
			is(wire.ExpectInvalid, " "),
		},
	}, {
		Name: "tides", Title: "A query in SQL", Fields: tides, Answers: []question.Expected{
			is(wire.ExpectFull, "select port, height from tides where height > 3 order by port desc"),
			is(wire.ExpectPartial, "select port, height from tides where height >= 3"),
			is(wire.ExpectZero, "select * from tides"),
			is(wire.ExpectInvalid, "\n"),
		},
	}}
}
