package capa

// UnmarshalJSON implements json.Unmarshaler without reflection: keys are read by every grading. A key that is not known is an
// error, because then another version wrote the value. TestStoredKeys notices a field that is missing here.
func (v *Secret) UnmarshalJSON(data []byte) error {
	*v = Secret{}
	return read(data, v, (*Secret).read)
}

func (v *Secret) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "r":
			v.Responses = list(s, (*Response).read)
		case "s":
			v.Solutions = list(s, (*Solution).read)
		case "x":
			v.Source = s.text()
		case "p":
			v.Script = s.text()
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *Solution) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "n":
			v.N = s.integer()
		case "h":
			v.HTML = s.text()
		case "e":
			v.Explains = s.text()
		case "p":
			v.Pool = s.integer()
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *Response) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "t":
			v.Type = s.text()
		case "i":
			v.Inputs = list(s, (*Slot).read)
		case "m":
			v.Missing = s.truth()
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
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *Slot) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "i":
			v.ID = s.text()
		case "p":
			v.Points = s.number()
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *Message) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "k":
			v.Key = s.text()
		case "a":
			v.Args = s.texts()
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *Hint) read(s *stored) {
	s.fields(func(key string) bool { return v.field(key, s) })
}

// field reads one field, also for types that a Hint is part of.
func (v *Hint) field(key string, s *stored) bool {
	switch key {
	case "h":
		v.HTML = s.text()
	case "l":
		v.Label = s.text()
	case "b":
		v.Bare = s.truth()
	default:
		return s.unknown()
	}
	return true
}
