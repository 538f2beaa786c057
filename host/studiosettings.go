package host

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// maxTitle bounds a title, in bytes.
const maxTitle = 255

// Levels of the outline.
const (
	levelSection = 1 + iota
	levelSubsection
	levelUnit
	// levelComponent is what stands in a unit: its own form has its settings, but not who sees it.
	levelComponent
)

// outlineLevel is how deep a container stands, 0 for others.
func outlineLevel(blockType string) int {
	return map[string]int{"chapter": levelSection, "sequential": levelSubsection, "vertical": levelUnit}[blockType]
}

// settingLevel is outlineLevel, with components.
func settingLevel(blockType string) int {
	if !course.Structural(blockType) {
		return levelComponent
	}
	return outlineLevel(blockType)
}

// correctness are the ways of showing what was right; "" is what the course says.
var correctness = []string{"", "always", "past_due", "never", "never_but_include_grade"}

// settingGroups are the settings of the outline, in the order of the form.
var settingGroups = []settingGroup{
	{
		name: "title", levels: []int{1, 2, 3}, alone: true,
		show: func(f *settingForm) []settingInput {
			return []settingInput{f.input("title", "text", f.text("display_name"))}
		},
		read: func(f *settingForm, into wire.Fields) {
			title := strings.Join(strings.Fields(f.sent("title")), " ")
			if title == "" || len(title) > maxTitle {
				f.wrong["title"] = f.words("wrong_title", maxTitle)
				return
			}
			setJSON(into, "display_name", title)
		},
	},
	{
		name: "start", levels: []int{1, 2},
		show: func(f *settingForm) []settingInput {
			return []settingInput{f.input("start", "datetime-local", f.instant("start"))}
		},
		read: func(f *settingForm, into wire.Fields) { f.readInstant("start", into) },
	},
	{
		name: "due", levels: []int{2},
		show: func(f *settingForm) []settingInput {
			return []settingInput{f.input("due", "datetime-local", f.instant("due"))}
		},
		read: func(f *settingForm, into wire.Fields) { f.readInstant("due", into) },
	},
	{
		name: "relative_weeks_due", levels: []int{2},
		show: func(f *settingForm) []settingInput {
			in := f.input("relative_weeks_due", "number", f.number("relative_weeks_due"))
			in.Min, in.Max, in.Step = "1", "100", "1"
			return []settingInput{in}
		},
		read: func(f *settingForm, into wire.Fields) {
			text := strings.TrimSpace(f.sent("relative_weeks_due"))
			weeks, ok := typedNumber(text)
			switch {
			case text == "":
				unset(into, "relative_weeks_due")
			case !ok || weeks < 1 || weeks > 100:
				f.wrong["relative_weeks_due"] = f.words("wrong_number", 1, 100)
			default:
				setJSON(into, "relative_weeks_due", weeks)
			}
		},
	},
	{
		name: "format", levels: []int{2},
		show: func(f *settingForm) []settingInput {
			set := ""
			if f.bool("graded") {
				set = f.text("format")
			}
			in := f.input("format", "select", set)
			in.Choices = f.assignmentTypes(in.Value)
			return []settingInput{in}
		},
		read: func(f *settingForm, into wire.Fields) {
			format := f.sent("format")
			if format == "" {
				unset(into, "format", "graded")
				return
			}
			if !slices.ContainsFunc(f.assignmentTypes(f.text("format")), func(c choice) bool { return c.Value == format }) {
				f.wrong["format"] = f.words("wrong_choice")
				return
			}
			setJSON(into, "format", format)
			setJSON(into, "graded", true)
		},
	},
	{
		name: "timed", levels: []int{2},
		show: func(f *settingForm) []settingInput {
			set := ""
			if f.bool("is_time_limited") {
				set = f.number("default_time_limit_minutes")
			}
			in := f.input("timed", "number", set)
			in.Min, in.Max, in.Step = "1", "10080", "1"
			return []settingInput{in}
		},
		read: func(f *settingForm, into wire.Fields) {
			text := strings.TrimSpace(f.sent("timed"))
			minutes, ok := typedNumber(text)
			switch {
			case text == "":
				unset(into, "is_time_limited", "default_time_limit_minutes")
			case !ok || minutes < 1 || minutes > 10080:
				f.wrong["timed"] = f.words("wrong_number", 1, 10080)
			default:
				setJSON(into, "is_time_limited", true)
				setJSON(into, "default_time_limit_minutes", minutes)
			}
		},
	},
	{
		name: "prerequisite", levels: []int{2},
		show: func(f *settingForm) []settingInput {
			in := f.input("prerequisite", "select", f.required())
			in.Choices = append([]choice{{Text: f.words("prerequisite_none")}}, f.subsections...)
			for i := range in.Choices {
				in.Choices[i].Chosen = in.Choices[i].Value == in.Value
			}
			score, completion := f.input("min_score", "number", f.number("min_score")), f.input("min_completion", "number", f.number("min_completion"))
			score.Min, score.Max, completion.Min, completion.Max = "0", "100", "0", "100"
			return []settingInput{in, score, completion}
		},
		read: func(f *settingForm, into wire.Fields) {
			of := f.sent("prerequisite")
			if of == "" {
				unset(into, "required_content", "min_score", "min_completion")
				return
			}
			if !slices.ContainsFunc(f.subsections, func(c choice) bool { return c.Value == of }) {
				f.wrong["prerequisite"] = f.words("wrong_choice")
				return
			}
			setJSON(into, "required_content", of)
			f.readNumber("min_score", 0, 100, into)
			f.readNumber("min_completion", 0, 100, into)
		},
	},
	{
		name: "visibility", levels: []int{1, 2, 3},
		show: func(f *settingForm) []settingInput {
			set := ""
			switch {
			case f.bool("visible_to_staff_only"):
				set = "staff"
			case f.bool("hide_from_toc"):
				set = "unlisted"
			}
			values := []string{"", "staff", "unlisted"}
			if f.level == levelUnit {
				values = values[:2]
			}
			return []settingInput{f.choices(f.input("visibility", "select", set), values...)}
		},
		read: func(f *settingForm, into wire.Fields) {
			value := f.sent("visibility")
			if !slices.Contains([]string{"", "staff", "unlisted"}, value) {
				f.wrong["visibility"] = f.words("wrong_choice")
				return
			}
			setTruth(into, "visible_to_staff_only", value == "staff")
			setTruth(into, "hide_from_toc", value == "unlisted")
		},
	},
	{
		name: "hide_after_due", levels: []int{2},
		show: func(f *settingForm) []settingInput {
			in := f.input("hide_after_due", "checkbox", "")
			in.Checked = f.sent == nil && f.bool("hide_after_due") || f.sent != nil && f.sent("hide_after_due") != ""
			return []settingInput{in}
		},
		read: func(f *settingForm, into wire.Fields) {
			setTruth(into, "hide_after_due", f.sent("hide_after_due") != "")
		},
	},
	{
		name: "show_correctness", levels: []int{2},
		show: func(f *settingForm) []settingInput {
			return []settingInput{f.choices(f.input("show_correctness", "select", f.text("show_correctness")), correctness...)}
		},
		read: func(f *settingForm, into wire.Fields) {
			value := f.sent("show_correctness")
			switch {
			case value == "":
				unset(into, "show_correctness")
			case !slices.Contains(correctness, value):
				f.wrong["show_correctness"] = f.words("wrong_choice")
			default:
				setJSON(into, "show_correctness", value)
			}
		},
	},
	{
		name: "groups", levels: []int{levelUnit, levelComponent},
		show: func(f *settingForm) []settingInput {
			groups := contentGroups(f.settings)
			if len(groups) == 0 {
				return nil
			}
			set := f.grouped()
			if f.sent != nil {
				set = f.all("groups")
			}
			in := f.input("groups", "checks", "")
			for _, group := range groups {
				group.Chosen = slices.Contains(set, group.Value)
				in.Choices = append(in.Choices, group)
			}
			return []settingInput{in}
		},
		read: func(f *settingForm, into wire.Fields) { f.readGroups(into) },
	},
}

// required is the prerequisite as the form's choices name it.
func (f *settingForm) required() string {
	set := f.text("required_content")
	for _, c := range f.subsections {
		if c.Value == set || strings.HasSuffix(c.Value, "@"+set) || set != "" && strings.HasSuffix(set, c.Value[strings.LastIndex(c.Value, "+type@"):]) {
			return c.Value
		}
	}
	return set
}

// grouped are the content groups that may see the block, as "PARTITION:GROUP".
func (f *settingForm) grouped() []string {
	var set []string
	for partition, groups := range groupAccess(f.own["group_access"]) {
		for _, group := range groups {
			set = append(set, fmt.Sprintf("%s:%d", partition, group))
		}
	}
	return set
}

// groupAccess reads which groups of which partitions a block is for. Another shape restricts nothing.
func groupAccess(value json.RawMessage) map[string][]int {
	access := map[string][]int{}
	if json.Unmarshal(value, &access) != nil || access == nil {
		return map[string][]int{}
	}
	return access
}

// forGroups tells whether a block with this group_access is for some groups only.
func forGroups(value json.RawMessage) bool {
	for _, groups := range groupAccess(value) {
		if len(groups) > 0 {
			return true
		}
	}
	return false
}

func (f *settingForm) readGroups(into wire.Fields) {
	known := contentGroups(f.settings)
	access := groupAccess(f.own["group_access"])
	for _, group := range known { // what other kinds of groups restrict stays
		partition, _, _ := strings.Cut(group.Value, ":")
		delete(access, partition)
	}
	for _, value := range f.all("groups") {
		partition, group, _ := strings.Cut(value, ":")
		number, ok := typedNumber(group)
		if !ok || !slices.ContainsFunc(known, func(c choice) bool { return c.Value == value }) {
			f.wrong["groups"] = f.words("wrong_choice")
			return
		}
		access[partition] = append(access[partition], number)
	}
	if len(access) == 0 {
		unset(into, "group_access")
		return
	}
	setJSON(into, "group_access", access)
}

// assignmentTypes are what a subsection may be graded as, with what it is graded as now.
func (f *settingForm) assignmentTypes(set string) []choice {
	choices := []choice{{Text: f.words("format_none")}}
	policy := runPolicy(f.settings)
	known := set == ""
	for _, kind := range policy.Types {
		choices = append(choices, choice{Value: kind.Type, Text: kind.Type})
		known = known || kind.Type == set
	}
	if !known {
		choices = append(choices, choice{Value: set, Text: set})
	}
	for i := range choices {
		choices[i].Chosen = choices[i].Value == set
	}
	return choices
}

// runPolicy is a course's grading policy, Open edX's where it has none that can be read.
func runPolicy(run *course.Run) grading.Policy {
	if run.Grading != "" {
		if policy, _, err := grading.ParsePolicy([]byte(run.Grading)); err == nil {
			return policy
		}
	}
	return grading.DefaultPolicy()
}
