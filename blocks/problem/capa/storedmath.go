package capa

func (v *formulaKey) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "a":
			v.Answer = s.Text()
		case "d":
			v.Domain.read(s)
		case "t":
			v.Tolerance = s.Text()
		case "c":
			v.CaseSensitive = s.Truth()
		case "h":
			v.Hints = list(s, (*formulaHint).read)
		case "m":
			v.Mode = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *formulaHint) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "a":
			v.Answer = s.Text()
		case "d":
			v.Domain.read(s)
		case "h":
			v.HTML = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *domain) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "n":
			v.Names = s.Texts()
		case "l":
			v.Low = s.Numbers()
		case "h":
			v.High = s.Numbers()
		case "c":
			v.Count = s.Integer()
		default:
			return s.Unknown()
		}
		return true
	})
}
