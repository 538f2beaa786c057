package problem

import (
	"embed"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed samples/*.xml
var sampleFiles embed.FS

// sample is one content with what forms must come to.
type sample struct {
	name, title string
	answers     []expected
}

type expected struct {
	expect wire.Expectation
	form   map[string][]string
}

// form makes a form of one value for each named input.
func form(pairs ...string) map[string][]string {
	f := map[string][]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f[pairs[i]] = append(f[pairs[i]], pairs[i+1])
	}
	return f
}

// samples are one for each response type, and one of several.
func samples() []sample {
	full, partial, zero, invalid := wire.ExpectFull, wire.ExpectPartial, wire.ExpectZero, wire.ExpectInvalid
	return []sample{
		{"choice", "One of several choices, shuffled, with feedback", []expected{
			{full, form("input_2_1", "choice_1")},
			{partial, form("input_2_1", "choice_2")},
			{zero, form("input_2_1", "choice_0")},
			{zero, form("input_2_1", "no such choice")},
		}},
		{"checkbox", "All that apply, with partial credit", []expected{
			{full, form("input_2_1[]", "choice_0", "input_2_1[]", "choice_2")},
			{partial, form("input_2_1[]", "choice_0")},
			{zero, form("input_2_1[]", "choice_1", "input_2_1[]", "choice_3")},
		}},
		{"dropdown", "A list to open", []expected{
			{full, form("input_2_1", "the Pacific")},
			{zero, form("input_2_1", "the Atlantic")},
		}},
		{"text", "A word to type, with alternatives", []expected{
			{full, form("input_2_1", "  michigan ")},
			{full, form("input_2_1", "Lake Michigan")},
			{zero, form("input_2_1", "Superior")},
		}},
		{"number", "A number with a tolerance", []expected{
			{full, form("input_2_1", "9.81")},
			{full, form("input_2_1", "98.1/10")},
			{partial, form("input_2_1", "10")},
			{zero, form("input_2_1", "11")},
			{invalid, form("input_2_1", "9.81 +* 2")},
			{invalid, form("input_2_1", "(9.81")},
		}},
		{"truefalse", "All that are true, and no other", []expected{
			{full, form("input_2_1[]", "choice_two", "input_2_1[]", "choice_eleven")},
			{zero, form("input_2_1[]", "choice_two")},
			{zero, form("input_2_1[]", "choice_two", "input_2_1[]", "choice_nine", "input_2_1[]", "choice_eleven")},
		}},
		{"formula", "A formula, however it is written", []expected{
			{full, form("input_2_1", "a^2 + 2*a*b + b^2")},
			{full, form("input_2_1", "(B+A)*(A+B)")},
			{zero, form("input_2_1", "a^2+b^2")},
			{invalid, form("input_2_1", "a^2 +* b")},
			{invalid, form("input_2_1", "c^2")},
		}},
		{"image", "A place in a picture", []expected{
			{full, form("input_2_1_x", "100", "input_2_1_y", "100")},
			{full, form("input_2_1", "[300,100]")},
			{zero, form("input_2_1_x", "10", "input_2_1_y", "10")},
			{invalid, form("input_2_1_x", "1.5", "input_2_1_y", "10")},
		}},
		{"annotation", "A passage with a comment and a tag", []expected{
			{full, form("input_2_1_comment", "Thee and a day", "input_2_1_tag", "2")},
			{partial, form("input_2_1_comment", "", "input_2_1_tag", "1")},
			{zero, form("input_2_1_comment", "Nothing", "input_2_1_tag", "0")},
			{zero, form("input_2_1_comment", "Only this")},
		}},
		{"choicetext", "A choice with a number in it", []expected{
			{full, form("input_2_1", "2_1_choiceinput_0bc", "input_2_1_choiceinput_0_numtolerance_input_0", "6")},
			{zero, form("input_2_1", "2_1_choiceinput_0bc", "input_2_1_choiceinput_0_numtolerance_input_0", "8")},
			{zero, form("input_2_1", "2_1_choiceinput_2bc")},
			{invalid, form("input_2_1", "2_1_choiceinput_0bc", "input_2_1_choiceinput_0_numtolerance_input_0", "six")},
		}},
		{"several", "Two questions in one problem", []expected{
			{full, form("input_2_1", "4", "input_3_1", "choice_0")},
			{partial, form("input_2_1", "4", "input_3_1", "choice_1")},
			{partial, form("input_3_1", "choice_0")},
			{zero, form("input_2_1", "5", "input_3_1", "choice_1")},
			{invalid, form("input_2_1", "x", "input_3_1", "choice_0")},
		}},
	}
}

func (s *sample) source() (string, error) {
	data, err := sampleFiles.ReadFile("samples/" + s.name + ".xml")
	return string(data), err
}

// sampleSources are all samples' sources; those that cannot be read are left out.
func sampleSources() []string {
	var sources []string
	for _, s := range samples() {
		if source, err := s.source(); err == nil {
			sources = append(sources, source)
		}
	}
	return sources
}

// Samples implements sdk.Sampler.
func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	var list []wire.Sample
	for _, s := range samples() {
		source, err := s.source()
		if err != nil {
			return nil, err
		}
		one := wire.Sample{Name: s.name, Title: s.title, Fields: wire.Fields{"display_name": olx.String(s.title), "data": olx.String(source)}}
		for _, a := range s.answers {
			one.Answers = append(one.Answers, wire.SampleAnswer{Expect: a.expect, Input: wire.Input{Handler: question.HandlerSubmit, Form: a.form}})
		}
		list = append(list, one)
	}
	return list, nil
}
