package grading

import (
	"bytes"
	"encoding/json"
)

// typeJSON is an entry of GRADER as Open edX writes it.
type typeJSON struct {
	Type            string  `json:"type"`
	ShortLabel      string  `json:"short_label,omitempty"`
	MinCount        int     `json:"min_count"`
	DropCount       int     `json:"drop_count"`
	Weight          float64 `json:"weight"`
	Category        string  `json:"category,omitempty"`
	SectionType     string  `json:"section_type,omitempty"`
	StartingIndex   *int    `json:"starting_index,omitempty"`
	ShowOnlyAverage bool    `json:"show_only_average,omitempty"`
	HideAverage     bool    `json:"hide_average,omitempty"`
}

// cutoffsJSON writes letters as one object in their own order.
type cutoffsJSON []Cutoff

// MarshalJSON implements [json.Marshaler].
func (c cutoffsJSON) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, cutoff := range c {
		if i > 0 {
			out.WriteByte(',')
		}
		letter, err := json.Marshal(cutoff.Letter)
		if err != nil {
			return nil, err
		}
		from, err := json.Marshal(cutoff.From)
		if err != nil {
			return nil, err
		}
		out.Write(letter)
		out.WriteByte(':')
		out.Write(from)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// MarshalJSON writes the policy as grading_policy.json; [ParsePolicy] reads the same policy back.
func (p Policy) MarshalJSON() ([]byte, error) {
	types := make([]typeJSON, len(p.Types))
	for i, t := range p.Types {
		types[i] = typeJSON{
			Type: t.Type, ShortLabel: t.ShortLabel, MinCount: t.MinCount, DropCount: t.DropCount, Weight: t.Weight,
			Category: t.Category, SectionType: t.SectionType, StartingIndex: t.StartingIndex,
			ShowOnlyAverage: t.ShowOnlyAverage, HideAverage: t.HideAverage,
		}
	}
	return json.Marshal(struct {
		Types   []typeJSON  `json:"GRADER"`
		Cutoffs cutoffsJSON `json:"GRADE_CUTOFFS"`
	}{types, p.Cutoffs})
}

// UnmarshalJSON reads as [ParsePolicy] does and drops its warnings.
func (p *Policy) UnmarshalJSON(data []byte) error {
	parsed, _, err := ParsePolicy(data)
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
