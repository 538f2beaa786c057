package capa

func (v *choiceKey) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "b":
			v.Bad = s.truth()
		case "c":
			v.Correct = s.texts()
		case "p":
			v.Partial = list(s, (*credit).read)
		case "h":
			v.Hints = list(s, (*namedHint).read)
		case "t":
			v.Targeted = optional(s, (*targeted).read)
		case "e":
			v.Explains = list(s, (*explained).read)
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *credit) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "n":
			v.Name = s.text()
		case "p":
			v.Points = s.number()
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *namedHint) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "n":
			v.Name = s.text()
		default:
			return v.field(key, s)
		}
		return true
	})
}

func (v *targeted) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "t":
			v.Texts = list(s, (*explanation).read)
		case "a":
			v.Always = s.integer()
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *explained) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "c":
			v.Choice = s.text()
		case "i":
			v.ID = s.text()
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *explanation) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "i":
			v.ID = s.text()
		case "h":
			v.HTML = s.text()
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *checkKey) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "c":
			v.Correct = s.texts()
		case "w":
			v.Wrong = s.texts()
		case "s":
			v.Scheme = s.text()
		case "n":
			v.Choices = s.integer()
		case "h":
			v.Hints = list(s, (*checkHint).read)
		case "x":
			v.Compound = list(s, (*compound).read)
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *checkHint) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "n":
			v.Name = s.text()
		case "t":
			v.Ticked = optional(s, (*Hint).read)
		case "b":
			v.Blank = optional(s, (*Hint).read)
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *compound) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "n":
			v.Names = s.texts()
		default:
			return v.field(key, s)
		}
		return true
	})
}

func (v *optionKey) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "c":
			v.Correct = s.texts()
		case "h":
			v.Hints = list(s, (*namedHint).read)
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *stringKey) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "a":
			v.Answers = s.texts()
		case "f":
			v.Fold = s.truth()
		case "r":
			v.Pattern = s.truth()
		case "o":
			v.Split = s.truth()
		case "h":
			v.Hints = list(s, (*textHint).read)
		case "w":
			v.Wrong = list(s, (*textHint).read)
		case "g":
			v.Group = list(s, (*groupHint).read)
		case "m":
			v.Mode = s.text()
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *textHint) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "a":
			v.Answer = s.text()
		case "r":
			v.Pattern = s.truth()
		default:
			return v.field(key, s)
		}
		return true
	})
}

func (v *groupHint) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "a":
			v.Answer = s.text()
		case "h":
			v.HTML = s.text()
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *numberKey) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "a":
			v.Answer = s.text()
		case "r":
			v.Range = optional(s, (*interval).read)
		case "t":
			v.Tolerance = s.text()
		case "c":
			v.Close = s.number()
		case "l":
			v.List = s.texts()
		case "b":
			v.Bad = s.truth()
		case "h":
			v.Hint = optional(s, (*Hint).read)
		case "m":
			v.More = list(s, (*numberMore).read)
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *numberMore) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "a":
			v.Answer = s.text()
		case "h":
			v.Hint = optional(s, (*Hint).read)
		default:
			return s.unknown()
		}
		return true
	})
}

func (v *interval) read(s *stored) {
	s.fields(func(key string) bool {
		switch key {
		case "l":
			v.Low = s.text()
		case "h":
			v.High = s.text()
		case "i":
			v.Left = s.truth()
		case "j":
			v.Right = s.truth()
		default:
			return s.unknown()
		}
		return true
	})
}
