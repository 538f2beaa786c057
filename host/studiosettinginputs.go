package host

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// settingPart is one setting of a form: an input, or a few that belong together.
type settingPart struct {
	// Name is the group's, which the form names in "has" when it is to be changed.
	Name, Label, Help string
	// Bulk says that the form leaves the setting as it is unless it is ticked; Ticked that it is.
	Bulk, Ticked bool
	Inputs       []settingInput
}

// settingInput is one input.
type settingInput struct {
	Name, ID, Kind, Label, Value, Help, Error string
	Min, Max, Step                            string
	Choices                                   []choice
	Checked                                   bool
	// Was is what was stored when the form was drawn, where it is Tracked.
	Was     string
	Tracked bool
}

// settingGroup is a group of settings: where it counts, how it is shown and read.
type settingGroup struct {
	name   string
	levels []int
	// alone says that a form for many blocks has no such group.
	alone bool
	show  func(f *settingForm) []settingInput
	read  func(f *settingForm, into wire.Fields)
}

// settingForm is a form of settings under way. sent is nil while nothing was sent.
type settingForm struct {
	r        *request
	level    int
	own      wire.Fields
	resolved *course.Settings
	sent     func(name string) string
	all      func(name string) []string
	wrong    map[string]string
	// now is what another author has set meanwhile, by the input's name.
	now map[string]string
	// subsections are what may be asked for first.
	subsections []choice
	settings    *course.Run
	selfPaced   bool
}

func (f *settingForm) words(key string, args ...any) string {
	return f.r.words.T("studio_set."+key, args...)
}

// value is what an input shows: what was sent, else what is set.
func (f *settingForm) value(name, set string) string {
	if f.sent != nil {
		return f.sent(name)
	}
	return set
}

func (f *settingForm) input(name, kind, set string) settingInput {
	in := settingInput{Name: name, ID: "set-" + strings.ReplaceAll(name, "_", "-"), Kind: kind, Label: f.words(name), Value: f.value(name, set), Error: f.wrong[name]}
	if help := f.words(name + "_help"); help != "studio_set."+name+"_help" {
		in.Help = help
	}
	return in
}

func (f *settingForm) text(name string) string {
	var text string
	_ = json.Unmarshal(f.own[name], &text) // another type is no text, and the course check tells of it
	return text
}

func (f *settingForm) number(name string) string {
	var number json.Number
	if json.Unmarshal(f.own[name], &number) != nil {
		return ""
	}
	return number.String()
}

func (f *settingForm) bool(name string) bool { return string(f.own[name]) == "true" }

func (f *settingForm) instant(name string) string {
	at, err := time.Parse(time.RFC3339, f.text(name))
	if err != nil {
		return ""
	}
	return at.In(f.r.words.Zone).Format(typedTime)
}

func setJSON(into wire.Fields, name string, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("a setting cannot be written: %v", err)) // texts, numbers and truths can
	}
	into[name] = data
}

// unset takes a setting away: what is inherited counts then.
func unset(into wire.Fields, names ...string) {
	for _, name := range names {
		into[name] = json.RawMessage("null")
	}
}

func setTruth(into wire.Fields, name string, on bool) {
	if on {
		setJSON(into, name, true)
	} else {
		unset(into, name)
	}
}

func (f *settingForm) readInstant(name string, into wire.Fields) {
	text := f.sent(name)
	if text == "" {
		unset(into, name)
		return
	}
	at, ok := typedInstant(strings.TrimSuffix(clip(text, 40), ":00"), f.r.words.Zone)
	if !ok {
		at, ok = typedInstant(clip(text, 16), f.r.words.Zone)
	}
	if !ok || at.Year() < 1900 || at.Year() > 9999 {
		f.wrong[name] = f.words("wrong_date")
		return
	}
	setJSON(into, name, at.UTC().Format(time.RFC3339))
}

func (f *settingForm) readNumber(name string, low, high float64, into wire.Fields) {
	text := strings.TrimSpace(f.sent(name))
	if text == "" {
		unset(into, name)
		return
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || number < low || number > high {
		f.wrong[name] = f.words("wrong_number", low, high)
		return
	}
	setJSON(into, name, number)
}

func (f *settingForm) choices(in settingInput, values ...string) settingInput {
	for _, value := range values {
		in.Choices = append(in.Choices, choice{Value: value, Text: f.words(in.Name + "_" + value), Chosen: value == in.Value})
	}
	return in
}

// parts lays the form out.
func (f *settingForm) parts(bulk bool) []settingPart {
	var parts []settingPart
	stored := f.unsent()
	for _, group := range settingGroups {
		if !slices.Contains(group.levels, f.level) || bulk && group.alone {
			continue
		}
		if group.name == "relative_weeks_due" && !f.selfPaced && !bulk {
			continue
		}
		inputs := group.show(f)
		if len(inputs) == 0 {
			continue
		}
		if !bulk {
			inputs = drawn(inputs, group.show(stored))
		}
		part := settingPart{Name: group.name, Label: f.words("group_" + group.name), Bulk: bulk, Inputs: inputs}
		part.Ticked = f.sent != nil && slices.Contains(f.all("has"), group.name)
		parts = append(parts, part)
	}
	return parts
}

// read reads what the form sets. What is wrong stands in f.wrong.
func (f *settingForm) read() wire.Fields {
	into := wire.Fields{}
	has := f.all("has")
	for _, group := range settingGroups {
		if slices.Contains(has, group.name) && slices.Contains(group.levels, f.level) {
			group.read(f, into)
		}
	}
	return into
}
