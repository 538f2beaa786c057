package capa

// UnmarshalJSON implements json.Unmarshaler without reflection: keys are read by every grading. A key that is not known is an
// error, because then another version wrote the value. TestStoredKeys notices a field that is missing here.
func (v *Secret) UnmarshalJSON(data []byte) error {
	*v = Secret{}
	return ReadStored(data, v, (*Secret).read)
}

func (v *Secret) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "r":
			v.Responses = list(s, (*Response).read)
		case "s":
			v.Solutions = list(s, (*Solution).read)
		case "x":
			v.Source = s.Text()
		case "p":
			v.Script = s.Text()
		case "g":
			v.Setup = optional(s, (*setup).read)
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *Solution) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "n":
			v.N = s.Integer()
		case "h":
			v.HTML = s.Text()
		case "e":
			v.Explains = s.Text()
		case "p":
			v.Pool = s.Integer()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *Response) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "t":
			v.Type = s.Text()
		case "i":
			v.Inputs = list(s, (*Slot).read)
		case "m":
			v.Missing = s.Truth()
		case "b":
			v.Broken = optional(s, (*Message).read)
		case "c":
			v.Choice = optional(s, (*choiceKey).read)
		case "k":
			v.Check = optional(s, (*checkKey).read)
		case "o":
			v.Option = optional(s, (*optionKey).read)
		case "s":
			v.String = optional(s, (*stringKey).read)
		case "n":
			v.Number = optional(s, (*numberKey).read)
		case "u":
			v.Custom = optional(s, (*customKey).read)
		case "q":
			v.HintFunction = s.Text()
		default:
			return v.more(key, s)
		}
		return true
	})
}

func (v *Response) more(key string, s *Stored) bool {
	switch key {
	case "f":
		v.Formula = optional(s, (*formulaKey).read)
	case "g":
		v.Image = optional(s, (*imageKey).read)
	case "a":
		v.Annotation = optional(s, (*annotationKey).read)
	case "x":
		v.ChoiceText = optional(s, (*choiceTextKey).read)
	case "d":
		v.Code = optional(s, (*codeKey).read)
	default:
		return s.Unknown()
	}
	return true
}

func (v *Slot) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "i":
			v.ID = s.Text()
		case "p":
			v.Points = s.Number()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *Message) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "k":
			v.Key = s.Text()
		case "a":
			v.Args = s.Texts()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *Hint) read(s *Stored) {
	s.Fields(func(key string) bool { return v.field(key, s) })
}

// field reads one field, also for types that a Hint is part of.
func (v *Hint) field(key string, s *Stored) bool {
	switch key {
	case "h":
		v.HTML = s.Text()
	case "l":
		v.Label = s.Text()
	case "b":
		v.Bare = s.Truth()
	default:
		return s.Unknown()
	}
	return true
}
