package capa

func (v *choiceKey) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "b":
			v.Bad = s.Truth()
		case "c":
			v.Correct = s.Texts()
		case "p":
			v.Partial = list(s, (*credit).read)
		case "h":
			v.Hints = list(s, (*namedHint).read)
		case "t":
			v.Targeted = optional(s, (*targeted).read)
		case "e":
			v.Explains = list(s, (*explained).read)
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *credit) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "n":
			v.Name = s.Text()
		case "p":
			v.Points = s.Number()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *namedHint) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "n":
			v.Name = s.Text()
		default:
			return v.field(key, s)
		}
		return true
	})
}

func (v *targeted) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "t":
			v.Texts = list(s, (*explanation).read)
		case "a":
			v.Always = s.Integer()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *explained) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "c":
			v.Choice = s.Text()
		case "i":
			v.ID = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *explanation) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "i":
			v.ID = s.Text()
		case "h":
			v.HTML = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *checkKey) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "c":
			v.Correct = s.Texts()
		case "w":
			v.Wrong = s.Texts()
		case "s":
			v.Scheme = s.Text()
		case "n":
			v.Choices = s.Integer()
		case "h":
			v.Hints = list(s, (*checkHint).read)
		case "x":
			v.Compound = list(s, (*compound).read)
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *checkHint) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "n":
			v.Name = s.Text()
		case "t":
			v.Ticked = optional(s, (*Hint).read)
		case "b":
			v.Blank = optional(s, (*Hint).read)
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *compound) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "n":
			v.Names = s.Texts()
		default:
			return v.field(key, s)
		}
		return true
	})
}

func (v *optionKey) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "c":
			v.Correct = s.Texts()
		case "h":
			v.Hints = list(s, (*namedHint).read)
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *stringKey) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "a":
			v.Answers = s.Texts()
		case "f":
			v.Fold = s.Truth()
		case "r":
			v.Pattern = s.Truth()
		case "o":
			v.Split = s.Truth()
		case "h":
			v.Hints = list(s, (*textHint).read)
		case "w":
			v.Wrong = list(s, (*textHint).read)
		case "g":
			v.Group = list(s, (*groupHint).read)
		case "m":
			v.Mode = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *textHint) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "a":
			v.Answer = s.Text()
		case "r":
			v.Pattern = s.Truth()
		default:
			return v.field(key, s)
		}
		return true
	})
}

func (v *groupHint) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "a":
			v.Answer = s.Text()
		case "h":
			v.HTML = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *numberKey) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "a":
			v.Answer = s.Text()
		case "r":
			v.Range = optional(s, (*interval).read)
		case "t":
			v.Tolerance = s.Text()
		case "c":
			v.Close = s.Number()
		case "l":
			v.List = s.Texts()
		case "b":
			v.Bad = s.Truth()
		case "h":
			v.Hint = optional(s, (*Hint).read)
		case "m":
			v.More = list(s, (*numberMore).read)
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *numberMore) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "a":
			v.Answer = s.Text()
		case "h":
			v.Hint = optional(s, (*Hint).read)
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *interval) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "l":
			v.Low = s.Text()
		case "h":
			v.High = s.Text()
		case "i":
			v.Left = s.Truth()
		case "j":
			v.Right = s.Truth()
		default:
			return s.Unknown()
		}
		return true
	})
}
